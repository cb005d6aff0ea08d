/**
 * A process that meets others at a lock, round after round. Usage: node lockWorker.process.js WAY, where WAY is one of
 * lockWays.ts; commands as in service.ts.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../support/service';
import { enter, leave } from './evidence';
import { delayPackage, type Held, WAYS, type Way } from './lockWays';
import { delayEachStep } from './steps';

/** A timer may be late by this much; the rest of the way to an instant is spent looking at the clock. */
const TIMER_SLACK_MS = 2;

const take = WAYS[process.argv[2] as Way];
let delayed: () => number = () => 0;
let inside: { held: Held; seen: number } | undefined;

/** The monotonic clock of the machine, the same for every process on it. */
const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

async function until(instant: number): Promise<void> {
  const left = instant - nowMs() - TIMER_SLACK_MS;
  if (left > 0) {
    await sleep(left);
  }
  while (nowMs() < instant) {
    // Eight processes are to start within microseconds of each other.
  }
}

serve({
  /** At the instant `at`: takes the lock, is inside for `stay` ms, and drops it. Answers how long it waited, in ms. */
  visit: async ({ lock, folder, at, stay }) => {
    await until(Number(at));
    const asked = performance.now();
    const held = await take(String(lock));
    const waited = performance.now() - asked;
    const seen = enter(String(folder));
    await sleep(Number(stay));
    leave(String(folder), seen);
    await held.check();
    await held.release();
    return waited;
  },

  /** The first half of a visit. */
  enter: async ({ lock, folder }) => {
    const held = await take(String(lock));
    inside = { held, seen: enter(String(folder)) };
  },

  /** The second half. */
  leave: async ({ folder }) => {
    if (inside) {
      leave(String(folder), inside.seen);
      await inside.held.check();
      await inside.held.release();
    }
  },

  /** From now on, each step at the lock is delayed by up to `longest` ms. */
  delay: ({ longest }) => {
    delayed = delayEachStep(Number(longest));
    delayPackage(Number(longest));
  },

  /** How many steps have been delayed. */
  delayed: () => delayed(),
});
