import assert from 'node:assert/strict';
import fc from 'fast-check';
import { between, differences, endsOf, spliced } from '../../../src/core/differences';

interface One {
  readonly id: number;
}

/** What is put into the place of some of a list. */
const aChange = fc.record({ from: fc.nat(30), out: fc.nat(4), come: fc.nat(4) });

function naive(before: readonly One[], after: readonly One[]) {
  return { gone: before.filter((one) => !after.includes(one)), come: after.filter((one) => !before.includes(one)) };
}

describe('differences', () => {
  it('are what one list has and the other has not, however the lists were made', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.array(aChange, { maxLength: 10 }), fc.boolean(), (length, changes, isSpliced) => {
        let next = 0;
        const some = (count: number): One[] => Array.from({ length: count }, () => ({ id: next++ }));
        let list: readonly One[] = some(length);
        const lists = [list];
        for (const { from, out, come } of changes) {
          const front = Math.min(from, list.length);
          const back = Math.max(list.length - front - out, 0);
          const ends = { front, back };
          const added = some(come);
          const expected = [...list.slice(0, front), ...added, ...list.slice(list.length - back)];
          const after: readonly One[] = isSpliced ? spliced(list, ends, added) : expected;
          assert.deepEqual(after, expected);
          assert.deepEqual(differences(list, after), naive(list, after));
          list = after;
          lists.push(list);
        }
        // Of those that do not follow one upon the other, too, and in either direction.
        for (const before of lists) {
          for (const after of lists) {
            assert.deepEqual(differences(before, after), naive(before, after));
            const ends = endsOf(before, after);
            assert.deepEqual(before.slice(0, ends.front), after.slice(0, ends.front));
            assert.ok(ends.front + ends.back <= Math.min(before.length, after.length));
            assert.equal(between(after, ends).length, after.length - ends.front - ends.back);
          }
        }
      }),
    );
  });
});
