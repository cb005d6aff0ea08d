/** Deleting what nobody looks back to any more: the one way in which anything is ever deleted. */

import type { Connections } from './connections';
import type { Namespace } from './namespace';
import { CHANNEL, payload } from './notification';

export interface Pruned {
  readonly reservations: number;
  readonly messages: number;
}

/**
 * Deletes the reservations that were over before then, and the messages that were read or acknowledged before then and
 * wait for nothing more; in one transaction. What is active, and what nobody has read, stays whatever its age.
 *
 * @throws StoreProblem
 */
export function prune(connections: Connections, namespace: Namespace, before: Date): Promise<Pruned> {
  return connections.use(async (client) => {
    const id = await namespace.find(client);
    if (id === undefined) {
      return { reservations: 0, messages: 0 };
    }
    const { rows } = await client.query<Pruned>(
      `with closed as (
         delete from agent_reservations.reservation
         where namespace_id = $1 and state <> 'active' and closed_at < $2 returning 1
       ), finished as (
         delete from agent_reservations.message
         where namespace_id = $1 and not is_open and coalesce(acked_at, (record ->> 'read_at')::timestamptz) < $2 returning 1
       )
       select (select count(*) from closed)::int as reservations, (select count(*) from finished)::int as messages,
         pg_notify('${CHANNEL}', $3)`,
      [id, before, payload(namespace, new Set(['reservations', 'messages']))],
    );
    const { reservations = 0, messages = 0 } = rows[0] ?? {};
    return { reservations, messages };
  });
}
