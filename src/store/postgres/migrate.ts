/** Bringing the tables to the version that this program works with. */

import type { PoolClient } from 'pg';
import type { Connections } from './connections';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations';
import { schemaTooNew } from './problems';

/** One at a time in the whole database. */
const MIGRATION_LOCK = 0x6167_7276_6d69;

const BEGINNING = `
create schema if not exists agent_reservations;
create table if not exists agent_reservations.migration (
  version integer primary key,
  applied_at timestamptz not null default clock_timestamp()
)`;

export interface Migrated {
  /** The versions before and after; 0 where there were no tables. */
  readonly from: number;
  readonly to: number;
}

/**
 * Applies the steps that are missing, each in a transaction of its own, under a lock: of several who ask at once, one
 * works and the others find it done.
 *
 * @throws StoreProblem SCHEMA_TOO_NEW, ACCESS_DENIED, STORE_UNREACHABLE
 */
export function migrate(connections: Connections): Promise<Migrated> {
  return connections.useAny(async (client) => {
    let from: number | undefined;
    for (;;) {
      const version = await step(client);
      from ??= version;
      if (version > SCHEMA_VERSION) {
        throw schemaTooNew(connections.address, version);
      }
      if (version === SCHEMA_VERSION) {
        return { from, to: version };
      }
    }
  });
}

/** Applies the next step, if there is one that we know. Answers the version that was found. */
async function step(client: PoolClient): Promise<number> {
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  const found = await client.query<{ there: boolean }>(
    `select to_regclass('agent_reservations.migration') is not null as there`,
  );
  if (found.rows[0]?.there !== true) {
    await client.query(BEGINNING);
  }
  const { rows } = await client.query<{ version: number }>(
    'select coalesce(max(version), 0)::int as version from agent_reservations.migration',
  );
  const version = rows[0]?.version ?? 0;
  const next = MIGRATIONS[version];
  if (next !== undefined) {
    await client.query(next);
    await client.query('insert into agent_reservations.migration (version) values ($1)', [version + 1]);
  }
  await client.query('commit');
  return version;
}
