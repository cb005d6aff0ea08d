import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applied, listChange, objectsOf } from '../../../src/store/files/listChange';

const items = Array.from({ length: 12 }, (_, id) => ({ id }));
const [a, b, c] = [{ id: 100 }, { id: 101 }, { id: 102 }];
const list = fc.subarray(items);

describe('listChange', () => {
  it('leads from any list to any other that keeps its order, by what went and came only', () => {
    fc.assert(
      fc.property(list, list, (before, after) => {
        const change = listChange(before, after);
        assert.ok(change);
        assert.deepEqual(applied(before, change), after);
        const { gone, come } = objectsOf(change, before);
        assert.deepEqual(
          [gone, come],
          [before.filter((one) => !after.includes(one)), after.filter((one) => !before.includes(one))],
        );
      }),
    );
  });

  it('is none where what stayed stands in another order', () => {
    assert.equal(listChange([a, b, c], [b, a, c]), undefined);
    assert.equal(listChange([a, b, c], [c, a]), undefined);
    assert.deepEqual(listChange([a, b], [a, b]), { gone: [], come: [] });
  });

  it('of another list is not applied', () => {
    for (const gone of [[1], [0, 0], [1, 0], [0, 1]]) {
      assert.equal(applied([a], { gone, come: [] }), undefined, String(gone));
    }
    assert.equal(applied([a], { gone: [], come: [[2, b]] }), undefined);
    assert.deepEqual(applied([a], { gone: [0], come: [[0, b]] }), [b]);
  });
});
