import assert from 'node:assert/strict';
import { isKeptAlive, keepAlivePlan } from '../../../src/core/keepAlive';
import { at, NOW, reservation } from '../../support/samples';

const HOUR = 60;

describe('keeping reservations alive', () => {
  it('renews at a third of the time, for as long as before', () => {
    const early = reservation({ created_at: at(-19), expires_at: at(41) });
    const due = reservation({ created_at: at(-20), expires_at: at(40) });
    assert.deepEqual(keepAlivePlan([early], NOW), { due: [], next: Date.parse(at(1)) });
    assert.deepEqual(keepAlivePlan([due], NOW), { due: [{ reservation: due, ttl: 60 }], next: undefined });
  });

  it('counts from the last renewal', () => {
    const renewed = reservation({ created_at: at(-300), renewed_at: at(-10), expires_at: at(110) });
    assert.deepEqual(keepAlivePlan([renewed], NOW), { due: [], next: Date.parse(at(30)) });
  });

  it('looks again at the first of several', () => {
    const one = reservation({ created_at: at(0), expires_at: at(30) });
    const other = reservation({ created_at: at(0), expires_at: at(60) });
    assert.equal(keepAlivePlan([other, one], NOW).next, Date.parse(at(10)));
  });

  it('has nothing to do for nothing', () => {
    assert.deepEqual(keepAlivePlan([], NOW), { due: [], next: undefined });
  });

  it('leaves alone what is over, and what was made 24 hours ago', () => {
    const over = reservation({ created_at: at(-60), expires_at: at(0) });
    const old = reservation({ created_at: at(-24 * HOUR), renewed_at: at(-60), expires_at: at(60) });
    const nearly = reservation({ created_at: at(-24 * HOUR + 1), renewed_at: at(-60), expires_at: at(60) });
    assert.deepEqual(keepAlivePlan([over, old], NOW), { due: [], next: undefined });
    assert.equal(keepAlivePlan([nearly], NOW).due.length, 1);
  });

  it('knows that one will not be renewed any more before it ends', () => {
    const last = reservation({ created_at: at(-23 * HOUR), renewed_at: at(-1), expires_at: at(239) });
    assert.equal(isKeptAlive(last, NOW), false);
    assert.equal(isKeptAlive(reservation({ created_at: at(-1), expires_at: at(5) }), NOW), true);
  });

  it('renews for a whole time that the rules accept', () => {
    const odd = reservation({ created_at: at(-3), expires_at: at(0.4) });
    assert.equal(keepAlivePlan([odd], NOW).due[0]?.ttl, 5);
  });
});
