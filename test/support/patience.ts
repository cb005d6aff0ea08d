/** How tests wait: for the event they are about, and never by guessing how long it takes. */

import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The one limit on waiting for something that has to happen. It only catches hangs, so it is far more than a busy machine
 * needs. Mocha's own limit has to be longer, or its message hides ours.
 */
export const PATIENCE_MS = 60_000;

/** Checks again and again until it is so. */
export async function eventually(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  for (const end = performance.now() + timeoutMs; !(await isSo()); await sleep(20)) {
    if (performance.now() > end) {
      throw new Error(`Waited ${timeoutMs / 1_000} s in vain until ${what}.`);
    }
  }
}

/** Makes the same assertions again and again until they hold; the last failure tells what is there instead. */
export async function untilHolds(assertions: () => void | Promise<void>, timeoutMs = PATIENCE_MS): Promise<void> {
  for (const end = performance.now() + timeoutMs; ; await sleep(50)) {
    try {
      return await assertions();
    } catch (error) {
      if (performance.now() > end) {
        throw error;
      }
    }
  }
}
