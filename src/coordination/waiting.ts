/** Waiting until nobody is in the way any more: woken by the store's changes and by the end of what is in the way. */

import type { Outcome } from '../core/envelope';
import { isWorthWaiting, msUntilFirstEnd } from '../core/wait';
import type { Store } from '../store/store';

/**
 * Who waits looks for at most such a share of its time, and no longer apart than so many ms: where many wait and many work,
 * every change has all of them read everything, and they would keep those from working who hold.
 */
const LOOKING_SHARE = 0.02;
const LONGEST_BETWEEN_LOOKS_MS = 1_000;

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
  const giveUp = () => changes.end();
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
      const started = performance.now();
      const seen = await look();
      changes.rest(Math.min(LONGEST_BETWEEN_LOOKS_MS, (performance.now() - started) / LOOKING_SHARE));
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
  private isOver = false;
  private wake: () => void = () => undefined;
  /** Of the monotonic clock, in ms: before that a change wakes nobody. */
  private rested = 0;
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

  /** Ends all waiting. */
  end(): void {
    this.isOver = true;
    this.wake();
  }

  /** Lets no change wake anybody for so many ms: it does then. */
  rest(ms: number): void {
    this.rested = performance.now() + ms;
  }

  /** Resolves with the next change since the last call, or after so many ms, or when all waiting ends. */
  async next(ms: number): Promise<void> {
    const until = performance.now() + ms;
    const isEarly = () => performance.now() < Math.min(until, this.rested);
    while (!this.isOver && (isEarly() || (!this.changed && performance.now() < until))) {
      await this.pause((isEarly() ? Math.min(until, this.rested) : until) - performance.now());
    }
    this.changed = false;
  }

  dispose(): void {
    this.watching.dispose();
  }

  /** Until it is woken, or for so many ms. */
  private async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => undefined;
  }
}
