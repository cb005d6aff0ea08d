/** The operations over real files: order of checks with a real registry, status, messages, and work beside a peer. */

import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import type { Message } from '../../src/core/message';
import { HOUR_MS } from '../../src/core/time';
import { FileStore } from '../../src/store/files/fileStore';
import { CHECKS_IN_ORDER } from '../support/checksInOrder';
import { type Driver, useDrivers } from '../support/driver';
import { codeOf, grantedData, refusal } from '../support/outcomes';
import { agent, message, NOW, reservation } from '../support/samples';
import { activeIn, FILES, historyIn, scopesOf, seedStore, writeActive } from '../support/storeFiles';
import { listBelow, useTempFolder } from '../support/tempFolder';

const FAR = '2999-01-01T00:00:00.000Z';

/** A clock that stands still until it is moved. */
function useStore(root: string): { coordination: Coordination; store: FileStore; move: (ms: number) => void } {
  let now = NOW.getTime();
  let ids = 0;
  const clock = () => new Date(now);
  const store = new FileStore(root, { clock });
  return {
    store,
    coordination: createCoordination(store, { clock, random: () => (++ids).toString(16).padStart(8, '0') }),
    move: (ms) => {
      now += ms;
    },
  };
}

/** All that is below, by name, inode, time and content. The lock's own coming and going is left out. */
function fingerprint(root: string): string[] {
  return listBelow(root)
    .filter((name) => !name.includes('.lock'))
    .map((name) => {
      const path = join(root, name);
      const stats = lstatSync(path, { bigint: true });
      return stats.isFile() ? `${name} ${stats.ino} ${stats.mtimeNs} ${readFileSync(path, 'utf8')}` : name;
    });
}

