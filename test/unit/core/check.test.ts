import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type CheckInput, checkCheck, MAX_CHECKED_PATHS, whoHolds } from '../../../src/core/check';
import type { Reservation } from '../../../src/core/reservation';
import { covers } from '../../../src/core/scope/relation';
import { parsePath, parseScope } from '../../../src/core/scope/scope';
import { grantedData, refusal } from '../../support/outcomes';
import { reservation } from '../../support/samples';

const check = (live: readonly Reservation[], input: CheckInput) => whoHolds(live, grantedData(checkCheck(input, true)));

describe('checkCheck', () => {
  it('asks for the agent, then the paths', () => {
    refusal(checkCheck({ agent: 'nobody', paths: [] }, false), 'AGENT_NOT_FOUND');
    for (const paths of [[], undefined, 'src', {}]) {
      const error = refusal(checkCheck({ paths } as unknown as CheckInput, false), 'INVALID_ARGS');
      assert.deepEqual(error.details, { missing: ['paths'] });
    }
    assert.deepEqual(refusal(checkCheck({ paths: ['src', '../x'] }, false), 'INVALID_ARGS').details, { path: '../x' });
    refusal(checkCheck({ paths: [7] } as unknown as CheckInput, false), 'INVALID_ARGS');
  });

  it('takes so many paths, and not one more', () => {
    const paths = Array.from({ length: MAX_CHECKED_PATHS }, () => 'src');
    assert.equal(grantedData(checkCheck({ paths }, false)).paths.length, MAX_CHECKED_PATHS);
    assert.deepEqual(refusal(checkCheck({ paths: [...paths, 'one'] }, false), 'INVALID_ARGS').details, {
      paths: MAX_CHECKED_PATHS + 1,
      maximum: MAX_CHECKED_PATHS,
    });
  });
});

describe('whoHolds', () => {
  const mine = reservation({ reservation_id: 'res_1', scope: 'src', project: '/p' });
  const theirs = reservation({ reservation_id: 'res_2', scope: 'src/*.ts', agent_id: 'agent-b', project: '/p' });
  const seeds = reservation({ reservation_id: 'res_3', scope: 'docs/**', agent_id: 'agent-b' });
  const elsewhere = reservation({ reservation_id: 'res_4', scope: '**', agent_id: 'agent-b', project: '/q' });
  const live = [mine, theirs, seeds, elsewhere];

  it('tells for each path who holds it, and in all whether others do', () => {
    const paths = ['src/a.ts', 'src/a/b.ts', './docs\\x.md', 'lib', 'src/a.ts'];
    const data = check(live, { paths, agent: 'agent-a', project: '/p' });
    assert.deepEqual(
      data.paths.map(({ path, held_by }) => [path, held_by.map((one) => [one.reservation_id, one.mine, one.project])]),
      [
        [
          'src/a.ts',
          [
            ['res_1', true, '/p'],
            ['res_2', false, '/p'],
          ],
        ],
        ['src/a/b.ts', [['res_1', true, '/p']]],
        ['./docs\\x.md', [['res_3', false, null]]],
        ['lib', []],
        [
          'src/a.ts',
          [
            ['res_1', true, '/p'],
            ['res_2', false, '/p'],
          ],
        ],
      ],
    );
    assert.deepEqual(data.summary, { checked: 5, held: 4, held_by_others: 3 });
    const { reservation_id, scope, agent_id, bead_id, expires_at } = theirs;
    assert.deepEqual(data.paths[0]?.held_by[1], {
      ...{ reservation_id, scope, agent_id, bead_id, expires_at },
      mine: false,
      project: '/p',
    });
  });

  it('without a project, everything is looked at; without an agent, nothing is mine', () => {
    const [first] = check(live, { paths: ['src/a.ts'] }).paths;
    assert.deepEqual(
      first?.held_by.map(({ reservation_id, mine: own }) => [reservation_id, own]),
      [
        ['res_1', false],
        ['res_2', false],
        ['res_4', false],
      ],
    );
  });

  it('folds case where the project does', () => {
    const held = (foldCase: boolean) => check([mine], { paths: ['SRC/A.ts'], project: '/p', foldCase }).summary.held;
    assert.deepEqual([held(true), held(false)], [1, 0]);
  });

  it('a scope that does not compile covers nothing', () => {
    assert.equal(check([reservation({ scope: 'src/[' })], { paths: ['src/['] }).summary.held, 0);
  });

  it('answers as if each path were compared with each scope', () => {
    const part = fc.constantFrom('a', 'b', '*', '?', '**', '[ab]', '{a,b/a}', 'aa');
    const scope = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const path = fc
      .array(fc.constantFrom('a', 'b', 'aa'), { minLength: 1, maxLength: 4 })
      .map((names) => names.join('/'));
    let held = 0;
    fc.assert(
      fc.property(
        fc.array(scope, { maxLength: 8 }),
        fc.array(path, { minLength: 1, maxLength: 8 }),
        (scopes, paths) => {
          const entries = scopes.map((text, n) => reservation({ reservation_id: `res_${n}`, scope: text }));
          const answered = check(entries, { paths }).paths.map(({ held_by }) =>
            held_by.map((one) => one.reservation_id),
          );
          const expected = paths.map((one) =>
            entries
              .filter((entry) => covers(grantedData(parseScope(entry.scope)), grantedData(parsePath(one))))
              .map((entry) => entry.reservation_id),
          );
          assert.deepEqual(answered, expected);
          held += expected.flat().length;
        },
      ),
      { numRuns: 500 },
    );
    assert.ok(held > 500, `only ${held} were held: nothing was shown`);
  });
});
