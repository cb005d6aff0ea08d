/**
 * The waiting list of an entry: who wanted it while it was held. It stays with the entry, into history, so that it can be
 * seen later who stood in whose way. beadboard does not know the key, and keeps it.
 */

import type { Reservation, Waiter } from './reservation';
import { instant } from './time';

/** So many are remembered for one entry; who comes later is refused all the same. */
export const MAX_WAITING = 32;

/** Who waits for an entry. The file is written by others too: what is no waiter is passed over. */
export function waitersOf({ waiting }: Reservation): readonly Waiter[] {
  return Array.isArray(waiting) ? waiting.filter(isWaiter) : [];
}

export function waiterOf(entry: Reservation, agent: string): Waiter | undefined {
  return waitersOf(entry).find(({ agent_id }) => agent_id === agent);
}

/** Where the agent stands on the list because it has asked for the entry by a message. */
export function requestOf(entry: Reservation, agent: string): Waiter | undefined {
  return waitersOf(entry).find(({ agent_id, message_id }) => agent_id === agent && message_id !== undefined);
}

/** The entry with one more who waits; the very entry where that agent is on the list, or the list is full. */
export function withWaiter(entry: Reservation, waiter: Waiter): Reservation {
  const waiting = waitersOf(entry);
  return waiting.length >= MAX_WAITING || waiterOf(entry, waiter.agent_id)
    ? entry
    : { ...entry, waiting: [...waiting, waiter] };
}

/**
 * The entry with an agent that asks for it by a message, in the place of its refusal where it had been refused. A full list
 * makes room by forgetting a refusal; undefined where all on it have asked.
 */
export function withRequest(
  entry: Reservation,
  { from, scope }: { readonly from: string; readonly scope: string },
  now: Date,
  message_id: string,
): Reservation | undefined {
  const others = waitersOf(entry).filter(({ agent_id }) => agent_id !== from);
  const forgotten = others.length < MAX_WAITING ? -1 : others.findIndex((waiter) => waiter.message_id === undefined);
  if (others.length >= MAX_WAITING && forgotten < 0) {
    return undefined;
  }
  const since = waiterOf(entry, from)?.since ?? now.toISOString();
  const kept = others.filter((_, index) => index !== forgotten);
  return { ...entry, waiting: [...kept, { agent_id: from, scope, since, message_id }] };
}

/**
 * The waiters of two readings of one entry, or undefined where the first has them all. Who has asked by a message counts
 * for more than the same agent's mere refusal.
 */
export function mergedWaiters(entry: Reservation, other: Reservation): readonly Waiter[] | undefined {
  const known = waitersOf(entry);
  const missing = waitersOf(other).filter((waiter) => {
    const same = known.find(({ agent_id }) => agent_id === waiter.agent_id);
    return !same || (waiter.message_id !== undefined && same.message_id === undefined);
  });
  const kept = known.filter(({ agent_id }) => !missing.some((waiter) => waiter.agent_id === agent_id));
  return missing.length > 0 ? [...kept, ...missing].slice(0, MAX_WAITING) : undefined;
}

function isWaiter(value: unknown): value is Waiter {
  const { agent_id, scope, since, message_id } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof agent_id === 'string' &&
    typeof scope === 'string' &&
    typeof since === 'string' &&
    !Number.isNaN(instant(since)) &&
    (message_id === undefined || typeof message_id === 'string')
  );
}
