/** What a person should be told of once, when it happens: pure, from what was read. */

import { meet } from './meeting';
import type { Message } from './message';
import type { ActiveItem, Snapshot } from './overview';
import { ENDS_SOON_MINUTES } from './overview';
import { isExpired, projectOf, type Reservation } from './reservation';
import { addMinutes, instant, MINUTE_MS } from './time';
import { requestOf } from './waiting';

/** What ends so soon after another is told of together with it. */
const TOGETHER_MINUTES = 2;

/** A scope that the person has asked for and that nobody else holds any more. */
export interface Freed {
  /** What was in the way. */
  readonly reservation: Reservation;
  /** What the person wanted. */
  readonly wanted: string;
}

/** One reservation, whoever draws the same id for another: to remember what was told. */
export function keyOf({ reservation_id, scope }: Pick<Reservation, 'reservation_id' | 'scope'>): string {
  return `${reservation_id} ${scope}`;
}

/** Over are those that history closed, and those past their time that nobody has swept yet. */
export function freedFor(me: string, { active, closed }: Snapshot, now: Date): readonly Freed[] {
  const asked = (entry: Reservation) => requestOf(entry, me) !== undefined;
  const ended = [...active.filter((entry) => asked(entry) && isExpired(entry, now)), ...closed.filter(asked)];
  if (ended.length === 0) {
    return [];
  }
  const live = active.filter((entry) => !isExpired(entry, now));
  const isLive = new Set(live.map(keyOf));
  const over = ended.filter((entry) => !isLive.has(keyOf(entry)));
  const freed = new Map<string, Freed>();
  for (const reservation of over) {
    const waiter = requestOf(reservation, me);
    if (waiter && isFree(waiter.scope, reservation, live)) {
      freed.set(keyOf(reservation), { reservation, wanted: waiter.scope });
    }
  }
  return [...freed.values()];
}

/** What is held by the one who asked is not free either, and needs no word. */
function isFree(wanted: string, entry: Reservation, live: readonly Reservation[]): boolean {
  const { same, overlapping } = meet(live, { scope: wanted, project: projectOf(entry) });
  return same.length + overlapping.length === 0;
}

/** A message by which somebody asks the person to release what it still holds. */
export interface AskedOf {
  readonly message: Message;
  readonly reservation: Reservation;
}

/** Those that the person has not read yet. */
export function askedOf(me: string, messages: readonly Message[], active: readonly ActiveItem[]): readonly AskedOf[] {
  return messages.flatMap((message) => {
    const { request, to_agent, state } = message;
    const isNew = to_agent === me && state === 'unread';
    // Others write messages too, with null for what is not there.
    const held =
      isNew &&
      request &&
      active.find(
        ({ reservation, mine }) =>
          mine && reservation.reservation_id === request.reservation_id && reservation.scope === request.scope,
      );
    return held ? [{ message, reservation: held.reservation }] : [];
  });
}

/**
 * Which of one's own end soon, as soon as the first of them does. What was only made for so short a time needs no word: who
 * made it knows.
 */
export function endingSoon(own: readonly Reservation[], now: Date): readonly Reservation[] {
  const isBefore = (minutes: number) => (entry: Reservation) =>
    instant(entry.expires_at) <= addMinutes(now, minutes).getTime();
  const candidates = own.filter((entry) => !isExpired(entry, now) && !isBrief(entry));
  return candidates.some(isBefore(ENDS_SOON_MINUTES))
    ? candidates.filter(isBefore(ENDS_SOON_MINUTES + TOGETHER_MINUTES))
    : [];
}

function isBrief({ created_at, expires_at }: Reservation): boolean {
  return instant(expires_at) - instant(created_at) <= ENDS_SOON_MINUTES * MINUTE_MS;
}
