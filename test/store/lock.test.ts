/** The one lock, between real processes: ours among themselves, and with a peer that speaks beadboard's protocol. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock } from '../../src/store/files/lock';
import { type LockOwner, parseOwner, serializeOwner, thisOwner } from '../../src/store/files/owner';
import { StoreProblem } from '../../src/store/problem';
import { inBackground } from '../../src/util/background';
import { type Answer, Driver, useDrivers } from '../support/driver';
import { watchFs } from '../support/fsCalls';
import { visitsIn } from '../support/guarded';
import { eventually } from '../support/patience';
import { activeIn, FILES, historyIn, scopesOf, seedStore } from '../support/storeFiles';
import { listBelow, useTempFolder } from '../support/tempFolder';

/** Who waits for a lock that does not go away is refused after 4.5 s. This only tells that from waiting for ever. */
const LONGEST_WAIT_MS = 30_000;

const LONG_AGO = new Date('2020-01-01');

/** No system gives a process a larger pid. */
const LARGEST_PID = 2 ** 22;

const SOME_RESERVE = { agent: 'agent-a', scope: 'src/app', bead: 'bd-1' };

async function timed<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const started = performance.now();
  const result = await work;
  return { result, ms: performance.now() - started };
}

describe('the lock between processes', () => {
  const temp = useTempFolder();
  const start = useDrivers();
  let root: string;
  let lock: string;

  beforeEach(() => {
    root = seedStore(join(temp(), 'store'));
    lock = join(root, FILES.lock);
  });

  const one = async (kind: 'ours' | 'peer'): Promise<Driver> => (await start(kind, root))[0] as Driver;
  const leftovers = () => listBelow(join(root, 'reservations')).filter((name) => name.startsWith('.lock'));

  it('lets in one at a time: 4 of ours and 4 peers, 60 visits each', async () => {
    const all = [...(await start('ours', root, 4)), ...(await start('peer', root, 4))];
    await Promise.all(all.map((driver) => driver.call('guard', { times: 60, folder: temp() })));

    const { counted, pids } = visitsIn(temp());
    assert.equal(counted, 8 * 60);
    assert.equal(pids.length, 8 * 60);
    for (const { pid } of all) {
      assert.equal(pids.filter((visitor) => visitor === pid).length, 60);
    }
    const peers = new Set(all.slice(4).map(({ pid }) => pid));
    const turns = pids.filter((pid, index) => index > 0 && peers.has(pid) !== peers.has(pids[index - 1] ?? 0));
    assert.ok(turns.length > 1, 'ours and peers never took turns: nothing was shown');
    assert.deepEqual(leftovers(), []);
  });

  it('shows two inside at once, where there is no lock', () => {
    writeFileSync(join(temp(), 'marks'), 'enter 1\nenter 2\nexit 1\nexit 2\n');
    assert.throws(() => visitsIn(temp()), /two were inside/);
  });

  it('a peer holds: ours waits, and has it once the peer lets go', async () => {
    const [peer, ours] = [await one('peer'), await one('ours')];
    await peer.call('hold');
    assert.equal(readFileSync(lock, 'utf8'), String(peer.pid));
    let answered = false;
    const waiting = ours.call('reserve', SOME_RESERVE).finally(() => {
      answered = true;
    });
    // Answered after our call was taken, while the peer holds still.
    await ours.call('list');
    assert.equal(answered, false);
    assert.deepEqual(activeIn(root), []);
    await peer.call('drop');
    assert.ok((await waiting).ok);
    assert.deepEqual(scopesOf(activeIn(root)), ['src/app']);
  });

  it('ours holds: a peer waits, never removes it, and has it once ours lets go', async () => {
    const [peer, ours] = [await one('peer'), await one('ours')];
    await ours.call('hold');
    assert.equal(parseOwner(readFileSync(lock, 'utf8'))?.pid, ours.pid);
    const before = statSync(lock, { bigint: true });
    let answered = false;
    const waiting = peer.call('reserve', SOME_RESERVE).finally(() => {
      answered = true;
    });
    // Longer than several polls of the peer.
    await sleep(250);
    assert.equal(answered, false);
    await peer.call('drop');
    const after = statSync(lock, { bigint: true });
    assert.deepEqual([after.ino, after.mtimeNs], [before.ino, before.mtimeNs]);
    await ours.call('drop');
    assert.ok((await waiting).ok);
    assert.deepEqual(leftovers(), []);
  });

  it('6 of ours reserve 50 scopes each at once: all granted, all there', async () => {
    const all = await start('ours', root, 6);
    const refused = await Promise.all(
      all.map((driver, index) =>
        driver.call<string[]>('loop', { times: 50, agent: 'agent-a', prefix: `part-${index}` }),
      ),
    );
    assert.deepEqual(refused.flat(), []);
    const expected = all.flatMap((_, index) => Array.from({ length: 50 }, (_unused, n) => `part-${index}/${n}`));
    assert.deepEqual(scopesOf(activeIn(root)), expected.sort());
    // An answer comes as soon as the commit stands, a moment before the lock is dropped.
    await Promise.all(all.map((driver) => driver.end()));
    assert.deepEqual(listBelow(join(root, 'reservations')), ['.journal', 'active.json']);
  });

  it('8 want the same scope at once: one has it, seven are told who', async () => {
    const agents = Array.from({ length: 8 }, (_, index) => `agent-${index}`);
    seedStore(root, { agents });
    const all = await start('ours', root, 8);
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(
        all.map((driver, index) =>
          driver.call('reserve', { ...SOME_RESERVE, agent: agents[index], scope: `s${round}` }),
        ),
      );
      const [winner, ...others] = answers.filter(({ ok }) => ok);
      assert.ok(winner && others.length === 0, `${others.length + 1} winners`);
      const { agent_id } = winner.data as { agent_id: string };
      for (const { error } of answers.filter(({ ok }) => !ok)) {
        assert.equal(error?.code, 'RESERVATION_CONFLICT');
        assert.match(error?.message ?? '', new RegExp(`"${agent_id}"`));
      }
      assert.equal(activeIn(root).at(-1)?.agent_id, agent_id);
    }
    assert.equal(activeIn(root).length, 10);
  });

  it('ours and peers reserve and release at once: nothing is lost, nothing is twice', async () => {
    const all = [...(await start('ours', root, 3)), ...(await start('peer', root, 3))];
    await Promise.all(
      all.map(async (driver, index) => {
        for (let turn = 0; turn < 10; turn++) {
          const scope = `p${index}/${turn}`;
          const reserved = await driver.call('reserve', { ...SOME_RESERVE, scope });
          assert.ok(reserved.ok, JSON.stringify(reserved.error));
          if (turn % 2 === 0) {
            const released = await driver.call('release', { ...SOME_RESERVE, scope });
            assert.ok(released.ok, JSON.stringify(released.error));
          }
        }
      }),
    );
    const wanted = (rest: number) =>
      all.flatMap((_, index) => [0, 2, 4, 6, 8].map((turn) => `p${index}/${turn + rest}`)).sort();
    assert.deepEqual(scopesOf(activeIn(root)), wanted(1));
    assert.deepEqual(scopesOf(historyIn(root)), wanted(0));
  });
});

