/**
 * A clock that nobody can set, beside the one that people and other machines go by.
 *
 * A lease ends by the wall clock, as its `expires_at` says. But a wall clock that is set forward must not end it early:
 * what we have seen live is closed only once as much time has really passed. The two are compared within one boot of
 * the machine, since the steady clock starts anew with each.
 */

import { uptime } from 'node:os';
import type { Reservation } from '../../core/reservation';
import { instant } from '../../core/time';
import { elapsedMs } from './elapsed';
import { bootId } from './owner';
import { perEntry } from './perEntry';

export interface SteadyTime {
  /** Identifies the boot; '' where the system does not tell, and then nothing is compared. */
  readonly boot: string;
  /** ms since the boot, time asleep included. */
  readonly ms: number;
}

/** When leases end by the steady clock of one boot. */
export interface SteadyEnds {
  readonly boot: string;
  /** In ms, by {@link keyOf}. */
  readonly ends: ReadonlyMap<string, number>;
}

/** Clocks drift apart and are slewed: only what differs by more was set. */
const TOLERANCE_MS = 120_000;

/** What the system told last, and when by this process' own clock, in ms. */
let told: { readonly uptimeMs: number; readonly at: number } | undefined;
/** A machine that sleeps meanwhile is noticed that much later. */
const TRUSTED_FOR_MS = 1_000;

/** The system is asked at most once a second: it looks into a file for it. */
export function steadyTime(): SteadyTime {
  const at = elapsedMs();
  if (!told || at - told.at > TRUSTED_FOR_MS) {
    told = { uptimeMs: uptime() * 1000, at };
  }
  return { boot: bootId(), ms: Math.round(told.uptimeMs + at - told.at) };
}

/** Whether as much time has passed as the lease was granted for, as far as we have seen it live. */
export function hasReallyPassed(entry: Reservation, seen: SteadyEnds | undefined, steady: SteadyTime): boolean {
  if (!seen || seen.boot === '' || seen.boot !== steady.boot) {
    return true;
  }
  const end = seen.ends.get(keyOf(entry));
  return end === undefined || steady.ms >= end - TOLERANCE_MS;
}

/**
 * When each lease ends by the steady clock: as it was first seen, or for a new one by what is left of it now. `change` is
 * what has come and gone since those of `seen`, where that is known.
 */
export function steadyEnds(
  entries: readonly Reservation[],
  seen: SteadyEnds | undefined,
  { now, steady, change }: { readonly now: Date; readonly steady: SteadyTime; readonly change?: Changed | undefined },
): SteadyEnds {
  const known = seen?.boot === steady.boot ? seen.ends : undefined;
  const ends = new Map(known && change ? known : []);
  for (const entry of known && change ? change.gone : []) {
    ends.delete(keyOf(entry));
  }
  for (const entry of known && change ? change.come : entries) {
    const key = keyOf(entry);
    ends.set(key, known?.get(key) ?? Math.round(steady.ms + instant(entry.expires_at) - now.getTime()));
  }
  return { boot: steady.boot, ends };
}

interface Changed {
  readonly gone: readonly Reservation[];
  readonly come: readonly Reservation[];
}

/** A lease that is made longer is another one. */
export const keyOf = perEntry(({ reservation_id, scope, expires_at }) =>
  JSON.stringify([reservation_id, scope, expires_at]),
);
