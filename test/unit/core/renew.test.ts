import assert from 'node:assert/strict';
import { checkRenew, decideRenew, isRenewedLater, type RenewInput } from '../../../src/core/renew';
import type { Reservation } from '../../../src/core/reservation';
import { codeOf, grantedData, refusal } from '../../support/outcomes';
import { at, moment, NOW, reservation } from '../../support/samples';

const request = { agent: 'agent-a', scope: 'src/app', ttl: 120 };

describe('checkRenew', () => {
  it('asks for the agent, then the scope, then the TTL', () => {
    const wrong = { agent: 'nobody', scope: ' ', ttl: 4 };
    refusal(checkRenew(wrong, false), 'AGENT_NOT_FOUND');
    assert.deepEqual(refusal(checkRenew(wrong, true), 'INVALID_ARGS').details, { missing: ['scope'] });
    assert.deepEqual(refusal(checkRenew({ ...wrong, scope: 's' }, true), 'INVALID_ARGS').details?.['ttl'], 4);
    refusal(checkRenew({} as RenewInput, true), 'INVALID_ARGS');
    assert.deepEqual(grantedData(checkRenew({ agent: ' agent-a ', scope: ' src/app ' }, true)), request);
  });
});

describe('decideRenew', () => {
  it('moves the end, and keeps everything else', () => {
    const mine = reservation({ fence: 7, note: 'kept' });
    const other = reservation({ scope: 'other' });
    const { active, closed, answer } = decideRenew([other, mine], request, moment());
    const renewed = { ...mine, expires_at: at(120), renewed_at: NOW.toISOString() };
    assert.deepEqual(grantedData(answer), renewed);
    assert.deepEqual(active, [other, renewed]);
    assert.deepEqual(closed, []);
  });

  it('never lets it end earlier, and then changes nothing', () => {
    const active = [reservation({ expires_at: at(300) })];
    const decision = decideRenew(active, request, moment());
    assert.equal(grantedData(decision.answer).expires_at, at(300));
    assert.equal(decision.active, active);
  });

  const refused: readonly (readonly [string, readonly Reservation[], string])[] = [
    ['nobody holds it', [reservation({ scope: 'src' })], 'RESERVATION_NOT_FOUND'],
    ['it ends at this very instant', [reservation({ expires_at: at(0) })], 'RESERVATION_NOT_FOUND'],
    ["it is another's", [reservation({ agent_id: 'agent-b' })], 'RENEW_FORBIDDEN'],
    ["another's is expired", [reservation({ agent_id: 'agent-b', expires_at: at(-1) })], 'RESERVATION_NOT_FOUND'],
  ];
  for (const [name, active, code] of refused) {
    it(`${name}: ${code}, and nothing changes`, () => {
      const decision = decideRenew(active, request, moment());
      assert.equal(codeOf(decision.answer), code);
      assert.equal(decision.active, active);
      assert.deepEqual(decision.closed, []);
    });
  }

  it('says that it is over, and who holds it', () => {
    assert.match(
      refusal(decideRenew([], request, moment()).answer, 'RESERVATION_NOT_FOUND').message,
      /Reserve it anew/,
    );
    const theirs = [reservation({ agent_id: 'agent-b' })];
    const { details, message } = refusal(decideRenew(theirs, request, moment()).answer, 'RENEW_FORBIDDEN');
    assert.match(message, /"agent-b" until/);
    const holder = details?.['holder'] as Reservation;
    assert.equal(holder.agent_id, 'agent-b');
  });

  it('of several projects it takes its own in the one that is named', () => {
    const [one, two] = [reservation({ project: '/p' }), reservation({ reservation_id: 'res_2', project: '/q' })];
    const answer = decideRenew([one, two], { ...request, project: '/q' }, moment()).answer;
    assert.equal(grantedData(answer).reservation_id, 'res_2');
    refusal(decideRenew([one], { ...request, project: '/q' }, moment()).answer, 'RESERVATION_NOT_FOUND');
  });
});

describe('isRenewedLater', () => {
  const old = reservation();
  const renewed = reservation({ expires_at: at(90), renewed_at: at(1) });

  it('tells the later of two readings', () => {
    assert.ok(isRenewedLater(renewed, old));
    assert.ok(!isRenewedLater(old, renewed));
    assert.ok(!isRenewedLater(renewed, renewed));
    assert.ok(isRenewedLater(reservation({ expires_at: at(95), renewed_at: at(2) }), renewed));
  });

  it('an end that was written by hand is no renewal, nor is a time that is none', () => {
    assert.ok(!isRenewedLater(reservation({ expires_at: at(90) }), old));
    assert.ok(!isRenewedLater(reservation({ expires_at: at(90), renewed_at: 'soon' }), old));
    assert.ok(!isRenewedLater(reservation({ expires_at: at(90), renewed_at: 7 as unknown as string }), old));
  });
});
