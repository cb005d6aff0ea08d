/** Time that runs faster than the wall, alike in every process that was told the same pace. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type SteadyTime, steadyTime } from '../../src/store/files/steadyClock';

export const MINUTE_MS = 60_000;

/** The moment, in ms since the epoch, in which simulated time was the wall's, and how many times faster it runs since. */
export interface Pace {
  readonly began: number;
  readonly speed: number;
}

export interface SimulatedTime {
  /** ms since the epoch. */
  now(): number;
  /** Resolves after so many simulated ms. */
  pass(ms: number): Promise<void>;
  /** The same in whole seconds of the wall, at least one: what `wait` counts in. */
  inSeconds(ms: number): number;
  /** The clock of leases that nobody can set, as fast as the other one: else no lease would ever really have passed. */
  steady(): SteadyTime;
}

export function simulatedTime({ began, speed }: Pace): SimulatedTime {
  return {
    now: () => began + (Date.now() - began) * speed,
    pass: (ms) => sleep(ms / speed),
    inSeconds: (ms) => Math.max(1, Math.round(ms / speed / 1_000)),
    steady: () => {
      const { boot, ms } = steadyTime();
      return { boot, ms: ms * speed };
    },
  };
}
