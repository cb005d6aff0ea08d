import assert from 'node:assert/strict';
import { scopeOf } from '../../../../src/core/scope/path';
import { covers } from '../../../../src/core/scope/relation';
import { parsePath, parseScope } from '../../../../src/core/scope/scope';

describe('the scope of a file or folder', () => {
  function isCovered(scope: string, path: string): boolean {
    const [pattern, name] = [parseScope(scope), parsePath(path)];
    return pattern.ok && name.ok && covers(pattern.data, name.data);
  }

  it('is its path, and of a folder all that is below', () => {
    assert.equal(scopeOf('src/a.ts', 'file'), 'src/a.ts');
    assert.equal(scopeOf('./src\\auth/', 'folder'), 'src/auth/**');
    assert.equal(scopeOf('', 'folder'), '**');
  });

  it('covers a name that looks like a pattern, and not what that would stand for', () => {
    for (const [path, scope, other] of [
      ['src/a*b.ts', 'src/a[*]b.ts', 'src/axb.ts'],
      ['what?.md', 'what[?].md', 'whats.md'],
      ['a{b.ts', 'a[{]b.ts', 'ab.ts'],
      ['[x', '[[]x', 'x'],
      ['{[*', '[{][[][*]', '{[x'],
    ] as const) {
      assert.equal(scopeOf(path, 'file'), scope);
      assert.ok(isCovered(scope, path), scope);
      assert.ok(!isCovered(scope, other), `${scope} covers ${other}`);
      assert.ok(isCovered(scopeOf(path, 'folder'), `${path}/x.ts`), `below ${path}`);
    }
  });

  it('is spelled like a route of a web framework', () => {
    assert.equal(scopeOf('app/[id]/page.tsx', 'file'), 'app/[id]/page.tsx');
    assert.ok(isCovered('app/[id]/page.tsx', 'app/[id]/page.tsx'));
  });
});
