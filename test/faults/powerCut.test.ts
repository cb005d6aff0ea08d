import assert from 'node:assert/strict';
import { powerCut } from './powerCut';

describe('a power cut at every moment', () => {
  it('loses nothing that was acknowledged, whatever part of the unsynced is kept, and the next caller gets through', async () => {
    const { figures, problems, notes } = await powerCut.run({ seed: 1, deadline: Infinity, rounds: 1 });
    console.log([JSON.stringify(figures), ...(notes ?? [])].map((line) => `      ${line}`).join('\n'));
    assert.deepEqual(problems, []);
    assert.ok(figures.faults >= 300, `only ${figures.faults} states were tried`);
    assert.equal(figures.controlsFound, 2);
  });
});
