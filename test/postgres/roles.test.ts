/** What a login may do to the tables by any SQL, past all of our code; and that all of our code works within it. */

import assert from 'node:assert/strict';
import { Client } from 'pg';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { openPostgresStore, type PostgresStore } from '../../src/store/postgres/postgresStore';
import { grantedData, refusal } from '../support/outcomes';
import { useDatabase } from '../support/sharedPostgres';

const TEAM = 'git.example/acme/shop';
const OTHERS = 'git.example/acme/other';
const HOUR = 60;

describe('roles of a PostgreSQL store', () => {
  const database = useDatabase({ tables: false });
  let opened: { close(): Promise<void> }[] = [];
  let alice: Coordination;
  let bob: Coordination;
  let names: Record<'owner' | 'alice' | 'bob' | 'reader' | 'lead' | 'stranger', string>;

  beforeEach(async () => {
    const { server, name } = database();
    const login = async (role: string) => {
      await server.query(`create role "${name}_${role}" login password 'p'`);
      return `${name}_${role}`;
    };
    names = {
      owner: await login('owner'),
      alice: await login('alice'),
      bob: await login('bob'),
      reader: await login('reader'),
      lead: await login('lead'),
      stranger: await login('stranger'),
    };
    await server.query(`alter database "${name}" owner to "${names.owner}"`);
    await as('owner').migrate();
    const admit = (...values: unknown[]) => sql('owner', 'select agent_reservations.admit($1, $2, $3, $4, $5)', values);
    await admit(names.alice, TEAM, ['alice', 'alice-*'], true, false);
    await admit(names.bob, TEAM, ['bob'], true, false);
    await admit(names.bob, OTHERS, ['*'], true, false);
    await admit(names.reader, TEAM, ['*'], false, false);
    await admit(names.lead, TEAM, ['lead'], true, true);
    alice = operations(as('alice'));
    bob = operations(as('bob'));
    grantedData(await alice.register({ name: 'alice', role: 'backend' }));
    grantedData(await alice.register({ name: 'alice-two', role: 'backend' }));
    grantedData(await bob.register({ name: 'bob', role: 'backend' }));
  });

  afterEach(async () => {
    await Promise.all(opened.map((one) => one.close()));
    opened = [];
  });

  function urlOf(role: keyof typeof names): string {
    const url = new URL(database().url);
    url.username = names[role];
    url.password = 'p';
    return url.href;
  }

  function as(role: keyof typeof names, namespace = TEAM): PostgresStore {
    const store = openPostgresStore({ url: urlOf(role), namespace });
    opened.push(store);
    return store;
  }

  const operations = (store: PostgresStore) => createCoordination(store, { random: () => randomHex(4) });

  async function sql<R extends object>(role: keyof typeof names, text: string, values: unknown[] = []): Promise<R[]> {
    const client = new Client({ connectionString: urlOf(role) });
    await client.connect();
    try {
      return (await client.query<R>(text, values)).rows;
    } finally {
      await client.end();
    }
  }

  async function denied(role: keyof typeof names, text: string, values: unknown[] = []): Promise<void> {
    await assert.rejects(sql(role, text, values), { code: '42501' }, `${role} may: ${text}`);
  }

  const A = { agent: 'alice', bead: 'b', project: '/p' };
  const B = { agent: 'bob', bead: 'b', project: '/p' };

  /** As time does it. */
  async function expire(scope: string): Promise<void> {
    await sql('owner', 'update agent_reservations.namespace set version = version + 1');
    await sql(
      'owner',
      `update agent_reservations.reservation set expires_at = '2026-01-01T00:00:00.000Z',
       record = (record::jsonb || '{"expires_at":"2026-01-01T00:00:00.000Z"}')::json,
       changed = (select version from agent_reservations.namespace where namespace = '${TEAM}') where scope = $1`,
      [scope],
    );
  }

  it('agents work with each other as over any store', async () => {
    grantedData(await alice.reserve({ ...A, scope: 'src/*' }));
    const conflict = refusal(await bob.reserve({ ...B, scope: 'src/a.ts' }), 'RESERVATION_CONFLICT');
    assert.ok(conflict.details);
    grantedData(await bob.request({ from: 'bob', scope: 'src/*', project: '/p', reason: 'please' }));
    const [asked] = grantedData(await alice.inbox({ agent: 'alice' }));
    grantedData(await alice.ack({ agent: 'alice', message: asked?.message_id ?? '' }));
    grantedData(await alice.renew({ ...A, scope: 'src/*', ttl: 4 * HOUR }));
    const released = grantedData(await alice.release({ ...A, scope: 'src/*' }));
    assert.equal('untold' in released, false);
    const [told] = grantedData(await bob.inbox({ agent: 'bob' }));
    assert.equal(told?.from_agent, 'alice');
    const granted = grantedData(await bob.reserve({ ...B, scope: 'src/a.ts' }));
    assert.equal(granted.contested?.previous_agent, 'alice');
    grantedData(await alice.reserveAll({ ...A, agent: 'alice-two', scopes: ['docs', 'media'] }));
    grantedData(await alice.releaseAll({ agent: 'alice-two', all: true, project: '/p' }));
    grantedData(await alice.heartbeat({ agent: 'alice' }));
    grantedData(await bob.send({ from: 'bob', to: 'broadcast', bead: 'b', category: 'INFO', subject: 's', body: 't' }));
    assert.equal(grantedData(await alice.inbox({ agent: 'alice-two' })).length, 1);
    assert.equal(grantedData(await alice.history()).length, 3);
  });

  it('anybody ends what is past its time, tells who waited, and takes it over', async () => {
    grantedData(await bob.reserve({ ...B, scope: 'swept' }));
    grantedData(await bob.reserve({ ...B, scope: 'taken' }));
    refusal(await alice.reserve({ ...A, agent: 'alice-two', scope: 'swept' }), 'RESERVATION_CONFLICT');
    grantedData(await alice.request({ from: 'alice', scope: 'swept', project: '/p', reason: 'r' }));
    await expire('swept');
    await expire('taken');
    const taken = grantedData(await alice.reserve({ ...A, scope: 'taken', takeoverStale: true }));
    assert.equal(taken.contested?.because, 'takeover');
    const status = grantedData(await alice.status());
    assert.deepEqual([status.summary.expired, 'untold' in status], [1, false]);
    const told = grantedData(await alice.inbox({ agent: 'alice' }));
    assert.ok(told.some(({ from_agent }) => from_agent === 'bob'));
  });

  it('nobody touches what another holds, by any statement', async () => {
    grantedData(await bob.reserve({ ...B, scope: 'held' }));
    grantedData(await alice.reserve({ ...A, scope: 'mine' }));
    const change = (set: string) => `update agent_reservations.reservation set ${set} where scope = 'held'`;
    const json = (patch: object) => `record = (record::jsonb || '${JSON.stringify(patch)}')::json`;
    const over = '2026-01-01T00:00:00.000Z';
    const late = '2999-01-01T00:00:00.000Z';
    await denied('alice', change(`${json({ state: 'released', released_at: over })}, closed_at = '${over}'`));
    await denied('alice', change(`${json({ state: 'expired' })}, closed_at = expires_at`));
    await denied('alice', change(`${json({ expires_at: late })}, expires_at = '${late}'`));
    await denied('alice', change(json({ agent_id: 'alice' })));
    await denied('alice', change(json({ scope: 'elsewhere' })));
    await denied('alice', change(json({ bead_id: 'other' })));
    await denied('alice', change('seq = seq + 100'));
    await denied('alice', `delete from agent_reservations.reservation where scope = 'held'`);
    await denied('alice', 'truncate agent_reservations.reservation');
    // Not even a person who may end it, without a name and a reason.
    await denied('lead', change(`${json({ state: 'released', released_at: over })}, closed_at = '${over}'`));
    const forced = { state: 'released', released_at: over, released_by: 'bob', reason: 'r' };
    await denied('lead', change(`${json(forced)}, closed_at = '${over}'`));
    await denied('alice', change(`${json({ ...forced, released_by: 'alice' })}, closed_at = '${over}'`));
    assert.deepEqual(
      grantedData(await bob.status()).reservations.map(({ agent_id, scope, state }) => [agent_id, scope, state]),
      [
        ['bob', 'held', 'active'],
        ['alice', 'mine', 'active'],
      ],
    );
    // And one's own is one's own to end only, not to give away.
    await denied(
      'alice',
      `update agent_reservations.reservation set ${json({ agent_id: 'bob' })} where scope = 'mine'`,
    );
    grantedData(await alice.release({ ...A, scope: 'mine' }));
    await denied('alice', `update agent_reservations.reservation set changed = changed where scope = 'mine'`);
  });

  it('nobody takes another off the list of those who wait, or puts another on it', async () => {
    grantedData(await operations(as('lead')).register({ name: 'lead', role: 'person' }));
    grantedData(await bob.reserve({ ...B, scope: 'held' }));
    refusal(await operations(as('lead')).reserve({ ...B, agent: 'lead', scope: 'held' }), 'RESERVATION_CONFLICT');
    const waiting = (value: string) =>
      `update agent_reservations.reservation set record = jsonb_set(record::jsonb, '{waiting}', '${value}')::json where scope = 'held'`;
    await denied('alice', waiting('[]'));
    await denied('alice', `update agent_reservations.reservation set record = (record::jsonb - 'waiting')::json`);
    const [row] = await sql<{ waiting: object[] }>(
      'alice',
      `select record -> 'waiting' as waiting from agent_reservations.reservation`,
    );
    const list = row?.waiting ?? [];
    const one = { agent_id: 'alice', scope: 'held', since: '2026-01-01T00:00:00.000Z' };
    await denied('alice', waiting(JSON.stringify([...list, { ...one, agent_id: 'carol' }])));
    await sql('alice', waiting(JSON.stringify([...list, one])));
  });

  it('nobody speaks for another, or changes what was said', async () => {
    grantedData(await bob.send({ from: 'bob', to: 'alice', bead: 'b', category: 'BLOCKED', subject: 's', body: 'b' }));
    const [message] = grantedData(await alice.inbox({ agent: 'alice' }));
    const insert = (id: string, from: string, category = 'INFO') => {
      const record = { ...message, message_id: id, from_agent: from, category, requires_ack: category !== 'INFO' };
      return `insert into agent_reservations.message (namespace_id, message_id, record, created_at)
        select namespace_id, '${id}', '${JSON.stringify(record)}', '${message?.created_at}' from agent_reservations.namespace
        where namespace = '${TEAM}'`;
    };
    await denied('alice', insert('msg_1', 'bob'));
    await denied('alice', insert('msg_2', 'bob', 'BLOCKED'));
    const patch = (value: object) =>
      `update agent_reservations.message set record = (record::jsonb || '${JSON.stringify(value)}')::json`;
    await denied('alice', patch({ body: 'other' }));
    await denied('alice', patch({ from_agent: 'alice' }));
    // What is not for one is not seen by the update at all.
    await sql('bob', patch({ state: 'read' }));
    assert.equal(grantedData(await alice.inbox({ agent: 'alice' }))[0]?.state, 'unread');
    await denied('alice', 'delete from agent_reservations.message');
    await denied(
      'alice',
      `insert into agent_reservations.agent (namespace_id, agent_id, record) select namespace_id, 'carol', '{"agent_id":"carol"}'
       from agent_reservations.namespace where namespace = '${TEAM}'`,
    );
    const renamed = `update agent_reservations.agent set record = (record::jsonb || '{"display_name":"x"}')::json where agent_id = 'bob'`;
    await sql('alice', renamed);
    assert.notEqual(grantedData(await alice.show({ agent: 'bob' })).display_name, 'x');
    refusal(await alice.register({ name: 'carol', role: 'backend' }), 'INTERNAL_ERROR');
  });

  it('nobody reads or writes another namespace', async () => {
    const theirs = operations(as('bob', OTHERS));
    grantedData(await theirs.register({ name: 'carol', role: 'backend' }));
    grantedData(await theirs.reserve({ ...B, agent: 'carol', scope: 'secret' }));
    grantedData(
      await theirs.send({ from: 'carol', to: 'carol', bead: 'b', category: 'INFO', subject: 's', body: 'b' }),
    );
    for (const table of ['namespace', 'reservation', 'agent', 'message']) {
      const [count] = await sql<{ n: number }>(
        'alice',
        `select count(*)::int as n from agent_reservations.${table} join agent_reservations.namespace as own using (namespace_id)
         where own.namespace = '${OTHERS}'`,
      );
      assert.equal(count?.n, 0, table);
    }
    const [all] = await sql<{ n: number }>('alice', `select count(*)::int as n from agent_reservations.reservation`);
    assert.equal(all?.n, 0);
    const outside = as('alice', OTHERS);
    assert.equal(await outside.exists(), false);
    const refused = refusal(await operations(outside).register({ name: 'alice', role: 'backend' }), 'INTERNAL_ERROR');
    assert.equal(refused.details?.['cause'], 'ACCESS_DENIED');
    assert.match(refused.message, /agent_reservations\.admit/);
    await denied('alice', 'select * from agent_reservations.member');
    await denied('alice', 'select * from agent_reservations.own_membership');
    await denied('alice', `select agent_reservations.admit('${names.alice}', '${OTHERS}')`);
    await denied('alice', `insert into agent_reservations.namespace (namespace) values ('mine')`);
  });

  it('who listens hears that something has changed, not in which namespace', async () => {
    const client = new Client({ connectionString: urlOf('stranger') });
    await client.connect();
    const heard: string[] = [];
    client.on('notification', ({ payload }) => heard.push(payload ?? ''));
    await client.query('listen agent_reservations');
    grantedData(await bob.reserve({ ...B, scope: 'secret-scope' }));
    await client.query('select 1');
    await client.end();
    assert.equal(heard.length, 1);
    assert.ok(!/acme|secret|bob/.test(heard.join()), heard.join());
  });

  it('nobody turns back what only grows, or changes the tables', async () => {
    grantedData(await alice.reserve({ ...A, scope: 'mine' }));
    await denied('alice', 'update agent_reservations.namespace set fence = 0, version = version + 1');
    await denied('alice', 'update agent_reservations.namespace set version = version + 2');
    await denied('alice', 'update agent_reservations.namespace set version = 0');
    await denied('alice', `update agent_reservations.namespace set namespace = 'other'`);
    await denied('alice', 'update agent_reservations.commit_made set token = token');
    await denied('alice', 'update agent_reservations.commit_made set version = version + 10000');
    await denied('alice', 'delete from agent_reservations.namespace');
    await denied('alice', 'delete from agent_reservations.migration');
    await denied('alice', 'insert into agent_reservations.migration (version) values (99)');
    await denied('alice', 'drop table agent_reservations.reservation');
    await denied('alice', 'alter table agent_reservations.reservation disable row level security');
    await denied('alice', 'drop policy granted on agent_reservations.reservation');
    await denied('alice', 'create table agent_reservations.own (id int)');
    await denied(
      'alice',
      `create function agent_reservations.acts_as(text) returns boolean language sql as 'select true'`,
    );
    await denied('alice', `set role "${names.bob}"`);
  });

  it('the recipient of a HANDOFF of the holder takes over what it names, and nothing else', async () => {
    const { fence } = grantedData(await bob.reserve({ ...B, scope: 'offered' }));
    grantedData(await bob.reserve({ ...B, scope: 'kept' }));
    const letter = { bead: 'b', category: 'HANDOFF', subject: 's', body: 'b' };
    const offer = { ...letter, from: 'bob', to: 'alice', handOver: { scopes: ['offered'], project: '/p' } };
    const { message_id, handoff } = grantedData(await bob.send(offer));
    assert.equal(handoff?.scopes[0]?.fence, fence);
    const end = (scope: string, message: string, to = 'alice', more: object = {}) => {
      const released_at = '2026-01-01T00:00:00.000Z';
      const patch = {
        state: 'released',
        released_at,
        handoff: { message_id: message, to, reservation_id: 'x' },
        ...more,
      };
      return `update agent_reservations.reservation set closed_at = '${released_at}',
        record = (record::jsonb || '${JSON.stringify(patch)}')::json where scope = '${scope}'`;
    };
    // Not what the message does not name, nor as somebody else, nor by a message of one's own, nor changed on the way.
    await denied('alice', end('kept', message_id));
    await denied('alice', end('offered', message_id, 'alice-two'));
    await denied('alice', end('offered', message_id, 'bob'));
    await denied('alice', end('offered', 'msg_none'));
    await denied('alice', end('offered', message_id, 'alice', { bead_id: 'other' }));
    await denied('lead', end('offered', message_id, 'lead'));
    const own = grantedData(await alice.send({ ...letter, from: 'alice', to: 'alice-two' })).message_id;
    await denied('alice', end('offered', own, 'alice-two'));
    const acked = grantedData(await alice.ack({ agent: 'alice', message: message_id, take: true, project: '/p' }));
    assert.deepEqual([acked.state, acked.taken?.[0]?.agent_id, acked.not_taken], ['acked', 'alice', []]);
    assert.ok((acked.taken?.[0]?.fence ?? 0) > (fence ?? 0));
    assert.deepEqual(
      grantedData(await bob.status()).reservations.map(({ agent_id, scope }) => [agent_id, scope]),
      [
        ['bob', 'kept'],
        ['alice', 'offered'],
      ],
    );
    refusal(await bob.renew({ ...B, scope: 'offered' }), 'RENEW_FORBIDDEN');
    // What it handed over once is not handed over again by the same message.
    grantedData(await alice.release({ ...A, scope: 'offered' }));
    grantedData(await bob.reserve({ ...B, scope: 'offered' }));
    await denied('alice', end('offered', message_id));
    assert.equal(
      grantedData(await alice.ack({ agent: 'alice', message: message_id, take: true })).not_taken?.length,
      1,
    );
  });

  it('a person who may force ends what another holds, with a reason; others may not', async () => {
    const lead = operations(as('lead'));
    grantedData(await lead.register({ name: 'lead', role: 'person' }));
    const { reservation_id: reservation } = grantedData(await bob.reserve({ ...B, scope: 'held' }));
    const force = { reservation, scope: 'held', reason: 'gone home' };
    const refused = refusal(await alice.forceRelease({ ...force, by: 'alice' }), 'INTERNAL_ERROR');
    assert.equal(refused.details?.['cause'], 'ACCESS_DENIED');
    const forced = grantedData(await lead.forceRelease({ ...force, by: 'lead' }));
    assert.deepEqual([forced.state, forced.released_by], ['released', 'lead']);
    assert.equal('untold' in forced, false);
    assert.equal(grantedData(await bob.inbox({ agent: 'bob' }))[0]?.from_agent, 'lead');
  });

  it('who may only read sees all of it, and writes nothing', async () => {
    grantedData(await bob.reserve({ ...B, scope: 'held' }));
    grantedData(await bob.reserve({ ...B, scope: 'over' }));
    await expire('over');
    const reader = operations(as('reader'));
    const status = grantedData(await reader.status());
    assert.deepEqual(
      status.reservations.map(({ scope }) => scope),
      ['held'],
    );
    assert.equal(status.summary.expired, 0);
    assert.equal(grantedData(await reader.check({ paths: ['held'], project: '/p' })).paths[0]?.held_by.length, 1);
    const refused = refusal(await reader.reserve({ ...B, scope: 'new' }), 'INTERNAL_ERROR');
    assert.equal(refused.details?.['cause'], 'ACCESS_DENIED');
    await denied('reader', 'update agent_reservations.namespace set version = version + 1');
    await denied('reader', `update agent_reservations.reservation set changed = 0`);
    // Also where it may write elsewhere.
    await sql('owner', 'select agent_reservations.admit($1, $2)', [names.reader, OTHERS]);
    assert.equal(grantedData(await operations(as('reader')).status()).summary.expired, 0);
    assert.deepEqual(
      await Promise.all([
        as('reader').mayWrite(),
        as('reader', OTHERS).mayWrite(),
        as('bob').mayWrite(),
        as('owner').mayWrite(),
      ]),
      [false, true, true, true],
    );
  });

  it('a stranger in the same database sees and does nothing', async () => {
    await denied('stranger', 'select * from agent_reservations.reservation');
    const refused = refusal(await operations(as('stranger')).status(), 'INTERNAL_ERROR');
    assert.equal(refused.details?.['cause'], 'ACCESS_DENIED');
    await sql('owner', 'select agent_reservations.admit($1, $2, $3)', [names.stranger, TEAM, ['carol']]);
    grantedData(await operations(as('stranger')).register({ name: 'carol', role: 'backend' }));
    await sql('owner', 'select agent_reservations.expel($1, $2)', [names.stranger, TEAM]);
    assert.equal(await as('stranger').exists(), false);
  });
});
