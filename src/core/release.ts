/** The rules of ending reservations: by the holder, by a person in its place, and by time. */

import { agentNotFound } from './agent';
import { granted, type Outcome, refused } from './envelope';
import { quoted, trimmed } from './input';
import { meet, placeOf } from './meeting';
import {
  asExpired,
  asReleased,
  type DecisionContext,
  inShort,
  type Place,
  type Reservation,
  type ReservationDecision,
} from './reservation';

/** What history and messages hold of a reason, in characters. */
export const MAX_REASON_LENGTH = 1_000;

export interface ReleaseInput extends Place {
  readonly agent: string;
  readonly scope: string;
}

export interface ReleaseRequest extends Place {
  readonly agent: string;
  readonly scope: string;
}

/** A scope that does not compile is no obstacle: beadboard grants such a one, and it can be released by its text. */
export function checkRelease(input: ReleaseInput, agentRegistered: boolean): Outcome<ReleaseRequest> {
  return checkOwn(input, agentRegistered, 'release');
}

/** What is asked of one's own reservation is checked alike: the agent, then the scope. */
export function checkOwn(
  input: ReleaseInput,
  agentRegistered: boolean,
  verb: 'release' | 'renew',
): Outcome<ReleaseRequest> {
  const agent = trimmed(input.agent);
  const scope = trimmed(input.scope);
  if (!agentRegistered) {
    return agentNotFound(agent);
  }
  if (!scope) {
    return refused('INVALID_ARGS', `Missing scope: name the scope to ${verb}.`, { missing: ['scope'] });
  }
  return granted({ agent, scope, ...placeOf(input) });
}

/**
 * Ends the caller's own live reservation; an expired one of that scope goes to history and counts as not found. With a
 * project, only entries of that project or of none are looked at.
 */
export function decideRelease(
  active: readonly Reservation[],
  request: ReleaseRequest,
  context: DecisionContext,
): ReservationDecision<Reservation> {
  const { scope, agent } = request;
  const notFound = `No active reservation of ${quoted(scope)} exists; there is nothing to release.`;
  const { same } = meet(active, request);
  return endOwn(active, same, agent, context, refused('RESERVATION_NOT_FOUND', notFound, { scope }));
}

/**
 * Ends, of those that are meant, the agent's own that is live; where only others' are, it is refused. Where none is live, those
 * meant go to history, and the answer is `notFound`.
 */
export function endOwn(
  active: readonly Reservation[],
  meant: readonly Reservation[],
  agent: string,
  { now, hasEnded }: DecisionContext,
  notFound: Outcome<never>,
): ReservationDecision<Reservation> {
  const target = ownFirst(
    meant.filter((entry) => !hasEnded(entry)),
    agent,
  );
  if (!target) {
    return withoutEnded(active, meant, notFound);
  }
  if (target.agent_id !== agent) {
    return { active, closed: [], answer: releaseForbidden(target, agent) };
  }
  return withoutOne(active, target, asReleased(target, now));
}

function withoutEnded(
  active: readonly Reservation[],
  ended: readonly Reservation[],
  answer: Outcome<never>,
): ReservationDecision<never> {
  return {
    active: ended.length > 0 ? active.filter((entry) => !ended.includes(entry)) : active,
    closed: ended.map(asExpired),
    answer,
  };
}

function withoutOne(
  active: readonly Reservation[],
  target: Reservation,
  released: Reservation,
): ReservationDecision<Reservation> {
  return { active: active.filter((entry) => entry !== target), closed: [released], answer: granted(released) };
}

/** Another agent holds it. */
function releaseForbidden(target: Reservation, agent: string): Outcome<never> {
  return refused(
    'RELEASE_FORBIDDEN',
    `${quoted(target.scope)} is held by ${quoted(target.agent_id)} until ${target.expires_at}; ${quoted(agent)} cannot ` +
      'release it. Ask the holder.',
    { holder: inShort(target), agent },
  );
}

export interface ForceReleaseInput {
  /** The id of the reservation. */
  readonly reservation: string;
  /** The agent that the person acts as. */
  readonly by: string;
  readonly reason: string;
  /** Its scope, where two reservations have drawn the same id. */
  readonly scope?: string | undefined;
}

export interface ForceReleaseRequest {
  readonly reservation: string;
  readonly by: string;
  readonly reason: string;
  readonly scope: string;
}

/** Checks in order: who it is, then the reservation and the reason. */
export function checkForceRelease(input: ForceReleaseInput, agentRegistered: boolean): Outcome<ForceReleaseRequest> {
  const by = trimmed(input.by);
  const reservation = trimmed(input.reservation);
  if (!agentRegistered) {
    return agentNotFound(by);
  }
  const reason = checkReason(input.reason, reservation ? [] : ['reservation']);
  return reason.ok ? granted({ by, reservation, reason: reason.data, scope: trimmed(input.scope) }) : reason;
}

/** The reason that a person or agent gives; INVALID_ARGS where it is missing, with what else is, or too long. */
export function checkReason(value: unknown, missing: readonly string[]): Outcome<string> {
  const reason = trimmed(value);
  const all = reason ? missing : [...missing, 'reason'];
  if (all.length > 0) {
    return refused('INVALID_ARGS', `Missing ${all.join(' and ')}: say which, and why.`, { missing: all });
  }
  if (reason.length > MAX_REASON_LENGTH) {
    return refused('INVALID_ARGS', `A reason of ${reason.length} characters: use at most ${MAX_REASON_LENGTH}.`, {
      reason: reason.length,
      maximum: MAX_REASON_LENGTH,
    });
  }
  return granted(reason);
}

/** Ends a live reservation, whoever holds it: history tells by whom and why. An expired one counts as not found. */
export function decideForceRelease(
  active: readonly Reservation[],
  request: ForceReleaseRequest,
  { now, hasEnded }: DecisionContext,
): ReservationDecision<Reservation> {
  const found = active.filter(
    ({ reservation_id, scope }) =>
      reservation_id === request.reservation && (!request.scope || scope === request.scope),
  );
  const live = found.filter((entry) => !hasEnded(entry));
  const [target, another] = live;
  if (!target) {
    const message =
      `No active reservation ${quoted(request.reservation)} exists; there is nothing to release. Ask for the status ` +
      'to see what is held.';
    return withoutEnded(active, found, refused('RESERVATION_NOT_FOUND', message, { reservation: request.reservation }));
  }
  if (another) {
    return {
      active,
      closed: [],
      answer: refused(
        'INVALID_ARGS',
        `${live.length} reservations are called ${quoted(request.reservation)}: name the scope, too.`,
        { reservation: request.reservation, scopes: live.map(({ scope }) => scope) },
      ),
    };
  }
  const released = { ...asReleased(target, now), released_by: request.by, reason: request.reason };
  return withoutOne(active, target, released);
}

/** Moves everything past its time to history; answers how many that were. */
export function decideSweep(
  active: readonly Reservation[],
  { hasEnded }: DecisionContext,
): ReservationDecision<number> {
  const expired = active.filter(hasEnded);
  return {
    active: expired.length > 0 ? active.filter((entry) => !hasEnded(entry)) : active,
    closed: expired.map(asExpired),
    answer: granted(expired.length),
  };
}

/** Of several that mean one scope, the agent's own. */
export function ownFirst(entries: readonly Reservation[], agent: string): Reservation | undefined {
  return entries.find((entry) => entry.agent_id === agent) ?? entries[0];
}
