/** Waiting until nobody is in the way any more: woken by the store's changes and by the end of what is in the way. */

import type { Outcome } from '../core/envelope';
import { isWorthWaiting, msUntilFirstEnd } from '../core/wait';
import type { Store } from '../store/store';

export interface Waiting {
  /** What would be answered now, found out without the lock: those who wait must not keep those from working who hold. */
  readonly look: () => Promise<Outcome<unknown>>;
  readonly agent: string;
  /** At most, from now. */
  readonly seconds: number;
  readonly store: Store;
  readonly clock: () => Date;
  /** Ends the wait before its time, with the refusal that it then stands at. */
  readonly signal?: AbortSignal | undefined;
}

/** Attempts at once, and again whenever it may be granted; at its time it answers with the last refusal. */
export async function untilGranted<T>(
  attempt: () => Promise<Outcome<T>>,
  { look, agent, seconds, store, clock, signal }: Waiting,
): Promise<Outcome<T>> {
  // A clock that is set must not end a wait.
  const deadline = performance.now() + seconds * 1000;
  // Before the first attempt, lest a release right after it goes unseen.
  const changes = new Changes(store);
  const giveUp = () => changes.notice();
  signal?.addEventListener('abort', giveUp);
  try {
    let outcome = await attempt();
    while (!outcome.ok && isWorthWaiting(outcome.error, agent)) {
      const left = deadline - performance.now();
      if (left <= 0 || signal?.aborted) {
        break;
      }
      await changes.next(Math.min(left, msUntilFirstEnd(outcome.error, clock())));
      if (signal?.aborted) {
        break;
      }
      const seen = await look();
      outcome = !seen.ok && isWorthWaiting(seen.error, agent) ? seen : await attempt();
    }
    return outcome;
  } finally {
    signal?.removeEventListener('abort', giveUp);
    changes.dispose();
  }
}

/** The changes of the reservations, none of which is missed between two waits. */
class Changes {
  private changed = false;
  private wake: () => void = () => undefined;
  private readonly watching;

  constructor(store: Store) {
    this.watching = store.watch((parts) => {
      if (parts.has('reservations')) {
        this.notice();
      }
    });
  }

  /** Wakes who waits, or does not let it wait next. */
  notice(): void {
    this.changed = true;
    this.wake();
  }

  /** Resolves with the next change since the last call, or after so many ms. */
  async next(ms: number): Promise<void> {
    if (!this.changed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.changed = false;
  }

  dispose(): void {
    this.watching.dispose();
  }
}
