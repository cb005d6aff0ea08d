/**
 * The rules of reservations: pure decisions over the active entries. The checks, their order and their codes are those
 * of beadboard's `bb agent` (its src/lib/agent-reservations.ts), which works on the same files.
 */

import { agentNotFound } from './agent';
import { granted, type Outcome, refused } from './envelope';
import { asText, quoted, trimmed } from './input';
import { addMinutes, compactTime, instant } from './time';

export const MIN_TTL_MINUTES = 5;
export const MAX_TTL_MINUTES = 1440;
export const DEFAULT_TTL_MINUTES = 120;

export type ReservationState = 'active' | 'released' | 'expired';

/** One reservation as it stands on disk. Fields that we do not know travel along with the object. */
export interface Reservation {
  readonly reservation_id: string;
  readonly scope: string;
  readonly agent_id: string;
  readonly bead_id: string;
  readonly state: ReservationState;
  readonly created_at: string;
  readonly expires_at: string;
  readonly released_at: string | null;
}

export interface ReserveInput {
  readonly agent: string;
  readonly scope: string;
  /** The bead (issue) that the work is for. */
  readonly bead: string;
  /** Minutes, 5 to 1440; 120 unless told. */
  readonly ttl?: number | undefined;
  /** Close an expired reservation of the same scope and take its place. */
  readonly takeoverStale?: boolean | undefined;
}

export interface ReleaseInput {
  readonly agent: string;
  readonly scope: string;
}

export interface StatusInput {
  readonly bead?: string | undefined;
  readonly agent?: string | undefined;
}

/** A {@link ReserveInput} whose every field has passed its check. */
export interface ReserveRequest {
  readonly agent: string;
  readonly scope: string;
  readonly bead: string;
  readonly ttl: number;
  readonly takeoverStale: boolean;
}

export interface ReleaseRequest {
  readonly agent: string;
  readonly scope: string;
}

export interface StatusRequest {
  readonly bead: string;
  readonly agent: string;
}

/** What a decision does to the store: the entries that stay, the ones that history receives, and the answer. */
export interface ReservationDecision<T> {
  readonly active: readonly Reservation[];
  readonly closed: readonly Reservation[];
  readonly answer: Outcome<T>;
}

/**
 * Whether a lease is over. A store may know better than the clock of the moment, which may have just been set forward;
 * it never says so earlier.
 */
export type HasEnded = (entry: Reservation) => boolean;

/** One reservation that stands in the way, for `error.details.conflicts`. */
export interface Conflict {
  readonly reservation_id: string;
  readonly scope: string;
  readonly agent_id: string;
  readonly bead_id: string;
  readonly expires_at: string;
}

/** True from the very instant `expires_at` on, never earlier. */
export function isExpired(reservation: Reservation, now: Date): boolean {
  return instant(reservation.expires_at) <= now.getTime();
}

function byClock(now: Date): HasEnded {
  return (entry) => isExpired(entry, now);
}

/** A TTL in minutes that the rules accept: a whole number from 5 to 1440. */
export function isTtl(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= MIN_TTL_MINUTES && (value as number) <= MAX_TTL_MINUTES;
}

/** `res_20260213_220900_1f3a5c7e`. `random` is at least 8 hex digits: the 4 that beadboard draws do collide. */
export function reservationId(now: Date, random: string): string {
  return `res_${compactTime(now)}_${random}`;
}

/** Checks in the seed's order: the agent, then scope and bead, then the TTL. */
export function checkReserve(input: ReserveInput, agentRegistered: boolean): Outcome<ReserveRequest> {
  const agent = trimmed(input.agent);
  const scope = trimmed(input.scope);
  const bead = trimmed(input.bead);
  const ttl: unknown = input.ttl ?? DEFAULT_TTL_MINUTES;
  if (!agentRegistered) {
    return agentNotFound(agent);
  }
  if (!scope || !bead) {
    const missing = [scope ? '' : 'scope', bead ? '' : 'bead'].filter(Boolean);
    return refused('INVALID_ARGS', `Missing ${missing.join(' and ')}: give both the scope and the bead id.`, {
      missing,
    });
  }
  if (!isTtl(ttl)) {
    return refused(
      'INVALID_ARGS',
      `TTL ${quoted(asText(ttl))} is not a whole number of minutes from ${MIN_TTL_MINUTES} to ${MAX_TTL_MINUTES}.`,
      { ttl, minimum: MIN_TTL_MINUTES, maximum: MAX_TTL_MINUTES },
    );
  }
  return granted({ agent, scope, bead, ttl, takeoverStale: input.takeoverStale === true });
}

export function checkRelease(input: ReleaseInput, agentRegistered: boolean): Outcome<ReleaseRequest> {
  const agent = trimmed(input.agent);
  const scope = trimmed(input.scope);
  if (!agentRegistered) {
    return agentNotFound(agent);
  }
  if (!scope) {
    return refused('INVALID_ARGS', 'Missing scope: name the scope to release.', { missing: ['scope'] });
  }
  return granted({ agent, scope });
}

