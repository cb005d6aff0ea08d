import assert from 'node:assert/strict';
import { crashAtEveryCall } from './crash';

describe('a crash at every call', () => {
  it('blocks nobody, loses nothing that was acknowledged, and leaves nothing half-written', async () => {
    const { figures, problems, notes } = await crashAtEveryCall.run({ seed: 1, deadline: Infinity, rounds: 1 });
    console.log([JSON.stringify(figures), ...(notes ?? [])].map((line) => `      ${line}`).join('\n'));
    assert.deepEqual(problems, []);
    assert.ok(figures.kills >= 120, `only ${figures.kills} processes were killed`);
    assert.equal(figures.controlsFound, 2);
  });
});
