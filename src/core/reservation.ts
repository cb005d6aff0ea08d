/**
 * What a reservation is, when it is over, and what every decision about reservations is given and gives back. The rules
 * stand in files beside this one. Their checks, order and codes are those of beadboard's `bb agent` (its
 * src/lib/agent-reservations.ts), which works on the same files; docs/rules.md tells what goes beyond it.
 */

import { granted, type Outcome, refused } from './envelope';
import { asText, quoted } from './input';
import type { Overlap } from './scope/relation';
import { compactTime, instant } from './time';

export const MIN_TTL_MINUTES = 5;
export const MAX_TTL_MINUTES = 1440;
export const DEFAULT_TTL_MINUTES = 120;

export type ReservationState = 'active' | 'released' | 'expired';

/**
 * One reservation as it stands on disk. Fields that we do not know travel along with the object. The optional ones are
 * ours; other programs write the same file, so they are read through functions that look at them first.
 */
export interface Reservation {
  readonly reservation_id: string;
  readonly scope: string;
  readonly agent_id: string;
  readonly bead_id: string;
  readonly state: ReservationState;
  readonly created_at: string;
  readonly expires_at: string;
  readonly released_at: string | null;
  /** Whose files the scope means: see {@link projectOf}. */
  readonly project?: string;
  readonly worktree?: string;
  /** Larger on each grant of the store: who holds it can be told from who held it before. */
  readonly fence?: number;
  /** When it was made to last longer. */
  readonly renewed_at?: string;
  /** Who wanted it while it was held: see waiting.ts. */
  readonly waiting?: readonly Waiter[];
  /** Who ended it in the holder's place, and why. */
  readonly released_by?: string;
  readonly reason?: string;
  /** The message by which it was handed over: to whom and what that is now, or from whom and what that was. */
  readonly handoff?: {
    readonly message_id: string;
    readonly from?: string;
    readonly to?: string;
    readonly reservation_id: string;
  };
}

/** An agent that was refused because of an entry, or has asked its holder to release it. */
export interface Waiter {
  readonly agent_id: string;
  /** What it wanted. */
  readonly scope: string;
  readonly since: string;
  /** The message by which it asked. */
  readonly message_id?: string;
}

/** Whose files a scope means, as a caller tells it. */
export interface Place {
  /** An absolute path that all worktrees of a repository share. Scopes of different projects never meet. */
  readonly project?: string | undefined;
  /** Whether the project's file system makes no difference between upper and lower case. */
  readonly foldCase?: boolean | undefined;
}

/** What a decision does to the store: the entries that stay, the ones that history receives, and the answer. */
export interface ReservationDecision<T> {
  readonly active: readonly Reservation[];
  readonly closed: readonly Reservation[];
  readonly answer: Outcome<T>;
  /** The highest fence that it gave out, where it granted more than one. */
  readonly fence?: number;
}

/**
 * Whether a lease is over. A store may know better than the clock of the moment, which may have just been set forward;
 * it never says so earlier.
 */
export type HasEnded = (entry: Reservation) => boolean;

/** What the store tells a decision about the moment in which it is made. */
export interface DecisionContext {
  readonly now: Date;
  readonly hasEnded: HasEnded;
  /** For what this decision grants: larger than every fence that the store has given out. */
  readonly fence: number;
}

/** A reservation in short, for `error.details`. */
export interface Holding {
  readonly reservation_id: string;
  readonly scope: string;
  readonly agent_id: string;
  readonly bead_id: string;
  readonly expires_at: string;
}

/** One reservation that stands in the way, for `details.conflicts`. */
export interface Conflict extends Holding {
  /** How the reservation that is held lies to the scope that was asked for. */
  readonly overlap: Overlap;
}

/** True from the very instant `expires_at` on, never earlier. */
export function isExpired(reservation: Reservation, now: Date): boolean {
  return instant(reservation.expires_at) <= now.getTime();
}

/** A TTL in minutes that the rules accept: a whole number from 5 to 1440. */
export function isTtl(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= MIN_TTL_MINUTES && (value as number) <= MAX_TTL_MINUTES;
}

/** The TTL in minutes; 120 where none is given, INVALID_ARGS where it is none. */
export function checkTtl(value: unknown): Outcome<number> {
  const ttl: unknown = value ?? DEFAULT_TTL_MINUTES;
  return isTtl(ttl)
    ? granted(ttl)
    : refused(
        'INVALID_ARGS',
        `TTL ${quoted(asText(ttl))} is not a whole number of minutes from ${MIN_TTL_MINUTES} to ${MAX_TTL_MINUTES}.`,
        { ttl, minimum: MIN_TTL_MINUTES, maximum: MAX_TTL_MINUTES },
      );
}

/** `res_20260213_220900_1f3a5c7e`. `random` is at least 8 hex digits: the 4 that beadboard draws do collide. */
export function reservationId(now: Date, random: string): string {
  return `res_${compactTime(now)}_${random}`;
}

/** The project of an entry, or undefined where it names none, as beadboard's never do. */
export function projectOf({ project }: Reservation): string | undefined {
  return typeof project === 'string' && project !== '' ? project : undefined;
}

/** As history keeps what nobody released. */
export function asExpired(entry: Reservation): Reservation {
  return { ...entry, state: 'expired' };
}

export function asReleased(entry: Reservation, now: Date): Reservation {
  return { ...entry, state: 'released', released_at: now.toISOString() };
}

export function inShort({ reservation_id, scope, agent_id, bead_id, expires_at }: Reservation): Holding {
  return { reservation_id, scope, agent_id, bead_id, expires_at };
}