describe('the lock of a process that is gone', () => {
  const temp = useTempFolder();
  const start = useDrivers();
  let root: string;
  let lock: string;

  beforeEach(() => {
    root = seedStore(join(temp(), 'store'));
    lock = join(root, FILES.lock);
  });

  const leftovers = () => listBelow(join(root, 'reservations')).filter((name) => name.startsWith('.lock'));

  /** Leaves the lock of an owner like this process, but for the fields that are told. */
  function plant(fields: Partial<LockOwner>): void {
    writeFileSync(lock, serializeOwner({ ...thisOwner(`planted-${Math.random()}`), ...fields }));
  }

  async function pidOfTheDead(): Promise<number> {
    const [gone] = await start('peer', root);
    await gone?.kill();
    return gone?.pid ?? 0;
  }

  it('kill -9 of the holder: the next one gets through, and nothing is left of the dead', async () => {
    const [holder, next] = await start('ours', root, 2);
    await holder?.call('hold');
    await holder?.kill();
    assert.deepEqual(leftovers(), ['.lock']);
    assert.ok((await next?.call('reserve', SOME_RESERVE))?.ok);
    await next?.end();
    assert.deepEqual(leftovers(), []);
  });

  it('8 wait while the holder is killed: one after the other gets through', async () => {
    const [holder, ...waiting] = await start('ours', root, 9);
    await holder?.call('hold');
    const visits = Promise.all(waiting.map((driver) => driver.call('guard', { times: 5, folder: temp() })));
    await Promise.all(waiting.map((driver) => driver.call('list')));
    await holder?.kill();
    await visits;
    assert.equal(visitsIn(temp()).counted, 40);
    assert.deepEqual(leftovers(), []);
  });

  it('8 meet one dead lock, 25 rounds: never two inside, and no trace', async () => {
    const all = await start('ours', root, 8);
    const pid = await pidOfTheDead();
    for (let round = 1; round <= 25; round++) {
      plant({ pid });
      await Promise.all(all.map((driver) => driver.call('guard', { times: 2, folder: temp() })));
      assert.equal(visitsIn(temp()).counted, round * 16);
      assert.deepEqual(leftovers(), []);
    }
  });

  it('8 meet a dead lock whose breaker died too, 10 rounds: never two inside, and no trace', async () => {
    const all = await start('ours', root, 8);
    const pid = await pidOfTheDead();
    for (let round = 1; round <= 10; round++) {
      plant({ pid });
      const { ino, mtimeNs } = statSync(lock, { bigint: true });
      for (const number of [1, 2]) {
        writeFileSync(`${lock}.${ino}-${mtimeNs}.break.${number}`, serializeOwner({ ...thisOwner('b'), pid }));
      }
      await Promise.all(all.map((driver) => driver.call('guard', { times: 2, folder: temp() })));
      assert.equal(visitsIn(temp()).counted, round * 16);
      assert.deepEqual(leftovers(), []);
    }
  });

  it('a holder that has ended but was never reaped, as in a container without an init, is as dead', async () => {
    const [ours] = await start('ours', root);
    // The shell becomes a program that never asks for the exit code of the child it did not start, and which ends later.
    const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(line.toString());
      const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      await eventually('it has ended', () => stat()[0] === 'Z');
      process.kill(pid, 0);
      plant({ pid, started: stat()[19] ?? '' });
      assert.ok((await ours?.call('reserve', SOME_RESERVE))?.ok);
      await ours?.end();
      assert.deepEqual(leftovers(), []);
    } finally {
      parent.kill('SIGKILL');
    }
  });

  const broken: readonly (readonly [string, Partial<LockOwner>])[] = [
    ['of a pid that another process has now', { started: '1' }],
    ['of another boot', { boot: '00000000-0000-0000-0000-000000000000' }],
  ];
  for (const [name, fields] of broken) {
    it(`a lock ${name} is broken`, async () => {
      const [ours] = await start('ours', root);
      plant(fields);
      assert.ok((await ours?.call('reserve', SOME_RESERVE))?.ok);
      await ours?.end();
      assert.deepEqual(leftovers(), []);
    });
  }

  it('a holder that is stopped for longer than others wait keeps its lock, and ends its work right', async () => {
    const [holder, ours] = await start('ours', root, 2);
    const [peer] = await start('peer', root);
    assert.ok(holder && ours && peer);
    await holder.call('hold');
    const content = readFileSync(lock, 'utf8');
    holder.signal('SIGSTOP');
    const answers = await Promise.all([ours.call('reserve', SOME_RESERVE), peer.call('reserve', SOME_RESERVE)]);
    assert.deepEqual(
      answers.map(({ error }) => error?.code),
      ['INTERNAL_ERROR', 'INTERNAL_ERROR'],
    );
    assert.equal(readFileSync(lock, 'utf8'), content);
    holder.signal('SIGCONT');
    // Fails where the lock is not its own any more.
    await holder.call('drop');
    assert.deepEqual(leftovers(), []);
    assert.ok((await ours.call('reserve', SOME_RESERVE)).ok);
  });

  it('SIGTERM of the holder leaves nothing in the way', async () => {
    const [holder, next] = await start('ours', root, 2);
    await holder?.call('hold');
    holder?.signal('SIGTERM');
    await holder?.end();
    assert.ok((await next?.call('reserve', SOME_RESERVE))?.ok);
    await next?.end();
    assert.deepEqual(leftovers(), []);
  });
});

