/** What an agent does all day, over our store on a server, or as the bare statements that it takes at least. */

import { Pool } from 'pg';
import { createCoordination } from '../../src/coordination/coordination';
import type { Envelope } from '../../src/core/envelope';
import { randomHex } from '../../src/store/files/durable';
import { openPostgresStore } from '../../src/store/postgres/postgresStore';
import { BEAD, entryFor, TTL_MINUTES } from '../contender';
import { END, GRANT, inTransaction, type Statement, statement } from '../contenders/postgresFloor';

/** Each answers with a code: `ok`, `refused`, or what failed. */
export interface Desk {
  check(scope: string): Promise<string>;
  reserve(scope: string): Promise<string>;
  renew(scope: string): Promise<string>;
  send(scope: string): Promise<string>;
  release(scope: string): Promise<string>;
  close(): Promise<void>;
}

export type DeskKind = 'postgres' | 'postgresFloorLocked';

export const PROJECT = '/projects/shop';

export function openDesk(kind: DeskKind, url: string, agent: string): Desk {
  return kind === 'postgres' ? overStore(url, agent) : overStatements(url, agent);
}

function overStore(url: string, agent: string): Desk {
  const store = openPostgresStore({ url });
  const operations = createCoordination(store, { random: () => randomHex(4) });
  const mine = { agent, bead: BEAD, project: PROJECT };
  return {
    check: async (scope) => codeOf(await operations.check({ paths: [scope], agent, project: PROJECT })),
    reserve: async (scope) => codeOf(await operations.reserve({ ...mine, scope, ttl: TTL_MINUTES })),
    renew: async (scope) => codeOf(await operations.renew({ agent, scope, ttl: TTL_MINUTES, project: PROJECT })),
    send: async (scope) => codeOf(await operations.send({ ...message(agent, scope), bead: BEAD })),
    release: async (scope) => codeOf(await operations.release({ agent, scope, project: PROJECT })),
    close: () => store.close(),
  };
}

function overStatements(url: string, agent: string): Desk {
  const pool = new Pool({ connectionString: url, max: 3 });
  const held = new Map<string, ReturnType<typeof entryFor>>();
  const change = async (one: Statement, values: readonly unknown[]) =>
    (await inTransaction(pool, true, one, values)) === 1 ? 'ok' : 'refused';
  return {
    check: async (scope) => {
      await pool.query({ ...CHECK, values: [scope] });
      return 'ok';
    },
    reserve: async (scope) => {
      const entry = { ...entryFor(scope), agent_id: agent };
      held.set(scope, entry);
      return await change(GRANT, [scope, JSON.stringify(entry), entry.expires_at]);
    },
    renew: (scope) => change(RENEW, [scope, JSON.stringify(held.get(scope)), new Date()]),
    send: (scope) => change(SEND, [JSON.stringify(message(agent, scope))]),
    release: (scope) => change(END, [scope, JSON.stringify(held.get(scope)), new Date().toISOString()]),
    close: () => pool.end(),
  };
}

const CHECK = statement('check', `select record from floor.reservation where scope = $1 and state = 'active'`);
const RENEW = statement(
  'renew',
  `update floor.reservation set record = $2, expires_at = $3 where scope = $1 and state = 'active'`,
);
const SEND = statement('send', 'insert into floor.message (record) values ($1)');

function message(from: string, scope: string) {
  return { from, to: 'agent-0', category: 'INFO', subject: scope, body: 'The routes are done; the tests are next.' };
}

function codeOf(answer: Envelope<unknown>): string {
  if (answer.ok) {
    return 'ok';
  }
  const { code, details } = answer.error;
  return code === 'INTERNAL_ERROR' ? String(details?.['cause'] ?? answer.error.message) : 'refused';
}
