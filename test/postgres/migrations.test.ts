/** Making the tables, and the versions of them that are worked with. */

import assert from 'node:assert/strict';
import { SCHEMA_VERSION } from '../../src/store/postgres/migrations';
import { type ProblemKind, StoreProblem } from '../../src/store/problem';
import { Driver } from '../support/driver';
import { useDatabase } from '../support/sharedPostgres';

const CURRENT = { from: SCHEMA_VERSION, to: SCHEMA_VERSION };

describe('the tables', () => {
  const database = useDatabase({ tables: false });
  const query = (sql: string) => database().server.query<{ version: number }>(sql, [], database().name);
  const nothing = () => ({ active: [], closed: [], answer: { ok: true, data: 1 } }) as const;

  it('are made, and left as they are when asked for again', async () => {
    const store = database().open();
    assert.equal(await store.exists(), false);
    assert.deepEqual(await store.migrate(), { from: 0, to: SCHEMA_VERSION });
    assert.deepEqual(await store.migrate(), CURRENT);
    assert.equal(await store.exists(), false, 'nothing is stored in this namespace yet');
    await store.transactAgent('agent-a', () => ({ next: agent(), answer: { ok: true, data: 1 } }));
    assert.equal(await store.exists(), true);
    assert.equal(await database().open({ namespace: 'another' }).exists(), false);
  });

  it('are made once by four processes at the same time', async () => {
    const drivers = await Promise.all(
      Array.from({ length: 4 }, () => Driver.run('support/postgresClient', [database().url])),
    );
    const answers = await Promise.all(drivers.map((driver) => driver.call<{ from: number; to: number }>('migrate')));
    await Promise.all(drivers.map((driver) => driver.end()));
    assert.equal(answers.filter(({ from }) => from === 0).length, 1);
    const versions = await query('select version from agent_reservations.migration order by version');
    assert.deepEqual(
      versions.map(({ version }) => version),
      Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1),
    );
  });

  it('that are not there, or older, are refused with the command that makes them', async () => {
    const store = database().open();
    const refused = (error: unknown) =>
      isProblem(error, 'SCHEMA_TOO_OLD') && /agent-reservations postgres migrate/.test((error as Error).message);
    await assert.rejects(store.transactReservations(nothing), refused);
    await assert.rejects(store.readActive(), refused);
    await store.migrate();
    await query(`delete from agent_reservations.migration where version = ${SCHEMA_VERSION}`);
    await assert.rejects(database().open().transactReservations(nothing), refused);
  });

  it('that are newer are refused, and not touched', async () => {
    const store = database().open();
    await store.migrate();
    await query(`insert into agent_reservations.migration (version) values (${SCHEMA_VERSION + 1})`);
    for (const attempt of [
      () => database().open().transactReservations(nothing),
      () => database().open().readActive(),
      () => store.migrate(),
    ]) {
      await assert.rejects(attempt, (error) => isProblem(error, 'SCHEMA_TOO_NEW'));
    }
    const [newest] = await query('select max(version) as version from agent_reservations.migration');
    assert.equal(newest?.version, SCHEMA_VERSION + 1);
  });
});

function isProblem(error: unknown, kind: ProblemKind): boolean {
  return error instanceof StoreProblem && error.kind === kind;
}

function agent() {
  const at = new Date().toISOString();
  return {
    agent_id: 'agent-a',
    display_name: 'A',
    role: 'r',
    status: 'idle',
    created_at: at,
    last_seen_at: at,
    version: 1,
  };
}
