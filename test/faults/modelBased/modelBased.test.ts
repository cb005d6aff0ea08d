/** The decisions, and the store in files, against one and the same model of all rules. */

import assert from 'node:assert/strict';
import type { MemoryStore } from '../../support/memoryStore';
import { withFolder } from '../workFolder';
import { filesBelow, type Ran, runAgainstModel } from './modelBased';
import { memorySystem } from './systems';

const seed = Date.now() % 2 ** 31;

function assertAgreed({ failure, steps, runs }: Ran): void {
  assert.equal(failure, undefined, `seed ${seed}: ${failure}`);
  assert.ok(steps > runs * 5, `only ${steps} steps in ${runs} runs: nothing was shown`);
}

describe('random steps answer as the model of all rules does', () => {
  it('over a store in memory: the decisions alone', async () => {
    assertAgreed(await runAgainstModel(memorySystem, { seed, runs: 300 }));
  });

  it('over files, with restarts and other programs that edit them', () =>
    withFolder('memory', async (folder) => {
      assertAgreed(await runAgainstModel(filesBelow(folder), { seed, runs: 40 }));
    }));

  it('a store that forgets a release is found, and shrunk to a few steps', async () => {
    const forgetful = (now: number) => {
      const system = memorySystem(now);
      const store = system.store as MemoryStore;
      const { transactReservations } = store;
      let released = 0;
      store.transactReservations = (decide) => {
        const { active: before, closed } = store;
        const answer = transactReservations(decide);
        const isRelease = store.closed.length > closed.length && store.closed.at(-1)?.state === 'released';
        if (isRelease && ++released % 2 === 0) {
          store.active = before;
        }
        return answer;
      };
      return system;
    };
    const { failure } = await runAgainstModel(forgetful, { seed: 1, runs: 300 });
    assert.match(failure ?? '', /Property failed after/);
    const [counterexample = ''] = /Counterexample: .*/.exec(failure ?? '') ?? [];
    assert.match(counterexample, /release/);
    assert.ok(counterexample.length < 1_500, `hardly shrunk: ${counterexample}`);
  });
});
