/** Where an agent asks: the product's operations, or another protocol's, as far as that has them. */

import type { SimulatedTime } from './time';

/** A reservation as its holder knows it. */
export interface Held {
  readonly id: string;
  readonly scope: string;
  /** Simulated ms since the epoch. */
  readonly ends: number;
}

export interface Wanted {
  readonly scopes: readonly string[];
  readonly bead: string;
  readonly takeover?: boolean;
  /** The longest wait, in simulated ms. */
  readonly wait?: number;
}

export type Answer<T> = { readonly ok: true; readonly data: T } | Refusal;

export interface Refusal {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
}

/** One agent's. What is optional is not asked for where the protocol lacks it. */
export interface Desk {
  readonly register: () => Promise<Answer<unknown>>;
  /** Answers how many leases it found over, where that is told. */
  readonly status: () => Promise<Answer<number>>;
  /** Several scopes together, or none of them. */
  readonly reserve: (wanted: Wanted) => Promise<Answer<readonly Held[]>>;
  /** How many others hold the file. */
  readonly check: (file: string) => Promise<Answer<number>>;
  readonly release: (held: readonly Held[]) => Promise<Answer<unknown>>;
  /** Answers the id. */
  readonly send: (to: string, category: 'HANDOFF' | 'INFO', bead: string) => Promise<Answer<string>>;
  readonly heartbeat?: () => Promise<Answer<unknown>>;
  /** Answers when it ends then. */
  readonly renew?: (held: Held) => Promise<Answer<number>>;
  /** Asks whoever is in the way. */
  readonly request?: (scope: string) => Promise<Answer<unknown>>;
  /** The ids of those that wait for an acknowledgement. */
  readonly inbox?: () => Promise<Answer<readonly string[]>>;
  readonly ack?: (message: string) => Promise<Answer<unknown>>;
}

export interface DeskOptions {
  readonly root: string;
  readonly agent: string;
  readonly time: SimulatedTime;
}
