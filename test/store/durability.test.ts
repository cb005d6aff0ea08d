/** What stands on disk after each step, after a failure of each step, and after a crash before each step. */

import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { type Answer, useDrivers } from '../support/driver';
import { type FsCall, type Watched, watchFs } from '../support/fsCalls';
import { grantedData, refusal } from '../support/outcomes';
import { reservation } from '../support/samples';
import { activeIn, FILES, historyIn, scopesOf, seedStore } from '../support/storeFiles';
import { listBelow, useTempFolder } from '../support/tempFolder';

const FAR = '2999-01-01T00:00:00.000Z';
const mine = { agent: 'agent-a', scope: 'mine' };

/** A store where `agent-a` holds `mine` and `other`. */
function seeded(root: string): string {
  const held = ['mine', 'other'].map((scope) =>
    reservation({ scope, reservation_id: `res_${scope}`, expires_at: FAR }),
  );
  return seedStore(root, { active: held });
}

function coordinationOf(root: string): Coordination {
  return createCoordination(new FileStore(root), { random: () => randomHex(4) });
}

describe('the steps of a commit', () => {
  const temp = useTempFolder();
  let watched: Watched | undefined;
  afterEach(() => {
    watched?.restore();
    watched = undefined;
  });

  /** The steps between taking and dropping the lock, by the file's name; a temporary or ready file has a random one. */
  async function stepsOf(work: () => Promise<unknown>): Promise<string[]> {
    watched = watchFs();
    await work();
    watched.restore();
    const lines = watched.calls.map(({ name, path }) => `${name} ${basename(path).replace(/\.\d+\.[0-9a-f]+\./, '.')}`);
    const taken = lines.indexOf('link .lock');
    assert.ok(taken >= 0, `the lock was not seen to be taken: ${lines.join(', ')}`);
    return lines.slice(taken + 1).filter((line) => line !== 'unlink .lock.ready' && line !== 'mkdir reservations');
  }

  it('release: history appended and synced, then the temporary file, then the rename, then the folder', async () => {
    const root = seeded(join(temp(), 'store'));
    writeFileSync(join(root, FILES.history), `${JSON.stringify(reservation({ state: 'expired' }))}\n`);
    const coordination = coordinationOf(root);
    const steps = await stepsOf(async () => {
      grantedData(await coordination.release(mine));
      // The next caller has the lock once this one has dropped it.
      grantedData(await coordination.list());
      refusal(await coordination.release(mine), 'RESERVATION_NOT_FOUND');
    });
    const dropped = steps.indexOf('unlink .lock');
    assert.deepEqual(steps.slice(0, dropped + 1), [
      'open history.jsonl',
      'handle.write history.jsonl',
      'handle.sync history.jsonl',
      'open active.json.tmp',
      'handle.write active.json.tmp',
      'handle.sync active.json.tmp',
      'open .journal',
      'handle.write .journal',
      'rename active.json',
      'handle.sync reservations',
      'handle.write .journal',
      'handle.truncate .journal',
      'unlink .lock',
    ]);
  });

  it('the first release ever also syncs the folder that has the new history in it, before the rename', async () => {
    const coordination = coordinationOf(seeded(join(temp(), 'store')));
    const steps = await stepsOf(() => coordination.release(mine));
    const folder = steps.indexOf('handle.sync reservations');
    assert.ok(folder > steps.indexOf('handle.sync history.jsonl'), steps.join(', '));
    assert.ok(folder < steps.indexOf('rename active.json'), steps.join(', '));
  });

  it('reserve: no history; a refusal: nothing at all', async () => {
    const coordination = coordinationOf(seeded(join(temp(), 'store')));
    const granted = await stepsOf(() => coordination.reserve({ ...mine, scope: 'new', bead: 'b' }));
    assert.ok(!granted.some((step) => step.includes('history')), granted.join(', '));
    assert.ok(granted.includes('rename active.json'));
    const refused = await stepsOf(() => coordination.reserve({ ...mine, bead: 'b' }));
    assert.deepEqual(
      refused.filter((step) => step !== 'unlink .lock'),
      [],
    );
  });

  it('a batch is one commit: 500 reserves at once, granted in their order, with one rewrite each batch', async () => {
    const root = seedStore(join(temp(), 'store'));
    const coordination = coordinationOf(root);
    watched = watchFs();
    const scopes = Array.from({ length: 500 }, (_, index) => `scope-${index}`);
    const answers = await Promise.all(scopes.map((scope) => coordination.reserve({ ...mine, scope, bead: 'b' })));
    watched.restore();
    for (const answer of answers) {
      grantedData(answer);
    }
    assert.deepEqual(
      activeIn(root).map((entry) => entry.scope),
      scopes,
    );
    const count = (name: string, file: string) =>
      watched?.calls.filter((call) => call.name === name && basename(call.path) === file).length ?? 0;
    // Callers whose agent is looked up while a batch is on its way make up the next one: a few, not 500.
    assert.ok(count('link', '.lock') <= 10, `the lock was taken ${count('link', '.lock')} times`);
    assert.equal(count('rename', 'active.json'), count('link', '.lock'));
  });

  it('a queue that is whole before it starts is one batch: one lock, one rewrite', async () => {
    const root = seedStore(join(temp(), 'store'));
    const store = new FileStore(root);
    watched = watchFs();
    const entries = Array.from({ length: 500 }, (_, index) => reservation({ scope: `scope-${index}` }));
    await Promise.all(
      entries.map((entry) =>
        store.transactReservations((active) => ({
          active: [...active, entry],
          closed: [],
          answer: { ok: true, data: 0 },
        })),
      ),
    );
    watched.restore();
    const names = watched.calls.map(({ name, path }) => `${name} ${basename(path)}`);
    assert.equal(names.filter((name) => name === 'link .lock').length, 1);
    assert.equal(names.filter((name) => name === 'rename active.json').length, 1);
    assert.deepEqual(activeIn(root), entries);
  });
});

