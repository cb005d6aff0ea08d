/** The sequential model of one scope, by histories made by hand: what the rules allow, and what they never do. */

import assert from 'node:assert/strict';
import { check, type Step } from './checker';
import { type Lease, type ScopeOp, scopeModel } from './model';

const lease = (id: string, agent: string, createdAt: number, end: number): Lease => ({ id, agent, createdAt, end });
const A = lease('a', 'agent-a', 10, 100);
const B = lease('b', 'agent-b', 120, 900);

type Told<T = ScopeOp> = T extends ScopeOp ? Omit<T, 'from' | 'to'> : never;

/** What was called at `from` and returned at `to`; one clock serves for both here. */
const op = (from: number, to: number, told: Told): Step<ScopeOp> => ({
  op: { ...told, from, to } as ScopeOp,
  invoked: from,
  returned: to,
  optional: to === Infinity,
});
const reserved = (by: Lease, from: number, to: number, takeover = false) =>
  op(from, to, { what: 'reserved', lease: by, takeover });
const released = (by: Lease, at: number, from: number, to: number) =>
  op(from, to, { what: 'released', agent: by.agent, id: by.id, releasedAt: at });
const saw = (id: string | undefined, from: number, to: number) => op(from, to, { what: 'saw', id });
const conflict = (holder: string | undefined, from: number, to: number) => op(from, to, { what: 'conflict', holder });
const stale = (holder: string, from: number, to: number) => op(from, to, { what: 'staleFound', holder });
const forbidden = (agent: string, from: number, to: number) =>
  op(from, to, { what: 'forbidden', agent, holder: undefined });
const notFound = (from: number, to: number) => op(from, to, { what: 'notFound' });
const swept = (from: number, to: number): Step<ScopeOp> => ({ ...op(from, to, { what: 'swept' }), optional: true });
const cutReserve = (by: Lease, from: number, takeover = false) =>
  op(from, Infinity, { what: 'reserveCutShort', lease: by, takeover });
const cutRelease = (agent: string, from: number) => op(from, Infinity, { what: 'releaseCutShort', agent });

const kindOf = (...history: readonly Step<ScopeOp>[]) => check(history, scopeModel).kind;

describe('the model of one scope', () => {
  describe('allows', () => {
    const histories: Record<string, readonly Step<ScopeOp>[]> = {
      'reserve, conflict, release, reserve': [
        reserved(A, 9, 11),
        conflict('a', 20, 21),
        released(A, 31, 30, 32),
        reserved(B, 119, 121),
      ],
      'a conflict to the last millisecond, stale from the very end on': [
        reserved(A, 9, 11),
        conflict('a', 99, 99),
        stale('a', 100, 100),
      ],
      'either of the two, where the call spans the end': [reserved(A, 9, 11), stale('a', 95, 105)],
      'a takeover of what is past its end': [reserved(A, 9, 11), reserved(B, 119, 121, true), conflict('b', 130, 131)],
      'a reserve without takeover, after a sweep': [reserved(A, 9, 11), swept(110, 112), reserved(B, 119, 121)],
      'a release that came too late, which clears the scope': [
        reserved(A, 9, 11),
        notFound(110, 111),
        reserved(B, 119, 121),
      ],
      'a release by another agent': [reserved(A, 9, 11), forbidden('agent-b', 20, 21)],
      'a reading that sees it, and after its end nothing': [
        reserved(A, 9, 11),
        saw('a', 98, 99),
        saw(undefined, 100, 101),
      ],
      'a cut reserve that took effect': [cutReserve(A, 9), conflict('a', 20, 21)],
      'a cut takeover of which only the closing took effect': [
        reserved(A, 9, 11),
        op(110, Infinity, { what: 'swept' }),
        reserved(B, 119, 121),
      ],
      'a cut release that took effect late': [
        reserved(A, 9, 11),
        cutRelease('agent-a', 20),
        conflict('a', 30, 31),
        notFound(40, 41),
      ],
    };
    for (const [name, history] of Object.entries(histories)) {
      it(name, () => assert.equal(kindOf(...history), 'linearizable'));
    }
  });

  describe('never allows', () => {
    const soon = lease('b', 'agent-b', 50, 900);
    const histories: Record<string, readonly Step<ScopeOp>[]> = {
      'two holders at once': [reserved(A, 9, 11), reserved(soon, 49, 51)],
      'two holders at once, called together': [reserved(A, 9, 60), reserved(soon, 9, 60)],
      'a takeover before the end': [reserved(A, 9, 11), reserved(soon, 49, 51, true)],
      'a reserve over a stale one without takeover': [reserved(A, 9, 11), reserved(B, 119, 121)],
      'stale before the end': [reserved(A, 9, 11), stale('a', 98, 99)],
      'a conflict at the end or later': [reserved(A, 9, 11), conflict('a', 100, 101)],
      'a conflict with somebody who is not there': [reserved(A, 9, 11), conflict('b', 20, 21)],
      'a conflict over a free scope': [conflict(undefined, 20, 21)],
      'a reservation that vanished': [reserved(A, 9, 11), saw(undefined, 20, 21)],
      'a reservation that a release no longer finds': [reserved(A, 9, 11), notFound(20, 21)],
      'a release of somebody else’s': [reserved(A, 9, 11), released({ ...A, agent: 'agent-b' }, 20, 20, 20)],
      'a release refused to the holder': [reserved(A, 9, 11), forbidden('agent-a', 20, 21)],
      'a released one that came back': [reserved(A, 9, 11), released(A, 20, 20, 20), saw('a', 30, 31)],
      'a released one that came back after its end too': [
        reserved(A, 9, 11),
        released(A, 20, 20, 20),
        stale('a', 110, 111),
      ],
      'a sweep of what is not past its end': [reserved(A, 9, 11), swept(20, 90), saw(undefined, 95, 96)],
      'a grant dated before its call': [reserved(A, 11, 12)],
      'a decision dated before one that came earlier': [notFound(15, 16), reserved(A, 5, 20), conflict('a', 17, 18)],
      'a cut release of another agent': [reserved(A, 9, 11), cutRelease('agent-b', 12), saw(undefined, 20, 21)],
      'a cut reserve over a live holder': [reserved(A, 9, 11), cutReserve(soon, 45, true), saw('b', 60, 61)],
    };
    for (const [name, history] of Object.entries(histories)) {
      it(name, () => assert.equal(kindOf(...history), 'violation'));
    }
  });
});
