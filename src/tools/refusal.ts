/** A refusal in words for a model: what is wrong, who is in the way until when, and which tool is the next step. */

import { oneLine, plainLines } from '../core/display';
import type { ErrorBody, ErrorCode } from '../core/envelope';
import type { Conflict } from '../core/reservation';

/** How many conflicts a refusal names. */
export const MOST_CONFLICTS = 10;

/** The English of an error speaks of the command's options; these are the tools' own words for the next step. */
const NEXT: Partial<Record<ErrorCode, string>> = {
  RESERVATION_CONFLICT:
    'do not edit it. Work on something else, ask the holder (request_release), or call reserve_scope with "wait". What is ' +
    'your own already is renewed with renew_scope.',
  RESERVATION_STALE_FOUND:
    'its holder may have left half-done work. Call reserve_scope with takeover_stale: true to take it over, and read the files ' +
    'again first.',
  RESERVATION_NOT_FOUND: 'list_reservations shows what is held.',
  RELEASE_FORBIDDEN: 'only its holder may release it. Ask for it with request_release.',
  RENEW_FORBIDDEN: 'only its holder may renew it. Ask for it with request_release.',
  AGENT_NOT_FOUND: 'register_agent registers an agent; use the id that you registered as "agent".',
  UNKNOWN_SENDER: 'register_agent registers you; use the id that you registered as "agent".',
  UNKNOWN_RECIPIENT:
    'name a registered agent, such as a holder that list_reservations shows, "role:NAME" or "broadcast".',
  DUPLICATE_AGENT_ID:
    'if that is you, use it as "agent"; else register another id. force_update changes its role and name.',
  MESSAGE_NOT_FOUND: 'list_messages shows the messages to you, with their ids.',
  ACK_FORBIDDEN: 'only its recipient may acknowledge it.',
  INTERNAL_ERROR:
    'the store could not be used. Try once more; if it fails again, tell the person, and edit nothing unreserved.',
};

/** What to do now, in the words of the tools; undefined where the message says it. */
export function nextStepFor(code: ErrorCode): string | undefined {
  return NEXT[code];
}

export function errorLines({ code, message, details }: ErrorBody): readonly string[] {
  const next = nextStepFor(code);
  const more = conflictsLeftOut(details);
  return [
    `${code}: ${plainLines(message)}`,
    ...conflictsOf(details)
      .slice(0, MOST_CONFLICTS)
      .map(
        ({ scope, agent_id, bead_id, expires_at, overlap }) =>
          `- in the way (${oneLine(String(overlap))}): ${oneLine(scope)}, held by ${oneLine(agent_id)} for ${oneLine(bead_id)} until ${oneLine(expires_at)}`,
      ),
    ...(more > 0 ? [`- and ${more} more`] : []),
    ...notReleased(details),
    ...(next ? [`Next: ${next}`] : []),
  ];
}

/** What is in the way, where that is what was wrong. */
export function conflictsOf(details: ErrorBody['details']): readonly Conflict[] {
  return (details?.['conflicts'] ?? []) as readonly Conflict[];
}

/** How many are in the way beyond those that a refusal names. The rules tell a part of very many, and their number. */
export function conflictsLeftOut(details: ErrorBody['details']): number {
  const { length } = conflictsOf(details);
  return Math.max(0, Math.max(length, Number(details?.['total'] ?? length)) - MOST_CONFLICTS);
}

/** Where several were to be released, what was and what was not. */
function notReleased(details: ErrorBody['details']): readonly string[] {
  const released = (details?.['released'] ?? []) as readonly { readonly scope: string }[];
  const left = (details?.['not_released'] ?? []) as readonly { readonly named: string; readonly message: string }[];
  return [
    ...released.map(({ scope }) => `- released: ${oneLine(scope)}`),
    ...left.map(({ named, message }) => `- not released: ${oneLine(named)}: ${oneLine(message)}`),
  ];
}
