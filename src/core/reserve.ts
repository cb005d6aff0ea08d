/** The rule of reserving. */

import { agentNotFound } from './agent';
import type { Contested } from './contested';
import { granted, type Outcome, refused } from './envelope';
import { asText, quoted, trimmed } from './input';
import { asConflict, foremost, type Met, meet, placeOf } from './meeting';
import {
  asExpired,
  type Conflict,
  checkTtl,
  type DecisionContext,
  inShort,
  type Place,
  type Reservation,
  type ReservationDecision,
  reservationId,
} from './reservation';
import { parseScope } from './scope/scope';
import { addMinutes } from './time';
import { withWaiter } from './waiting';

/** What becomes of a reservation that overlaps another agent's. */
export const ON_OVERLAP = ['deny', 'warn'] as const;
export type OnOverlap = (typeof ON_OVERLAP)[number];

/** All that is held is in one file, of a bounded size: no single entry may take the room of the others. In characters. */
export const MAX_BEAD_LENGTH = 1_000;

export interface ReserveInput extends Place {
  readonly agent: string;
  readonly scope: string;
  /** The bead (issue) that the work is for. */
  readonly bead: string;
  /** Minutes, 5 to 1440; 120 unless told. */
  readonly ttl?: number | undefined;
  /** Close an expired reservation of the same scope and take its place. */
  readonly takeoverStale?: boolean | undefined;
  /** The same, where it was the agent's own: that is in nobody's way. */
  readonly takeoverOwn?: boolean | undefined;
  /** The folder that the agent works in, of all those of the project. */
  readonly worktree?: string | undefined;
  /** `deny` unless told. `warn` grants a scope that merely overlaps, and tells what it overlaps. */
  readonly onOverlap?: OnOverlap | undefined;
  /** Seconds to wait for what is in the way, 0 to 86,400; 0 unless told. */
  readonly wait?: number | undefined;
}

/** A {@link ReserveInput} whose every field has passed its check; the scope is normalised. */
export interface ReserveRequest extends Place {
  readonly agent: string;
  readonly scope: string;
  readonly bead: string;
  readonly ttl: number;
  readonly takeoverStale: boolean;
  readonly takeoverOwn?: boolean | undefined;
  readonly worktree?: string | undefined;
  readonly onOverlap?: OnOverlap | undefined;
}

/** A grant: the entry as it is stored, and what is told once and not stored. */
export interface Reserved extends Reservation {
  /** What it overlaps, where that was asked to be no obstacle: as in a refusal. */
  readonly conflicts?: readonly Conflict[];
  /** That somebody else has just worked there, where it is known. */
  readonly contested?: Contested;
}

/** Checks in the seed's order: the agent, then scope and bead, then the TTL; then what the seed does not know. */
export function checkReserve(input: ReserveInput, agentRegistered: boolean): Outcome<ReserveRequest> {
  const agent = trimmed(input.agent);
  const bead = trimmed(input.bead);
  if (!agentRegistered) {
    return agentNotFound(agent);
  }
  if (!trimmed(input.scope) || !bead) {
    const missing = [trimmed(input.scope) ? '' : 'scope', bead ? '' : 'bead'].filter(Boolean);
    return refused('INVALID_ARGS', `Missing ${missing.join(' and ')}: give both the scope and the bead id.`, {
      missing,
    });
  }
  const ttl = checkTtl(input.ttl);
  if (!ttl.ok) {
    return ttl;
  }
  const scope = parseScope(trimmed(input.scope), { foldCase: input.foldCase === true });
  if (!scope.ok) {
    return scope;
  }
  if (bead.length > MAX_BEAD_LENGTH) {
    return refused(
      'INVALID_ARGS',
      `Bead ${quoted(bead)} is longer than ${MAX_BEAD_LENGTH} characters. Name it by its id; a message can hold the rest.`,
      { maximum: MAX_BEAD_LENGTH },
    );
  }
  const onOverlap: unknown = input.onOverlap ?? 'deny';
  if (onOverlap !== 'deny' && onOverlap !== 'warn') {
    return refused('INVALID_ARGS', `${quoted(asText(onOverlap))} is not one of ${ON_OVERLAP.join(', ')}.`, {
      onOverlap,
      allowed: ON_OVERLAP,
    });
  }
  const worktree = trimmed(input.worktree);
  return granted({
    agent,
    scope: scope.data.text,
    bead,
    ttl: ttl.data,
    takeoverStale: input.takeoverStale === true,
    ...(input.takeoverOwn === true ? { takeoverOwn: true } : {}),
    ...placeOf(input),
    ...(worktree ? { worktree } : {}),
    ...(onOverlap === 'warn' ? { onOverlap } : {}),
  });
}