describe('the operations', () => {
  const temp = useTempFolder();
  let root: string;
  let coordination: Coordination;
  let store: FileStore;
  let move: (ms: number) => void;

  beforeEach(() => {
    root = seedStore(join(temp(), 'store'));
    ({ coordination, store, move } = useStore(root));
  });

  describe('check in order', () => {
    for (const [operation, input, code] of CHECKS_IN_ORDER) {
      it(`${operation} ${JSON.stringify(input)?.slice(0, 90)}: ${code}, and nothing is written`, async () => {
        const before = fingerprint(root);
        const answer = await coordination[operation](input as never);
        refusal(answer, code);
        assert.equal(answer.command, `agent ${operation === 'forceRelease' ? 'force-release' : operation}`);
        assert.equal(answer.data, null);
        assert.deepEqual(fingerprint(root), before);
      });
    }
  });

  it('a reservation lives to the millisecond before its end, then counts as expired', async () => {
    const made = grantedData(await coordination.reserve({ agent: 'agent-a', scope: 's', bead: 'b', ttl: 5 }));
    assert.deepEqual(activeIn(root), [made]);
    move(5 * 60_000 - 1);
    refusal(await coordination.reserve({ agent: 'agent-b', scope: 's', bead: 'b' }), 'RESERVATION_CONFLICT');
    assert.equal(grantedData(await coordination.status()).summary.active, 1);
    const waiting = [
      { agent_id: 'agent-b', scope: 's', since: new Date(NOW.getTime() + 5 * 60_000 - 1).toISOString() },
    ];
    move(1);
    refusal(await coordination.reserve({ agent: 'agent-b', scope: 's', bead: 'b' }), 'RESERVATION_STALE_FOUND');
    const taken = await coordination.reserve({ agent: 'agent-b', scope: 's', bead: 'b', takeoverStale: true });
    const { contested: _, ...entry } = grantedData(taken);
    assert.deepEqual(activeIn(root), [entry]);
    assert.deepEqual(historyIn(root), [{ ...made, state: 'expired', waiting }]);
  });

  it('the release of an expired one closes it, and says not found', async () => {
    const made = grantedData(await coordination.reserve({ agent: 'agent-a', scope: 's', bead: 'b', ttl: 5 }));
    move(5 * 60_000);
    refusal(await coordination.release({ agent: 'agent-a', scope: 's' }), 'RESERVATION_NOT_FOUND');
    assert.deepEqual(activeIn(root), []);
    assert.deepEqual(historyIn(root), [{ ...made, state: 'expired' }]);
  });

  it('register, show and list agree with the file', async () => {
    const made = grantedData(await coordination.register({ name: 'zoe', role: 'qa', display: 'Zoe' }));
    assert.deepEqual(JSON.parse(readFileSync(join(root, 'agents', 'zoe.json'), 'utf8')), made);
    assert.deepEqual(grantedData(await coordination.show({ agent: ' zoe ' })), made);
    const updated = grantedData(await coordination.register({ name: 'zoe', role: 'ui', forceUpdate: true }));
    assert.deepEqual({ ...made, role: 'ui', version: 2 }, updated);
    const ids = (await coordination.list()).data?.map((one) => one.agent_id);
    assert.deepEqual(ids, ['agent-a', 'agent-b', 'zoe']);
  });

  it('of 20 registrations of one name at once, one is made', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => coordination.register({ name: 'same', role: `role-${n}` })),
    );
    assert.deepEqual(answers.map(codeOf), ['ok', ...Array.from({ length: 19 }, () => 'DUPLICATE_AGENT_ID')]);
    assert.equal(grantedData(await coordination.show({ agent: 'same' })).role, 'role-0');
  });

  it('an agent file that cannot be understood is an error where that agent is needed, and only there', async () => {
    const path = join(root, 'agents', 'agent-a.json');
    for (const [content, cause] of [
      ['', 'EMPTY_FILE'],
      ['{', 'NOT_JSON'],
      ['{}', 'WRONG_SHAPE'],
      [JSON.stringify(agent({ agent_id: 'agent-b' })), 'WRONG_SHAPE'],
    ] as const) {
      writeFileSync(path, content);
      for (const answer of [
        await coordination.show({ agent: 'agent-a' }),
        await coordination.reserve({ agent: 'agent-a', scope: 's', bead: 'b' }),
        await coordination.register({ name: 'agent-a', role: 'x', forceUpdate: true }),
      ]) {
        const { details } = refusal(answer, 'INTERNAL_ERROR');
        assert.deepEqual([details?.['cause'], details?.['path']], [cause, path]);
      }
      assert.equal(readFileSync(path, 'utf8'), content);
      grantedData(await coordination.reserve({ agent: 'agent-b', scope: `s ${cause} ${content.length}`, bead: 'b' }));
    }
    assert.deepEqual(
      grantedData(await coordination.list()).map((one) => one.agent_id),
      ['agent-b'],
    );
    assert.equal((await store.readAgents()).problems.length, 1);
  });

  describe('status', () => {
    const held = (scope: string, fields: object = {}) =>
      reservation({ scope, reservation_id: `res_${scope}`, expires_at: FAR, ...fields });

    it('writes nothing where nothing is expired', async () => {
      writeActive(root, { reservations: [held('a'), held('b')] });
      const before = fingerprint(root);
      const watched = listBelow(join(root, 'reservations'));
      assert.equal(grantedData(await coordination.status()).summary.expired, 0);
      assert.deepEqual(fingerprint(root), before);
      assert.deepEqual(listBelow(join(root, 'reservations')), watched);
    });

    it('sweeps what is past its time, of all agents and beads, and says how many', async () => {
      const past = { expires_at: NOW.toISOString() };
      writeActive(root, {
        reservations: [held('a', past), held('b'), held('c', { ...past, agent_id: 'agent-b', bead_id: 'bd-2' })],
      });
      const { reservations, summary } = grantedData(await coordination.status({ agent: 'agent-a', bead: 'bd-1' }));
      assert.deepEqual(scopesOf(reservations), ['b']);
      assert.deepEqual(summary, { active: 1, released: 0, expired: 2, unacked_required_messages: 0 });
      assert.deepEqual(scopesOf(activeIn(root)), ['b']);
      assert.deepEqual(
        historyIn(root).map((entry) => [entry.scope, entry.state]),
        [
          ['a', 'expired'],
          ['c', 'expired'],
        ],
      );
      assert.equal(grantedData(await coordination.status()).summary.expired, 0);
    });

    it('counts the releases of the last 24 hours that match, to the millisecond', async () => {
      const ended = (ago: number, fields: object = {}) =>
        held('x', { state: 'released', released_at: new Date(NOW.getTime() - ago).toISOString(), ...fields });
      const lines = [
        ended(24 * HOUR_MS + 1),
        ended(24 * HOUR_MS),
        ended(HOUR_MS, { bead_id: 'bd-2' }),
        held('y', { state: 'expired' }),
        ended(0, { agent_id: 'agent-b' }),
      ];
      writeFileSync(join(root, FILES.history), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      const released = async (filter: object) => grantedData(await coordination.status(filter)).summary.released;
      assert.equal(await released({}), 3);
      assert.equal(await released({ agent: 'agent-a' }), 2);
      assert.equal(await released({ bead: 'bd-1' }), 2);
      assert.equal(await released({ agent: 'agent-a', bead: 'bd-2' }), 1);
      assert.equal(await released({ agent: 'agent-b', bead: 'bd-2' }), 0);
    });

    it('lists what waits for an ack, newest first; the agent filters by recipient', async () => {
      const put = (id: string, fields: object) =>
        writeFileSync(
          join(root, 'messages', 'index', `${id}.json`),
          JSON.stringify(message({ message_id: id, ...fields })),
        );
      put('m1', { created_at: '2026-02-13T10:00:00.000Z' });
      put('m2', { created_at: '2026-02-13T12:00:00.000Z', to_agent: 'agent-a', bead_id: 'bd-2' });
      put('m3', { created_at: '2026-02-13T11:00:00.000Z', state: 'read' });
      put('m4', { state: 'acked', acked_at: '2026-02-13T12:00:00.000Z' });
      put('m5', { category: 'INFO', requires_ack: false });
      writeFileSync(join(root, 'messages', 'index', 'm6.json'), '{"torn":');
      const ids = async (filter: object) =>
        grantedData(await coordination.status(filter)).unacked_required_messages.map((one) => one.message_id);
      assert.deepEqual(await ids({}), ['m2', 'm3', 'm1']);
      assert.deepEqual(await ids({ agent: 'agent-b' }), ['m3', 'm1']);
      assert.deepEqual(await ids({ bead: 'bd-2' }), ['m2']);
      // Acked by somebody else, in place: no cache may hide it.
      put('m2', { state: 'acked', acked_at: '2026-02-13T12:00:00.000Z' });
      assert.deepEqual(await ids({}), ['m3', 'm1']);
    });
  });

  describe('messages', () => {
    const note = { from: 'agent-a', to: 'agent-b', bead: 'bd-1', category: 'HANDOFF', subject: 's', body: 'line\n🔒' };
    const inbox = async (input: object = {}) =>
      grantedData(await coordination.inbox({ agent: 'agent-b', ...input })).map((one) => one.message_id);
    const indexed = (id: string): Message =>
      JSON.parse(readFileSync(join(root, 'messages', 'index', `${id}.json`), 'utf8'));

    it('send writes the stream and the index; read and ack change the index only', async () => {
      const sent = grantedData(await coordination.send(note));
      const stream = join(root, 'messages', 'agent-b.jsonl');
      const line = `${JSON.stringify(sent)}\n`;
      assert.equal(readFileSync(stream, 'utf8'), line);
      assert.deepEqual(indexed(sent.message_id), sent);
      const request = { agent: 'agent-b', message: sent.message_id };
      move(1_000);
      const read = grantedData(await coordination.read(request));
      assert.deepEqual(read, { ...sent, state: 'read', read_at: new Date(NOW.getTime() + 1_000).toISOString() });
      move(1_000);
      const acked = grantedData(await coordination.ack(request));
      assert.deepEqual(acked, { ...read, state: 'acked', acked_at: new Date(NOW.getTime() + 2_000).toISOString() });
      assert.deepEqual(indexed(sent.message_id), acked);
      assert.equal(readFileSync(stream, 'utf8'), line);
      assert.deepEqual(grantedData(await coordination.inbox({ agent: 'agent-b' })), [acked]);
    });

    it('a second ack and a later read answer the same times, and write nothing', async () => {
      const { message_id } = grantedData(await coordination.send(note));
      const request = { agent: 'agent-b', message: message_id };
      const acked = grantedData(await coordination.ack(request));
      assert.equal(acked.read_at, acked.acked_at);
      const before = fingerprint(root);
      move(HOUR_MS);
      assert.deepEqual(grantedData(await coordination.ack(request)), acked);
      assert.deepEqual(grantedData(await coordination.read(request)), acked);
      assert.deepEqual(fingerprint(root), before);
    });

    it('only the recipient may read or ack', async () => {
      const { message_id } = grantedData(await coordination.send(note));
      refusal(await coordination.read({ agent: 'agent-a', message: message_id }), 'READ_FORBIDDEN');
      refusal(await coordination.ack({ agent: 'agent-a', message: message_id }), 'ACK_FORBIDDEN');
      assert.equal(indexed(message_id).state, 'unread');
    });

    it('unknown fields of a message survive read and ack', async () => {
      const sent = grantedData(await coordination.send(note));
      const path = join(root, 'messages', 'index', `${sent.message_id}.json`);
      writeFileSync(path, JSON.stringify({ ...sent, priority: [1], nested: { a: null } }));
      const acked = grantedData(await coordination.ack({ agent: 'agent-b', message: sent.message_id }));
      assert.deepEqual({ ...acked, priority: [1], nested: { a: null } }, acked);
      assert.deepEqual(indexed(sent.message_id), acked);
    });

    it('a broadcast reaches everybody but the sender, each under an id of its own', async () => {
      seedStore(root, { agents: ['agent-c'] });
      grantedData(await coordination.send({ ...note, to: 'broadcast' }));
      assert.deepEqual(listBelow(join(root, 'messages')), [
        'agent-b.jsonl',
        'agent-c.jsonl',
        'index',
        'index/msg_20260213_220900_00000001_agent-b.json',
        'index/msg_20260213_220900_00000001_agent-c.json',
      ]);
      grantedData(await coordination.ack({ agent: 'agent-c', message: 'msg_20260213_220900_00000001_agent-c' }));
      assert.equal(indexed('msg_20260213_220900_00000001_agent-b').state, 'unread');
    });

    it('the inbox is newest first, filtered, at most so many, and passes over torn lines', async () => {
      for (let index = 0; index < 60; index++) {
        grantedData(await coordination.send({ ...note, bead: `bd-${index % 2}` }));
        move(1_000);
      }
      appendFileSync(join(root, 'messages', 'agent-b.jsonl'), '{"message_id":"msg_torn"');
      const all = await inbox({ limit: 500 });
      assert.equal(all.length, 60);
      assert.deepEqual(all, all.toSorted().toReversed());
      assert.deepEqual(await inbox(), all.slice(0, 50));
      assert.deepEqual(await inbox({ limit: 3, bead: 'bd-0' }), [all[1], all[3], all[5]]);
      grantedData(await coordination.ack({ agent: 'agent-b', message: all[7] ?? '' }));
      assert.deepEqual(await inbox({ state: 'acked' }), [all[7]]);
      assert.equal((await inbox({ state: 'unread', limit: 500 })).length, 59);
      const later = grantedData(await coordination.send(note));
      assert.equal((await inbox())[0], later.message_id, 'the torn line has swallowed the next one');
      assert.equal((await store.readInbox('agent-b')).problems.length, 1);
    });

    it('100 sends at once arrive, in their order', async () => {
      const sent = await Promise.all(
        Array.from({ length: 100 }, (_, n) => coordination.send({ ...note, subject: `s${n}` })),
      );
      const subjects = sent.map((answer) => grantedData(answer).subject);
      const lines = readFileSync(join(root, 'messages', 'agent-b.jsonl'), 'utf8')
        .trimEnd()
        .split('\n');
      assert.deepEqual(
        lines.map((line) => JSON.parse(line).subject),
        subjects,
      );
    });
  });
});

