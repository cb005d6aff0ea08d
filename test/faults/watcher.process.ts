/**
 * A process that watches a store and reads it after each burst of changes, as a view does. Usage: node
 * watcher.process.js ROOT; commands as in service.ts.
 */

import { EventEmitter, once } from 'node:events';
import { FileStore } from '../../src/store/files/fileStore';
import { serve } from '../support/service';

/** Changes within this time are read together. */
const COALESCE_MS = 25;

/** What the process tells of itself. */
export interface Watched {
  readonly calls: number;
  readonly readings: number;
  /** The largest memory so far. */
  readonly megabytes: number;
  /** The time of its processors so far. */
  readonly cpuMs: number;
}

const store = new FileStore(process.argv[2] ?? '');
const read = new EventEmitter();
let scope = '';
let calls = 0;
let readings = 0;
let isDue = false;

async function readAgain(): Promise<void> {
  isDue = false;
  scope = (await store.readActive()).records[0]?.scope ?? '';
  readings++;
  read.emit('again');
}

store.watch(() => {
  calls++;
  if (!isDue) {
    isDue = true;
    setTimeout(() => void readAgain(), COALESCE_MS);
  }
});

serve({
  /** Answers once the first reservation that was read is of that scope, without looking by itself. */
  seen: async ({ scope: wanted }) => {
    while (scope !== wanted) {
      await once(read, 'again');
    }
  },

  figures: (): Watched => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    return { calls, readings, megabytes: maxRSS / 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 };
  },
});