describe('a step that fails', () => {
  const temp = useTempFolder();
  let watched: Watched | undefined;
  afterEach(() => {
    watched?.restore();
    watched = undefined;
  });

  const operations: Readonly<Record<string, (coordination: Coordination) => Promise<unknown>>> = {
    reserve: (coordination) => coordination.reserve({ ...mine, scope: 'new', bead: 'b' }),
    release: (coordination) => coordination.release(mine),
    register: (coordination) => coordination.register({ name: 'agent-c', role: 'qa' }),
    send: (coordination) =>
      coordination.send({ from: 'agent-a', to: 'agent-b', bead: 'b', category: 'INFO', subject: 's', body: 'b' }),
  };

  for (const [name, operate] of Object.entries(operations)) {
    it(`of ${name}, each in turn as on a full disk: an answer, no torn file, no lock, no litter, and the next one works`, async () => {
      let failures = 0;
      for (let step = 1; ; step++) {
        const root = seeded(join(temp(), String(step)));
        const before = listBelow(root);
        let count = 0;
        let isOver = false;
        let failed: FsCall | undefined;
        watched = watchFs((call) => {
          if (!isOver && ++count === step) {
            failed = call;
            throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
          }
        });
        const answer = (await operate(coordinationOf(root))) as Answer;
        isOver = true;
        const next = await coordinationOf(root).reserve({ agent: 'agent-b', scope: 'next', bead: 'b' });
        watched.restore();
        if (!failed) {
          assert.ok(answer.ok);
          break;
        }
        failures++;
        const where = `step ${step}, ${failed.name} ${failed.path}`;
        grantedData(next);
        if (!answer.ok) {
          assert.equal(answer.error?.code, 'INTERNAL_ERROR', where);
          assert.match(answer.error?.message ?? '', /ENOSPC/, where);
        }
        const active = scopesOf(activeIn(root));
        for (const scope of ['mine', 'other', 'next']) {
          const isClosed = historyIn(root).some((entry) => entry.scope === scope);
          assert.ok(active.includes(scope) || isClosed, `${where}: ${scope} is lost`);
        }
        if (name === 'reserve' && answer.ok !== active.includes('new')) {
          // Granted is always there. Refused may be there for one reason: its name could not be made durable.
          assert.ok(!answer.ok && basename(failed.path) === 'reservations', `${where}: ${active}`);
        }
        const litter = listBelow(root).filter(
          (file) => /\.(tmp|ready)$|\.break\./.test(file) && !before.includes(file),
        );
        // The file that was the very one not to be removed has to stay.
        assert.ok(litter.length === 0 || failed.name === 'unlink', `${where}: ${litter.join()}`);
      }
      assert.ok(failures >= 5, `only ${failures} steps failed`);
    });
  }
});

