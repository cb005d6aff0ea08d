import assert from 'node:assert/strict';
import { covers } from '../../../../src/core/scope/relation';
import { MAX_SCOPE_LENGTH, parsePath, parseScope, type ScopeOptions } from '../../../../src/core/scope/scope';
import { grantedData, refusal } from '../../../support/outcomes';

function isCovered(scope: string, path: string, options: ScopeOptions = {}): boolean {
  return covers(grantedData(parseScope(scope, options)), grantedData(parsePath(path, options)));
}

describe('parseScope', () => {
  const normalised: readonly (readonly [string, string])[] = [
    ['src/app', 'src/app'],
    ['  src/app\n', 'src/app'],
    ['src\\auth\\*', 'src/auth/*'],
    ['./src/./app/', 'src/app'],
    ['src//app', 'src/app'],
    ['src/auth/../app', 'src/app'],
    ['src/*/../app', 'src/app'],
    ['{a,b}/../app', 'app'],
    ['.', '**'],
    ['./', '**'],
    ['src/..', '**'],
    ['**/**/*.ts', '**/*.ts'],
    ['src/**', 'src/**'],
    ['kanban-surface', 'kanban-surface'],
    ['Src/App', 'Src/App'],
    ['/', '/'],
    ['//etc//hosts', '/etc/hosts'],
    ['/a/../b', '/b'],
    ['C:\\Work\\*.ts', 'C:/Work/*.ts'],
    ['c:/work', 'C:/work'],
    ['c:', 'C:/'],
    ['...', '...'],
    ['a}b]', 'a}b]'],
    ['{a/b,c}/d', '{a/b,c}/d'],
  ];
  for (const [text, expected] of normalised) {
    it(`${JSON.stringify(text)} is ${expected}`, () => {
      const { text: stored } = grantedData(parseScope(text));
      assert.equal(stored, expected);
      assert.equal(grantedData(parseScope(stored)).text, stored, 'what is stored is read as another scope');
    });
  }

  const wrong: readonly (readonly [string, string])[] = [
    ['..', 'OUTSIDE_ROOT'],
    ['../x', 'OUTSIDE_ROOT'],
    ['a/../../x', 'OUTSIDE_ROOT'],
    ['/..', 'OUTSIDE_ROOT'],
    ['C:\\..\\x', 'OUTSIDE_ROOT'],
    ['**/../x', 'OUTSIDE_ROOT'],
    ['{**,a}/../x', 'OUTSIDE_ROOT'],
    ['{a/b,c}/../x', 'OUTSIDE_ROOT'],
    ['{..,a}/x', 'OUTSIDE_ROOT'],
    ['src/[', 'UNCLOSED_BRACKET'],
    ['src/[]', 'UNCLOSED_BRACKET'],
    ['src/[!]', 'UNCLOSED_BRACKET'],
    ['[a/b]', 'UNCLOSED_BRACKET'],
    ['{[,a}', 'UNCLOSED_BRACKET'],
    ['src/{a,b', 'UNCLOSED_BRACE'],
    ['{a,{b}', 'UNCLOSED_BRACE'],
    ['[z-a]', 'BACKWARD_RANGE'],
    ['x'.repeat(MAX_SCOPE_LENGTH + 1), 'TOO_LONG'],
    ['{a,b}'.repeat(7), 'TOO_MANY_ALTERNATIVES'],
    [`{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}${'x'.repeat(100)}`, 'TOO_MANY_ALTERNATIVES'],
    ['{,}'.repeat(300), 'TOO_MANY_ALTERNATIVES'],
  ];
  for (const [text, fault] of wrong) {
    it(`${JSON.stringify(text).slice(0, 60)} is ${fault}, by name and with the next step`, () => {
      const { details, message } = refusal(parseScope(text), 'INVALID_ARGS');
      assert.deepEqual(details, { scope: text, fault });
      assert.ok(message.includes(JSON.stringify(text).slice(1, 60)), message);
      assert.match(message, /\. (?:Close|Write|Name|Reserve) /);
    });
  }

  it('takes the longest scope there may be, and sixty-four alternatives', () => {
    assert.equal(grantedData(parseScope('x'.repeat(MAX_SCOPE_LENGTH))).patterns.length, 1);
    assert.equal(grantedData(parseScope('{a,b}'.repeat(6))).patterns.length, 65);
  });

  it('is the same for two spellings of one scope, and folds case where it is told to', () => {
    const key = (text: string, foldCase: boolean) => grantedData(parseScope(text, { foldCase })).key;
    assert.equal(key('./Src\\App', false), key('Src/App', false));
    assert.notEqual(key('Src/App', false), key('src/app', false));
    assert.equal(key('Src/App', true), key('src/app', true));
    assert.equal(key('e\u0301t', true), key('\u00e9T', true));
  });
});

