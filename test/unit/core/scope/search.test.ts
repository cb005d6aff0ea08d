import assert from 'node:assert/strict';
import { parseScope } from '../../../../src/core/scope/scope';
import { searchFor } from '../../../../src/core/scope/search';

describe('where the files of a scope are looked for', () => {
  for (const [scope, below, glob, isPattern] of [
    ['src/auth/login.ts', 'src/auth/login.ts', '**/*', false],
    ['src/auth/**', 'src/auth', '**/*', true],
    ['src/auth/*.ts', 'src/auth', '*.ts', true],
    ['src/**/test/*.ts', 'src', '**/test/*.ts', true],
    ['src/*/api', 'src', '{*/api,*/api/**/*}', true],
    ['src/{a,b}/*.ts', 'src', '**/*', true],
    ['app/[id]/page.tsx', 'app', '**/*', true],
    ['a**b/c?', '', '**/*', true],
    ['**', '', '**/*', true],
  ] as const) {
    it(`of ${scope}`, () => {
      const parsed = parseScope(scope);
      assert.ok(parsed.ok);
      assert.deepEqual(searchFor(parsed.data, false), { below, glob, isPattern });
    });
  }

  it('everywhere below, where upper and lower case are the same', () => {
    const parsed = parseScope('src/*.TS', { foldCase: true });
    assert.ok(parsed.ok);
    assert.equal(searchFor(parsed.data, true)?.glob, '**/*');
  });
});
