/**
 * Keeps a hundred calls from each waiting for a server that is not there: after a failure the next ones fail at once.
 */

import { elapsedMs } from '../files/elapsed';

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/**
 * A pause before attempt number `attempt` (from 0): longer each time, up to 5 s, and by chance, so that not all come at
 * once.
 */
export function backoffMs(attempt: number): number {
  return Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
}

export class Breaker {
  private failures = 0;
  private failure: unknown;
  private closedUntil = 0;
  private isTrying = false;

  /**
   * Lets somebody through, or throws what the last attempt failed with. After the pause one is let through to try, and
   * the others still fail until that one has come back.
   */
  pass(): void {
    if (this.failures === 0) {
      return;
    }
    if (this.isTrying || elapsedMs() < this.closedUntil) {
      throw this.failure;
    }
    this.isTrying = true;
  }

  succeeded(): void {
    this.failures = 0;
    this.isTrying = false;
  }

  /** Whoever was let through to try has not come as far as that. */
  gaveUp(): void {
    this.isTrying = false;
  }

  failed(failure: unknown): void {
    this.failure = failure;
    this.closedUntil = elapsedMs() + backoffMs(this.failures++);
    this.isTrying = false;
  }
}
