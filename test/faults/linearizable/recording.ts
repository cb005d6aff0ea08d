/** What the processes of a recorded history write down, one line of JSON for each call and each return. */

import type { Reservation } from '../../../src/core/reservation';

export type Call =
  | {
      readonly do: 'reserve';
      readonly scope: string;
      readonly agent: string;
      readonly takeover: boolean;
      /** A part of a minute for some, so that reservations do end while everybody is at work. */
      readonly minutes: number;
      /** The end of the id that it would make, which tells its effect also where nobody saw it answered. */
      readonly tail: string;
    }
  | { readonly do: 'release'; readonly scope: string; readonly agent: string }
  | { readonly do: 'status' };

/** What matters of an envelope. */
export interface Answer {
  readonly code: string;
  readonly message?: string | undefined;
  /** What was made or ended, what was in the way, or all that a status showed. */
  readonly entries: readonly Seen[];
}

export type Seen = Pick<Reservation, 'reservation_id' | 'scope' | 'expires_at'> &
  Partial<Pick<Reservation, 'agent_id' | 'created_at' | 'released_at'>>;

/** An instant, by both clocks: the monotonic one orders, the other is what reservations end by. */
export interface Instant {
  /** ns, which every process of a machine counts from the same moment on. As text, since they are many. */
  readonly mono: string;
  /** ms since the epoch. */
  readonly wall: number;
}

export type Line = { readonly at: Instant } & (
  | { readonly hello: true }
  /** A foreign rewrite that our store has set right. */
  | { readonly repaired: true }
  | { readonly number: number; readonly call: Call }
  | { readonly number: number; readonly answer: Answer }
);

export function instantNow(): Instant {
  return { mono: String(process.hrtime.bigint()), wall: Date.now() };
}

/** How one process behaves. */
export interface WorkerOptions {
  readonly root: string;
  /** `ours` has the product's code, `peer` speaks beadboard's protocol, `poller` does nothing but its unlocked sweep. */
  readonly kind: 'ours' | 'peer' | 'poller';
  /** Tells its ids from those of the others. */
  readonly number: number;
  readonly seed: number;
  readonly scopes: readonly string[];
  readonly agents: readonly string[];
  /** How many calls it has under way at once. */
  readonly chains: number;
  /** The longest pause between two calls, in ms. */
  readonly pause: number;
  /** The part of the calls that are `status`. */
  readonly statusShare: number;
}
