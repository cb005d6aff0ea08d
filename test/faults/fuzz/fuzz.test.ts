/** A short form of the fuzzing, and each input that once broke something. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../../support/paths';
import { withFolder } from '../workFolder';
import { type Fixture, fuzz } from './fuzz';
import { makeTemplate, type Target } from './template';
import { tryInput } from './tryInput';

const FIXTURES = join(repoRoot, 'test', 'fixtures', 'fuzz');

describe('a damaged file', () => {
  it('is answered with data or a known problem, and never overwritten: 500 inputs', async () => {
    const seed = Date.now() % 2 ** 31;
    const { figures, problems, notes } = await fuzz.run({ seed, deadline: Infinity, rounds: 500 });
    assert.deepEqual(problems, [], `seed ${seed}`);
    const told = Number(/of (\d+) the store told/.exec(notes?.join() ?? '')?.[1]);
    assert.ok(told > figures.faults / 4, `only ${told} inputs were noticed: the damage is none`);
  });

  it('that was overwritten would be found', () =>
    withFolder('memory', async (folder) => {
      const template = await makeTemplate(folder);
      const target: Target = { kind: 'history', path: join('reservations', 'active.json') };
      const { problems } = await tryInput(template, join(folder, 'store'), target, Buffer.from('{"reservations":[]}'));
      assert.match(problems.join(), /lost what it began with/);
    }));

  const fixtures = existsSync(FIXTURES) ? readdirSync(FIXTURES) : [];
  for (const name of fixtures) {
    it(`${name} does no harm any more`, () =>
      withFolder('memory', async (folder) => {
        const template = await makeTemplate(folder);
        const { kind, base64 } = JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as Fixture;
        const target = template.targets.find((one) => one.kind === kind) as Target;
        const { problems } = await tryInput(template, join(folder, 'store'), target, Buffer.from(base64, 'base64'));
        assert.deepEqual(problems, []);
      }));
  }
});
