/**
 * Committing, and finding out what became of a commit whose answer never came. What was acknowledged is kept, and what was not made is not
 * acknowledged: that hangs on this file.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { elapsedMs } from '../files/elapsed';
import { backoffMs } from './breaker';
import type { Connections } from './connections';
import { isConnectionLost, outcomeUnknown } from './problems';
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
 * Whether the transaction was committed. The server remembers that by the transaction's number, also over a crash. While it says that
 * it is still under way, its connection is ended from here: else a COMMIT that is on its way could arrive after we have looked.
 *
 * @throws StoreProblem OUTCOME_UNKNOWN where the server cannot be asked within `ms`, or does not know
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

async function ask(connections: Connections, { transaction, process }: Wrote): Promise<Status> {
  // Beside the pool: it must not wait for those who find the server gone.
  const client = connections.single();
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ status: Status | null }>(
      `select txid_status($1::bigint) as status,
        (select pg_terminate_backend(pid) from pg_stat_activity
          where pid = $2 and backend_xid is not null and backend_xid::text = ($1::bigint % 4294967296)::text) as ended`,
      [transaction, process],
    );
    return rows[0]?.status ?? 'unknown';
  } catch (error) {
    // One that it has never given out: this is not the server of before, nor a copy that has come as far.
    return isConnectionLost(error) ? 'unreachable' : 'unknown';
  } finally {
    await client.end().catch(() => undefined);
  }
}
