import assert from 'node:assert/strict';
import { thousandsAtOnce } from './thousandsAtOnce';

describe('thousands of callers at once', () => {
  it('2,000 in one process, and 500 in each of four: all granted, all on disk; polling fails at 400', async () => {
    const { figures, problems, notes } = await thousandsAtOnce.run({
      seed: 1,
      deadline: Infinity,
      rounds: 1,
    });
    console.log(notes?.map((note) => `      ${note}`).join('\n'));
    assert.deepEqual(problems, []);
    const { violations, lost, blocked } = figures;
    assert.deepEqual({ violations, lost, blocked }, { violations: 0, lost: 0, blocked: 0 });
    assert.equal(figures.operations, 8_000);
    assert.equal(figures.controlsFound, 1, 'the time-outs of a store that polls were not found');
  });
});
