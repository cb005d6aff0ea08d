/** What the doctor finds in a store, what its repairs do, and what they never touch. */

import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { networkFileSystem } from '../../src/store/files/doctor/surroundings';
import { LARGEST_FILE_BYTES } from '../../src/store/files/json';
import { isFromHere, parseOwner, serializeOwner, thisOwner } from '../../src/store/files/owner';
import { FINDING_KINDS, type Finding, type FindingKind } from '../../src/store/finding';
import { fingerprint } from '../faults/hostile/fingerprint';
import { age, diagnosed, doctorOf, endedPid, HOUR_MS, only, plant, soundStore, storeOf } from '../support/doctored';
import { type Driver, useDrivers } from '../support/driver';
import { codeOf, grantedData, refusal } from '../support/outcomes';
import { agent, message, reservation } from '../support/samples';
import { activeIn, FILES, historyIn, scopesOf } from '../support/storeFiles';
import { listBelow, untilIdle, useTempFolder } from '../support/tempFolder';

const FAR = '2999-01-01T00:00:00.000Z';
const MINUTES_MS = 120_000;
const TOKEN = '0123456789abcdef0123456789abcdef';
const sent = message({ to_agent: 'agent-b' });
const inboxLine = `${JSON.stringify(sent)}\n`;
const indexed = `messages/index/${sent.message_id}.json`;
const outbox = 'messages/.outbox';
const asideOf = (root: string, folder: string) =>
  readdirSync(join(root, folder)).filter((name) => name.endsWith('.unreadable'));
const ownerHere = (fields: object = {}) => serializeOwner({ ...thisOwner(TOKEN), ...fields });

interface Ill {
  readonly what: string;
  readonly kind: FindingKind;
  /** Below the root. */
  readonly path: string;
  readonly risky?: boolean;
  spoil(root: string): void | Promise<void>;
  /** What must be so after the repair; without it, there is none. */
  mended?(root: string): void | Promise<void>;
}

