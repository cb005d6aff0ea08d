/** The rule of taking over what a message hands over: see handoff.ts. */

import { type ErrorCode, granted, type Outcome, refused } from './envelope';
import { type HandedScope, handedOver, isHandedOver } from './handoff';
import { quoted, trimmed } from './input';
import { placeOf } from './meeting';
import { type Message, type MessageActionRequest, messageNotFound } from './message';
import {
  asReleased,
  checkTtl,
  type DecisionContext,
  type Place,
  projectOf,
  type Reservation,
  type ReservationDecision,
} from './reservation';
import { decideReserve, type Reserved, type ReserveRequest } from './reserve';

/** How what is taken over is held from then on. */
export interface TakeInput extends Place {
  /** Minutes, 5 to 1440; 120 unless told. */
  readonly ttl?: number | undefined;
  /** The folder that the taking agent works in, where it is of the project. */
  readonly worktree?: string | undefined;
}

export interface TakeRequest extends Place {
  readonly agent: string;
  readonly message: string;
  /** Who has handed it over. */
  readonly from: string;
  readonly scopes: readonly HandedScope[];
  readonly ttl: number;
  readonly worktree?: string | undefined;
}

export interface NotTaken {
  readonly reservation_id: string;
  readonly scope: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** One result for each scope that was handed over. */
export interface Taken {
  readonly taken: readonly Reserved[];
  readonly not_taken: readonly NotTaken[];
}

/** Checks in order: that it is there, for whom it is, what it hands over, and the time. */
export function checkTake(
  message: Message | undefined,
  { agent, message: id }: MessageActionRequest,
  input: TakeInput,
): Outcome<TakeRequest> {
  if (!message) {
    return messageNotFound(id);
  }
  if (message.to_agent !== agent) {
    return refused(
      'ACK_FORBIDDEN',
      `Message ${quoted(id)} is addressed to ${quoted(message.to_agent)}; ${quoted(agent)} cannot act on it.`,
      { message: id, to_agent: message.to_agent, agent },
    );
  }
  const scopes = handedOver(message);
  if (scopes.length === 0) {
    return refused('INVALID_ARGS', `Message ${quoted(id)} hands over no scopes: acknowledge it without "take".`, {
      message: id,
      take: true,
    });
  }
  const ttl = checkTtl(input.ttl);
  const worktree = trimmed(input.worktree);
  return ttl.ok
    ? granted({
        agent,
        message: id,
        from: message.from_agent,
        scopes,
        ttl: ttl.data,
        ...placeOf(input),
        ...(worktree ? { worktree } : {}),
      })
    : ttl;
}

/**
 * Closes each reservation that is still held just as it was handed over, and grants its scope to who takes it over: both or
 * neither. What was taken over before by the same message counts as taken, so that asking again does no harm. What overlaps
 * it was no obstacle to the one who held it, and is none now.
 *
 * @param randoms at least 8 hex digits for each scope
 * @param interrupted see {@link interruptedTakes}: these are granted where nobody has come in between
 */
export function decideTake(
  active: readonly Reservation[],
  request: TakeRequest,
  context: DecisionContext,
  randoms: readonly string[],
  interrupted: readonly Reservation[] = [],
): ReservationDecision<Taken> {
  let entries = active;
  const closed: Reservation[] = [];
  const taken: Reserved[] = [];
  const left: NotTaken[] = [];
  for (const [index, one] of request.scopes.entries()) {
    const moment = { ...context, fence: context.fence + index };
    const decision = decideTakeOne(entries, { ...request, interrupted }, one, moment, randoms[index] ?? '');
    entries = decision.active;
    closed.push(...decision.closed);
    if (decision.answer.ok) {
      taken.push(decision.answer.data);
    } else {
      const { code, message } = decision.answer.error;
      left.push({ reservation_id: one.reservation_id, scope: one.scope, code, message });
    }
  }
  const fence = context.fence + Math.max(0, request.scopes.length - 1);
  return { active: entries, closed, answer: granted({ taken, not_taken: left }), fence };
}

/**
 * What was closed by this very taking, while what should have followed it is nowhere: files are closed in one place and granted
 * in another, and a crash may have come in between.
 */
export function interruptedTakes(closed: readonly Reservation[], request: TakeRequest): readonly Reservation[] {
  const ids = new Set(closed.map(({ reservation_id }) => reservation_id));
  return closed.filter(
    ({ handoff }) =>
      handoff?.message_id === request.message && handoff.to === request.agent && !ids.has(handoff.reservation_id),
  );
}

function decideTakeOne(
  active: readonly Reservation[],
  request: TakeRequest & { readonly interrupted: readonly Reservation[] },
  one: HandedScope,
  context: DecisionContext,
  random: string,
): ReservationDecision<Reserved> {
  const live = active.filter((entry) => entry.scope === one.scope && !context.hasEnded(entry));
  const target = live.find((entry) => isHandedOver(entry, request.from, one));
  const earlier = live.find((entry) => isTaken(entry, request, one));
  const lost = request.interrupted.find((entry) => isHandedOver(entry, request.from, one));
  const source = target ?? lost;
  if (earlier || !source) {
    return { active, closed: [], answer: earlier ? granted(earlier) : notHeld(one, request.from) };
  }
  const others = active.filter((entry) => entry !== target);
  const reserve = asReserve(source, request);
  const decision = decideReserve(others, target ? { ...reserve, onOverlap: 'warn' } : reserve, context, random);
  if (!decision.answer.ok) {
    return { active, closed: [], answer: decision.answer };
  }
  const { message: message_id, from, agent: to } = request;
  const handoff = { message_id, from, reservation_id: one.reservation_id };
  const { conflicts, ...created } = { ...decision.answer.data, handoff };
  const end = { message_id, to, reservation_id: created.reservation_id };
  return {
    active: [...decision.active.slice(0, -1), created],
    closed: [...decision.closed, ...(target ? [{ ...asReleased(target, context.now), handoff: end }] : [])],
    answer: granted(conflicts ? { ...created, conflicts } : created),
  };
}

function isTaken({ agent_id, scope, handoff }: Reservation, request: TakeRequest, one: HandedScope): boolean {
  return (
    agent_id === request.agent &&
    scope === one.scope &&
    handoff?.message_id === request.message &&
    handoff.reservation_id === one.reservation_id
  );
}

function asReserve(target: Reservation, { agent, ttl, project, foldCase, worktree }: TakeRequest): ReserveRequest {
  const own = projectOf(target);
  const isHere = own !== undefined && own === project;
  return {
    agent,
    scope: target.scope,
    bead: target.bead_id,
    ttl,
    takeoverStale: false,
    ...(own === undefined ? {} : { project: own }),
    ...(isHere && foldCase ? { foldCase } : {}),
    ...(isHere && worktree ? { worktree } : {}),
  };
}

function notHeld({ reservation_id, scope }: HandedScope, from: string): Outcome<never> {
  return refused(
    'RESERVATION_NOT_FOUND',
    `${quoted(from)} does not hold ${quoted(scope)} any more as it was handed over. Reserve it, where it is free.`,
    { scope, reservation: reservation_id },
  );
}