/** Scenes side by side, since each takes as long as callers wait. */
describe('a lock that does not go away', () => {
  interface Scene {
    readonly name: string;
    /** Puts something in the lock's place. */
    readonly occupy: (store: string) => Promise<unknown> | unknown;
    /** What the error says of it. */
    readonly facts: () => { readonly pid: number | null; readonly host: string | null };
    /** Left as new as it is: what names no namespace is believed to be dead once it is older than 10 s. */
    readonly young?: true;
  }

  const base = realpathSync(mkdtempSync(join(tmpdir(), 'agent-reservations-test-')));
  const drivers: Driver[] = [];
  const outcomes = new Map<string, { answer: Answer; ms: number; before: string; after: string }>();
  let pid = 0;

  const us = thisOwner('t');
  const planted = (content: () => string) => (store: string) => writeFileSync(join(store, FILES.lock), content());
  const nobody = () => ({ pid: null, host: null });
  const scenes: readonly Scene[] = [
    {
      name: 'of a peer that holds it for good',
      occupy: async (store) => {
        const peer = await Driver.start('peer', store);
        drivers.push(peer);
        pid = peer.pid;
        await peer.call('hold');
      },
      facts: () => ({ pid, host: null }),
      young: true,
    },
    {
      name: 'of a peer that died a moment ago: its pid may be of another namespace',
      occupy: planted(() => String(LARGEST_PID + 1)),
      facts: () => ({ pid: LARGEST_PID + 1, host: null }),
      young: true,
    },
    {
      name: 'of another host',
      occupy: planted(() => serializeOwner({ ...us, pid: LARGEST_PID + 1, host: 'elsewhere' })),
      facts: () => ({ pid: LARGEST_PID + 1, host: 'elsewhere' }),
    },
    {
      name: 'of another pid namespace',
      occupy: planted(() => serializeOwner({ ...us, pid: LARGEST_PID + 1, namespace: 'pid:[1]' })),
      facts: () => ({ pid: LARGEST_PID + 1, host: us.host }),
    },
    {
      name: 'of a live process of ours',
      occupy: planted(() => serializeOwner(us)),
      facts: () => ({ pid: process.pid, host: us.host }),
    },
    { name: 'that is empty and new', occupy: planted(() => ''), facts: nobody, young: true },
    { name: 'that is a folder', occupy: (store) => mkdirSync(join(store, FILES.lock)), facts: nobody },
    {
      name: 'that is a folder with something in it',
      occupy: (store) => mkdirSync(join(store, FILES.lock, 'full'), { recursive: true }),
      facts: nobody,
    },
    {
      name: 'that is a dangling symbolic link',
      occupy: (store) => symlinkSync('nowhere', join(store, FILES.lock)),
      facts: nobody,
    },
    {
      name: 'of the dead, which another live process is about to break, stopped perhaps',
      occupy: (store) => {
        const lock = join(store, FILES.lock);
        writeFileSync(lock, serializeOwner({ ...us, pid: LARGEST_PID + 1 }));
        lutimesSync(lock, LONG_AGO, LONG_AGO);
        const { ino, mtimeNs } = statSync(lock, { bigint: true });
        writeFileSync(`${lock}.${ino}-${mtimeNs}.break.1`, serializeOwner(us));
      },
      facts: () => ({ pid: LARGEST_PID + 1, host: us.host }),
    },
  ];

  /** All that is below, with what it takes to see a change: inode, time, content. */
  function fingerprint(store: string): string {
    return listBelow(store)
      .map((name) => {
        const path = join(store, name);
        const { ino, mtimeNs } = lstatSync(path, { bigint: true });
        const content = lstatSync(path).isFile() ? readFileSync(path, 'utf8') : '';
        // Who waits makes and removes a file of its own beside the lock, which the folder's time shows.
        return name === 'reservations' ? name : [name, ino, mtimeNs, content].join(' ');
      })
      .join('\n');
  }

  before(async () => {
    await Promise.all(
      scenes.map(async ({ name, occupy, young }, index) => {
        const store = seedStore(join(base, String(index)));
        const ours = await Driver.start('ours', store);
        drivers.push(ours);
        // Last of all: a young lock must still be young when it is met, and a busy machine starts processes slowly.
        await occupy(store);
        if (!young) {
          lutimesSync(join(store, FILES.lock), LONG_AGO, LONG_AGO);
        }
        const before = fingerprint(store);
        const { result, ms } = await timed(ours.call('reserve', SOME_RESERVE));
        outcomes.set(name, { answer: result, ms, before, after: fingerprint(store) });
      }),
    );
  });

  after(async () => {
    await Promise.all(drivers.map((driver) => driver.kill()));
    rmSync(base, { recursive: true, force: true });
  });

  for (const { name, facts, young } of scenes) {
    it(`${name}: refused in the end, with all that is known, and left alone`, () => {
      const { answer, ms, before, after } = outcomes.get(name) ?? assert.fail('no outcome');
      const lock = join(base, String(scenes.findIndex((scene) => scene.name === name)), FILES.lock);
      assert.ok(ms < LONGEST_WAIT_MS, `${ms} ms`);
      assert.equal(answer.error?.code, 'INTERNAL_ERROR');
      const { cause, path, pid: holder, host, ageMs } = answer.error?.details ?? {};
      assert.deepEqual({ cause, path, pid: holder, host }, { cause: 'STORE_LOCKED', path: lock, ...facts() });
      const aYear = 365 * 24 * 60 * 60_000;
      assert.ok(young ? Number(ageMs) < 60_000 : Number(ageMs) > aYear, `age ${ageMs} ms`);
      assert.ok(answer.error?.message.includes(lock), answer.error?.message);
      assert.equal(after, before);
    });
  }
});

