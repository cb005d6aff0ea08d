/**
 * Comes between the store and the disk, so that time passes where usually none does: between one step of taking,
 * breaking or dropping the lock and the next. Like fsCalls.ts it replaces functions of the `node:fs/promises` module
 * object, which is how the bundles call them; unlike it, whatever is awaited here holds the step up.
 */

import { EventEmitter, once } from 'node:events';
import fsPromises from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Step {
  /** The function, such as `rename`. */
  readonly name: string;
  /** The base name of the file; of a link or a rename, of the new name. */
  readonly file: string;
}

/** Which argument names the file. */
const STEPS = { open: 0, readFile: 0, lstat: 0, stat: 0, readdir: 0, mkdir: 0, unlink: 0, link: 1, rename: 1 } as const;

type Replaceable = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** From now on, each step of this process waits for `before`. */
export function beforeEachStep(before: (step: Step) => Promise<void>): void {
  const module = fsPromises as unknown as Replaceable;
  for (const [name, index] of Object.entries(STEPS)) {
    const original = module[name];
    if (!original) {
      throw new Error(`node:fs/promises has no ${name}`);
    }
    module[name] = async (...args) => {
      await before({ name, file: basename(String(args[index])) });
      return original(...args);
    };
  }
}

/** Delays every step at random by up to `longestMs`; answers a function that tells how many it has delayed so far. */
export function delayEachStep(longestMs: number): () => number {
  let delayed = 0;
  beforeEachStep(async () => {
    const ms = Math.floor(Math.random() * (longestMs + 1));
    delayed += ms > 0 ? 1 : 0;
    if (ms > 0) {
      await sleep(ms);
    }
  });
  return () => delayed;
}

export interface Gate {
  /** Resolves when the step has been reached; it then waits. */
  readonly reached: Promise<Step>;
  open(): void;
}

/** Holds up the first step that `isIt` picks, until the gate is opened. */
export function gateAt(isIt: (step: Step) => boolean): Gate {
  const gate = new EventEmitter();
  const reached = once(gate, 'reached').then(([step]) => step as Step);
  const opened = once(gate, 'opened');
  let isPicked = false;
  beforeEachStep(async (step) => {
    if (!isPicked && isIt(step)) {
      isPicked = true;
      gate.emit('reached', step);
      await opened;
    }
  });
  return { reached, open: () => gate.emit('opened') };
}
