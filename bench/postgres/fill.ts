/** A database as a team has it: the tables, an agent, and what it holds or once held. */

import { Client } from 'pg';
import { openPostgresStore } from '../../src/store/postgres/postgresStore';
import { AGENT, type Entry } from '../contender';

export interface Filling {
  readonly active?: readonly Entry[];
  readonly closed?: readonly Entry[];
  readonly agents?: readonly string[];
}

/** So many rows in one statement. */
const AT_ONCE = 10_000;

export async function fillServer(url: string, { active = [], closed = [], agents = [AGENT] }: Filling): Promise<void> {
  const store = openPostgresStore({ url });
  await store.migrate();
  for (const id of agents) {
    const next = agentNow(id);
    await store.transactAgent(id, () => ({ next, answer: { ok: true, data: id } }));
  }
  await store.close();
  const client = new Client({ connectionString: url });
  await client.connect();
  // What is filled in is right: looking it up row by row takes longer than to insert it.
  await client.query('set session_replication_role = replica');
  const all = [...closed, ...active];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    await insert(client, from + 1, all.slice(from, from + AT_ONCE));
  }
  await client.query('update agent_reservations.namespace set version = version + 1, seq = seq + $1', [all.length]);
  await client.query('analyze');
  await client.end();
}

async function insert(client: Client, first: number, entries: readonly Entry[]): Promise<void> {
  await client.query(
    `insert into agent_reservations.reservation (namespace_id, seq, changed, record, expires_at, closed_at)
     select namespace_id, $1 + place - 1, version + 1, one, (one ->> 'expires_at')::timestamptz,
       (one ->> 'released_at')::timestamptz
     from agent_reservations.namespace, unnest($2::json[]) with ordinality as all_of_them (one, place)`,
    [first, entries.map((entry) => JSON.stringify(entry))],
  );
}

export function agentNow(id = AGENT) {
  const now = new Date().toISOString();
  return {
    agent_id: id,
    display_name: '',
    role: 'bench',
    status: 'idle',
    created_at: now,
    last_seen_at: now,
    version: 1,
  };
}
