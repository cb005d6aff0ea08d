/**
 * A process that works on a store with the product's own code, and can be held up or kept busy in the middle of it.
 * Usage: node storeWorker.process.js ROOT; commands as in service.ts.
 */

import { createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { serve } from '../support/service';
import { type Gate, gateAt } from './steps';

const store = new FileStore(process.argv[2] ?? '');
const coordination = createCoordination(store, { random: () => randomHex(4) });
let gate: Gate | undefined;

serve({
  reserve: (args) => coordination.reserve(args as never),
  release: (args) => coordination.release(args as never),
  list: () => coordination.list(),

  /**
   * The next operation waits before the step of that name, or any, on that file, once the lock has been taken (or before,
   * where `early`). A `file` that ends in a dot stands for what begins so. Answers when it is there.
   */
  waitAt: async ({ step, file, early }) => {
    let isLocked = early === true;
    gate = gateAt(({ name, file: at }) => {
      const isFile = at === file || (String(file).endsWith('.') && at.startsWith(String(file)));
      const isIt = isLocked && isFile && (step === undefined || name === step);
      isLocked ||= name === 'link' && at === '.lock';
      return isIt;
    });
    return (await gate.reached).file;
  },

  goOn: () => gate?.open(),

  /** Lets nothing else of this process happen for so long. */
  block: ({ ms }) => {
    const until = performance.now() + Number(ms);
    while (performance.now() < until) {
      // A rule that takes for ever, a huge file that is parsed, a debugger: the event loop stands still.
    }
  },
});
