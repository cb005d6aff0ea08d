/**
 * Committing, and finding out what became of a commit whose answer never came. What was acknowledged is kept, and what
 * was not made is not acknowledged: that hangs on this file.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { elapsedMs } from '../files/elapsed';
import { backoffMs } from './breaker';
import type { Connections } from './connections';
import { codeOf, isConnectionLost, outcomeUnknown } from './problems';
import type { Wrote } from './transaction';

/** The connection was lost after COMMIT was sent. */
export class CommitLost extends Error {
  constructor(
    readonly wrote: Wrote,
    override readonly cause: unknown,
  ) {
    super('The connection was lost during the commit.');
  }
}

/** @throws CommitLost, or what the server has answered: then it is not committed */
export async function commit(client: ClientBase, wrote: Wrote): Promise<void> {
  let command: string;
  try {
    ({ command } = await client.query('commit'));
  } catch (error) {
    throw isConnectionLost(error) ? new CommitLost(wrote, error) : error;
  }
  if (command !== 'COMMIT') {
    throw new Error(`The server answered COMMIT with ${command}.`);
  }
}

/**
 * Whether the transaction was committed. While the server still works on it, its connection is ended from here: else a
 * COMMIT that is on its way could arrive after we have looked. Then what it would have left is looked for.
 *
 * @throws StoreProblem OUTCOME_UNKNOWN where the server cannot be asked within `ms`, or has no memory of so long ago
 */
export async function settle(connections: Connections, { wrote, cause }: CommitLost, ms: number): Promise<boolean> {
  const deadline = elapsedMs() + ms;
  for (let attempt = 0; elapsedMs() < deadline; attempt++) {
    const status = await ask(connections, wrote);
    if (status === 'committed' || status === 'aborted') {
      return status === 'committed';
    }
    if (status === 'unknown') {
      break;
    }
    await sleep(Math.min(backoffMs(attempt), Math.max(0, deadline - elapsedMs())));
  }
  throw outcomeUnknown(connections.address, cause);
}

type Status = 'committed' | 'aborted' | 'in progress' | 'unreachable' | 'unknown';

async function ask(connections: Connections, wrote: Wrote): Promise<Status> {
  // Beside the pool: it must not wait for those who find the server gone.
  const client = connections.single();
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await isUnderWay(client, wrote)) ? 'in progress' : await look(client, wrote);
  } catch (error) {
    return isConnectionLost(error) ? 'unreachable' : 'unknown';
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function isUnderWay(client: ClientBase, { transaction, process }: Wrote): Promise<boolean> {
  try {
    const { rows } = await client.query<{ status: string | null }>(
      `select txid_status($1::bigint) as status,
        (select pg_terminate_backend(pid) from pg_stat_activity
          where pid = $2 and backend_xid::text = ($1::bigint % 4294967296)::text) as ended`,
      [transaction, process],
    );
    return rows[0]?.status === 'in progress';
  } catch (error) {
    // A number that it has not given out yet: it has crashed, and nothing of that transaction had come to its disk.
    if (codeOf(error) === '22023') {
      return false;
    }
    throw error;
  }
}

async function look(client: ClientBase, { namespace, version, token }: Wrote): Promise<Status> {
  const { rows } = await client.query<{ version: string; token: string }>(
    `select version, token from agent_reservations.commit_made
      where namespace_id = $1 and slot = ($2::bigint % 10000)::int`,
    [namespace, version],
  );
  const [made] = rows;
  if (!made || Number(made.version) < version) {
    return 'aborted';
  }
  if (Number(made.version) > version) {
    // Ten thousand commits ago.
    return 'unknown';
  }
  return made.token === token ? 'committed' : 'aborted';
}