describe('beside a peer', () => {
  const temp = useTempFolder();
  const start = useDrivers();
  let root: string;
  let coordination: Coordination;
  let peer: Driver;
  const entry = { agent: 'agent-a', scope: 'shared', bead: 'bd-1' };

  beforeEach(async () => {
    root = seedStore(join(temp(), 'store'));
    coordination = createCoordination(new FileStore(root), { random: () => '0123abcd' });
    [peer] = (await start('peer', root)) as [Driver];
  });

  it('what the peer has reserved is a conflict to ours, and ours can release it', async () => {
    const reserved = await peer.call('reserve', entry);
    refusal(await coordination.reserve({ ...entry, agent: 'agent-b' }), 'RESERVATION_CONFLICT');
    refusal(await coordination.release({ ...entry, agent: 'agent-b' }), 'RELEASE_FORBIDDEN');
    const released = grantedData(await coordination.release(entry));
    const { waiting, ...rest } = released;
    assert.deepEqual(
      waiting?.map(({ agent_id }) => agent_id),
      ['agent-b'],
    );
    assert.deepEqual(rest, { ...Object(reserved.data), state: 'released', released_at: released.released_at });
    assert.deepEqual(historyIn(root), [released]);
  });

  it('what ours has reserved is a conflict to the peer, and the peer can release it', async () => {
    const reserved = grantedData(await coordination.reserve(entry));
    assert.equal((await peer.call('reserve', { ...entry, agent: 'agent-b' })).error?.code, 'RESERVATION_CONFLICT');
    assert.equal((await peer.call('release', { ...entry, agent: 'agent-b' })).error?.code, 'RELEASE_FORBIDDEN');
    const released = await peer.call('release', entry);
    assert.deepEqual(released.data, { ...reserved, state: 'released', released_at: historyIn(root)[0]?.released_at });
    assert.equal(grantedData(await coordination.status()).summary.released, 1);
    assert.deepEqual(activeIn(root), []);
  });

  it('each reads the history that both have written', async () => {
    for (let turn = 0; turn < 4; turn++) {
      const scope = { ...entry, scope: `turn-${turn}` };
      grantedData(await coordination.reserve(scope));
      assert.ok((await peer.call('release', scope)).ok);
      assert.ok((await peer.call('reserve', scope)).ok);
      grantedData(await coordination.release(scope));
    }
    assert.equal(grantedData(await coordination.status()).summary.released, 8);
    const { data } = await peer.call('status');
    assert.equal((data as { closed: unknown[] }).closed.length, 8);
  });

  it('a peer that sweeps: ours finds what it expired', async () => {
    writeActive(root, { reservations: [reservation(), reservation({ scope: 'live', expires_at: FAR })] });
    assert.ok((await peer.call('status')).ok);
    assert.deepEqual(
      grantedData(await coordination.status()).reservations.map(({ scope }) => scope),
      ['live'],
    );
    refusal(await coordination.release({ agent: 'agent-a', scope: 'src/app' }), 'RESERVATION_NOT_FOUND');
    assert.equal((await new FileStore(root).readClosed(NOW)).length, 1);
  });

  it('messages go both ways, and an ack of either is final for both', async () => {
    const note = { from: 'agent-a', to: 'agent-b', bead: 'b', category: 'BLOCKED', subject: 's', body: 'b' };
    const inboxOfPeer = async () => (await peer.call('inbox', { agent: 'agent-b' })).data;
    const sent = (await peer.call('send', note)).data as Message;
    const unacked = grantedData(await coordination.status()).unacked_required_messages;
    assert.deepEqual(unacked, [sent]);
    const acked = grantedData(await coordination.ack({ agent: 'agent-b', message: sent.message_id }));
    assert.deepEqual(await inboxOfPeer(), [acked]);

    const ours = grantedData(await coordination.send(note));
    const theirs = (await peer.call('ack', { agent: 'agent-b', message: ours.message_id })).data as Message;
    assert.deepEqual(grantedData(await coordination.ack({ agent: 'agent-b', message: ours.message_id })), theirs);
    assert.deepEqual(grantedData(await coordination.status()).unacked_required_messages, []);
  });

  it('the same text in two projects confuses the peer, and ours asks for the project', async () => {
    grantedData(await coordination.reserve({ ...entry, project: '/p' }));
    grantedData(await coordination.reserve({ ...entry, agent: 'agent-b', project: '/q' }));
    assert.equal((await peer.call('release', { ...entry, agent: 'agent-b' })).error?.code, 'RELEASE_FORBIDDEN');
    grantedData(await coordination.release({ ...entry, agent: 'agent-b', project: '/q' }));
    assert.ok((await peer.call('release', entry)).ok);
    assert.deepEqual(activeIn(root), []);
  });

  it('another entry of the same id goes when the peer releases one, and is held again with our next change', async () => {
    // Both draw the same random part, in the same second mostly; if not, the second one is made so.
    grantedData(await coordination.reserve({ ...entry, scope: 'one' }));
    grantedData(await coordination.reserve({ ...entry, scope: 'two' }));
    const [one, two] = activeIn(root);
    writeActive(root, { reservations: [one, { ...two, reservation_id: one?.reservation_id }] });
    grantedData(await coordination.renew({ ...entry, scope: 'two', ttl: 180 }));
    assert.ok((await peer.call('release', { ...entry, scope: 'one' })).ok);
    assert.deepEqual(activeIn(root), []);
    grantedData(await coordination.reserve({ ...entry, scope: 'next' }));
    assert.deepEqual(scopesOf(activeIn(root)), ['next', 'two']);
  });

  it('an update without a name to display: the peer displays the id, ours keeps the name', async () => {
    const named = { name: 'agent-n', role: 'qa', display: 'N' };
    const update = { name: 'agent-n', role: 'dev', forceUpdate: true };
    grantedData(await coordination.register(named));
    assert.equal(grantedData(await coordination.register(update)).display_name, 'N');
    const { data } = await peer.call('register', update);
    assert.equal((data as { display_name: string }).display_name, 'agent-n');
  });

  it('status of ours needs no lock where nothing is expired: it answers while the peer holds it', async () => {
    writeActive(root, { reservations: [reservation({ expires_at: FAR })] });
    await peer.call('hold');
    const before = fingerprint(root);
    // Who waits for the lock is refused, since it is never dropped.
    assert.equal(grantedData(await coordination.status()).summary.active, 1);
    assert.deepEqual(fingerprint(root), before);
    assert.equal(readFileSync(join(root, FILES.lock), 'utf8'), String(peer.pid));
    await peer.call('drop');
  });
});

