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
create table floor.message (message_id bigint generated always as identity primary key, record json not null);
create index closed on floor.reservation (closed_at, seq) where state <> 'active'`;

export const GRANT = statement(
  'grant',
  `insert into floor.reservation (scope, state, record, expires_at) values ($1, 'active', $2, $3)
  on conflict (scope) where state = 'active' do nothing`,
);
export const END = statement(
  'end',
  `update floor.reservation set state = 'released', record = $2, closed_at = $3
  where scope = $1 and state = 'active'`,
);

/** Prepared once for each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export function statement(name: string, text: string): Statement {
  return { name, text };
}

/** Any number that ours does not take. */
const LOCK = 4_711;

/** One statement in a transaction, in three ways there and back. Answers how many rows it has changed. */
export async function inTransaction(
  pool: Pool,
  isLocked: boolean,
  statement: Statement,
  values: readonly unknown[],
): Promise<number> {
  const client: PoolClient = await pool.connect();
  try {
    await client.query(isLocked ? `begin; select pg_advisory_xact_lock(${LOCK})` : 'begin');
    const { rowCount } = await client.query({ ...statement, values: [...values] });
    await client.query('commit');
    client.release();
    return rowCount ?? 0;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/**
 * What a change on a server costs at least: a transaction of one statement, with the server's own durability. `isLocked`:
 * one after the other by an advisory lock, as ours.
 */
export function postgresFloor(url: string, isLocked: boolean): Contender {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS });

  async function change(statement: Statement, values: readonly unknown[]): Promise<void> {
    if ((await inTransaction(pool, isLocked, statement, values)) !== 1) {
      throw new Error(`${String(values[0])} was not to be had`);
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
