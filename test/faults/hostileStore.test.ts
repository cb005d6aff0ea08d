import assert from 'node:assert/strict';
import { PATIENCE_MS } from '../support/patience';
import { PARTS, runPart } from './hostileStore';
import type { Outcome } from './scenario';

/** What measures time or memory is not to be disturbed; of the others, most of the time is spent waiting. */
const ALONE = ['bulk', 'noise'];

describe('a store that is prepared against us', () => {
  const outcomes = new Map<string, Outcome>();

  before(async function () {
    this.timeout(15 * PATIENCE_MS);
    const run = async (name: string) => {
      const part = PARTS[name];
      assert.ok(part, name);
      outcomes.set(name, await runPart(part));
    };
    await Promise.all(
      Object.keys(PARTS)
        .filter((name) => !ALONE.includes(name))
        .map(run),
    );
    for (const name of ALONE) {
      await run(name);
    }
  });

  for (const name of Object.keys(PARTS)) {
    it(`${name}: nothing outside is written, nothing is lost, nobody is blocked, and answers say what is wrong`, () => {
      const { figures, problems, notes } = outcomes.get(name) ?? assert.fail('it was not run');
      console.log(notes?.map((note) => `      ${note}`).join('\n'));
      assert.deepEqual(problems, []);
      const { violations, lost, blocked } = figures;
      assert.deepEqual({ violations, lost, blocked }, { violations: 0, lost: 0, blocked: 0 });
      assert.ok(figures.operations > 0 && figures.faults > 0);
      assert.equal(figures.controlsFound, name === 'links' ? 1 : 0, 'a write through a link was not seen');
    });
  }
});
