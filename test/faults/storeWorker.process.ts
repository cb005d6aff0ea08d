/**
 * A process that works on a store with the product's own code, and can be held up or kept busy in the middle of it.
 * Usage: node storeWorker.process.js ROOT; commands as in service.ts.
 */

import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { serve } from '../support/service';
import { type Step, stopAt } from './steps';

/** Nobody's user and group id. */
const NOBODY = 65_534;

export interface Work {
  readonly operation: keyof Coordination;
  readonly args: unknown;
}

const coordinationOf = (root: string) => createCoordination(new FileStore(root), { random: () => randomHex(4) });
const coordination = coordinationOf(process.argv[2] ?? '');

serve({
  reserve: (args) => coordination.reserve(args as never),
  release: (args) => coordination.release(args as never),
  list: () => coordination.list(),

  /**
   * The next operation stops before the step of that name, or any, on that file, once the lock has been taken (or before,
   * where `early`): until it is continued, or with `ms` for so long. A `file` that ends in a dot stands for what begins so.
   */
  stopAt: ({ step, file, early, marker, ms }) => {
    let isLocked = early === true;
    const isIt = ({ name, file: at }: Step) => {
      const isFile = at === file || (String(file).endsWith('.') && at.startsWith(String(file)));
      const isThere = isLocked && isFile && (step === undefined || name === step);
      isLocked ||= name === 'link' && at === '.lock';
      return isThere;
    };
    stopAt(isIt, { marker: String(marker), ...(ms === undefined ? {} : { ms: Number(ms) }) });
  },

  /** Operations on the store at `root`, one after the other, or all `atOnce`. Answers each with the time it took. */
  work: async ({ root, works, atOnce }) => {
    const there = coordinationOf(String(root));
    const perform = async ({ operation, args }: Work) => {
      const started = performance.now();
      const answer = await there[operation](args as never);
      return { answer, ms: performance.now() - started };
    };
    if (atOnce) {
      return Promise.all((works as Work[]).map(perform));
    }
    const done = [];
    for (const one of works as Work[]) {
      done.push(await perform(one));
    }
    return done;
  },

  /** Gives up root's rights, to which modes and owners of files do not apply. */
  dropRights: () => {
    process.setgid?.(NOBODY);
    process.setuid?.(NOBODY);
  },

  /** What this process has used so far: its largest memory in MB, and the time of its processors in ms. */
  used: () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    return { megabytes: maxRSS / 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 };
  },
});