const ILLS: readonly Ill[] = [
  {
    what: 'a lock of ours whose owner has ended',
    kind: 'DEAD_LOCK',
    path: FILES.lock,
    spoil: (root) => void plant(root, FILES.lock, ownerHere({ pid: endedPid() })),
    mended: (root) => assert.ok(!existsSync(join(root, FILES.lock))),
  },
  {
    what: "beadboard's lock of a process that has ended",
    kind: 'DEAD_LOCK',
    path: FILES.lock,
    spoil: (root) => void plant(root, FILES.lock, String(endedPid()), 11_000),
    mended: (root) => assert.ok(!existsSync(join(root, FILES.lock))),
  },
  {
    what: 'a lock of another host',
    kind: 'FOREIGN_LOCK',
    path: FILES.lock,
    risky: true,
    spoil: (root) => void plant(root, FILES.lock, ownerHere({ host: 'elsewhere' }), MINUTES_MS),
    mended: (root) => {
      assert.ok(!existsSync(join(root, FILES.lock)));
      const [name = ''] = asideOf(root, 'reservations');
      assert.equal(parseOwner(readFileSync(join(root, 'reservations', name), 'utf8'))?.host, 'elsewhere');
    },
  },
  {
    what: 'a lock with content of nobody',
    kind: 'FOREIGN_LOCK',
    path: FILES.lock,
    risky: true,
    spoil: (root) => void plant(root, FILES.lock, 'mine!', 11_000),
    mended: (root) => assert.equal(asideOf(root, 'reservations').length, 1),
  },
  {
    what: 'a folder in place of the lock',
    kind: 'FOREIGN_LOCK',
    path: FILES.lock,
    risky: true,
    spoil: (root) => {
      mkdirSync(join(root, FILES.lock), { mode: 0o700 });
      writeFileSync(join(root, FILES.lock, 'inside'), '', { mode: 0o600 });
    },
    mended: (root) => {
      const [name = ''] = asideOf(root, 'reservations');
      assert.deepEqual(readdirSync(join(root, 'reservations', name)), ['inside']);
    },
  },
  {
    what: 'a symbolic link in place of the lock',
    kind: 'FOREIGN_LOCK',
    path: FILES.lock,
    risky: true,
    spoil: (root) => symlinkSync('/nowhere', join(root, FILES.lock)),
    mended: (root) => assert.equal(asideOf(root, 'reservations').length, 1),
  },
  {
    what: 'a lock that a living process has held for long',
    kind: 'HELD_LOCK',
    path: FILES.lock,
    spoil: (root) => void plant(root, FILES.lock, ownerHere(), MINUTES_MS),
  },
  {
    what: "beadboard's lock that a living process has held for long",
    kind: 'HELD_LOCK',
    path: FILES.lock,
    // Of a process that is older than the lock.
    spoil: (root) => void plant(root, FILES.lock, '1', MINUTES_MS),
  },
  ...(
    [
      ['a temporary file of a process that has ended', 'agents/agent-a.json.{ended}.0a1b2c3d.tmp', 11_000, ''],
      ["beadboard's temporary file", 'reservations/active.json.tmp-{ended}-1700000000000', 11_000, ''],
      ['a temporary file of nobody that can be told', 'messages/index/x.tmp', 2 * HOUR_MS, ''],
      ['a ready file of a process that has ended', `reservations/.lock.{ended}.${TOKEN}.ready`, 11_000, ''],
      [
        'a claim that was not made, of a process that has ended',
        `reservations/.lock.1-2.break.1.${TOKEN}.ready`,
        0,
        '{owner}',
      ],
      ['a claim on a lock that is gone', 'reservations/.lock.1-2.break.1', 0, '{owner}'],
      ['a claim of nobody on a lock that is gone', 'reservations/.lock.1-2.break.1', 2 * HOUR_MS, ''],
    ] as const
  ).map(([what, path, ageMs, content]): Ill => {
    const ended = endedPid();
    const name = path.replace('{ended}', String(ended));
    return {
      what,
      kind: 'LEFTOVER_FILE',
      path: name,
      spoil: (root) => void plant(root, name, content && ownerHere({ pid: ended }), ageMs),
      mended: (root) => assert.ok(!existsSync(join(root, name))),
    };
  }),
  {
    what: 'active.json cut short, with a last good copy',
    kind: 'UNREADABLE_FILE',
    path: FILES.active,
    spoil: async (root) => {
      grantedData(await doctorOf(root).reserve({ agent: 'agent-a', scope: 'kept', bead: 'b' }));
      writeFileSync(join(root, FILES.active), '{ "reservations": [');
    },
    mended: (root) => {
      assert.deepEqual(scopesOf(activeIn(root)), ['kept', 'seeded']);
      const [name = ''] = asideOf(root, 'reservations');
      assert.equal(readFileSync(join(root, 'reservations', name), 'utf8'), '{ "reservations": [');
    },
  },
  {
    what: 'active.json that is too large, with a last good copy',
    kind: 'UNREADABLE_FILE',
    path: FILES.active,
    spoil: async (root) => {
      grantedData(await doctorOf(root).reserve({ agent: 'agent-a', scope: 'kept', bead: 'b' }));
      writeFileSync(join(root, FILES.active), `[${' '.repeat(LARGEST_FILE_BYTES)}]`);
    },
    mended: (root) => assert.deepEqual(scopesOf(activeIn(root)), ['kept', 'seeded']),
  },
  {
    what: 'active.json cut short, without a copy',
    kind: 'UNREADABLE_FILE',
    path: FILES.active,
    risky: true,
    spoil: (root) => writeFileSync(join(root, FILES.active), '{ "reservations": ['),
    mended: async (root) => {
      assert.equal(asideOf(root, 'reservations').length, 1);
      grantedData(await doctorOf(root).reserve({ agent: 'agent-a', scope: 'anew', bead: 'b' }));
      assert.deepEqual(scopesOf(activeIn(root)), ['anew']);
    },
  },
  {
    what: 'a message file that an inbox has too',
    kind: 'UNREADABLE_FILE',
    path: indexed,
    spoil: (root) => {
      plant(root, 'messages/agent-b.jsonl', inboxLine);
      plant(root, indexed, '{');
    },
    mended: async (root) => {
      assert.deepEqual(JSON.parse(readFileSync(join(root, indexed), 'utf8')), sent);
      assert.equal(asideOf(root, 'messages/index').length, 1);
      grantedData(await doctorOf(root).ack({ agent: 'agent-b', message: sent.message_id }));
    },
  },
  {
    what: 'a message file that no inbox has',
    kind: 'UNREADABLE_FILE',
    path: indexed,
    risky: true,
    spoil: (root) => void plant(root, indexed, '[]'),
    mended: (root) => {
      assert.ok(!existsSync(join(root, indexed)));
      assert.equal(asideOf(root, 'messages/index').length, 1);
    },
  },
  {
    what: 'an agent file',
    kind: 'UNREADABLE_FILE',
    path: 'agents/agent-b.json',
    risky: true,
    spoil: (root) => void plant(root, 'agents/agent-b.json', JSON.stringify(agent({ agent_id: 'agent-c' }))),
    mended: async (root) => {
      assert.equal(asideOf(root, 'agents').length, 1);
      grantedData(await doctorOf(root).register({ name: 'agent-b', role: 'anew' }));
    },
  },
  {
    what: 'an entry of active.json',
    kind: 'BAD_ENTRY',
    path: FILES.active,
    spoil: (root) => {
      const reservations = [{ note: 'strange' }, reservation({ scope: 'good', expires_at: FAR })];
      writeFileSync(join(root, FILES.active), JSON.stringify({ version: 3, reservations }));
    },
    mended: (root) => {
      const { version, reservations } = JSON.parse(readFileSync(join(root, FILES.active), 'utf8'));
      assert.equal(version, 3);
      assert.deepEqual(scopesOf(reservations), ['good']);
      const [name = ''] = asideOf(root, 'reservations');
      assert.deepEqual(JSON.parse(readFileSync(join(root, 'reservations', name), 'utf8')), [{ note: 'strange' }]);
    },
  },
  {
    what: 'lines of an inbox that are no messages',
    kind: 'BAD_ENTRY',
    path: 'messages/agent-b.jsonl',
    spoil: (root) => {
      plant(root, 'messages/agent-b.jsonl', `${inboxLine}{"message_id":\n`);
      plant(root, indexed, JSON.stringify(sent));
    },
  },
  {
    what: 'a file that was put aside',
    kind: 'PUT_ASIDE',
    path: 'reservations/active.json.20260213T220900.0a1b2c3d.unreadable',
    spoil: (root) => void plant(root, 'reservations/active.json.20260213T220900.0a1b2c3d.unreadable', '{'),
  },
  {
    what: 'reservations of an agent without a file',
    kind: 'UNKNOWN_AGENT',
    path: 'agents/agent-a.json',
    spoil: (root) => rmSync(join(root, 'agents/agent-a.json')),
    mended: async (root) => {
      const { role, version } = JSON.parse(readFileSync(join(root, 'agents/agent-a.json'), 'utf8'));
      assert.deepEqual([role, version], ['unknown', 1]);
      grantedData(await doctorOf(root).release({ agent: 'agent-a', scope: 'seeded' }));
    },
  },
  {
    what: 'an inbox of an agent without a file',
    kind: 'UNKNOWN_AGENT',
    path: 'agents/agent-c.json',
    spoil: (root) => void plant(root, 'messages/agent-c.jsonl', ''),
    mended: (root) => assert.ok(existsSync(join(root, 'agents/agent-c.json'))),
  },
  {
    what: 'a message that is only in an inbox',
    kind: 'UNINDEXED_MESSAGE',
    path: indexed,
    spoil: (root) => void plant(root, 'messages/agent-b.jsonl', inboxLine),
    mended: async (root) => {
      assert.equal(statSync(join(root, indexed)).mode & 0o777, 0o600);
      grantedData(await doctorOf(root).ack({ agent: 'agent-b', message: sent.message_id }));
    },
  },
  {
    what: 'a message that is still in the outbox',
    kind: 'UNDELIVERED_MESSAGE',
    path: outbox,
    spoil: (root) => void plant(root, outbox, `${JSON.stringify([sent])}\n`, HOUR_MS),
    mended: (root) => {
      assert.ok(!existsSync(join(root, outbox)));
      assert.equal(readFileSync(join(root, 'messages/agent-b.jsonl'), 'utf8'), inboxLine);
      assert.deepEqual(JSON.parse(readFileSync(join(root, indexed), 'utf8')), sent);
    },
  },
  {
    what: 'an outbox that cannot be understood',
    kind: 'UNREADABLE_FILE',
    path: outbox,
    risky: true,
    spoil: (root) => void plant(root, outbox, '[{"message_id":"msg'),
    mended: (root) => {
      assert.ok(!existsSync(join(root, outbox)));
      assert.equal(asideOf(root, 'messages').length, 1);
    },
  },
  {
    what: 'folders and files that others may read',
    kind: 'WRONG_MODE',
    path: '',
    spoil: (root) => {
      chmodSync(join(root, 'agents'), 0o755);
      chmodSync(join(root, 'agents/agent-a.json'), 0o644);
      chmodSync(join(root, FILES.active), 0o640);
    },
    mended: (root) => {
      const modes = ['agents', 'agents/agent-a.json', FILES.active].map(
        (name) => statSync(join(root, name)).mode & 0o777,
      );
      assert.deepEqual(modes, [0o700, 0o600, 0o600]);
    },
  },
  {
    what: 'a link in place of a file',
    kind: 'SYMBOLIC_LINK',
    path: FILES.active,
    spoil: (root) => {
      renameSync(join(root, FILES.active), join(root, '..', 'elsewhere.json'));
      symlinkSync(join(root, '..', 'elsewhere.json'), join(root, FILES.active));
    },
  },
  {
    what: 'a link in place of a folder',
    kind: 'SYMBOLIC_LINK',
    path: 'messages',
    spoil: (root) => {
      renameSync(join(root, 'messages'), join(root, '..', 'elsewhere'));
      symlinkSync(join(root, '..', 'elsewhere'), join(root, 'messages'));
    },
  },
  {
    what: 'a file in place of a folder',
    kind: 'OUT_OF_REACH',
    path: 'agents',
    spoil: (root) => {
      rmSync(join(root, 'agents'), { recursive: true });
      writeFileSync(join(root, 'agents'), '', { mode: 0o600 });
      writeFileSync(join(root, FILES.active), '[]');
    },
  },
];

