/** Exit codes: what a script can tell without reading the answer. */

import type { Envelope, ErrorCode } from '../core/envelope';

export const EXIT = { done: 0, failed: 1, usage: 2, conflict: 3 } as const;

export function exitCodeOf(envelope: Envelope<unknown>): number {
  return envelope.ok ? EXIT.done : exitCodeOfError(envelope.error.code);
}

/** Something about the call has to be changed: 2. Somebody else has it: 3. Anything else: 1. */
export function exitCodeOfError(code: ErrorCode): number {
  if (code.startsWith('INVALID_') || code.startsWith('MISSING_')) {
    return EXIT.usage;
  }
  const isConflict =
    code === 'RESERVATION_CONFLICT' || code === 'RESERVATION_STALE_FOUND' || code.endsWith('_FORBIDDEN');
  return isConflict ? EXIT.conflict : EXIT.failed;
}
