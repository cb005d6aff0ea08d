/** The rule of reserving several scopes together: all of them, or none. */

import { type ErrorBody, granted, type Outcome, refused } from './envelope';
import { MAX_CONFLICTS_TOLD } from './meeting';
import type { Conflict, DecisionContext, Reservation, ReservationDecision } from './reservation';
import { checkReserve, decideReserve, type Reserved, type ReserveInput, type ReserveRequest } from './reserve';
import { parseScope } from './scope/scope';

/** More at once are a folder above, or a pattern. */
export const MAX_SCOPES_AT_ONCE = 100;

export interface ReserveAllInput extends Omit<ReserveInput, 'scope'> {
  readonly scopes: readonly string[];
}

/** One of the scopes that were granted together. */
export interface Grant {
  readonly request: ReserveRequest;
  readonly reserved: Reserved;
  /** The expired entries whose place it took. */
  readonly takenOver: readonly Reservation[];
}

/** Checks each scope as {@link checkReserve} does; the first failing check answers. One that is named twice counts once. */
export function checkReserveAll(input: ReserveAllInput, agentRegistered: boolean): Outcome<readonly ReserveRequest[]> {
  const scopes: readonly unknown[] = Array.isArray(input.scopes) ? input.scopes : [];
  const requests = new Map<string, ReserveRequest>();
  for (const scope of scopes.length > 0 ? scopes : ['']) {
    const checked = checkReserve({ ...input, scope: scope as string }, agentRegistered);
    if (!checked.ok) {
      return checked;
    }
    const parsed = parseScope(checked.data.scope, { foldCase: input.foldCase === true });
    requests.set(parsed.ok ? parsed.data.key : checked.data.scope, checked.data);
  }
  return requests.size <= MAX_SCOPES_AT_ONCE
    ? granted([...requests.values()])
    : refused(
        'INVALID_ARGS',
        `${requests.size} scopes are too many at once: name at most ${MAX_SCOPES_AT_ONCE}, or a folder above.`,
        { scopes: requests.size, maximum: MAX_SCOPES_AT_ONCE },
      );
}

/**
 * Grants every scope, each with its own fence, or none of them: what is in the way of any then remembers who was refused,
 * and the first refusal answers, with the conflicts of all.
 *
 * @param randoms at least 8 hex digits for each request
 */
export function decideReserveAll(
  active: readonly Reservation[],
  requests: readonly ReserveRequest[],
  context: DecisionContext,
  randoms: readonly string[],
): ReservationDecision<readonly Grant[]> {
  let entries = active;
  const closed: Reservation[] = [];
  const grants: Grant[] = [];
  const refusals: { readonly request: ReserveRequest; readonly error: ErrorBody }[] = [];
  for (const [index, request] of requests.entries()) {
    const moment = { ...context, fence: context.fence + index };
    const decision = decideReserve(entries, request, moment, randoms[index] ?? '');
    if (decision.answer.ok) {
      entries = decision.active;
      closed.push(...decision.closed);
      grants.push({ request, reserved: decision.answer.data, takenOver: decision.closed });
    } else {
      refusals.push({ request, error: decision.answer.error });
    }
  }
  if (refusals.length === 0) {
    return { active: entries, closed, answer: granted(grants), fence: context.fence + requests.length - 1 };
  }
  // As if the others had never been granted.
  const noted = refusals.reduce((list, { request }) => {
    const decision = decideReserve(list, request, context, '');
    return decision.answer.ok ? list : decision.active;
  }, active);
  return { active: noted, closed: [], answer: { ok: false, error: together(refusals, requests.length) } };
}

function together(
  refusals: readonly { readonly request: ReserveRequest; readonly error: ErrorBody }[],
  asked: number,
): ErrorBody {
  const [first] = refusals;
  if (!first) {
    throw new Error('There is no refusal to tell of.');
  }
  if (asked === 1) {
    return first.error;
  }
  const told = refusals.map(({ request, error }) => ({
    wanted: request.scope,
    total: Number(error.details?.['total'] ?? 0),
    conflicts: (error.details?.['conflicts'] ?? []) as readonly Conflict[],
  }));
  const conflicts = told.flatMap((one) => one.conflicts.map((conflict) => ({ ...conflict, wanted: one.wanted })));
  return {
    ...first.error,
    message: `${first.error.message} None of the ${asked} scopes was granted.`,
    details: {
      ...first.error.details,
      ...(conflicts.length > 0
        ? { conflicts: conflicts.slice(0, MAX_CONFLICTS_TOLD), total: told.reduce((sum, { total }) => sum + total, 0) }
        : {}),
      refused: refusals.map(({ request, error }) => ({ scope: request.scope, code: error.code })),
    },
  };
}
