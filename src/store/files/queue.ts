/**
 * The callers of one process, in order. The lock is asked for once for all that wait, and what they decide on the
 * reservations is committed together; each waits no longer than its own deadline.
 */

import { setImmediate } from 'node:timers/promises';
import { inBackground } from '../../util/background';
import { elapsedMs } from './elapsed';
import { type HeldLock, LOCK_TIMEOUT_MS } from './lock';

/** How the state that one batch works on is opened, and committed once at its end. */
export interface Committing<S> {
  open(lock: HeldLock): S;
  commit(session: S): Promise<void>;
}

interface Waiting<S> {
  readonly run: (session: S) => Promise<() => void>;
  /** Whether what it did is on disk only with the commit of the batch. */
  readonly needsCommit: boolean;
  readonly reject: (failure: unknown) => void;
  /** ms of the monotonic clock: a wall clock that jumps must not end a wait. */
  readonly deadline: number;
}

export class LockQueue<S> {
  private waiting: Waiting<S>[] = [];
  private draining = false;

  constructor(
    private readonly take: (isWanted: () => boolean) => Promise<HeldLock>,
    private readonly committing: Committing<S>,
  ) {}

  /**
   * Runs `job` under the lock. Its answer is given once the batch is on disk, unless the job says that it writes by
   * itself and so does not depend on the batch.
   *
   * @throws StoreProblem STORE_LOCKED after {@link LOCK_TIMEOUT_MS}, or what the job or the commit failed with
   */
  enqueue<T>(job: (session: S) => T | Promise<T>, { needsCommit }: { needsCommit: boolean }): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({
        run: async (session) => {
          const answer = await job(session);
          return () => resolve(answer);
        },
        reject,
        needsCommit,
        deadline: elapsedMs() + LOCK_TIMEOUT_MS,
      });
      if (!this.draining) {
        inBackground(this.drain(), (error) => this.fail(error));
      }
    });
  }

  private async drain(): Promise<void> {
    this.draining = true;
    while (this.waiting.length > 0) {
      // All who ask in this turn share the lock and the commit.
      await setImmediate();
      let lock: HeldLock;
      try {
        lock = await this.take(() => this.hasTimeLeft());
      } catch (error) {
        this.rejectLate(error);
        continue;
      }
      const batch = this.waiting.splice(0);
      try {
        await this.runBatch(lock, batch);
      } catch (error) {
        // What nobody foresaw must not keep the lock, nor anybody waiting.
        await lock.release().catch(() => undefined);
        for (const job of batch) {
          job.reject(error);
        }
      }
    }
    this.draining = false;
  }

  /** What nobody foresaw: whoever waits is told, and the next caller begins anew. */
  private fail(error: unknown): void {
    this.draining = false;
    for (const job of this.waiting.splice(0)) {
      job.reject(error);
    }
  }

  /** An attempt ends as soon as one caller's time is over; the others then go on with the next. */
  private hasTimeLeft(): boolean {
    return this.waiting.every((job) => elapsedMs() < job.deadline);
  }

  private rejectLate(error: unknown): void {
    const now = elapsedMs();
    const isLate = (job: Waiting<S>) => now >= job.deadline;
    const late = this.waiting.filter(isLate);
    // A failure other than a time-out (no folder, no right to write) is everybody's.
    const rejected = late.length > 0 ? late : this.waiting;
    this.waiting = this.waiting.filter((job) => !rejected.includes(job));
    for (const job of rejected) {
      job.reject(error);
    }
  }

  private async runBatch(lock: HeldLock, batch: readonly Waiting<S>[]): Promise<void> {
    const session = this.committing.open(lock);
    const answers: { job: Waiting<S>; answer: () => void }[] = [];
    for (const job of batch) {
      try {
        answers.push({ job, answer: await job.run(session) });
      } catch (error) {
        answers.push({ job, answer: () => job.reject(error) });
      }
    }
    const failure = await this.committing.commit(session).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    // Before the answers, so that whoever has one finds the lock free. The commit stands whatever happens now; a lock
    // that cannot be removed shows at the next caller.
    await lock.release().catch(() => undefined);
    for (const { job, answer } of answers) {
      if (failure && job.needsCommit) {
        job.reject(failure.error);
      } else {
        answer();
      }
    }
  }
}
