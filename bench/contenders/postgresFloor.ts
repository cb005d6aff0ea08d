import { Pool, type PoolClient } from 'pg';
import { AGENT, type Contender, type Entry, entryFor } from '../contender';

/** As ours has it. */
const CONNECTIONS = 3;

/** A grant and a release as two statements over a table of the same rows, and nothing else of what ours keeps. */
const TABLE = `
create schema floor;
create table floor.agent (agent_id text primary key);
create table floor.reservation (
  seq bigint generated always as identity primary key, scope text not null, state text not null, record json not null,
  expires_at timestamptz not null, closed_at timestamptz
);
create unique index one_active on floor.reservation (scope) where state = 'active';
create index closed on floor.reservation (closed_at, seq) where state <> 'active'`;

const GRANT = `insert into floor.reservation (scope, state, record, expires_at) values ($1, 'active', $2, $3)
  on conflict (scope) where state = 'active' do nothing`;
const END = `update floor.reservation set state = 'released', record = $2, closed_at = $3
  where scope = $1 and state = 'active'`;

/** Any number that ours does not take. */
const LOCK = 4_711;

/**
 * What a change on a server costs at least: a transaction of one statement, with the server's own durability, in three ways
 * there and back. `locked`: one after the other by an advisory lock, as ours.
 */
export function postgresFloor(url: string, isLocked: boolean): Contender {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS });

  async function change(text: string, values: readonly unknown[]): Promise<void> {
    const client: PoolClient = await pool.connect();
    try {
      await client.query(isLocked ? `begin; select pg_advisory_xact_lock(${LOCK})` : 'begin');
      const { rowCount } = await client.query({ name: text.slice(0, 6), text, values: [...values] });
      await client.query('commit');
      if (rowCount !== 1) {
        throw new Error(`${String(values[0])} was not to be had`);
      }
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  const grant = (entry: Entry) => change(GRANT, [entry.scope, JSON.stringify(entry), entry.expires_at]);
  return {
    reserve: (scope) => grant(entryFor(scope)),
    async cycle(scope) {
      const entry = entryFor(scope);
      await grant(entry);
      const released_at = new Date().toISOString();
      await change(END, [scope, JSON.stringify({ ...entry, state: 'released', released_at }), released_at]);
    },
    close: () => pool.end(),
  };
}

export async function prepareFloor(url: string, entries: readonly Entry[]): Promise<void> {
  const pool = new Pool({ connectionString: url, max: 1 });
  await pool.query(TABLE);
  await pool.query('insert into floor.agent values ($1)', [AGENT]);
  await pool.query(
    `insert into floor.reservation (scope, state, record, expires_at)
     select one ->> 'scope', 'active', one, (one ->> 'expires_at')::timestamptz from unnest($1::json[]) as one`,
    [entries.map((entry) => JSON.stringify(entry))],
  );
  await pool.end();
}
