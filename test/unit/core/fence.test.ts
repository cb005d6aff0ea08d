import assert from 'node:assert/strict';
import { fenceOf, highestFence, nextFence } from '../../../src/core/fence';
import { NOW, reservation } from '../../support/samples';

describe('fences', () => {
  it('follow the clock, and never go back', () => {
    assert.equal(nextFence(0, NOW), NOW.getTime());
    assert.equal(nextFence(NOW.getTime(), NOW), NOW.getTime() + 1);
    assert.equal(nextFence(NOW.getTime() + 500, NOW), NOW.getTime() + 501);
  });

  it('the highest of entries; what is no fence is none', () => {
    assert.equal(highestFence([]), 0);
    assert.equal(highestFence([reservation({ fence: 3 }), reservation({ fence: 9 }), reservation()]), 9);
    for (const fence of [-1, 0, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER, '7', null, {}]) {
      assert.equal(fenceOf(reservation({ fence: fence as number })), 0, JSON.stringify(fence));
    }
    assert.ok(Number.isSafeInteger(nextFence(fenceOf(reservation({ fence: 8_640_000_000_000_000 })), NOW)));
  });
});
