import assert from 'node:assert/strict';
import { checkWait, isWorthWaiting, MAX_WAIT_SECONDS, msUntilFirstEnd } from '../../../src/core/wait';
import { grantedData, refusal } from '../../support/outcomes';
import { at, NOW } from '../../support/samples';

const conflict = (...conflicts: readonly object[]) => ({
  code: 'RESERVATION_CONFLICT' as const,
  message: '',
  details: { conflicts },
});

describe('waiting', () => {
  it('takes whole seconds of a day, and none unless told', () => {
    assert.equal(grantedData(checkWait(undefined)), 0);
    assert.equal(grantedData(checkWait(MAX_WAIT_SECONDS)), MAX_WAIT_SECONDS);
    for (const wait of [-1, 1.5, MAX_WAIT_SECONDS + 1, '5', Number.NaN]) {
      refusal(checkWait(wait), 'INVALID_ARGS');
    }
  });

  it("is worth it for what others hold, not for one's own, and not for what must be taken over", () => {
    assert.ok(isWorthWaiting(conflict({ agent_id: 'agent-b' }), 'agent-a'));
    assert.ok(!isWorthWaiting(conflict({ agent_id: 'agent-b' }, { agent_id: 'agent-a' }), 'agent-a'));
    assert.ok(!isWorthWaiting({ code: 'RESERVATION_STALE_FOUND', message: '' }, 'agent-a'));
  });

  it('looks again when the first ends, and at once is a second', () => {
    assert.equal(msUntilFirstEnd(conflict({ expires_at: at(9) }, { expires_at: at(2) }), NOW), 120_000);
    assert.equal(msUntilFirstEnd(conflict({ expires_at: at(-2) }), NOW), 1_000);
    assert.equal(msUntilFirstEnd(conflict({ expires_at: 'never' }), NOW), Number.POSITIVE_INFINITY);
  });
});
