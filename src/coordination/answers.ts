/** From what a rule or a store says to the envelope that every operation answers. */

import { type CommandName, type Envelope, envelope, type Outcome, refused } from '../core/envelope';
import { StoreProblem } from '../store/problem';
import type { Records } from '../store/store';

/** The failure of a store as an answer: what, where and why, with the kind of problem for programs. */
export function internalError(error: unknown): Outcome<never> {
  if (error instanceof StoreProblem) {
    return refused('INTERNAL_ERROR', error.message, { ...error.facts, cause: error.kind, path: error.path });
  }
  const message = error instanceof Error ? error.message : String(error);
  return refused('INTERNAL_ERROR', message, { cause: 'UNEXPECTED' });
}

/** Runs an operation; whatever it fails with becomes the answer. */
export async function answer<T>(command: CommandName, operation: () => Promise<Outcome<T>>): Promise<Envelope<T>> {
  try {
    return envelope(command, await operation());
  } catch (error) {
    return envelope(command, internalError(error));
  }
}

/**
 * What the system did not let us read may hold anything: an answer without it would be wrong, as would one of what a
 * server that is out of reach held before. What was read and makes no sense is passed over; the view tells of it.
 *
 * @throws StoreProblem
 */
export function complete<R>({ records, problems }: Records<R>): readonly R[] {
  const unread = problems.find(({ kind }) => ['IO_ERROR', 'ACCESS_DENIED', 'STORE_UNREACHABLE'].includes(kind));
  if (unread) {
    throw unread;
  }
  return records;
}

/** Goes on with what a check granted, or passes its refusal on. */
export async function when<T, U>(checked: Outcome<T>, next: (request: T) => Promise<Outcome<U>>): Promise<Outcome<U>> {
  return checked.ok ? await next(checked.data) : checked;
}

/** Surfaces pass on what callers gave them, which may be nothing at all. */
export function fields<T extends object>(input: T | undefined): T {
  return typeof input === 'object' && input !== null ? input : ({} as T);
}
