/** The rules over a server, with a clock that stands still until it is moved: as over files (test/store). */

import assert from 'node:assert/strict';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { fenceOf } from '../../src/core/fence';
import { MINUTE_MS } from '../../src/core/time';
import type { PostgresStore } from '../../src/store/postgres/postgresStore';
import { CHECKS_IN_ORDER } from '../support/checksInOrder';
import { codeOf, grantedData, refusal } from '../support/outcomes';
import { eventually } from '../support/patience';
import { NOW } from '../support/samples';
import { useDatabase } from '../support/sharedPostgres';

const A = { agent: 'agent-a', bead: 'bd-1', project: '/p' };
const B = { agent: 'agent-b', bead: 'bd-2', project: '/p' };

describe('the rules over PostgreSQL', () => {
  const database = useDatabase();
  let store: PostgresStore;
  let one: Coordination;
  let now: number;
  let ids: number;

  beforeEach(async () => {
    now = NOW.getTime();
    ids = 0;
    ({ store, one } = begin());
    for (const name of ['agent-a', 'agent-b']) {
      grantedData(await one.register({ name, role: 'backend' }));
    }
  });

  /** A process that starts now. */
  function begin() {
    const clock = () => new Date(now);
    const opened = database().open({ clock });
    const random = () => (++ids).toString(16).padStart(8, '0');
    return { store: opened, one: createCoordination(opened, { clock, random }) };
  }

  const active = async () => (await begin().store.readActive()).records;
  const closed = () => begin().store.readClosed(new Date(0));
  const version = async () => {
    const sql = 'select version from agent_reservations.namespace';
    return (await database().server.query<{ version: string }>(sql, [], database().name))[0]?.version;
  };

  it('check in order, and write nothing where they refuse', async () => {
    const before = await version();
    for (const [operation, input, code] of CHECKS_IN_ORDER) {
      const answer = await one[operation](input as never);
      refusal(answer, code);
      assert.equal(await version(), before, `${operation} ${JSON.stringify(input)} wrote`);
    }
  });

  it('a reservation lives to the millisecond before its end, then counts as expired', async () => {
    const made = grantedData(await one.reserve({ ...A, scope: 's', ttl: 5 }));
    assert.deepEqual(await active(), [made]);
    now += 5 * MINUTE_MS - 1;
    refusal(await one.reserve({ ...B, scope: 's' }), 'RESERVATION_CONFLICT');
    const waiting = [{ agent_id: 'agent-b', scope: 's', since: new Date(now).toISOString() }];
    now += 1;
    refusal(await one.reserve({ ...B, scope: 's' }), 'RESERVATION_STALE_FOUND');
    const { contested, ...entry } = grantedData(await one.reserve({ ...B, scope: 's', takeoverStale: true }));
    assert.equal(contested?.because, 'takeover');
    assert.deepEqual(await active(), [entry]);
    assert.deepEqual(await closed(), [{ ...made, state: 'expired', waiting }]);
  });

  it('the release of an expired one closes it, and says not found', async () => {
    const made = grantedData(await one.reserve({ ...A, scope: 's', ttl: 5 }));
    now += 5 * MINUTE_MS;
    refusal(await one.release({ ...A, scope: 's' }), 'RESERVATION_NOT_FOUND');
    assert.deepEqual([await active(), await closed()], [[], [{ ...made, state: 'expired' }]]);
  });

  it('a status sweeps what is over, once, and writes nothing else', async () => {
    for (const scope of ['a', 'b']) {
      grantedData(await one.reserve({ ...A, scope, ttl: 5 }));
    }
    grantedData(await one.reserve({ ...A, scope: 'c', ttl: 60 }));
    now += 6 * MINUTE_MS;
    const { summary } = grantedData(await one.status());
    assert.deepEqual([summary.active, summary.expired], [1, 2]);
    const after = await version();
    assert.equal(grantedData(await one.status()).summary.expired, 0);
    assert.equal(await version(), after);
  });

  it('several scopes are granted together or not at all, with fences that grow', async () => {
    const { reservations } = grantedData(await one.reserveAll({ ...A, scopes: ['a', 'b', 'c'] }));
    now -= 60 * MINUTE_MS;
    const later = grantedData(await begin().one.reserve({ ...B, scope: 'd' }));
    const fences = [...reservations, later].map(fenceOf);
    assert.deepEqual(
      fences,
      [...new Set(fences)].toSorted((left, right) => left - right),
    );
    refusal(await one.reserveAll({ ...B, scopes: ['e', 'b/x'] }), 'RESERVATION_CONFLICT');
    assert.deepEqual(
      (await active()).map(({ scope }) => scope),
      ['a', 'b', 'c', 'd'],
    );
  });

  it('of 20 registrations of one name at once, one is made', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => begin().one.register({ name: 'same', role: `role-${n}` })),
    );
    assert.equal(answers.filter(({ ok }) => ok).length, 1);
    assert.deepEqual([...new Set(answers.map(codeOf))].sort(), ['DUPLICATE_AGENT_ID', 'ok']);
  });

  it('who asks to release is told when it is over, also by another process', async () => {
    grantedData(await one.reserve({ ...A, scope: 'src/*' }));
    const ask = { from: 'agent-b', scope: 'src/a.ts', reason: 'a fix', project: '/p' };
    const { requests } = grantedData(await one.request(ask));
    const again = grantedData(await begin().one.request(ask));
    assert.deepEqual([again.already, again.requests[0]?.message_id], [true, requests[0]?.message_id]);
    assert.equal(grantedData(await one.inbox({ agent: 'agent-a' })).length, 1);
    grantedData(await one.read({ agent: 'agent-a', message: requests[0]?.message_id ?? '' }));
    assert.equal(grantedData(await begin().one.status()).unacked_required_messages.length, 1);
    grantedData(await one.ack({ agent: 'agent-a', message: requests[0]?.message_id ?? '' }));
    assert.equal((await store.readUnacked()).records.length, 0);
    grantedData(await begin().one.release({ ...A, scope: 'src/*' }));
    const [freed] = grantedData(await one.inbox({ agent: 'agent-b' }));
    assert.equal(freed?.freed?.scope, 'src/*');
  });

  it('a wait is granted as soon as another client releases', async () => {
    const { store: real } = { store: database().open() };
    const waiting = createCoordination(real, { random: () => (++ids).toString(16).padStart(8, '0') });
    const other = createCoordination(database().open(), { random: () => (++ids).toString(16).padStart(8, '0') });
    grantedData(await other.reserve({ ...A, scope: 's' }));
    const granted = waiting.reserve({ ...B, scope: 's', wait: 60 });
    await eventually('it waits', async () => (await real.readActive()).records[0]?.waiting !== undefined);
    grantedData(await other.release({ ...A, scope: 's' }));
    assert.equal(grantedData(await granted).agent_id, 'agent-b');
  });
});
