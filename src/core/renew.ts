/** The rule of renewing: a lease is made to last longer before it is over, by its holder only. */

import { granted, type Outcome, refused } from './envelope';
import { quoted } from './input';
import { meet } from './meeting';
import { checkOwn, ownFirst } from './release';
import {
  checkTtl,
  type DecisionContext,
  inShort,
  type Place,
  type Reservation,
  type ReservationDecision,
} from './reservation';
import { addMinutes, instant } from './time';

export interface RenewInput extends Place {
  readonly agent: string;
  readonly scope: string;
  /** Minutes from now, 5 to 1440; 120 unless told. */
  readonly ttl?: number | undefined;
}

export interface RenewRequest extends Place {
  readonly agent: string;
  readonly scope: string;
  readonly ttl: number;
}

export function checkRenew(input: RenewInput, agentRegistered: boolean): Outcome<RenewRequest> {
  const own = checkOwn(input, agentRegistered, 'renew');
  if (!own.ok) {
    return own;
  }
  const ttl = checkTtl(input.ttl);
  return ttl.ok ? granted({ ...own.data, ttl: ttl.data }) : ttl;
}

/**
 * Lets the caller's own live reservation end so many minutes from now. It never ends earlier than it would have, and
 * keeps its id, its fence and when it was made. One that is over stays over: in between, others may have worked there.
 */
export function decideRenew(
  active: readonly Reservation[],
  request: RenewRequest,
  { now, hasEnded }: DecisionContext,
): ReservationDecision<Reservation> {
  const live = meet(active, request).same.filter((entry) => !hasEnded(entry));
  const target = ownFirst(live, request.agent);
  if (!target) {
    return unchanged(
      active,
      refused(
        'RESERVATION_NOT_FOUND',
        `No active reservation of ${quoted(request.scope)} exists: it is over, or never was. Reserve it anew, and read ` +
          'its files again first.',
        { scope: request.scope },
      ),
    );
  }
  if (target.agent_id !== request.agent) {
    return unchanged(
      active,
      refused(
        'RENEW_FORBIDDEN',
        `${quoted(request.scope)} is held by ${quoted(target.agent_id)} until ${target.expires_at}; ` +
          `${quoted(request.agent)} cannot renew it. Ask the holder.`,
        { holder: inShort(target), agent: request.agent },
      ),
    );
  }
  const end = addMinutes(now, request.ttl);
  if (end.getTime() <= instant(target.expires_at)) {
    return unchanged(active, granted(target));
  }
  const renewed = { ...target, expires_at: end.toISOString(), renewed_at: now.toISOString() };
  return { active: active.map((entry) => (entry === target ? renewed : entry)), closed: [], answer: granted(renewed) };
}

/**
 * Whether the first of two readings of one reservation is of after a renewal that the second does not know of. Only what
 * was renewed counts: an end that somebody wrote by hand is left as it is.
 */
export function isRenewedLater(entry: Reservation, other: Reservation): boolean {
  return renewedAt(entry) > renewedAt(other) && instant(entry.expires_at) > instant(other.expires_at);
}

function renewedAt({ renewed_at }: Reservation): number {
  const at = typeof renewed_at === 'string' ? instant(renewed_at) : Number.NaN;
  return Number.isNaN(at) ? 0 : at;
}

function unchanged<T>(active: readonly Reservation[], answer: Outcome<T>): ReservationDecision<T> {
  return { active, closed: [], answer };
}
