import assert from 'node:assert/strict';
import { type Found, isWorthAWarning, MANY_FILES, merged, preview } from '../../../src/core/preview';
import { parseScope, type Scope } from '../../../src/core/scope/scope';
import { reservation } from '../../support/samples';

const paths = ['src/b.ts', 'src/a.ts', 'src/auth/login.ts', 'docs/a.md'];

function scope(text: string): Scope {
  const parsed = parseScope(text);
  assert.ok(parsed.ok);
  return parsed.data;
}

function found(fields: Partial<Found> = {}): Found {
  return { paths, more: false, changed: () => false, others: [], ...fields };
}

describe('the preview of a scope', () => {
  it('has the files that it covers, by name, whatever the search found besides', () => {
    const { files } = preview(scope('src/*.ts'), found(), {});
    assert.deepEqual(
      files.map(({ path }) => path),
      ['src/a.ts', 'src/b.ts'],
    );
  });

  it('says which are changed, and which others hold, most in the way first', () => {
    const others = [
      reservation({ scope: 'src/auth/**', agent_id: 'codex' }),
      reservation({ scope: 'src', agent_id: 'claude' }),
      reservation({ scope: 'docs', agent_id: 'copilot' }),
    ];
    const { files, held } = preview(scope('src'), found({ changed: (path) => path === 'src/b.ts', others }), {});
    assert.deepEqual(files, [
      { path: 'src/a.ts', changed: false, holders: ['claude'] },
      { path: 'src/auth/login.ts', changed: false, holders: ['codex', 'claude'].sort() },
      { path: 'src/b.ts', changed: true, holders: ['claude'] },
    ]);
    assert.deepEqual(
      held.map(({ reservation: { agent_id }, overlap }) => [agent_id, overlap]),
      [
        ['claude', 'exact'],
        ['codex', 'within'],
      ],
    );
  });

  it('sees no difference of case where the file system sees none', () => {
    const folded = parseScope('SRC/*.TS', { foldCase: true });
    assert.ok(folded.ok);
    assert.equal(preview(folded.data, found(), { foldCase: true }).files.length, 2);
  });

  it('is worth a warning where it is empty, endless or held, and not else', () => {
    const clean = preview(scope('src'), found(), {});
    assert.equal(isWorthAWarning(clean), false);
    assert.equal(isWorthAWarning(preview(scope('nothing'), found(), {})), true);
    assert.equal(isWorthAWarning(preview(scope('src'), found({ more: true }), {})), true);
    assert.equal(isWorthAWarning(preview(scope('src'), found({ others: [reservation({ scope: 'src' })] }), {})), true);
  });

  it('of several scopes counts everything once', () => {
    const others = [reservation({ scope: 'src' })];
    const one = preview(scope('src/*'), found({ others }), {});
    const other = preview(scope('src'), found({ others }), {});
    const both = merged([one, other]);
    assert.equal(both.files.length, 3);
    assert.equal(both.held.length, 1);
  });

  it('is bounded', () => {
    const many = Array.from({ length: MANY_FILES + 1 }, (_, index) => `src/${index}.ts`);
    const one = preview(scope('src'), found({ paths: many, more: true }), {});
    assert.equal(one.files.length, MANY_FILES);
    assert.equal(one.more, true);
  });
});