describe('a crash before each step', () => {
  const temp = useTempFolder();
  const start = useDrivers();

  const crashes: readonly (readonly [string, object])[] = [
    ['reserve', { ...mine, scope: 'new', bead: 'b' }],
    ['release', mine],
  ];
  for (const [command, args] of crashes) {
    it(`of ${command}: what was held is held or closed, and the next caller gets through`, async () => {
      const atOnce = 8;
      const inBoth: string[] = [];
      let died = 0;
      for (let first = 1, survived = false; !survived; first += atOnce) {
        await Promise.all(
          Array.from({ length: atOnce }, async (_, offset) => {
            const step = first + offset;
            const root = seeded(join(temp(), String(step)));
            const [victim] = await start('ours', root);
            await victim?.call('dieAt', { call: step });
            const answer = await victim?.call(command, { ...args }).catch(() => undefined);
            await victim?.end();
            const whole = activeIn(root);
            const known = [...whole, ...historyIn(root)].map((entry) => entry.scope);
            assert.ok(known.includes('mine') && known.includes('other'), `step ${step}: ${known.join()}`);
            if (answer?.ok && command === 'release') {
              assert.deepEqual(scopesOf(whole), ['other'], 'acknowledged, and then lost');
            }
            if (answer?.ok && command === 'reserve') {
              assert.deepEqual(scopesOf(whole), ['mine', 'new', 'other'], 'acknowledged, and then lost');
            }
            if (scopesOf(whole).includes('mine') && historyIn(root).length > 0) {
              inBoth.push(root);
            }
            survived ||= answer !== undefined;
            died += answer === undefined ? 1 : 0;
            grantedData(await coordinationOf(root).reserve({ agent: 'agent-b', scope: 'next', bead: 'b' }));
            assert.ok(scopesOf(activeIn(root)).includes('next'));
            historyIn(root);
          }),
        );
      }
      assert.ok(died >= 6, `only ${died} processes died: nothing was shown`);
      assert.equal(inBoth.length > 0, command === 'release', 'closed in history, and active still');
      for (const root of inBoth) {
        const [peer] = await start('peer', root);
        assert.ok((await peer?.call('release', mine))?.ok);
        assert.deepEqual(scopesOf(activeIn(root)), ['next', 'other']);
      }
    });
  }
});

describe('modes of files', () => {
  const temp = useTempFolder();

  it('0600 for every file, 0700 for every folder, whatever the umask lets through', async () => {
    const root = join(temp(), 'made', 'store');
    const umask = process.umask(0);
    try {
      const coordination = coordinationOf(root);
      for (const name of ['agent-a', 'agent-b']) {
        grantedData(await coordination.register({ name, role: 'qa' }));
      }
      grantedData(await coordination.reserve({ ...mine, bead: 'b' }));
      grantedData(await coordination.release(mine));
      const note = { from: 'agent-a', to: 'agent-b', bead: 'b', category: 'INFO', subject: 's', body: 'b' };
      grantedData(await coordination.send(note));
    } finally {
      process.umask(umask);
    }
    const names = listBelow(root).filter((name) => !name.includes('.lock'));
    assert.ok(
      names.includes('messages/agent-b.jsonl') && names.includes(FILES.history) && names.includes(FILES.active),
    );
    for (const name of ['', ...names]) {
      const stats = statSync(join(root, name));
      assert.equal(stats.mode & 0o777, stats.isDirectory() ? 0o700 : 0o600, name);
    }
  });

  it('the rewrite of a list that others could read closes it to them', async () => {
    const root = seeded(join(temp(), 'store'));
    assert.notEqual(statSync(join(root, FILES.active)).mode & 0o077, 0);
    grantedData(await coordinationOf(root).release(mine));
    assert.equal(statSync(join(root, FILES.active)).mode & 0o777, 0o600);
    assert.equal(readFileSync(join(root, FILES.active), 'utf8').endsWith('}\n'), true);
  });
});
