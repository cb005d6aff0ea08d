/**
 * The callers of one process, in order: all that wait are decided in one transaction. Not the queue of the files, since
 * a batch may be run again, from what another client has made of the state meanwhile.
 */

import { setImmediate } from 'node:timers/promises';
import { inBackground } from '../../util/background';
import { elapsedMs } from '../files/elapsed';
import { StoreProblem } from '../problem';
import type { ActiveList } from './activeList';
import type { Connections } from './connections';
import type { Namespace } from './namespace';
import { CommitLost, commit, settle } from './outcome';
import { isWorthRepeating, unreachable } from './problems';
import { Session } from './session';
import { type Needs, open, write } from './transaction';

/** How often a batch is run again for another transaction that was in the way. */
const MOST_RUNS = 20;

/** What one caller wants. `run` may be called again, on another state. */
export interface Job<T> {
  readonly needs: Partial<Needs>;
  run(session: Session): T;
}

interface Waiting extends Job<unknown> {
  resolve(answer: unknown): void;
  reject(failure: unknown): void;
  /** ms of the clock that only goes on. */
  readonly deadline: number;
}

interface Decided {
  readonly job: Waiting;
  readonly tell: () => void;
}

export interface BatchLimits {
  readonly lockMs: number;
  readonly outcomeMs: number;
}

export class Batches {
  private waiting: Waiting[] = [];
  private draining = false;

  constructor(
    private readonly connections: Connections,
    private readonly namespace: Namespace,
    private readonly list: ActiveList,
    private readonly limits: BatchLimits,
    private readonly clock?: () => Date,
  ) {}

  /** Answers once what the job did is committed. @throws StoreProblem, or what the job threw */
  enqueue<T>(job: Job<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({
        needs: job.needs,
        run: (session) => job.run(session),
        resolve: (answer) => resolve(answer as T),
        reject,
        deadline: elapsedMs() + this.limits.lockMs,
      });
      if (!this.draining) {
        inBackground(this.drain(), (error) => this.fail(error));
      }
    });
  }

  private async drain(): Promise<void> {
    this.draining = true;
    while (this.waiting.length > 0) {
      // All who ask in this turn share the transaction.
      await setImmediate();
      await this.runBatch(this.waiting.splice(0));
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

  private async runBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const decided = await this.repeatedly(() => this.transact(batch));
      for (const { tell } of decided) {
        tell();
      }
    } catch (error) {
      this.list.forget();
      if (error instanceof Interrupted) {
        // The others need not wait until that is known.
        inBackground(this.find(error), (failure) => {
          for (const job of batch) {
            job.reject(failure);
          }
        });
        return;
      }
      if (batch.length > 1 && isRefusedAsWrong(error)) {
        // One of them is at fault, and the others should not suffer for it.
        for (const job of batch) {
          await this.runBatch([job]);
        }
        return;
      }
      const now = elapsedMs();
      for (const job of batch) {
        job.reject(error);
      }
      // Who has waited behind them for as long gets the same answer.
      for (const job of this.waiting.filter(({ deadline }) => deadline <= now)) {
        job.reject(error);
      }
      this.waiting = this.waiting.filter(({ deadline }) => deadline > now);
    }
  }

  private async repeatedly<T>(run: () => Promise<T>): Promise<T> {
    for (let runs = 1; ; runs++) {
      try {
        return await run();
      } catch (error) {
        const cause = error instanceof StoreProblem ? error.cause : error;
        if (runs === MOST_RUNS || !isWorthRepeating(cause)) {
          throw error;
        }
      }
    }
  }

  private transact(batch: readonly Waiting[]): Promise<readonly Decided[]> {
    const needs: Needs = {
      active: batch.some((job) => job.needs.active === true),
      agents: [...new Set(batch.flatMap((job) => job.needs.agents ?? []))],
      messages: [...new Set(batch.flatMap((job) => job.needs.messages ?? []))],
    };
    const first = Math.min(...batch.map(({ deadline }) => deadline));
    return this.connections.use(async (client) => {
      const opened = await open(client, this.namespace, this.list, needs, first - elapsedMs());
      const moment = this.clock ? { ...opened, now: this.clock() } : opened;
      const session = new Session(moment, this.connections.place);
      const decided = batch.map((job) => decide(job, session));
      const writes = session.writes((entry) => this.list.seqOf(entry));
      if (!writes) {
        await client.query('rollback');
        return decided;
      }
      const wrote = await write(client, this.namespace, opened, session.fence, writes);
      try {
        await commit(client, wrote);
      } catch (error) {
        throw error instanceof CommitLost ? new Interrupted(error, decided) : error;
      }
      if (needs.active) {
        this.list.commit(opened.version, wrote.version, session.active, writes.active);
      }
      return decided;
    });
  }

  private async find({ lost, decided }: Interrupted): Promise<void> {
    try {
      if (await settle(this.connections, lost, this.limits.outcomeMs)) {
        for (const { tell } of decided) {
          tell();
        }
        return;
      }
      throw unreachable(this.connections.address, lost.cause);
    } catch (error) {
      for (const { job } of decided) {
        job.reject(error);
      }
    }
  }
}

/** Whether the server refused what was to be stored (class 23: a constraint). */
function isRefusedAsWrong(error: unknown): boolean {
  return error instanceof StoreProblem && String(error.facts['sqlState'] ?? '').startsWith('23');
}

/** A batch that was decided and perhaps committed. */
class Interrupted extends Error {
  constructor(
    readonly lost: CommitLost,
    readonly decided: readonly Decided[],
  ) {
    super(lost.message);
  }
}

/** What a job throws is its own caller's, and changes nothing. */
function decide(job: Waiting, session: Session): Decided {
  try {
    const answer = job.run(session);
    return { job, tell: () => job.resolve(answer) };
  } catch (error) {
    return { job, tell: () => job.reject(error) };
  }
}
