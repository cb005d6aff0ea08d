/** The rule of waiting until nobody is in the way: how long, and when to look again though nothing was changed. */

import { type ErrorBody, granted, type Outcome, refused } from './envelope';
import { asText, quoted } from './input';
import type { Conflict } from './reservation';
import { instant } from './time';

/** A day: longer than any reservation may be held without being renewed. */
export const MAX_WAIT_SECONDS = 86_400;
/** What is over by the clock may be held on for a moment, where the clock was just set: so often it is looked at, in ms. */
const SHORTEST_PAUSE_MS = 1_000;

/** Seconds, 0 to 86,400; 0 where none are given, INVALID_ARGS for anything else. */
export function checkWait(value: unknown): Outcome<number> {
  const wait: unknown = value ?? 0;
  return Number.isInteger(wait) && (wait as number) >= 0 && (wait as number) <= MAX_WAIT_SECONDS
    ? granted(wait as number)
    : refused(
        'INVALID_ARGS',
        `${quoted(asText(wait))} is no time to wait: give a whole number of seconds from 0 to ${MAX_WAIT_SECONDS}.`,
        { wait, minimum: 0, maximum: MAX_WAIT_SECONDS },
      );
}

/** Whether time, or somebody else's release, may remove what a refusal tells of: what is the agent's own is its own matter. */
export function isWorthWaiting(error: ErrorBody, agent: string): boolean {
  return error.code === 'RESERVATION_CONFLICT' && conflictsOf(error).every(({ agent_id }) => agent_id !== agent);
}

/** How many ms from now the first of what is in the way ends by itself. */
export function msUntilFirstEnd(error: ErrorBody, now: Date): number {
  const ends = conflictsOf(error)
    .map(({ expires_at }) => instant(expires_at))
    .filter((end) => !Number.isNaN(end));
  return Math.max(SHORTEST_PAUSE_MS, Math.min(...ends) - now.getTime());
}

function conflictsOf({ details }: ErrorBody): readonly Conflict[] {
  return (details?.['conflicts'] ?? []) as readonly Conflict[];
}
