/** The operations over a real server. */

import assert from 'node:assert/strict';
import { Client } from 'pg';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { fenceOf } from '../../src/core/fence';
import { randomHex } from '../../src/store/files/durable';
import type { PostgresStore } from '../../src/store/postgres/postgresStore';
import { codeOf, grantedData, refusal } from '../support/outcomes';
import { useDatabase } from '../support/sharedPostgres';

const A = { agent: 'agent-a', bead: 'bd-1', project: '/p' };
const B = { agent: 'agent-b', bead: 'bd-2', project: '/p' };

describe('the operations over PostgreSQL', () => {
  const database = useDatabase();
  let store: PostgresStore;
  let one: Coordination;

  beforeEach(async () => {
    store = database().open();
    one = operations(store);
    for (const name of ['agent-a', 'agent-b']) {
      grantedData(await one.register({ name, role: 'backend' }));
    }
  });

  const operations = (over: PostgresStore) => createCoordination(over, { random: () => randomHex(4) });
  const scopes = async (over = store) => (await over.readActive()).records.map(({ scope }) => scope);

  it('reserve, refuse, release and look back', async () => {
    const reserved = grantedData(await one.reserve({ ...A, scope: 'src/*' }));
    const conflict = refusal(await one.reserve({ ...B, scope: 'src/a.ts' }), 'RESERVATION_CONFLICT');
    assert.equal((conflict.details?.['conflicts'] as { agent_id: string }[] | undefined)?.[0]?.agent_id, 'agent-a');
    const [held] = (await store.readActive()).records;
    assert.deepEqual(
      held?.waiting?.map(({ agent_id }) => agent_id),
      ['agent-b'],
    );
    grantedData(await one.release({ ...A, scope: 'src/*' }));
    assert.deepEqual(await scopes(), []);
    const [closed] = grantedData(await one.history());
    assert.deepEqual([closed?.reservation_id, closed?.state], [reserved.reservation_id, 'released']);
    const granted = grantedData(await one.reserve({ ...B, scope: 'src/a.ts' }));
    assert.equal(granted.contested?.because, 'after_conflict');
    assert.ok(fenceOf(granted) > fenceOf(reserved));
  });

  it('see at once what another client has done, and keep what they do not know', async () => {
    const other = operations(database().open());
    grantedData(await one.reserve({ ...A, scope: 'a' }));
    assert.equal(codeOf(await other.reserve({ ...B, scope: 'a' })), 'RESERVATION_CONFLICT');
    grantedData(await other.reserve({ ...B, scope: 'b' }));
    assert.deepEqual(await scopes(), ['a', 'b']);
    grantedData(await other.release({ ...B, scope: 'b' }));
    assert.deepEqual(await scopes(), ['a']);
    assert.equal(codeOf(await one.renew({ ...A, scope: 'a', ttl: 600 })), 'ok');
    assert.deepEqual(await scopes(), ['a']);
  });

  it('letters: what waits for something first, then the newest, of many no more than are shown', async () => {
    const fields = { from: 'agent-a', to: 'agent-b', bead: 'bd-1', body: 'b' };
    const old = { ...fields, category: 'BLOCKED', subject: 'old and open' };
    const { message_id: first } = grantedData(await one.send(old));
    const client = new Client({ connectionString: database().url });
    await client.connect();
    await client.query(
      `insert into agent_reservations.message (namespace_id, message_id, record, created_at)
       select namespace_id, message_id || number, (record::jsonb || jsonb_build_object('message_id', message_id || number,
         'state', 'read', 'requires_ack', false, 'subject', number::text, 'created_at', '2027-01-01T00:00:00.000Z'))::json,
         '2027-01-01T00:00:00.000Z'
       from agent_reservations.message, generate_series(1, 1200) as number`,
    );
    const { records, problems } = await store.readLetters('agent-b');
    assert.deepEqual([records.length, problems], [1_000, []]);
    assert.ok(records.some(({ message_id }) => message_id === first));
    assert.equal((await store.readInbox('agent-b')).records.length, 1_201);
    assert.deepEqual((await store.readLetters('agent-a')).records, []);
    await client.query(
      `update agent_reservations.message set record = (record::jsonb - 'body')::json where message_id = '${first}'`,
    );
    await client.end();
    const broken = await store.readLetters('agent-b');
    assert.deepEqual(
      broken.problems.map(({ kind, facts }) => [kind, facts['message']]),
      [['BAD_ENTRY', first]],
    );
  });

  it('of one process at once are few transactions', async () => {
    const answers = await Promise.all(
      Array.from({ length: 2_000 }, (_, index) => one.reserve({ ...A, scope: `many/${index}` })),
    );
    assert.deepEqual([...new Set(answers.map(codeOf))], ['ok']);
    assert.equal((await scopes(database().open())).length, 2_000);
    const [{ version } = { version: '' }] = await database().server.query<{ version: string }>(
      'select version from agent_reservations.namespace',
      [],
      database().name,
    );
    assert.ok(Number(version) < 20, `${version} commits`);
  });
});
