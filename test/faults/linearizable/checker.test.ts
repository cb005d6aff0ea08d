/** The checker itself, over a register that holds a number: one that accepts everything would prove nothing. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { check, type Model, type Step } from './checker';

type Op = { readonly write: number } | { readonly read: number };

const register: Model<number, Op> = {
  initial: 0,
  apply: (state, op) => ('write' in op ? op.write : op.read === state ? state : undefined),
  key: String,
};

const step = (op: Op, invoked: number, returned: number, optional = false): Step<Op> => ({
  op,
  invoked,
  returned,
  optional,
});
const write = (value: number, invoked: number, returned: number) => step({ write: value }, invoked, returned);
const read = (value: number, invoked: number, returned: number) => step({ read: value }, invoked, returned);
/** Called, and never seen to return. */
const cut = (value: number, invoked: number) => step({ write: value }, invoked, Infinity, true);
const kindOf = (...history: readonly Step<Op>[]) => check(history, register).kind;

describe('the checker of recorded histories', () => {
  describe('accepts', () => {
    const histories: Record<string, readonly Step<Op>[]> = {
      'nothing at all': [],
      'one after the other': [write(1, 0, 1), read(1, 2, 3)],
      'a reading beside a writing, of the old value': [write(1, 0, 10), read(0, 1, 2)],
      'a reading beside a writing, of the new value': [write(1, 0, 10), read(1, 1, 2)],
      'old, then new, both beside the writing': [write(1, 0, 10), read(0, 1, 2), read(1, 3, 4)],
      'two writings beside each other, in either order': [write(1, 0, 10), write(2, 0, 10), read(1, 11, 12)],
      'the later call first': [write(1, 0, 10), write(2, 5, 6), read(2, 7, 8), read(1, 11, 12)],
      'a cut call that took effect': [cut(1, 0), read(1, 5, 6)],
      'a cut call that never did': [cut(1, 0), read(0, 5, 6), read(0, 7, 8)],
      'a cut call that did so long after it': [
        cut(1, 0),
        read(0, 5, 6),
        write(2, 7, 8),
        read(2, 9, 10),
        read(1, 11, 12),
      ],
      'an optional effect within its call': [step({ write: 1 }, 0, 4, true), read(0, 1, 2), read(1, 5, 6)],
      'calls that touch': [write(1, 0, 1), read(0, 1, 2)],
    };
    for (const [name, history] of Object.entries(histories)) {
      it(name, () => assert.equal(kindOf(...history), 'linearizable'));
    }
  });

  describe('finds', () => {
    const histories: Record<string, readonly Step<Op>[]> = {
      'a reading of what nobody wrote': [read(7, 0, 1)],
      'a lost update': [write(1, 0, 1), read(0, 2, 3)],
      'a reading from the future': [read(1, 0, 1), write(1, 2, 3)],
      'new, then old': [write(1, 0, 10), read(1, 1, 2), read(0, 3, 4)],
      'two readers that saw two orders': [write(1, 0, 10), write(2, 0, 10), read(1, 11, 12), read(2, 13, 14)],
      'the value before last': [write(1, 0, 1), write(2, 2, 3), read(1, 4, 5)],
      'a cut call that took effect twice': [cut(1, 0), read(1, 5, 6), write(2, 7, 8), read(1, 9, 10)],
      'a cut call that took effect before it was made': [read(1, 0, 1), cut(1, 2)],
      'an optional effect after its call': [step({ write: 1 }, 0, 4, true), read(0, 5, 6), read(1, 7, 8)],
    };
    for (const [name, history] of Object.entries(histories)) {
      it(name, () => assert.equal(kindOf(...history), 'violation'));
    }
  });

  it('says how far it came, in which state, and what could not follow', () => {
    const verdict = check([write(1, 0, 1), read(1, 2, 3), read(5, 4, 5), write(6, 8, 9)], register);
    assert.ok(verdict.kind === 'violation');
    assert.deepEqual(
      { ...verdict.stuck, next: verdict.stuck.next.map(({ op }) => op) },
      { explained: 2, state: 1, next: [{ read: 5 }] },
    );
  });

  it('agrees with trying every order, on small histories of every kind', () => {
    const aStep = fc
      .record({
        op: fc.oneof(
          fc.record({ write: fc.integer({ min: 1, max: 3 }) }),
          fc.record({ read: fc.integer({ min: 0, max: 3 }) }),
        ),
        invoked: fc.integer({ min: 0, max: 12 }),
        lasting: fc.integer({ min: 0, max: 6 }),
        fate: fc.constantFrom('returned', 'returned', 'returned', 'optional', 'cut'),
      })
      .map(({ op, invoked, lasting, fate }) =>
        step(op, invoked, fate === 'cut' ? Infinity : invoked + lasting, fate !== 'returned'),
      );
    const kinds = { linearizable: 0, violation: 0 };
    fc.assert(
      fc.property(fc.array(aStep, { minLength: 1, maxLength: 6 }), (history) => {
        const expected = hasOrder(history, 0, -Infinity) ? 'linearizable' : 'violation';
        assert.equal(kindOf(...history), expected);
        kinds[expected]++;
      }),
      { numRuns: 3_000 },
    );
    assert.ok(Math.min(kinds.linearizable, kinds.violation) > 300, `one-sided: ${JSON.stringify(kinds)}`);
  });

  it('takes a history of 5,000 calls, 8 at a time, with 50 cut ones, in few steps', () => {
    const history = Array.from({ length: 5_000 }, (_, n) =>
      n % 100 === 7 ? cut(-1, n * 10) : n % 2 ? read(n - 1, n * 10, n * 10 + 1) : write(n, n * 10, n * 10 + 75),
    );
    // Every writing is beside its seven followers; each odd number reads what was called just before it.
    assert.equal(check(history, register, 20 * history.length).kind, 'linearizable');
  });

  it('gives up on a search without end, and does not call that a success', () => {
    // Twenty writings at once, and then a value that none of them wrote: every order has to be tried.
    const history = [...Array.from({ length: 20 }, (_, n) => write(n + 1, 0, 100)), read(99, 101, 102)];
    assert.equal(check(history, register, 10_000).kind, 'undecided');
  });
});

/** By definition: some order of all that returned, and some of the rest, in which none comes before one that was over. */
function hasOrder(left: readonly Step<Op>[], state: number, latestCall: number): boolean {
  if (left.every(({ optional }) => optional)) {
    return true;
  }
  return left.some((next, index) => {
    const others = left.filter((_, other) => other !== index);
    const isTooLate = next.returned < latestCall;
    const isTooEarly = others.some(({ returned, optional }) => !optional && returned < next.invoked);
    const after = isTooLate || isTooEarly ? undefined : register.apply(state, next.op);
    return after !== undefined && hasOrder(others, after, Math.max(latestCall, next.invoked));
  });
}
