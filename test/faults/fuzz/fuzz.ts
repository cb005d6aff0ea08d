/** Thousands of damaged files of every kind, one at a time in a store that is otherwise whole. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../../support/paths';
import { seeded } from '../random';
import { add, NO_FIGURES, type Scenario } from '../scenario';
import { withFolder } from '../workFolder';
import { mutate } from './mutate';
import { makeTemplate, type Target } from './template';
import { tryInput } from './tryInput';

/** Side by side, each in a store of its own, since most of the time is spent waiting for the disk. */
const LANES = 4;
const DOCTOR_EVERY = 20;

/** An input that broke something, as it is kept: below test/fixtures/fuzz once its cause is mended. */
export interface Fixture {
  readonly kind: Target['kind'];
  readonly base64: string;
}

export const fuzz: Scenario = {
  name: 'damaged files of every kind',
  run: ({ seed, deadline, rounds }) =>
    withFolder('memory', async (folder) => {
      const template = await makeTemplate(folder);
      const random = seeded(seed);
      let figures = NO_FIGURES;
      let told = 0;
      const problems: string[] = [];
      const lane = async (number: number) => {
        while (figures.faults < rounds && Date.now() < deadline) {
          const target = random.pick(template.targets);
          const content = mutate(template.contents.get(target.path) ?? Buffer.alloc(0), random);
          figures = add(figures, { faults: 1 });
          const tried = await tryInput(template, join(folder, `store-${number}`), target, content, {
            withDoctor: figures.faults % DOCTOR_EVERY === 0,
          });
          told += tried.told ? 1 : 0;
          figures = add(figures, { operations: tried.operations, violations: tried.problems.length > 0 ? 1 : 0 });
          if (tried.problems.length > 0) {
            problems.push(`${target.kind}: ${tried.problems.join('; ')} (kept as ${keep(target, content)})`);
          }
        }
      };
      await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
      return { figures, problems, notes: [`fuzz: ${figures.faults} inputs, of ${told} the store told something`] };
    }),
};

function keep({ kind }: Target, content: Buffer): string {
  const folder = join(repoRoot, 'out', 'faults');
  mkdirSync(folder, { recursive: true });
  const base64 = content.toString('base64');
  const name = `fuzz-${kind}-${Buffer.from(base64)
    .reduce((sum, byte) => (sum * 31 + byte) % 2 ** 32, 7)
    .toString(16)}.json`;
  writeFileSync(join(folder, name), `${JSON.stringify({ kind, base64 } satisfies Fixture)}\n`);
  return name;
}
