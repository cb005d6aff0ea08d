/** A short form of the recorded histories; `npm run soak` runs the same code for as long as asked. */

import assert from 'node:assert/strict';
import type { Scenario } from '../scenario';
import { historyKilled, historyMixed, historyOurs, historyPeerSweep } from './scenarios';

const short = (scenario: Scenario, rounds: number) => scenario.run({ seed: 1, deadline: Date.now() + 60_000, rounds });

describe('recorded histories', () => {
  for (const scenario of [historyOurs, historyMixed, historyKilled]) {
    it(`${scenario.name}: every answer is explained by one order, and nothing is lost`, async () => {
      const { figures, problems, notes } = await short(scenario, 2);
      assert.deepEqual(problems, []);
      assert.ok(figures.operations > 60, `only ${figures.operations} calls: nothing was shown`);
      assert.equal(figures.kills > 0, scenario === historyKilled);
      for (const answer of ['reserve ok', 'RESERVATION_CONFLICT', 'RESERVATION_STALE_FOUND', 'release ok']) {
        assert.match(notes?.join() ?? '', new RegExp(answer), 'an answer that never came shows nothing');
      }
    });
  }

  it('the control: the unlocked sweep of beadboard’s protocol is found to lose reservations', async () => {
    const { figures, problems } = await short(historyPeerSweep, 3);
    assert.deepEqual(problems, []);
    assert.equal(figures.controlsFound, 1);
  });
});
