import assert from 'node:assert/strict';
import { pausedHolder } from './pausedHolder';

describe('a holder that is stopped for longer than anybody waits', () => {
  it('goes on where it was: three acknowledged, three there, nobody robbed; proper-lockfile by itself loses one', async () => {
    const { figures, problems, notes } = await pausedHolder.run({ seed: 1, deadline: Date.now() + 1000, rounds: 1 });
    console.log(notes?.map((note) => `      ${note}`).join('\n'));
    assert.deepEqual(problems, []);
    const { violations, lost, blocked } = figures;
    assert.deepEqual({ violations, lost, blocked }, { violations: 0, lost: 0, blocked: 0 });
    assert.ok(figures.faults >= 7 && figures.operations >= 28, JSON.stringify(figures));
    assert.equal(figures.controlsFound, 1, 'the loss of a package that goes by age was not found');
  });
});
