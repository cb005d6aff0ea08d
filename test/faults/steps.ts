/**
 * Comes between the store and the disk, so that time passes where usually none does: between one step of taking,
 * breaking or dropping the lock and the next. It replaces functions of the file system's module objects, which is how the
 * bundles call them. Most steps do not wait for anything, so whatever is to come in between blocks the whole process.
 */

import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { basename } from 'node:path';

export interface Step {
  /** The function, such as `rename`, whether it blocks or not. */
  readonly name: string;
  /** The base name of the file; of a link or a rename, of the new name. */
  readonly file: string;
}

/** Which argument names the file. */
const STEPS = { open: 0, readFile: 0, lstat: 0, stat: 0, readdir: 0, mkdir: 0, unlink: 0, link: 1, rename: 1 } as const;

type Replaceable = Record<string, (...args: unknown[]) => unknown>;

const { writeFileSync } = fs;
const neverNotified = new Int32Array(new SharedArrayBuffer(4));

/** From now on, `before` comes ahead of each step of this process. */
export function beforeEachStep(before: (step: Step) => void): void {
  for (const [name, index] of Object.entries(STEPS)) {
    replace(fsPromises as unknown as Replaceable, name, name, index);
    replace(fs as unknown as Replaceable, `${name}Sync`, name, index);
  }

  function replace(module: Replaceable, called: string, name: string, index: number): void {
    const original = module[called];
    if (!original) {
      throw new Error(`there is no ${called}`);
    }
    module[called] = (...args) => {
      before({ name, file: basename(String(args[index])) });
      return original(...args);
    };
  }
}

/** Lets nothing of this process happen for so long. */
export function block(ms: number): void {
  Atomics.wait(neverNotified, 0, 0, ms);
}

/** Delays every step at random by up to `longestMs`; answers a function that tells how many it has delayed so far. */
export function delayEachStep(longestMs: number): () => number {
  let delayed = 0;
  beforeEachStep(() => {
    const ms = Math.floor(Math.random() * (longestMs + 1));
    if (ms > 0) {
      delayed++;
      block(ms);
    }
  });
  return () => delayed;
}

/**
 * Stops this process before the first step that `isIt` picks: until it is continued, or for so many ms. The file `marker`
 * says that it is there.
 */
export function stopAt(isIt: (step: Step) => boolean, { marker, ms }: { marker: string; ms?: number }): void {
  let isPicked = false;
  beforeEachStep((step) => {
    if (!isPicked && isIt(step)) {
      isPicked = true;
      writeFileSync(marker, step.file);
      if (ms === undefined) {
        process.kill(process.pid, 'SIGSTOP');
      } else {
        block(ms);
      }
    }
  });
}
