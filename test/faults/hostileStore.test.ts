import assert from 'node:assert/strict';
import { PARTS, runPart } from './hostileStore';

describe('a store that is prepared against us', () => {
  for (const [name, part] of Object.entries(PARTS)) {
    it(`${name}: nothing outside is written, nothing is lost, nobody is blocked, and answers say what is wrong`, async () => {
      const { figures, problems, notes } = await runPart(part);
      console.log(notes?.map((note) => `      ${note}`).join('\n'));
      assert.deepEqual(problems, []);
      const { violations, lost, blocked } = figures;
      assert.deepEqual({ violations, lost, blocked }, { violations: 0, lost: 0, blocked: 0 });
      assert.ok(figures.operations > 0 && figures.faults > 0);
    });
  }
});
