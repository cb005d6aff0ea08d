/** A store that somebody, or an accident, has prepared against us: links, modes, owners, names, sizes, noise. */

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Driver } from '../support/driver';
import { swellActive } from './hostile/bulk';
import { trickWithIds } from './hostile/ids';
import { linkEverything } from './hostile/links';
import { spoilModes } from './hostile/modes';
import { makeNoise } from './hostile/noise';
import { pipeEverything } from './hostile/pipes';
import { add, goesOn, NO_FIGURES, type Outcome, type Scenario } from './scenario';

/** Each part works in an empty folder of its own, with a process of its own. */
export type Part = (base: string, driver: Driver) => Promise<Outcome>;

export const PARTS: Readonly<Record<string, Part>> = {
  links: linkEverything,
  pipes: pipeEverything,
  'modes and owners': spoilModes,
  ids: trickWithIds,
  bulk: swellActive,
  noise: makeNoise,
};

export async function runPart(part: Part): Promise<Outcome> {
  const base = mkdtempSync(join(tmpdir(), 'agent-reservations-test-'));
  // Others than its owner must get to what is in it.
  chmodSync(base, 0o711);
  const driver = await Driver.run('faults/storeWorker');
  try {
    return await part(base, driver);
  } finally {
    await driver.kill();
    rmSync(base, { recursive: true, force: true, maxRetries: 3 });
  }
}

export const hostileStore: Scenario = {
  name: 'a store full of links, wrong modes and owners, tricks, bulk and noise',
  run: async ({ deadline, rounds }) => {
    let total: Outcome = { figures: NO_FIGURES, problems: [] };
    for (let round = 0; goesOn({ rounds, deadline }, round); round++) {
      for (const part of Object.values(PARTS)) {
        if (round > 0 && Date.now() >= deadline) {
          break;
        }
        const { figures, problems, notes = [] } = await runPart(part);
        total = {
          figures: add(total.figures, figures),
          problems: [...total.problems, ...problems],
          notes: round === 0 ? [...(total.notes ?? []), ...notes] : (total.notes ?? []),
        };
      }
    }
    return total;
  },
};
