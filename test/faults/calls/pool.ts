/** A few workers side by side, each with a process for the next caller. */

import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { inBackground } from '../../../src/util/background';
import { Driver } from '../../support/driver';
import { withFolder } from '../workFolder';

const WORKER = 'faults/calls/worker';

export interface Slot {
  /** The process that plays the next caller; it has never seen the store before. */
  readonly next: Driver;
  /** A process for faults that do not kill; started anew once one has ended. */
  readonly faulty: () => Promise<Driver>;
  /** Runs with a folder of its own. */
  readonly inFolder: <T>(work: (folder: string) => Promise<T>) => Promise<T>;
}

export function startWorker(): Promise<Driver> {
  return Driver.run(WORKER);
}

/** Does all jobs, as many at once as there are processors. */
export async function inPool<J>(jobs: Iterable<J>, work: (job: J, slot: Slot) => Promise<void>): Promise<void> {
  const queue = jobs[Symbol.iterator]();
  let count = 0;
  // What a killed process leaves does not depend on the disk, and memory is quick.
  await withFolder('memory', async (folder) => {
    const slots = await Promise.allSettled(Array.from({ length: availableParallelism() }, () => runSlot(folder)));
    for (const slot of slots) {
      if (slot.status === 'rejected') {
        throw slot.reason;
      }
    }
  });

  async function runSlot(folder: string): Promise<void> {
    const next = await startWorker();
    const started: Driver[] = [next];
    let faulty: Driver | undefined;
    const slot: Slot = {
      next,
      faulty: async () => {
        if (!faulty) {
          const fresh = await startWorker();
          faulty = fresh;
          started.push(fresh);
          const forget = () => {
            faulty = undefined;
          };
          inBackground(fresh.ended.then(forget), forget);
        }
        return faulty;
      },
      inFolder: async (job) => {
        const own = join(folder, String(++count));
        try {
          return await job(own);
        } finally {
          rmSync(own, { recursive: true, force: true });
        }
      },
    };
    try {
      for (let job = queue.next(); !job.done; job = queue.next()) {
        await work(job.value, slot);
      }
    } finally {
      await Promise.all(started.map((driver) => driver.kill()));
    }
  }
}
