import assert from 'node:assert/strict';
import { errorAtEveryCall } from './errors';

describe('an error at every call', () => {
  it('is answered as one, leaves all or nothing, and lets the next caller through', async () => {
    const { figures, problems, notes } = await errorAtEveryCall.run({
      seed: 1,
      deadline: Infinity,
      rounds: 1,
    });
    console.log([JSON.stringify(figures), ...(notes ?? [])].map((line) => `      ${line}`).join('\n'));
    assert.deepEqual(problems, []);
    assert.ok(figures.faults >= 1_000, `only ${figures.faults} calls failed`);
    assert.equal(figures.controlsFound, 1);
  });
});