describe('a lock without a name for its namespace, older than ten seconds', () => {
  const temp = useTempFolder();
  const start = useDrivers();
  const old = () => new Date(Date.now() - 11_000);

  async function reserveBeside(content: string, time: Date): Promise<Answer> {
    const store = seedStore(join(temp(), 'store'));
    const lock = join(store, FILES.lock);
    writeFileSync(lock, content);
    lutimesSync(lock, time, time);
    const [ours] = await start('ours', store);
    return (await ours?.call('reserve', SOME_RESERVE)) ?? assert.fail('not started');
  }

  it('of a peer that is gone: broken', async () => {
    assert.ok((await reserveBeside(String(LARGEST_PID + 1), old())).ok);
  });

  it('of a peer whose pid another process has since: broken', async () => {
    assert.ok((await reserveBeside(String(process.pid), LONG_AGO)).ok);
  });

  it('that is empty, as a crash between creating and writing leaves it: broken', async () => {
    assert.ok((await reserveBeside('', old())).ok);
  });

  const record = serializeOwner({ ...thisOwner('0'.repeat(32)), pid: LARGEST_PID + 1 });
  for (const content of [record.slice(0, 20), '\0'.repeat(record.length)]) {
    it(`that is ${JSON.stringify(content.slice(0, 4))}…, torn by a power failure: broken`, async () => {
      assert.ok((await reserveBeside(content, old())).ok);
    });
  }

  it('from the future, as after a clock was set back: no newer than an old one', async () => {
    assert.ok((await reserveBeside('', new Date(Date.now() + 86_400_000))).ok);
  });

  it('of a process that was there before it: held', async () => {
    // The first process of the system is older than any lock, and may not be signalled by everybody.
    const answer = await reserveBeside('1', old());
    assert.equal(answer.error?.details?.['cause'], 'STORE_LOCKED');
    assert.equal(answer.error?.details?.['pid'], 1);
  });
});

