/**
 * Fences: whole numbers that grow with each grant of a store, so that whoever is shown two can tell which holder came
 * later. They follow the clock, so that they grow on even where everything that is known of earlier ones is lost.
 */

import type { Reservation } from './reservation';

/** The largest time there is, in ms: what is larger was never given out, and must not use up the numbers. */
const LARGEST_TIME = 8_640_000_000_000_000;

/** The fence of an entry, or 0 where it has none. */
export function fenceOf({ fence }: Reservation): number {
  return Number.isSafeInteger(fence) && (fence as number) > 0 && (fence as number) <= LARGEST_TIME
    ? (fence as number)
    : 0;
}

export function highestFence(entries: readonly Reservation[]): number {
  return entries.reduce((highest, entry) => Math.max(highest, fenceOf(entry)), 0);
}

/** The fence of the next grant: above every one that is known, and not below the clock. */
export function nextFence(highestKnown: number, now: Date): number {
  return Math.max(highestKnown + 1, now.getTime());
}
