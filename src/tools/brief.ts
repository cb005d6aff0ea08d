/** Answers in short: a model pays for each character, and some clients show it nothing but the structured answer. */

import type { CheckData } from '../core/check';
import type { ErrorBody } from '../core/envelope';
import { isUnackedRequired, type Message } from '../core/message';
import type { Reservation } from '../core/reservation';
import { waitersOf } from '../core/waiting';
import { conflictsLeftOut, conflictsOf, MOST_CONFLICTS, nextStepFor } from './refusal';

/** The first of a list, and how to get at the rest. */
export interface Shortened<T> {
  readonly shown: readonly T[];
  /** How many more there are, and how to see them; nothing where there are none. */
  readonly rest: { readonly more: number; readonly how: string } | Record<string, never>;
}

export function shortened<T>(list: readonly T[], limit: number, how: string): Shortened<T> {
  const more = list.length - limit;
  return { shown: list.slice(0, limit), rest: more > 0 ? { more, how } : {} };
}

/** A line that says what was left out. */
export function restLines({ rest }: Shortened<unknown>): readonly string[] {
  return 'more' in rest ? [`… and ${rest.more} more: ${rest.how}`] : [];
}

/** @param isOfAll whether it may be of any project */
export function briefReservation(entry: Reservation, isOfAll: boolean) {
  const waiting = waitersOf(entry).map(({ agent_id }) => agent_id);
  return {
    scope: entry.scope,
    agent_id: entry.agent_id,
    bead_id: entry.bead_id,
    expires_at: entry.expires_at,
    ...(waiting.length > 0 ? { wanted_by: waiting } : {}),
    ...(isOfAll && entry.project !== undefined ? { project: entry.project } : {}),
  };
}

/** Without what is as usual: the thread of the issue, and marks of the time. */
export function briefMessage(message: Message) {
  const { message_id, thread_id, bead_id, from_agent, category, subject, body, state, created_at, handoff } = message;
  return {
    message_id,
    from_agent,
    bead_id,
    category,
    subject,
    body,
    state,
    created_at,
    ...(isUnackedRequired(message) ? { waits_for_ack: true } : {}),
    ...(thread_id === `bead:${bead_id}` ? {} : { thread_id }),
    ...(handoff ? { handed_over: handoff.scopes.map(({ scope }) => scope) } : {}),
  };
}

/** Only the paths that somebody holds: of all others there is nothing to say. */
export function briefCheck({ paths, summary }: CheckData) {
  const held = paths
    .filter(({ held_by }) => held_by.length > 0)
    .map(({ path, held_by }) => ({
      path,
      held_by: held_by.map(({ agent_id, scope, bead_id, expires_at, mine }) => ({
        agent_id,
        scope,
        bead_id,
        expires_at,
        ...(mine ? { mine } : {}),
      })),
    }));
  return { paths: held, summary };
}

/** With the next step, which a client that shows only the structured answer would leave out; and with the first conflicts alone. */
export function briefError(error: ErrorBody): ErrorBody & { readonly next?: string } {
  const next = nextStepFor(error.code);
  const more = conflictsLeftOut(error.details);
  const details =
    more > 0
      ? { ...error.details, conflicts: conflictsOf(error.details).slice(0, MOST_CONFLICTS), more }
      : error.details;
  return { ...error, ...(details ? { details } : {}), ...(next ? { next } : {}) };
}