describe('a lock that is held for long', () => {
  const temp = useTempFolder();
  const start = useDrivers();

  it('by a peer: whatever of ours writes is refused in the end, and what only reads is not', async () => {
    const root = seedStore(join(temp(), 'store'));
    const [peer] = await start('peer', root);
    const [ours] = await start('ours', root);
    assert.ok(peer && ours);
    await peer.call('hold');
    const calls: readonly (readonly [string, object])[] = [
      ['reserve', SOME_RESERVE],
      ['release', SOME_RESERVE],
      ['register', { name: 'agent-c', role: 'qa' }],
      ['send', { from: 'agent-a', to: 'agent-b', bead: 'b', category: 'INFO', subject: 's', body: 'b' }],
      ['ack', { agent: 'agent-a', message: 'msg_1' }],
      ['read', { agent: 'agent-a', message: 'msg_1' }],
    ];
    const writing = Promise.all(calls.map(([name, args]) => timed(ours.call<Answer>(name, { ...args }))));
    let written = false;
    const done = () => {
      written = true;
    };
    // What it fails with, its own waiting below says.
    inBackground(writing.then(done), done);
    for (const name of ['status', 'list', 'show', 'inbox']) {
      const answer = await ours.call(name, name === 'status' || name === 'list' ? {} : { agent: 'agent-a' });
      assert.ok(answer.ok, JSON.stringify(answer.error));
    }
    assert.equal(written, false, 'the readings waited for the lock');
    for (const { result, ms } of await writing) {
      assert.ok(ms < LONGEST_WAIT_MS, `${result.command} took ${ms} ms`);
      assert.equal(result.error?.details?.['cause'], 'STORE_LOCKED', JSON.stringify(result));
      assert.equal(result.error?.details?.['pid'], peer.pid);
    }
    assert.equal(readFileSync(join(root, FILES.lock), 'utf8'), String(peer.pid));
    assert.deepEqual(listBelow(join(root, 'reservations')), ['.lock']);
  });
});

