/** What the scenarios and their worker processes say to each other. */

import type { Coordination } from '../../../src/coordination/coordination';
import type { Envelope } from '../../../src/core/envelope';
import type { Message } from '../../../src/core/message';
import type { CallKind } from './fsHooks';
import type { NaiveWriter } from './naive';
import type { Plan } from './plan';
import type { Event } from './recorder';

/** Whose code is under the fault: the product's, or one that is known to be wrong. */
export type Writer = 'ours' | NaiveWriter;

export interface RunArgs {
  readonly root: string;
  readonly command: keyof Coordination;
  readonly args: Readonly<Record<string, unknown>>;
  readonly plan: Plan;
  readonly writer: Writer;
}

export interface Timed {
  readonly answer: Envelope<unknown>;
  readonly ms: number;
}

export interface Settled {
  readonly calls: readonly { readonly name: string; readonly path: string; readonly kind: CallKind }[];
  /** The call that failed first. */
  readonly hit: string | null;
  readonly failures: number;
}

export interface CallArgs {
  readonly command: keyof Coordination;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface RecordArgs {
  /** Everything below is recorded; the store's root is one of the folders below. */
  readonly top: string;
  readonly root: string;
  readonly writer: Writer;
  readonly calls: readonly (CallArgs & { readonly expected: string })[];
}

export interface Recorded {
  readonly events: readonly Event[];
  /** What was not answered as expected. */
  readonly refused: readonly string[];
}

export interface Probe {
  readonly root: string;
  /** What is tried once more. */
  readonly again: CallArgs | null;
  /** Messages that need not be read to see whether they can be. */
  readonly known: readonly string[];
}

export interface Probed {
  readonly registered: Timed;
  readonly reserved: Timed;
  readonly status: Envelope<unknown>;
  readonly agents: Envelope<unknown>;
  /** By agent. */
  readonly inboxes: readonly (readonly [string, readonly Message[]])[];
  /** Every new message that an inbox showed, read by its recipient. */
  readonly reads: readonly { readonly agent: string; readonly message: string; readonly answer: Envelope<unknown> }[];
  readonly retried: Timed | undefined;
}