describe('without the right to read or write', () => {
  const temp = useTempFolder();
  const start = useDrivers();
  const NOBODY = 65_534;

  /** A process of a user whom modes bind: nobody, where the tests are run by root. It has already used its lock once. */
  async function bound(root: string): Promise<Driver> {
    const isRoot = process.getuid?.() === 0;
    if (isRoot) {
      chmodSync(temp(), 0o755);
      for (const name of ['', ...listBelow(root)]) {
        chownSync(join(root, name), NOBODY, NOBODY);
      }
    }
    const [driver] = await start('ours', root);
    assert.ok(driver);
    await driver.call('churn', { times: 1 });
    await driver.call('dropRights');
    return driver;
  }

  const entry = { agent: 'agent-a', scope: 's', bead: 'b' };

  for (const [folder, mode, calls] of [
    ['reservations', 0o000, ['reserve', 'release', 'status']],
    ['reservations', 0o500, ['reserve']],
    ['agents', 0o000, ['reserve', 'list', 'show']],
    ['messages/index', 0o000, ['status', 'ack']],
    ['', 0o000, ['reserve', 'list', 'status']],
  ] as const) {
    it(`${folder || 'the store'} of mode ${mode.toString(8)}: ACCESS_DENIED with the path, at once`, async () => {
      const root = seedStore(join(temp(), 'store'));
      const ours = await bound(root);
      chmodSync(join(root, folder), mode);
      for (const call of calls) {
        const { error } = await ours.call(call, {
          ...entry,
          message: 'msg_1',
          ...(call === 'status' ? { agent: '' } : {}),
        });
        assert.equal(error?.code, 'INTERNAL_ERROR', `${call}: ${JSON.stringify(error)}`);
        assert.equal(error.details?.['cause'], 'ACCESS_DENIED', `${call}: ${error.message}`);
        assert.ok(String(error.details?.['path']).startsWith(join(root, folder)), `${call}: ${error.message}`);
      }
    });
  }

  it('an unreadable list of reservations is no empty one', async () => {
    const root = seedStore(join(temp(), 'store'), { active: [reservation({ expires_at: FAR })] });
    const ours = await bound(root);
    const path = join(root, FILES.active);
    const content = readFileSync(path, 'utf8');
    chmodSync(path, 0o000);
    const { error } = await ours.call('reserve', entry);
    assert.deepEqual([error?.details?.['cause'], error?.details?.['path']], ['ACCESS_DENIED', path]);
    chmodSync(path, 0o600);
    assert.equal(readFileSync(path, 'utf8'), content);
  });

  it('control: with the rights, the same process has no such error', async () => {
    const root = seedStore(join(temp(), 'store'));
    mkdirSync(join(root, 'more'));
    const ours = await bound(root);
    assert.ok((await ours.call('reserve', entry)).ok);
    assert.ok(existsSync(join(root, FILES.active)));
  });
});