describe('what a scope covers', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['src', ['src', 'src/a.ts', 'src/a/b.ts', './src', 'src/'], ['srcs', 'lib/src', 'Src']],
    ['src/*', ['src/a.ts', 'src/a', 'src/.env'], ['src', 'src/a/b.ts', 'lib/a.ts']],
    ['src/**', ['src', 'src/a.ts', 'src/a/b.ts'], ['lib']],
    ['**', ['a', 'a/b', '.', '.git/config'], ['/a']],
    ['.', ['a', 'a/b'], []],
    ['**/*.ts', ['a.ts', 'a/b/c.ts', '.ts'], ['a.tsx', 'a.ts/b']],
    ['packages/*/src', ['packages/a/src', 'packages/a/src/b.ts'], ['packages/a/lib', 'packages/src']],
    ['src/**/test', ['src/test', 'src/a/b/test/c.ts'], ['src/tests']],
    ['a?c', ['abc', 'a.c', 'aéc', 'a😀c'], ['ac', 'abbc', 'abc/d']],
    ['a**b/x', ['ab/x', 'axyb/x/y'], ['a/b/x']],
    ['src/[a-c].ts', ['src/a.ts', 'src/c.ts'], ['src/d.ts', 'src/ab.ts']],
    ['[!a-c]x', ['dx'], ['ax', 'x']],
    ['[]x]', [']', 'x'], ['y']],
    ['[[]id]', ['[id]'], ['id']],
    ['{a,b/c}/*.ts', ['a/x.ts', 'b/c/x.ts'], ['b/x.ts', 'a/b/x.ts']],
    ['{a,{b,c}d}', ['a', 'bd', 'cd/x'], ['b', 'd']],
    ['a{,.d}.ts', ['a.ts', 'a.d.ts'], ['ad.ts']],
    // Routes of web frameworks are spelled like patterns, and are covered by their own spelling too.
    ['app/[id]/page.tsx', ['app/[id]/page.tsx', 'app/i/page.tsx'], ['app/[slug]/page.tsx', 'app/id/page.tsx']],
    ['app/[...slug]', ['app/[...slug]/page.tsx', 'app/s'], ['app/slug']],
    ['{{name}}/x', ['{{name}}/x', 'name/x'], ['{name}/x']],
    ['/etc', ['/etc/hosts', '/etc'], ['etc/hosts', 'C:/etc']],
    ['C:/work', ['c:\\work\\a.ts'], ['D:/work', '/work', 'work']],
    ['*.*', ['a.b', '.b', 'a.'], ['a']],
  ];
  for (const [scope, inside, outside] of cases) {
    it(scope, () => {
      for (const path of inside) {
        assert.ok(isCovered(scope, path), `${path} is not covered`);
      }
      for (const path of outside) {
        assert.ok(!isCovered(scope, path), `${path} is covered`);
      }
    });
  }

  it('folds case where it is told to, in classes too', () => {
    const options = { foldCase: true };
    for (const [scope, path] of [
      ['Src/App', 'sRC/aPP/x'],
      ['[A-C]x', 'BX'],
      ['[a-c]X', 'Bx'],
      ['STRASSE?', 'strasseß'],
      ['ΟΔΟΣ', 'οδος'],
      ['e\u0301?', '\u00c9x'],
    ] as const) {
      assert.ok(isCovered(scope, path, options), `${scope} ${path}`);
      assert.ok(!isCovered(scope, path), `${scope} ${path}, case not folded`);
    }
    assert.ok(!isCovered('[!a]', 'A', options));
    assert.ok(isCovered('[!a]', 'A'));
  });

  it('a pattern made to take for ever takes no time', () => {
    const stars = `${'*a'.repeat(400)}b`;
    assert.ok(!isCovered(stars, 'a'.repeat(5_000)));
    assert.ok(!isCovered(`${'**/a/'.repeat(150)}b`, 'a/'.repeat(2_000)));
  });
});

describe('parsePath', () => {
  for (const path of ['', '  ', '..', 'a/../../b', '/..', 'C:\\..']) {
    it(`${JSON.stringify(path)} is INVALID_ARGS`, () => {
      assert.deepEqual(refusal(parsePath(path), 'INVALID_ARGS').details, { path });
    });
  }

  it('takes nothing in it for a pattern', () => {
    const names = grantedData(parsePath('a/*/[b]/{c,d}/../**')).names;
    assert.deepEqual(names, ['a', '*', '[b]', '**']);
    assert.ok(!isCovered('a/x', 'a/*'));
  });
});
