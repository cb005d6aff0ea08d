import assert from 'node:assert/strict';
import type { Wanted } from '../../../src/core/meeting';
import { type Found, isWorthAWarning, MANY_FILES, merged, preview } from '../../../src/core/preview';
import { reservation } from '../../support/samples';

const PROJECT = '/projects/shop';
const paths = ['src/b.ts', 'src/a.ts', 'src/auth/login.ts', 'docs/a.md'];

function wanted(scope: string): Wanted {
  return { scope, project: PROJECT };
}

function held(scope: string, agent_id: string, project: string | undefined = PROJECT) {
  return reservation({ scope, agent_id, ...(project ? { project } : {}) });
}

function found(fields: Partial<Found> = {}): Found {
  return { paths, more: false, changed: () => false, active: [], me: 'dana', ...fields };
}

describe('the preview of a scope', () => {
  it('has the files that it covers, by name, whatever the search found besides', () => {
    const { files } = preview(wanted('src/*.ts'), found());
    assert.deepEqual(
      files.map(({ path }) => path),
      ['src/a.ts', 'src/b.ts'],
    );
  });

  it('says which are changed, and which others hold, most in the way first', () => {
    const active = [held('src/auth/**', 'codex'), held('src', 'claude'), held('docs', 'copilot')];
    const one = preview(wanted('src'), found({ changed: (path) => path === 'src/b.ts', active }));
    assert.deepEqual(one.files, [
      { path: 'src/a.ts', changed: false, holders: ['claude'] },
      { path: 'src/auth/login.ts', changed: false, holders: ['claude', 'codex'] },
      { path: 'src/b.ts', changed: true, holders: ['claude'] },
    ]);
    assert.deepEqual(
      one.held.map(({ reservation: { agent_id }, overlap }) => [agent_id, overlap]),
      [
        ['claude', 'exact'],
        ['codex', 'within'],
      ],
    );
  });

  it('has in the way only what would be refused', () => {
    const active = [
      held('src', 'codex', '/projects/other'),
      reservation({ scope: 'src/auth/**', agent_id: 'codex' }),
      held('src/**', 'dana'),
    ];
    assert.deepEqual(preview(wanted('src'), found({ active })).held, []);
    const own = preview(wanted('src'), found({ active: [held('src', 'dana')] }));
    assert.deepEqual(
      own.held.map(({ overlap }) => overlap),
      ['exact'],
    );
  });

  it('sees no difference of case where the file system sees none', () => {
    assert.equal(preview({ ...wanted('SRC/*.TS'), foldCase: true }, found()).files.length, 2);
  });

  it('is worth a warning where it is empty, endless or held, and not else', () => {
    assert.equal(isWorthAWarning(preview(wanted('src'), found())), false);
    assert.equal(isWorthAWarning(preview(wanted('nothing'), found())), true);
    assert.equal(isWorthAWarning(preview(wanted('src'), found({ more: true }))), true);
    assert.equal(isWorthAWarning(preview(wanted('src'), found({ active: [held('src', 'codex')] }))), true);
  });

  it('of several scopes counts everything once', () => {
    const active = [held('src', 'codex')];
    const both = merged([preview(wanted('src/*'), found({ active })), preview(wanted('src'), found({ active }))]);
    assert.equal(both.files.length, 3);
    assert.equal(both.held.length, 1);
  });

  it('is bounded', () => {
    const many = Array.from({ length: MANY_FILES + 1 }, (_, index) => `src/${index}.ts`);
    const one = preview(wanted('src'), found({ paths: many, more: true }));
    assert.equal(one.files.length, MANY_FILES);
    assert.equal(one.more, true);
  });
});
