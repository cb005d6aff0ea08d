/** The decision about one new scope beside 10,000 that are held: pure, without a store. */

import { checkReserve, decideReserve } from '../../src/core/reserve';
import { AGENT, BEAD, entryFor } from '../contender';
import type { Row } from '../row';
import { median, timed } from '../stats';

const ACTIVE = 10_000;
const ROUNDS = 100;
const NOW = new Date();
const PROJECT = '/projects/shop';

/** What is held, `#` standing for a number, and what is wanted. The first is the one that the target is about. */
const CASES = [
  { name: 'files, one file', held: 'src/#/file-#.ts', wanted: 'src/7/new.ts' },
  { name: 'folders, one file', held: 'src/pkg-#/**', wanted: 'src/new/file.ts' },
  { name: 'folders, one pattern', held: 'src/pkg-#/**', wanted: 'docs/**/*.md' },
  { name: 'patterns, one pattern', held: 'src/**/test-#/*.{ts,tsx}', wanted: 'src/**/*.css' },
  { name: 'patterns that all overlap, refused', held: 'src/**/*-#.ts', wanted: 'src/**/*.ts' },
];

export const overlap: Row = {
  name: 'one scope beside 10,000 active',
  unit: 'ms',
  target: { ms: { most: 5 } },
  async run() {
    const figures: { name: string; usual: number; first: number }[] = [];
    for (const { name, held, wanted } of CASES) {
      const made = Array.from({ length: ACTIVE }, (_, index) => ({
        ...entryFor(held.replaceAll('#', String(index)), NOW),
        state: 'active' as const,
        agent_id: 'another-agent',
        project: PROJECT,
      }));
      // As a store has them: texts that were put together, and objects that were copied, are slower to look through.
      const active: typeof made = JSON.parse(JSON.stringify(made));
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        times.push(
          await timed(() => {
            const request = checkReserve({ agent: AGENT, scope: wanted, bead: BEAD, project: PROJECT }, true);
            return (
              request.ok && decideReserve(active, request.data, { now: NOW, hasEnded: () => false, fence: 1 }, '0')
            );
          }),
        );
      }
      // The first one finds nothing compiled, as the first one of a process does.
      const [first = Number.NaN, ...others] = times;
      figures.push({ name, usual: median(others), first });
    }
    const ours = figures[0]?.usual ?? Number.NaN;
    return {
      ours,
      peers: {},
      ratio: { ms: ours },
      notes: figures.map(
        ({ name, usual, first }) => `${name}: ${usual.toFixed(2)} ms, the first ${first.toFixed(0)} ms`,
      ),
    };
  },
};
