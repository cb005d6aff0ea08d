/** The fault scenarios of the store on a server, each for a round; `npm run soak` runs the same for longer. */

import assert from 'node:assert/strict';
import { postgresCut } from '../faults/postgres/cut';
import { postgresFull } from '../faults/postgres/full';
import { postgresClocks, postgresKilled, postgresStopped } from '../faults/postgres/load';
import { postgresNaive } from '../faults/postgres/naive';
import type { Figures, Scenario } from '../faults/scenario';
import { PATIENCE_MS } from '../support/patience';

describe('faults of a PostgreSQL server and its clients', function () {
  this.timeout(4 * PATIENCE_MS);
  const scenarios: readonly (readonly [Scenario, (figures: Figures) => boolean])[] = [
    [postgresKilled, ({ kills, operations }) => kills > 1 && operations > 20],
    [postgresClocks, ({ faults, operations }) => faults > 0 && operations > 50],
    [postgresStopped, ({ faults, operations }) => faults > 3 && operations > 50],
    [postgresCut, ({ faults, operations }) => faults >= 10 && operations > 50],
    [postgresFull, ({ faults, operations }) => faults > 3 && operations > 50],
    [postgresNaive, ({ controlsFound }) => controlsFound === 1],
  ];
  for (const [scenario, isShown] of scenarios) {
    it(scenario.name, async () => {
      const { figures, problems, notes } = await scenario.run({
        seed: Date.now() % 2 ** 31,
        deadline: Infinity,
        rounds: 1,
      });
      console.log([JSON.stringify(figures), ...(notes ?? [])].map((line) => `      ${line}`).join('\n'));
      assert.deepEqual(problems, []);
      assert.ok(isShown(figures), `nothing was shown: ${JSON.stringify(figures)}`);
    });
  }
});
