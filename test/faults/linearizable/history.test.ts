/** A short form of the recorded histories; `npm run soak` runs the same code for as long as asked. */

import assert from 'node:assert/strict';
import {
  historyBattered,
  historyKilled,
  historyMixed,
  historyOurs,
  historyPeerSweep,
  historyRepaired,
} from './scenarios';

/** Rounds; nearly always the first or the second shows it. */
const LONGEST_SEARCH = 40;

describe('recorded histories', () => {
  for (const [scenario, rounds] of [
    [historyOurs, 2],
    [historyMixed, 1],
    [historyKilled, 2],
    [historyBattered, 1],
  ] as const) {
    it(`${scenario.name}: every answer is explained by one order, and nothing is lost`, async () => {
      const { figures, problems, notes } = await scenario.run({ seed: 1, deadline: Infinity, rounds });
      assert.deepEqual(problems, []);
      assert.equal(figures.kills > 0, scenario === historyKilled || scenario === historyBattered);
      for (const answer of ['reserve ok', 'RESERVATION_CONFLICT', 'release ok']) {
        assert.match(notes?.join() ?? '', new RegExp(answer), 'an answer that never came shows nothing');
      }
    });
  }

  // What the next two are about happens by chance: they go on until it has.

  it(`${historyRepaired.name}: some are repaired, and every answer is explained by one order`, async () => {
    let repaired = 0;
    for (let seed = 1; repaired === 0 && seed <= LONGEST_SEARCH; seed++) {
      const { figures, problems } = await historyRepaired.run({ seed, deadline: Infinity, rounds: 1 });
      assert.deepEqual(problems, []);
      repaired = figures.faults;
    }
    assert.ok(repaired > 0, 'no sweep ever did any harm: nothing was shown');
  });

  it('the control: the unlocked sweep of beadboard’s protocol is found to lose reservations', async () => {
    let found = 0;
    for (let seed = 1; found === 0 && seed <= LONGEST_SEARCH; seed++) {
      found = (await historyPeerSweep.run({ seed, deadline: Infinity, rounds: 2 })).figures.controlsFound;
    }
    assert.equal(found, 1);
  });
});
