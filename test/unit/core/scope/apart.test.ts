import assert from 'node:assert/strict';
import fc from 'fast-check';
import { surelyApartFrom } from '../../../../src/core/scope/apart';
import { overlaps } from '../../../../src/core/scope/relation';
import { parseScope } from '../../../../src/core/scope/scope';

function surelyApart(held: string, wanted: string, foldCase: boolean): boolean {
  return surelyApartFrom(wanted, foldCase)(held);
}

describe('surelyApartFrom', () => {
  const apart: readonly (readonly [string, string])[] = [
    ['src/a', 'src/b'],
    ['src', 'srcs'],
    ['src/a*', 'src/b*'],
    ['src/aa', 'src/ab*'],
    ['docs', 'src/**'],
    ['/etc', 'etc'],
    ['a.b', 'a.c'],
  ];
  for (const [held, wanted] of apart) {
    it(`${held} and ${wanted}`, () => assert.ok(surelyApart(held, wanted, false) && surelyApart(wanted, held, false)));
  }

  const unknown: readonly (readonly [string, string])[] = [
    ['src', 'src'],
    ['src', 'src/a'],
    ['src/a*', 'src/ab'],
    ['./src', 'src'],
    ['x/../src', 'src'],
    ['lib/..', 'src'],
    ['a\\b', 'a/b'],
    [' src', 'src'],
    ['c:/x', 'C:/x'],
    ['**', 'src'],
    ['{a,b}', 'b'],
    ['/', '/a'],
    ['é/..', 'a'],
    ['a/.', 'b'],
    ['a/', 'ab'],
    ['', 'a'],
  ];
  for (const [held, wanted] of unknown) {
    it(`not ${JSON.stringify(held)} and ${wanted}`, () => assert.ok(!surelyApart(held, wanted, false)));
  }

  it('where case folds, a letter of another case is no difference', () => {
    assert.ok(surelyApart('SRC', 'src', false));
    assert.ok(!surelyApart('SRC', 'src', true));
    assert.ok(!surelyApart('É', 'é', true));
    assert.ok(surelyApart('SRC', 'srd', true));
  });

  it('never of two that overlap, however the held one is spelled', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'A', '/', '/', '.', '..', '\\', '*', '?', '[ab]', '{a,b}', ' ', 'ß', 'C:'), {
        minLength: 1,
        maxLength: 7,
      })
      .map((parts) => parts.join(''));
    let toldApart = 0;
    fc.assert(
      fc.property(text, text, fc.boolean(), (held, wanted, foldCase) => {
        const [one, other] = [parseScope(held, { foldCase }), parseScope(wanted, { foldCase })];
        if (one.ok && other.ok && surelyApart(held, other.data.text, foldCase)) {
          toldApart++;
          assert.ok(!overlaps(one.data, other.data), `${held} and ${wanted}`);
        }
      }),
      { numRuns: 20_000 },
    );
    assert.ok(toldApart > 500, `only ${toldApart} were told apart: nothing was shown`);
  });
});
