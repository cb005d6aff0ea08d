/**
 * One scope as a sequential object: who holds it, and until when. Operations on different scopes do not touch each
 * other, so a history is linearizable if that of each scope is; a `status` counts as one reading of each.
 *
 * Time is part of the state. What takes the lock decides at an instant of the wall clock, and those instants only grow
 * from one holder of the lock to the next: `at` is the earliest that the next one can be. A reading takes no lock; its
 * instant is bound by its own call and return only.
 */

import type { Model } from './checker';

export interface Lease {
  /** Its id and its end: beadboard's ids have four random digits, which two reservations of one second can share. */
  readonly id: string;
  readonly agent: string;
  /** ms since the epoch, like every instant here. */
  readonly createdAt: number;
  readonly end: number;
}

export interface ScopeState {
  /** Past its end it is still there, until somebody takes it over or sweeps it away. */
  readonly lease: Lease | undefined;
  readonly at: number;
}

/** What was asked and what came of it. `holder` is the id that a refusal named, if it named one. */
export type ScopeOp = Readonly<
  /** When it was called and when it returned, by the wall clock; `to` is Infinity where nobody saw it return. */
  { from: number; to: number } & (
    | { what: 'reserved'; takeover: boolean; lease: Lease }
    | { what: 'conflict'; holder: string | undefined }
    | { what: 'staleFound'; holder: string | undefined }
    | { what: 'released'; agent: string; id: string; releasedAt: number }
    | { what: 'forbidden'; agent: string; holder: string | undefined }
    | { what: 'notFound' }
    /** A reading: the id that was there and not past its end. */
    | { what: 'saw'; id: string | undefined }
    /** What is past its end goes to history. */
    | { what: 'swept' }
    /** Their callers died: the effect alone, at whatever time it came. */
    | { what: 'reserveCutShort'; takeover: boolean; lease: Lease }
    | { what: 'releaseCutShort'; agent: string }
  )
>;

export const scopeModel: Model<ScopeState, ScopeOp> = {
  initial: { lease: undefined, at: -Infinity },

  apply: (state, op) => {
    const { lease } = state;
    const earliest = Math.max(state.at, op.from);
    const isWithin = (at: number) => earliest <= at && at <= op.to;
    const isNamed = (id: string | undefined) => id === undefined || id === lease?.id;
    const isFree = (at: number, takeover: boolean) => !lease || (lease.end <= at && takeover);
    /** Refused while the lease was running; as early as possible, since a later instant only allows less. */
    const whileLive = () => (lease && earliest < lease.end && isWithin(earliest) ? { lease, at: earliest } : undefined);
    /** Decided at its end or later. */
    const onceExpired = (next: Lease | undefined) => {
      const at = Math.max(earliest, lease?.end ?? 0);
      return lease && isWithin(at) ? { lease: next, at } : undefined;
    };

    switch (op.what) {
      case 'reserved': {
        const at = op.lease.createdAt;
        return isWithin(at) && isFree(at, op.takeover) ? { lease: op.lease, at } : undefined;
      }
      case 'conflict':
        return isNamed(op.holder) ? whileLive() : undefined;
      case 'staleFound':
        return isNamed(op.holder) ? onceExpired(lease) : undefined;
      case 'released': {
        const at = op.releasedAt;
        const isTheirs = lease?.id === op.id && lease.agent === op.agent;
        return isTheirs && at < lease.end && isWithin(at) ? { lease: undefined, at } : undefined;
      }
      case 'forbidden':
        return isNamed(op.holder) && lease?.agent !== op.agent ? whileLive() : undefined;
      case 'notFound':
        return lease ? onceExpired(undefined) : isWithin(earliest) ? { lease, at: earliest } : undefined;
      case 'saw':
        if (op.id === undefined) {
          return !lease || lease.end <= op.to ? state : undefined;
        }
        return lease?.id === op.id && op.from < lease.end ? state : undefined;
      case 'swept':
        return onceExpired(undefined);
      case 'reserveCutShort': {
        const at = op.lease.createdAt;
        return isFree(at, op.takeover) ? { lease: op.lease, at: Math.max(state.at, at) } : undefined;
      }
      case 'releaseCutShort':
        return lease?.agent === op.agent ? { lease: undefined, at: state.at } : undefined;
    }
  },

  key: ({ lease, at }) => `${lease?.id ?? '-'} ${at}`,
};
