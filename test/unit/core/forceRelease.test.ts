import assert from 'node:assert/strict';
import { checkForceRelease, decideForceRelease, type ForceReleaseInput } from '../../../src/core/release';
import { grantedData, refusal } from '../../support/outcomes';
import { at, moment, NOW, reservation } from '../../support/samples';

const id = 'res_20260213_215900_0a1b2c3d';
const request = { reservation: id, by: 'agent-b', reason: 'gone home', scope: '' };

describe('checkForceRelease', () => {
  it('asks who it is, then for the reservation and the reason', () => {
    refusal(checkForceRelease({ by: 'nobody', reservation: '', reason: '' }, false), 'AGENT_NOT_FOUND');
    for (const [input, missing] of [
      [{}, ['reservation', 'reason']],
      [{ reservation: id, reason: '  ' }, ['reason']],
      [{ reason: 'r' }, ['reservation']],
    ] as const) {
      const error = refusal(checkForceRelease(input as ForceReleaseInput, true), 'INVALID_ARGS');
      assert.deepEqual(error.details, { missing });
    }
    const long = { ...request, reason: 'x'.repeat(1_001) };
    assert.deepEqual(refusal(checkForceRelease(long, true), 'INVALID_ARGS').details, { reason: 1_001, maximum: 1_000 });
    assert.deepEqual(grantedData(checkForceRelease({ ...request, by: ' agent-b ' }, true)), request);
  });
});

describe('decideForceRelease', () => {
  it('ends it whoever holds it, and history tells by whom and why', () => {
    const entry = reservation({ note: 'kept' });
    const other = reservation({ reservation_id: 'res_2' });
    const { active, closed, answer } = decideForceRelease([entry, other], request, moment());
    const released = {
      ...entry,
      state: 'released',
      released_at: NOW.toISOString(),
      released_by: 'agent-b',
      reason: 'gone home',
    };
    assert.deepEqual(grantedData(answer), released);
    assert.deepEqual(closed, [released]);
    assert.deepEqual(active, [other]);
  });

  it('not found: none of that id, and an expired one, which then goes to history', () => {
    const active = [reservation({ reservation_id: 'res_2' })];
    const none = decideForceRelease(active, request, moment());
    refusal(none.answer, 'RESERVATION_NOT_FOUND');
    assert.equal(none.active, active);
    const stale = reservation({ expires_at: at(0) });
    const decision = decideForceRelease([stale], request, moment());
    refusal(decision.answer, 'RESERVATION_NOT_FOUND');
    assert.deepEqual([decision.active, decision.closed], [[], [{ ...stale, state: 'expired' }]]);
  });

  it('two of one id are not guessed at: the scope tells which', () => {
    const active = [reservation({ scope: 'one' }), reservation({ scope: 'two' })];
    const error = refusal(decideForceRelease(active, request, moment()).answer, 'INVALID_ARGS');
    assert.deepEqual(error.details?.['scopes'], ['one', 'two']);
    const { answer } = decideForceRelease(active, { ...request, scope: 'two' }, moment());
    assert.equal(grantedData(answer).scope, 'two');
  });
});