describe('one process that holds the lock', () => {
  const temp = useTempFolder();
  const take = (path: string) => takeLock(path, () => false);

  it('sees that its lock was removed, or replaced, and then does not touch what is there', async () => {
    const path = join(temp(), '.lock');
    const removed = await take(path);
    removed.assertHeld();
    unlinkSync(path);
    assert.throws(
      () => removed.assertHeld(),
      (error) => error instanceof StoreProblem && error.kind === 'LOCK_LOST',
    );
    writeFileSync(path, '4711');
    assert.throws(
      () => removed.assertHeld(),
      (error) => error instanceof StoreProblem && error.kind === 'LOCK_LOST',
    );
    await removed.release();
    assert.equal(readFileSync(path, 'utf8'), '4711');
  });

  it('whose lock was removed does not keep the next one of the same process from letting go of its own', async () => {
    const path = join(temp(), '.lock');
    const first = await take(path);
    unlinkSync(path);
    const second = await take(path);
    await first.release();
    second.assertHeld();
    await second.release();
    assert.deepEqual(listBelow(temp()), []);
    const third = await take(path);
    await third.release();
    assert.deepEqual(listBelow(temp()), []);
  });

  it('gives up at once when nobody waits any more, naming itself', async () => {
    const path = join(temp(), '.lock');
    const first = await take(path);
    await assert.rejects(
      take(path),
      (error) => error instanceof StoreProblem && error.kind === 'STORE_LOCKED' && error.facts['pid'] === process.pid,
    );
    await first.release();
    assert.deepEqual(listBelow(temp()), []);
  });

  it('that cannot remove a dead lock does not keep others, or itself, from trying again', async () => {
    const path = join(temp(), '.lock');
    writeFileSync(path, serializeOwner({ ...thisOwner('t'), pid: LARGEST_PID + 1 }));
    let failed = 0;
    const watched = watchFs(({ name, path: at }) => {
      if (name === 'unlink' && at === path && failed++ === 0) {
        throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
      }
    });
    try {
      await assert.rejects(take(path), /EIO/);
      const held = await take(path);
      await held.release();
    } finally {
      watched.restore();
    }
    assert.ok(failed > 0);
    assert.deepEqual(listBelow(temp()), []);
  });

  it('makes the lock 0600, under a name that nobody else reads as a pid', async () => {
    const path = join(temp(), '.lock');
    const held = await take(path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.ok(Number.isNaN(Number(readFileSync(path, 'utf8'))));
    await held.release();
  });
});
