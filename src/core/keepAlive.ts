/** Which reservations a window that is in use keeps from ending, and when: pure, so that every window comes to the same. */

import { isExpired, isTtl, MAX_TTL_MINUTES, MIN_TTL_MINUTES, type Reservation } from './reservation';
import { HOUR_MS, instant, MINUTE_MS } from './time';

/** So long after it was made, at most, a reservation is kept alive. */
export const KEEP_ALIVE_HOURS = 24;

export interface Renewal {
  readonly reservation: Reservation;
  /** Minutes: as long as it was held for last. */
  readonly ttl: number;
}

export interface KeepAlivePlan {
  /** What is to be renewed now. */
  readonly due: readonly Renewal[];
  /** When to look again, in ms since the epoch; undefined where nothing is to be kept alive. */
  readonly next: number | undefined;
}

/** What is to be done for the person's own reservations that belong to this window. */
export function keepAlivePlan(own: readonly Reservation[], now: Date): KeepAlivePlan {
  const kept = own.filter((reservation) => isKeptAlive(reservation, now));
  const isDue = (reservation: Reservation) => dueAt(reservation) <= now.getTime();
  const later = kept.filter((reservation) => !isDue(reservation)).map(dueAt);
  return {
    due: kept.filter(isDue).map((reservation) => ({ reservation, ttl: ttlOf(reservation) })),
    next: later.length > 0 ? Math.min(...later) : undefined,
  };
}

/** Whether it will be renewed once more before it ends. */
export function isKeptAlive(reservation: Reservation, now: Date): boolean {
  const until = instant(reservation.created_at) + KEEP_ALIVE_HOURS * HOUR_MS;
  return !isExpired(reservation, now) && Math.max(dueAt(reservation), now.getTime()) < until;
}

/** After a third of its time there are two more chances, should the machine be busy or asleep. */
function dueAt(reservation: Reservation): number {
  return startOf(reservation) + (instant(reservation.expires_at) - startOf(reservation)) / 3;
}

function ttlOf(reservation: Reservation): number {
  const minutes = Math.round((instant(reservation.expires_at) - startOf(reservation)) / MINUTE_MS);
  return isTtl(minutes) ? minutes : Math.min(Math.max(minutes, MIN_TTL_MINUTES), MAX_TTL_MINUTES);
}

/** When the lease that runs now was given. */
function startOf({ created_at, renewed_at }: Reservation): number {
  const renewed = typeof renewed_at === 'string' ? instant(renewed_at) : Number.NaN;
  return Number.isNaN(renewed) ? instant(created_at) : renewed;
}