/** Both filters are optional; only an agent that is named has to be registered. */
export function checkStatus(input: StatusInput, agentRegistered: boolean): Outcome<StatusRequest> {
  const agent = trimmed(input.agent);
  if (agent && !agentRegistered) {
    return agentNotFound(agent);
  }
  return granted({ agent, bead: trimmed(input.bead) });
}

/**
 * Grants the scope, refuses it, or (told to) takes the place of an expired reservation, which then goes to history.
 * A live holder is a conflict even when it is the caller itself.
 */
export function decideReserve(
  active: readonly Reservation[],
  request: ReserveRequest,
  now: Date,
  random: string,
  hasEnded: HasEnded = byClock(now),
): ReservationDecision<Reservation> {
  const same = active.filter((entry) => entry.scope === request.scope);
  const holder = same.find((entry) => !hasEnded(entry));
  if (holder) {
    return { active, closed: [], answer: conflict(holder, request) };
  }
  const [stale] = same;
  if (stale && !request.takeoverStale) {
    return { active, closed: [], answer: staleFound(stale) };
  }
  const created: Reservation = {
    reservation_id: reservationId(now, random),
    scope: request.scope,
    agent_id: request.agent,
    bead_id: request.bead,
    state: 'active',
    created_at: now.toISOString(),
    expires_at: addMinutes(now, request.ttl).toISOString(),
    released_at: null,
  };
  return {
    active: [...active.filter((entry) => !same.includes(entry)), created],
    closed: same.map(asExpired),
    answer: granted(created),
  };
}

/** Ends the caller's own live reservation; an expired one of that scope goes to history and counts as not found. */
export function decideRelease(
  active: readonly Reservation[],
  request: ReleaseRequest,
  now: Date,
  hasEnded: HasEnded = byClock(now),
): ReservationDecision<Reservation> {
  const same = active.filter((entry) => entry.scope === request.scope);
  const live = same.filter((entry) => !hasEnded(entry));
  const target = live.find((entry) => entry.agent_id === request.agent) ?? live[0];
  if (!target) {
    return {
      active: same.length > 0 ? active.filter((entry) => !same.includes(entry)) : active,
      closed: same.map(asExpired),
      answer: refused(
        'RESERVATION_NOT_FOUND',
        `No active reservation of ${quoted(request.scope)} exists; there is nothing to release.`,
        { scope: request.scope },
      ),
    };
  }
  if (target.agent_id !== request.agent) {
    return {
      active,
      closed: [],
      answer: refused(
        'RELEASE_FORBIDDEN',
        `${quoted(request.scope)} is held by ${quoted(target.agent_id)} until ${target.expires_at}; ` +
          `${quoted(request.agent)} cannot release it. Ask the holder.`,
        { holder: asConflict(target), agent: request.agent },
      ),
    };
  }
  const released: Reservation = { ...target, state: 'released', released_at: now.toISOString() };
  return { active: active.filter((entry) => entry !== target), closed: [released], answer: granted(released) };
}

/** Moves everything past its time to history; answers how many that were. */
export function decideSweep(
  active: readonly Reservation[],
  now: Date,
  hasEnded: HasEnded = byClock(now),
): ReservationDecision<number> {
  const expired = active.filter(hasEnded);
  return {
    active: expired.length > 0 ? active.filter((entry) => !hasEnded(entry)) : active,
    closed: expired.map(asExpired),
    answer: granted(expired.length),
  };
}

/** Whether a reservation passes the filters of a status request. */
export function matchesStatus(entry: Pick<Reservation, 'agent_id' | 'bead_id'>, request: StatusRequest): boolean {
  return (!request.bead || entry.bead_id === request.bead) && (!request.agent || entry.agent_id === request.agent);
}

/** As history keeps what nobody released. */
export function asExpired(entry: Reservation): Reservation {
  return { ...entry, state: 'expired' };
}

function asConflict(entry: Reservation): Conflict {
  const { reservation_id, scope, agent_id, bead_id, expires_at } = entry;
  return { reservation_id, scope, agent_id, bead_id, expires_at };
}

function conflict(holder: Reservation, request: ReserveRequest): Outcome<never> {
  const next =
    holder.agent_id === request.agent
      ? 'It is already yours: release it first to reserve it anew.'
      : 'Wait, ask the holder to release it, or reserve another scope.';
  return refused(
    'RESERVATION_CONFLICT',
    `${quoted(request.scope)} is already reserved by ${quoted(holder.agent_id)} until ${holder.expires_at}. ${next}`,
    { conflicts: [asConflict(holder)] },
  );
}

function staleFound(stale: Reservation): Outcome<never> {
  return refused(
    'RESERVATION_STALE_FOUND',
    `An expired reservation of ${quoted(stale.scope)} by ${quoted(stale.agent_id)} (ended ${stale.expires_at}) is still ` +
      'there. Take it over to proceed (--takeover-stale).',
    { stale: asConflict(stale) },
  );
}
