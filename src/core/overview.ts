/** What a person is shown of a store at one moment: pure, from what was read, so that it can be computed at any time. */

import { isOfProject } from './meeting';
import { type Message, newestFirst } from './message';
import { isExpired, projectOf, type Reservation, type Waiter } from './reservation';
import { HOUR_MS, instant, MINUTE_MS } from './time';
import { requestOf, waitersOf } from './waiting';

/** A reservation that ends within this time is marked. */
export const ENDS_SOON_MINUTES = 10;

/** What was read of a store. */
export interface Snapshot {
  readonly active: readonly Reservation[];
  readonly closed: readonly Reservation[];
  /** The messages that wait for an acknowledgement. */
  readonly messages: readonly Message[];
}

export interface OverviewOptions {
  /** The agent that the person acts as, if that is known. */
  readonly me: string | undefined;
  /** How long what history closed as expired is shown, in hours. */
  readonly expiredHours: number;
}

export interface ActiveItem {
  readonly reservation: Reservation;
  readonly mine: boolean;
  readonly endsSoon: boolean;
  /** Who else wanted it since it is held. */
  readonly waiting: readonly Waiter[];
  /** Whether the person has asked its holder to release it. */
  readonly asked: boolean;
}

export interface ExpiredItem {
  readonly reservation: Reservation;
  readonly mine: boolean;
  /** False where somebody holds the scope again, or a later reservation of it expired too. */
  readonly canTakeOver: boolean;
}

export interface MessageItem {
  readonly message: Message;
  /** Addressed to the person. */
  readonly mine: boolean;
}

export interface Overview {
  /** The person's own first; then by scope, so that an item keeps its place. */
  readonly active: readonly ActiveItem[];
  /** The latest first. */
  readonly expired: readonly ExpiredItem[];
  /** Newest first. */
  readonly messages: readonly MessageItem[];
  /** When time alone will change the overview next, in ms since the epoch. */
  readonly nextChange: number | undefined;
}

export const NOTHING_READ: Snapshot = { active: [], closed: [], messages: [] };

export function overview(snapshot: Snapshot, options: OverviewOptions, now: Date): Overview {
  const live = snapshot.active.filter((entry) => !isExpired(entry, now));
  const window = options.expiredHours * HOUR_MS;
  const expired = expiredOf(snapshot, now, window);
  return {
    active: live.map((entry) => activeItem(entry, options.me, now)).sort(mineFirstThenScope),
    expired: markTakeable(expired, live, options.me),
    messages: [...snapshot.messages]
      .sort(newestFirst)
      .map((message) => ({ message, mine: message.to_agent === options.me })),
    nextChange: earliest(now, [
      ...live.flatMap(({ expires_at }) => [instant(expires_at), endsSoonFrom(expires_at)]),
      ...expired.map(({ expires_at }) => instant(expires_at) + window),
    ]),
  };
}

/** The beads that the store knows of, the most recently used first. */
export function knownBeads(snapshot: Snapshot): readonly string[] {
  const uses = [...snapshot.active, ...snapshot.closed, ...snapshot.messages]
    .map(({ bead_id, created_at }) => ({ bead_id, at: instant(created_at) }))
    .sort((left, right) => right.at - left.at);
  return [...new Set(uses.map(({ bead_id }) => bead_id).filter(Boolean))];
}

/** What is past its time but still in the active file, however old, and what history closed within the window. */
function expiredOf(snapshot: Snapshot, now: Date, window: number): readonly Reservation[] {
  const byId = new Map<string, Reservation>();
  for (const entry of snapshot.closed) {
    if (entry.state === 'expired' && instant(entry.expires_at) + window > now.getTime()) {
      byId.set(entry.reservation_id, entry);
    }
  }
  // Last, so that an entry which a crash left in both files is shown as the one that is still there.
  for (const entry of snapshot.active) {
    if (isExpired(entry, now)) {
      byId.set(entry.reservation_id, entry);
    }
  }
  return [...byId.values()].sort((left, right) => instant(right.expires_at) - instant(left.expires_at));
}

function markTakeable(
  expired: readonly Reservation[],
  live: readonly Reservation[],
  me: string | undefined,
): readonly ExpiredItem[] {
  const taken = new Map<string, Reservation[]>();
  for (const entry of live) {
    taken.set(entry.scope, [...(taken.get(entry.scope) ?? []), entry]);
  }
  return expired.map((reservation) => {
    const sameText = taken.get(reservation.scope) ?? [];
    const canTakeOver = !sameText.some((entry) => isOfProject(entry, projectOf(reservation)));
    taken.set(reservation.scope, [...sameText, reservation]);
    return { reservation, mine: reservation.agent_id === me, canTakeOver };
  });
}

function activeItem(reservation: Reservation, me: string | undefined, now: Date): ActiveItem {
  const waiters = waitersOf(reservation);
  return {
    reservation,
    mine: reservation.agent_id === me,
    endsSoon: endsSoonFrom(reservation.expires_at) <= now.getTime(),
    waiting: waiters.filter(({ agent_id }) => agent_id !== me && agent_id !== reservation.agent_id),
    asked: me !== undefined && requestOf(reservation, me) !== undefined,
  };
}

function endsSoonFrom(expiresAt: string): number {
  return instant(expiresAt) - ENDS_SOON_MINUTES * MINUTE_MS;
}

function mineFirstThenScope(left: ActiveItem, right: ActiveItem): number {
  return (
    Number(right.mine) - Number(left.mine) ||
    compare(left.reservation.scope, right.reservation.scope) ||
    compare(left.reservation.reservation_id, right.reservation.reservation_id)
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function earliest(now: Date, moments: readonly number[]): number | undefined {
  const next = moments.reduce((soonest, at) => (at > now.getTime() && at < soonest ? at : soonest), Infinity);
  return next === Infinity ? undefined : next;
}
