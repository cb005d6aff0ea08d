/** Random runs of steps on a system, each compared with the model; what fails is shrunk to a few steps. */

import { join } from 'node:path';
import fc from 'fast-check';
import { NOW } from '../../support/samples';
import { add, goesOn, NO_FIGURES, type Scenario } from '../scenario';
import { withFolder } from '../workFolder';
import { aRun } from './commands';
import { newModel } from './model';
import { fileSystem, memorySystem, type System } from './systems';

const AGENTS = ['alpha', 'beta', 'gamma'];
/** Seeds for fast-check are 32 bits. */
const RUNS_PER_ROUND = 20;

export interface Ran {
  readonly runs: number;
  readonly steps: number;
  /** How the shortest failing run looks, with its seed. */
  readonly failure: string | undefined;
}

export async function runAgainstModel(
  makeSystem: (now: number) => System,
  { seed, runs }: { seed: number; runs: number },
): Promise<Ran> {
  let steps = 0;
  const property = fc.asyncProperty(aRun, async (commands) => {
    const system = makeSystem(NOW.getTime());
    const model = newModel(NOW.getTime());
    for (const name of AGENTS) {
      await system.operations.register({ name, role: 'backend' });
      model.agents.set(name, { role: 'backend', version: 1 });
    }
    steps += [...commands].length;
    await fc.asyncModelRun(() => ({ model, real: system }), commands);
  });
  const details = await fc.check(property, { seed, numRuns: runs });
  const failure = details.failed ? fc.defaultReportMessage(details) : undefined;
  return { runs: details.numRuns, steps, failure };
}

/** A new store for each run: shrinking needs each to begin from nothing. */
export function filesBelow(folder: string): (now: number) => System {
  let number = 0;
  return (now) => fileSystem(join(folder, String(++number)), now);
}

export const modelBased: Scenario = {
  name: 'random steps, compared with a model of all rules',
  run: ({ seed, deadline, rounds }) =>
    withFolder('memory', async (folder) => {
      let figures = NO_FIGURES;
      const problems: string[] = [];
      for (let round = 0; goesOn({ rounds, deadline }, round) && problems.length === 0; round++) {
        for (const makeSystem of [memorySystem, filesBelow(join(folder, String(round)))]) {
          const { steps, failure } = await runAgainstModel(makeSystem, { seed: seed + round, runs: RUNS_PER_ROUND });
          figures = add(figures, { operations: steps, violations: failure === undefined ? 0 : 1 });
          problems.push(...(failure === undefined ? [] : [failure]));
        }
      }
      return { figures, problems };
    }),
};
