import assert from 'node:assert/strict';
import { NO_FIGURES } from './scenario';
import { staleLock } from './staleLock';

const ROUNDS = 80;

describe('a dead lock that eight processes meet', () => {
  it(`${ROUNDS} rounds: never two inside, nothing lost, nobody blocked; two other ways of locking are found out`, async () => {
    const { figures, problems, notes } = await staleLock.run({
      seed: 1,
      deadline: Infinity,
      rounds: ROUNDS,
    });
    console.log(notes?.map((note) => `      ${note}`).join('\n'));
    assert.deepEqual(problems, []);
    const { violations, lost, blocked } = figures;
    assert.deepEqual({ violations, lost, blocked }, { violations: 0, lost: 0, blocked: 0 });
    assert.equal(figures.operations, ROUNDS * 8, 'stopped before the last round');
    assert.ok(figures.kills > 0);
    assert.equal(figures.controlsFound, 3, 'a way of locking that lets in two was not found out');
    assert.notDeepEqual(figures, NO_FIGURES);
  });
});
