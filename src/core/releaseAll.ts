/** The rule of ending several reservations at once: what can be released is, and the rest is told one by one. */

import { agentNotFound } from './agent';
import { type ErrorCode, granted, type Outcome, refused } from './envelope';
import { quoted, trimmed } from './input';
import { isOfProject, placeOf } from './meeting';
import { decideRelease, endOwn } from './release';
import type { DecisionContext, Place, Reservation, ReservationDecision } from './reservation';

/** More at once are released with `all`. */
export const MAX_RELEASED_AT_ONCE = 1_000;

export interface ReleaseAllInput extends Place {
  readonly agent: string;
  readonly scopes?: readonly string[] | undefined;
  /** Ids of reservations, of whatever project. */
  readonly reservations?: readonly string[] | undefined;
  /** Everything that the agent holds in the project, and what it holds that names none. */
  readonly all?: boolean | undefined;
}

export interface ReleaseAllRequest extends Place {
  readonly agent: string;
  readonly scopes: readonly string[];
  readonly reservations: readonly string[];
  readonly all: boolean;
}

export interface ReleasedAll {
  readonly released: readonly Reservation[];
}

/** What was named and not released. */
export interface NotReleased {
  /** The scope or id as it was given. */
  readonly named: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Checks in order: the agent, then what is named. */
export function checkReleaseAll(input: ReleaseAllInput, agentRegistered: boolean): Outcome<ReleaseAllRequest> {
  const agent = trimmed(input.agent);
  if (!agentRegistered) {
    return agentNotFound(agent);
  }
  const scopes = namesIn(input.scopes);
  const reservations = namesIn(input.reservations);
  const all = input.all === true;
  const named = scopes.length + reservations.length;
  if (scopes.includes('') || reservations.includes('') || (named === 0 && !all)) {
    return refused('INVALID_ARGS', 'Missing scope: name what to release by its scope or id, or release all.', {
      missing: ['scope'],
    });
  }
  if (named > 0 && all) {
    return refused('INVALID_ARGS', 'Either release all, or name what to release: not both.', { all });
  }
  if (named > MAX_RELEASED_AT_ONCE) {
    return refused('INVALID_ARGS', `${named} are too many at once: name at most ${MAX_RELEASED_AT_ONCE}.`, {
      named,
      maximum: MAX_RELEASED_AT_ONCE,
    });
  }
  return granted({ agent, scopes, reservations, all, ...placeOf(input) });
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? [...new Set(value.map(trimmed))] : [];
}

/** With `all`, nothing to release is no failure. */
export function decideReleaseAll(
  active: readonly Reservation[],
  request: ReleaseAllRequest,
  context: DecisionContext,
): ReservationDecision<ReleasedAll> {
  const isOwn = (entry: Reservation) => entry.agent_id === request.agent && !context.hasEnded(entry);
  const ids = request.all
    ? active
        .filter((entry) => isOwn(entry) && isOfProject(entry, request.project))
        .map(({ reservation_id }) => reservation_id)
    : request.reservations;
  let entries = active;
  const closed: Reservation[] = [];
  const released: Reservation[] = [];
  const left: NotReleased[] = [];
  const apply = (named: string, decision: ReservationDecision<Reservation>) => {
    entries = decision.active;
    closed.push(...decision.closed);
    if (decision.answer.ok) {
      released.push(decision.answer.data);
    } else {
      const { code, message } = decision.answer.error;
      left.push({ named, code, message });
    }
  };
  for (const scope of request.scopes) {
    apply(scope, decideRelease(entries, { ...request, scope }, context));
  }
  for (const id of ids) {
    apply(id, decideReleaseById(entries, id, request.agent, context));
  }
  const [first] = left;
  return {
    active: entries,
    closed,
    answer: first
      ? refused(
          first.code,
          released.length > 0 ? `${first.message} ${released.length} released all the same.` : first.message,
          {
            released,
            not_released: left,
          },
        )
      : granted({ released }),
  };
}

/** Two reservations may have drawn the same id: then one's own of them ends, or the first of one's own. */
function decideReleaseById(
  active: readonly Reservation[],
  id: string,
  agent: string,
  context: DecisionContext,
): ReservationDecision<Reservation> {
  const found = active.filter(({ reservation_id }) => reservation_id === id);
  const notFound = `No active reservation ${quoted(id)} exists; there is nothing to release.`;
  return endOwn(active, found, agent, context, refused('RESERVATION_NOT_FOUND', notFound, { reservation: id }));
}
