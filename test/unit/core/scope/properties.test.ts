/** Scopes against brute force: all paths up to a length over a small alphabet, judged by regular expressions. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contains, covers, overlaps, relation } from '../../../../src/core/scope/relation';
import { parsePath, parseScope, type Scope, type ScopePath } from '../../../../src/core/scope/scope';
import { grantedData } from '../../../support/outcomes';

const LETTERS = ['a', 'b'];

function wordsOf(length: number): string[] {
  return length === 0 ? [''] : wordsOf(length - 1).flatMap((word) => LETTERS.map((letter) => word + letter));
}

/** All paths of so many names, each of so many letters at most. */
function pathsOf(depth: number, longest: number): string[] {
  const names = Array.from({ length: longest }, (_, index) => wordsOf(index + 1)).flat();
  const below = (levels: number): string[] =>
    levels === 1 ? names : names.flatMap((name) => [name, ...below(levels - 1).map((path) => `${name}/${path}`)]);
  return below(depth);
}

/** 14 names, up to three of them deep: 2,954 paths. */
const PATHS = pathsOf(3, 3);

const simplePart = fc.constantFrom('a', 'b', '*', '?');
const richPart = fc.constantFrom('a', 'b', 'a', 'b', '*', '?', '[ab]', '[!a]', '{a,b}', '{b,}');
const segmentOf = (part: fc.Arbitrary<string>, most: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.array(part, { minLength: 1, maxLength: most }).map((parts) => parts.join('')) },
    { weight: 1, arbitrary: fc.constant('**') },
  );
/** Not those that stand for too many patterns. */
const scopeOf = (part: fc.Arbitrary<string>, most: number) =>
  fc
    .array(segmentOf(part, most), { minLength: 1, maxLength: most })
    .map((segments) => segments.join('/'))
    .filter((text) => parseScope(text).ok);
const simple = scopeOf(simplePart, 3);
const rich = scopeOf(richPart, 3);

/** The same rules told as a regular expression over the path with a slash behind each name. */
function reference(scope: string): (path: string) => boolean {
  const parts = scope.split('/');
  const below = /[*?[]/.test(parts.at(-1) ?? '') ? [] : ['**'];
  const source = [...parts, ...below].map((part) =>
    part === '**'
      ? '(?:[^/]+/)*'
      : `(?=[^/])${part.replaceAll('?', '.').replace(/\*+/g, '.*').replaceAll('[!a]', '[^a/]')}/`,
  );
  const expression = new RegExp(`^${source.join('').replaceAll('.', '[^/]')}$`);
  return (path) => expression.test(`${path}/`);
}

const scopeNamed = (text: string): Scope => grantedData(parseScope(text));

describe('what a scope covers, beside a regular expression', () => {
  it('names, `*`, `?` and `**`', () => {
    let covered = 0;
    fc.assert(
      fc.property(simple, fc.array(fc.constantFrom(...PATHS), { minLength: 40, maxLength: 40 }), (text, paths) => {
        const scope = scopeNamed(text);
        const expected = reference(text);
        for (const path of paths) {
          const isCovered = covers(scope, grantedData(parsePath(path)));
          assert.equal(isCovered, expected(path), `${text} and ${path}`);
          covered += Number(isCovered);
        }
      }),
      { numRuns: 1_000 },
    );
    assert.ok(covered > 2_000, `only ${covered} were covered: nothing was shown`);
  });

  it('with classes and alternatives', () => {
    fc.assert(
      fc.property(rich, fc.array(fc.constantFrom(...PATHS), { minLength: 40, maxLength: 40 }), (text, paths) => {
        const scope = scopeNamed(text);
        const written = alternativesOf(text).map(reference);
        for (const path of paths) {
          const expected = written.some((matches) => matches(path));
          assert.equal(covers(scope, grantedData(parsePath(path))), expected, `${text} and ${path}`);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

/** The two kinds of braces of these tests, written out; a segment that becomes empty is none. */
function alternativesOf(text: string): string[] {
  const found = /\{([^}]*)\}/.exec(text);
  return found
    ? (found[1] ?? '').split(',').flatMap((choice) => alternativesOf(text.replace(found[0], () => choice)))
    : [text.split('/').filter(Boolean).join('/') || '**'];
}

describe('two scopes, beside all paths up to a length', () => {
  interface Counts {
    pairs: number;
    meet: number;
    falselyMeet: number;
    inside: number;
    unseen: number;
  }

  function compare(arbitrary: fc.Arbitrary<string>, paths: readonly string[]): Counts {
    const parsed: readonly ScopePath[] = paths.map((path) => grantedData(parsePath(path)));
    const counts: Counts = { pairs: 0, meet: 0, falselyMeet: 0, inside: 0, unseen: 0 };
    fc.assert(
      fc.property(arbitrary, arbitrary, (left, right) => {
        const [one, other] = [scopeNamed(left), scopeNamed(right)];
        const ones = parsed.map((path) => covers(one, path));
        const others = parsed.map((path) => covers(other, path));
        const common = ones.some((isCovered, index) => isCovered && others[index]);
        const outside = others.some((isCovered, index) => isCovered && !ones[index]);
        const [meet, inside] = [overlaps(one, other), contains(one, other)];
        assert.ok(meet || !common, `${left} and ${right} are called disjoint, and are not`);
        assert.ok(!inside || !outside, `${left} is said to contain ${right}, and does not`);
        assert.equal(overlaps(other, one), meet, 'it depends on which is asked first');
        const lies = relation(one, other);
        assert.equal(lies === 'disjoint', !meet);
        assert.ok(lies !== 'contains' || inside);
        assert.ok(lies !== 'within' || contains(other, one));
        counts.pairs++;
        counts.meet += Number(common);
        counts.falselyMeet += Number(meet && !common);
        counts.inside += Number(common && !outside);
        counts.unseen += Number(common && !outside && !inside);
      }),
      { numRuns: 1_500 },
    );
    assert.ok(counts.meet > 200 && counts.pairs - counts.meet > 200 && counts.inside > 50, JSON.stringify(counts));
    return counts;
  }

  for (const [name, part] of [
    ['names, `*`, `?` and `**`', simplePart],
    ['with classes and alternatives', richPart],
  ] as const) {
    it(`never disjoint where a path lies in both, never contained where one does not: ${name}`, function () {
      this.timeout(60_000);
      compare(scopeOf(part, 3), PATHS);
    });

    it(`hardly ever overlapping where no path lies in both: ${name}`, function () {
      this.timeout(60_000);
      // Of so short scopes, any two that have a path in common have one as short as these. Of those with classes and
      // alternatives some have only paths of other letters in common, which count as false ones here.
      const { pairs, meet, falselyMeet, inside, unseen } = compare(scopeOf(part, 2), pathsOf(4, 2));
      console.log(
        `        ${falselyMeet} of ${pairs - meet} pairs that are apart are called overlapping, ` +
          `${unseen} of ${inside} that are contained are not seen to be`,
      );
      assert.ok(falselyMeet <= (part === simplePart ? 0 : 0.15 * (pairs - meet)));
    });
  }

  it('each scope overlaps and contains itself, and `**` contains all of them', () => {
    fc.assert(
      fc.property(rich, (text) => {
        const scope = scopeNamed(text);
        assert.ok(overlaps(scope, scope));
        assert.ok(contains(scope, scope));
        assert.ok(contains(scopeNamed('**'), scope));
        assert.equal(relation(scope, scopeNamed(`./${text}/`)), 'exact');
      }),
    );
  });
});
