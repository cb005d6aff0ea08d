import assert from 'node:assert/strict';
import { isPattern, literalPrefix } from '../../../../src/core/scope/prefix';

describe('the literal part of a scope', () => {
  for (const [scope, expected] of [
    ['src/auth/*.ts', ['src', 'auth']],
    ['src/auth/**', ['src', 'auth']],
    ['src/auth/login.ts', ['src', 'auth', 'login.ts']],
    ['src\\auth\\', ['src', 'auth']],
    ['./src//a', ['src', 'a']],
    ['src/{a,b/c}/d', ['src']],
    ['app/[id]/page.tsx', ['app']],
    ['**', []],
    ['kanban-surface', ['kanban-surface']],
    ['src/../../etc', undefined],
  ] as const) {
    it(`of ${scope}`, () => assert.deepEqual(literalPrefix(scope), expected));
  }

  it('is all of it only where nothing is a pattern', () => {
    assert.equal(isPattern('src/a.ts'), false);
    assert.equal(isPattern('src/a?.ts'), true);
  });
});