/**
 * Grants the scope, refuses it, or (told to) takes the place of an expired reservation, which then goes to history.
 *
 * In the way are a live reservation of the same scope, even the caller's own, and another agent's live one that overlaps.
 * What is expired and merely overlaps is in nobody's way. Another agent's entry that is in the way remembers who was
 * refused because of it, once.
 */
export function decideReserve(
  active: readonly Reservation[],
  request: ReserveRequest,
  { now, hasEnded, fence }: DecisionContext,
  random: string,
): ReservationDecision<Reserved> {
  const { same, overlapping } = meet(active, request);
  const holders = same.filter((entry) => !hasEnded(entry));
  const others = overlapping.filter((entry) => entry.agent_id !== request.agent && !hasEnded(entry));
  const inTheWay = { same: holders, overlapping: request.onOverlap === 'warn' ? [] : others };
  if (inTheWay.same.length > 0 || inTheWay.overlapping.length > 0) {
    return refuse(active, inTheWay, request, now);
  }
  const mayTakeOver = (entry: Reservation) =>
    request.takeoverStale || (request.takeoverOwn === true && entry.agent_id === request.agent);
  const stale = same.find((entry) => !mayTakeOver(entry));
  if (stale) {
    return { active, closed: [], answer: staleFound(stale) };
  }
  const created = entryFor(request, now, fence, random);
  const kept = same.length > 0 ? active.filter((entry) => !same.includes(entry)) : active;
  const conflicts = foremost({ same: [], overlapping: others }).map((entry) => asConflict(entry, request));
  return {
    active: [...kept, created],
    closed: same.map(asExpired),
    answer: granted(conflicts.length > 0 ? { ...created, conflicts } : created),
  };
}

function entryFor(request: ReserveRequest, now: Date, fence: number, random: string): Reservation {
  return {
    reservation_id: reservationId(now, random),
    scope: request.scope,
    agent_id: request.agent,
    bead_id: request.bead,
    state: 'active',
    created_at: now.toISOString(),
    expires_at: addMinutes(now, request.ttl).toISOString(),
    released_at: null,
    fence,
    ...(request.project ? { project: request.project } : {}),
    ...(request.worktree ? { worktree: request.worktree } : {}),
  };
}

function refuse(
  active: readonly Reservation[],
  inTheWay: Met,
  request: ReserveRequest,
  now: Date,
): ReservationDecision<never> {
  const told = foremost(inTheWay);
  const waiter = { agent_id: request.agent, scope: request.scope, since: now.toISOString() };
  const replaced = new Map<Reservation, Reservation>();
  for (const entry of told) {
    const next = withWaiter(entry, waiter);
    if (entry.agent_id !== request.agent && next !== entry) {
      replaced.set(entry, next);
    }
  }
  const conflicts = told.map((entry) => asConflict(entry, request));
  return {
    // The very list, where nothing changes: then nothing is written.
    active: replaced.size > 0 ? active.map((entry) => replaced.get(entry) ?? entry) : active,
    closed: [],
    answer: conflict(conflicts, inTheWay.same.length + inTheWay.overlapping.length, request),
  };
}

function conflict(conflicts: readonly Conflict[], total: number, request: ReserveRequest): Outcome<never> {
  const [first] = conflicts as readonly [Conflict];
  const next =
    first.agent_id === request.agent
      ? 'It is already yours: renew it, or release it first to reserve it anew.'
      : 'Wait, ask the holder to release it (request), or reserve another scope.';
  const more = total > 1 ? ` So are ${total - 1} more that are in the way.` : '';
  const what =
    first.overlap === 'exact'
      ? `${quoted(request.scope)} is already reserved by ${quoted(first.agent_id)} until ${first.expires_at}.`
      : `${quoted(request.scope)} overlaps ${quoted(first.scope)}, which is reserved by ${quoted(first.agent_id)} ` +
        `until ${first.expires_at}.`;
  return refused('RESERVATION_CONFLICT', `${what}${more} ${next}`, { conflicts, total });
}

function staleFound(stale: Reservation): Outcome<never> {
  return refused(
    'RESERVATION_STALE_FOUND',
    `An expired reservation of ${quoted(stale.scope)} by ${quoted(stale.agent_id)} (ended ${stale.expires_at}) is still ` +
      'there. Take it over to proceed (--takeover-stale).',
    { stale: inShort(stale) },
  );
}