describe('the doctor', () => {
  const temp = useTempFolder();
  const start = useDrivers();
  let root: string;

  beforeEach(() => {
    root = soundStore(join(temp(), 'store'), [reservation({ scope: 'seeded', expires_at: FAR })]);
  });

  const everything = () => fingerprint(temp());
  const one = async (kind: 'ours' | 'peer'): Promise<Driver> => (await start(kind, root))[0] as Driver;

  it('finds nothing in a sound store that is in use, and changes nothing', async () => {
    const coordination = doctorOf(root);
    grantedData(await coordination.reserve({ agent: 'agent-a', scope: 'used', bead: 'b' }));
    grantedData(await coordination.release({ agent: 'agent-a', scope: 'used' }));
    grantedData(
      await coordination.send({ from: 'agent-a', to: 'agent-b', bead: 'b', category: 'INFO', subject: 's', body: 'b' }),
    );
    await untilIdle(root);
    const before = everything();
    assert.deepEqual(grantedData(await coordination.doctor()), { findings: [], repaired: [] });
    assert.deepEqual(grantedData(await coordination.doctor({ fix: true })), { findings: [], repaired: [] });
    assert.equal(everything(), before);
  });

  it('finds nothing where there is no store, and makes none', async () => {
    assert.deepEqual(await diagnosed(join(temp(), 'none')), []);
    assert.deepEqual(
      listBelow(temp()).filter((name) => name.startsWith('none')),
      [],
    );
  });

  it('refuses to fix what is neither true nor a list of ids', async () => {
    for (const fix of ['all', 1, [1], {}]) {
      refusal(await doctorOf(root).doctor({ fix: fix as never }), 'INVALID_ARGS');
    }
  });

  for (const { what, kind, path, risky = false, spoil, mended } of ILLS) {
    it(`${kind}: ${what}`, async function () {
      if (process.platform === 'win32' && (kind === 'WRONG_MODE' || kind === 'SYMBOLIC_LINK')) {
        // Neither modes nor links for everybody are there.
        return;
      }
      this.timeout(20_000);
      await spoil(root);
      await untilIdle(root);
      const before = everything();
      const found = only(await diagnosed(root), kind);
      assert.equal(found.path, join(root, path));
      assert.ok(found.message.length > 0);
      assert.equal(found.risky, risky);
      assert.equal(found.repair === null, mended === undefined);
      assert.deepEqual(only(await diagnosed(root), kind).id, found.id);
      assert.equal(everything(), before, 'a dry run changed something');

      const coordination = doctorOf(root);
      if (!mended) {
        assert.deepEqual(grantedData(await coordination.doctor({ fix: true })).repaired, []);
        const { repaired } = grantedData(await coordination.doctor({ fix: [found.id] }));
        assert.deepEqual(
          repaired.map(({ id, outcome }) => [id, outcome]),
          [[found.id, 'NO_REPAIR']],
        );
        assert.equal(everything(), before);
        return;
      }
      if (risky) {
        assert.deepEqual(grantedData(await coordination.doctor({ fix: true })).repaired, []);
        assert.equal(everything(), before, 'a risky repair was done unasked');
      }
      const { repaired } = grantedData(await coordination.doctor({ fix: risky ? [found.id] : true }));
      assert.deepEqual(
        repaired.map(({ id, outcome }) => [id, outcome]),
        [[found.id, 'REPAIRED']],
        repaired[0]?.message,
      );
      const { message = '', facts: { aside } = {} } = repaired[0] ?? {};
      assert.equal(typeof aside === 'string', /aside as|kept in|Moved the entry/.test(message), message);
      if (typeof aside === 'string') {
        assert.ok(lstatSync(aside) && message.includes(aside), message);
      }
      await mended(root);
      assert.ok(!(await diagnosed(root)).some(({ id }) => id === found.id));
      const again = grantedData(await coordination.doctor({ fix: [found.id] })).repaired;
      assert.deepEqual(
        again.map(({ outcome }) => outcome),
        ['GONE'],
      );
      assert.deepEqual(
        listBelow(root).filter((name) => /\.tmp$|\.ready$|\.break\./.test(name)),
        [],
      );
    });
  }

  it('NETWORK_FILE_SYSTEM: told by its number, on Linux', async () => {
    const found = await storeOf(root, 0x6969).diagnose();
    if (process.platform === 'linux') {
      assert.match(only(found, 'NETWORK_FILE_SYSTEM').message, /\(NFS\)/);
    } else {
      assert.deepEqual(found, []);
    }
    assert.deepEqual([0xff534d42, 0xff534d42 | 0, 0x01021997, 0x00c36400, 0xef53].map(networkFileSystem), [
      'CIFS',
      'CIFS',
      '9p',
      'Ceph',
      undefined,
    ]);
  });

  it('has a test of every kind', () => {
    const elsewhere: readonly FindingKind[] = ['NETWORK_FILE_SYSTEM', 'TORN_HISTORY', 'DUPLICATE_HISTORY'];
    assert.deepEqual([...new Set([...ILLS.map(({ kind }) => kind), ...elsewhere])].sort(), [...FINDING_KINDS].sort());
  });

  it('repairs each on its own: one that fails keeps no other back, and each is answered', async () => {
    const ended = endedPid();
    plant(root, `agents/agent-a.json.${ended}.0a1b2c3d.tmp`, '', 11_000);
    rmSync(join(root, 'agents/agent-a.json'));
    symlinkSync('/nowhere', join(root, 'reservations/.journal'));
    plant(root, FILES.lock, ownerHere({ pid: ended }));
    const ids = (await diagnosed(root)).map(({ id }) => id);
    assert.equal(ids.length, 4, ids.join());
    const { repaired } = grantedData(await doctorOf(root).doctor({ fix: [...ids, 'DEAD_LOCK:other', 'NOTHING'] }));
    const outcomes = new Map(repaired.map(({ id, outcome }) => [id.split(':')[0], outcome]));
    assert.equal(repaired.length, 6);
    assert.equal(outcomes.get('SYMBOLIC_LINK'), 'NO_REPAIR');
    assert.equal(outcomes.get('UNKNOWN_AGENT'), 'REPAIRED');
    assert.equal(outcomes.get('LEFTOVER_FILE'), 'REPAIRED');
    assert.equal(outcomes.get('NOTHING'), 'GONE');
    assert.equal(repaired.find(({ id }) => id === 'DEAD_LOCK:other')?.outcome, 'GONE');
  });

  it('fails a repair that needs the lock while a living process holds it, and changes nothing', async () => {
    const holder = await one('ours');
    await holder.call('hold');
    rmSync(join(root, 'agents/agent-a.json'));
    const before = listBelow(root);
    const { repaired } = grantedData(await doctorOf(root).doctor({ fix: true }));
    assert.deepEqual(
      repaired.map(({ outcome }) => outcome),
      ['FAILED'],
    );
    assert.match(repaired[0]?.message ?? '', new RegExp(`process ${holder.pid}`));
    assert.deepEqual([repaired[0]?.facts?.['cause'], repaired[0]?.facts?.['pid']], ['STORE_LOCKED', holder.pid]);
    assert.deepEqual(listBelow(root), before);
    await holder.call('drop');
  });

  for (const kind of ['ours', 'peer'] as const) {
    it(`leaves the lock of a living process alone, whatever it is asked to (${kind})`, async () => {
      const holder = await one(kind);
      await holder.call('hold');
      const lock = join(root, FILES.lock);
      assert.deepEqual(await diagnosed(root), [], 'a lock that was just taken');
      if (kind === 'ours') {
        // A lock with a bare pid that is older than the process of that pid is another's, who has ended.
        age(lock, MINUTES_MS);
        assert.equal(only(await diagnosed(root), 'HELD_LOCK').facts['pid'], holder.pid);
      }
      const { ino, mtimeNs } = statSync(lock, { bigint: true });
      const incarnation = `:reservations/.lock:${ino}-${mtimeNs}`;
      await untilIdle(root);
      const before = everything();
      const fix = ['HELD_LOCK', 'DEAD_LOCK', 'FOREIGN_LOCK'].map((other) => `${other}${incarnation}`);
      const { repaired } = grantedData(await doctorOf(root).doctor({ fix }));
      assert.deepEqual(
        repaired.map(({ outcome }) => outcome),
        [kind === 'ours' ? 'NO_REPAIR' : 'GONE', 'GONE', 'GONE'],
      );
      assert.equal(everything(), before);
      await holder.call('drop');
      assert.deepEqual(await diagnosed(root), []);
    });
  }

  it('puts no other lock aside than the one that was shown', async () => {
    plant(root, FILES.lock, 'mine!', 11_000);
    const { id } = only(await diagnosed(root), 'FOREIGN_LOCK');
    rmSync(join(root, FILES.lock));
    const holder = await one('ours');
    await holder.call('hold');
    const { repaired } = grantedData(await doctorOf(root).doctor({ fix: [id] }));
    assert.deepEqual(
      repaired.map(({ outcome }) => outcome),
      ['GONE'],
    );
    await holder.call('drop');
  });

  it('leaves files of living processes alone, at any age', async () => {
    const [driver] = await start('ours', root);
    const pid = driver?.pid ?? 0;
    for (const [name, content] of [
      [`reservations/active.json.${pid}.0a1b2c3d.tmp`, ''],
      [`reservations/active.json.tmp-${pid}-1700000000000`, ''],
      [`reservations/.lock.${pid}.${TOKEN}.ready`, ''],
      [`reservations/.lock.1-2.break.1.${TOKEN}.ready`, ownerHere()],
      ['reservations/.lock.1-2.break.1', ownerHere()],
    ] as const) {
      // Not before the process was: a pid that was another's then is no proof of life.
      plant(root, name, content, 0);
    }
    plant(root, `agents/agent-a.json.${endedPid()}.0a1b2c3d.tmp`, '', 0);
    plant(root, 'agents/x.tmp', '', HOUR_MS / 2);
    const lock = plant(root, FILES.lock, ownerHere());
    const { ino, mtimeNs } = statSync(lock, { bigint: true });
    plant(root, `reservations/.lock.${ino}-${mtimeNs}.break.1`, ownerHere({ pid: endedPid() }), 2 * HOUR_MS);
    const before = everything();
    assert.deepEqual(await diagnosed(root), []);
    const names = listBelow(root);
    const fix = names.map((name) => `LEFTOVER_FILE:${name}`);
    const { repaired } = grantedData(await doctorOf(root).doctor({ fix }));
    assert.ok(repaired.every(({ outcome }) => outcome === 'GONE'));
    assert.equal(everything(), before);
  });

  it('a stopped process keeps its ready file for ever', () => {
    const name = `reservations/.lock.1-2.break.1.${TOKEN}.ready`;
    const path = plant(root, name, ownerHere(), 100 * HOUR_MS);
    const owner = parseOwner(readFileSync(path, 'utf8'));
    assert.ok(owner && isFromHere(owner));
    return diagnosed(root).then((found) => assert.deepEqual(found, []));
  });

  it('loses nothing of those who work in the store at the same time', async () => {
    const ROUNDS = 25;
    const writers = await start('ours', root, 2);
    const peer = await one('peer');
    const closed = Array.from({ length: 300 }, (_, index) =>
      reservation({ reservation_id: `res_${index % 200}`, scope: `old/${index % 200}`, state: 'expired' }),
    );
    const lines = closed.map((entry) => JSON.stringify(entry));
    plant(root, FILES.history, `${lines.slice(0, 150).join('\n')}\n{"torn":\n${lines.slice(150).join('\n')}\n`);
    const released: string[] = [];
    const work = Promise.all([
      ...writers.map((writer, index) =>
        writer.call<string[]>('loop', { times: ROUNDS, prefix: `w${index}`, agent: 'agent-a' }),
      ),
      (async (): Promise<string[]> => {
        const refused: string[] = [];
        for (let index = 0; index < ROUNDS; index++) {
          const scope = `peer/${index}`;
          const answers = [
            await peer.call('reserve', { agent: 'agent-b', scope, bead: 'b' }),
            await peer.call('release', { agent: 'agent-b', scope }),
          ];
          refused.push(...answers.filter(({ ok }) => !ok).map(({ error }) => `${error?.code}: ${error?.message}`));
          released.push(scope);
        }
        return refused;
      })(),
    ]);
    let over = false;
    const done = work.finally(() => {
      over = true;
    });
    const outcomes = new Map<string, number>();
    const doctor = doctorOf(root);
    while (!over) {
      plant(root, `agents/agent-a.json.${endedPid()}.0a1b2c3d.tmp`, '', 11_000);
      const fix = (await diagnosed(root)).map(({ id }) => id);
      for (const { id, outcome } of grantedData(await doctor.doctor({ fix })).repaired) {
        const key = `${id.split(':')[0]} ${outcome}`;
        outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
      }
    }
    assert.deepEqual((await done).flat(), []);
    // What was not to be had for all the writing is repaired now.
    await doctor.doctor({ fix: (await diagnosed(root)).map(({ id }) => id) });
    const expected = [0, 1].flatMap((w) => Array.from({ length: ROUNDS }, (_, index) => `w${w}/${index}`));
    assert.deepEqual(scopesOf(activeIn(root)), ['seeded', ...expected].sort());
    const inHistory = historyIn(root).map(({ scope }) => scope);
    for (const scope of [...released, ...closed.map((entry) => entry.scope)]) {
      assert.equal(inHistory.filter((other) => other === scope).length, 1, scope);
    }
    assert.ok((outcomes.get('LEFTOVER_FILE REPAIRED') ?? 0) > 0, JSON.stringify([...outcomes]));
    assert.deepEqual(codeOf(await doctor.status()), 'ok');
  });

  it('finds many things at once, each under an id of its own', async () => {
    for (const { kind, spoil } of ILLS.filter(({ kind }) => kind === 'LEFTOVER_FILE' || kind === 'WRONG_MODE')) {
      assert.ok(kind);
      await spoil(root);
    }
    plant(root, 'messages/agent-b.jsonl', inboxLine);
    const found: readonly Finding[] = await diagnosed(root);
    assert.equal(new Set(found.map(({ id }) => id)).size, found.length);
    assert.ok(found.length >= 8, String(found.length));
    const { repaired } = grantedData(await doctorOf(root).doctor({ fix: true }));
    assert.ok(
      repaired.every(({ outcome }) => outcome === 'REPAIRED'),
      JSON.stringify(repaired),
    );
    assert.deepEqual(await diagnosed(root), []);
  });
});
