import assert from 'node:assert/strict';
import { type ChangedFile, type Changes, type Drift, driftOf, MAX_LISTED_DRIFT } from '../../../src/core/drift';
import { pathsOf } from '../../../src/core/holders';
import { overview } from '../../../src/core/look';
import { NOTHING_READ } from '../../../src/core/overview';
import type { Place, Reservation } from '../../../src/core/reservation';
import { at, NOW, reservation } from '../../support/samples';

const SHOP = '/projects/shop';
const theirs = (scope: string, fields: Partial<Reservation> = {}) =>
  reservation({ scope, agent_id: 'codex', project: SHOP, ...fields });
const mine = (scope: string, fields: Partial<Reservation> = {}) => theirs(scope, { agent_id: 'dana', ...fields });
const changedIn = (place: Place, ...paths: readonly string[]): Changes<ChangedFile> => ({
  place,
  files: paths.map((path) => ({ path, paths: pathsOf([path, `${place.project}/${path}`], place) })),
});
const changed = (...paths: readonly string[]) => changedIn({ project: SHOP }, ...paths);

function drift(
  entries: readonly Reservation[],
  changes: readonly Changes<ChangedFile>[],
  me: string | undefined = 'dana',
): Drift<ChangedFile> {
  return driftOf(overview({ ...NOTHING_READ, active: entries }, { me, expiredHours: 24 }, NOW).active, changes);
}

function sketch({ listed }: Drift<ChangedFile>): readonly (readonly [string, ...string[]])[] {
  return listed.map(({ file, held }) => [file.path, ...held.map(({ reservation: { agent_id } }) => agent_id)]);
}

describe('drift', () => {
  it('is what another holds, and what nobody holds while one holds others', () => {
    const found = drift(
      [theirs('src/auth/**'), mine('src/app')],
      [changed('src/app/a.ts', 'src/auth/login.ts', 'README.md')],
    );
    assert.deepEqual(sketch(found), [['src/auth/login.ts', 'codex'], ['README.md']]);
    assert.equal(found.total, 2);
    assert.deepEqual(
      found.free.map(({ file }) => file.path),
      ['README.md'],
    );
  });

  it('is nothing that one holds oneself, though another holds it too', () => {
    assert.deepEqual(sketch(drift([theirs('src'), mine('src/a.ts')], [changed('src/a.ts')])), []);
  });

  it('is only what others hold where one holds nothing, or is nobody', () => {
    for (const me of ['dana', undefined]) {
      assert.deepEqual(sketch(drift([theirs('src')], [changed('src/a.ts', 'b.ts')], me)), [['src/a.ts', 'codex']]);
    }
  });

  it('counts nothing that is over', () => {
    const over = { expires_at: NOW.toISOString() };
    assert.deepEqual(sketch(drift([theirs('src', over), mine('b.ts', over)], [changed('src/a.ts', 'b.ts')])), []);
  });

  it('names all who hold a file, each reservation once', () => {
    const longer = { agent_id: 'claude', expires_at: at(90) };
    const entries = [theirs('{src,src/a.ts}'), theirs('/projects/shop/**/*.ts', longer)];
    assert.deepEqual(sketch(drift(entries, [changed('src/a.ts')])), [['src/a.ts', 'claude', 'codex']]);
  });

  it('keeps projects apart', () => {
    const other = { project: '/projects/other' };
    const entries = [theirs('src', other), mine('docs', other), mine('lib')];
    const elsewhere = changedIn(other, 'src/b.ts', 'docs/b.md', 'c.md');
    assert.deepEqual(sketch(drift(entries, [changed('src/a.ts'), elsewhere])), [
      ['src/b.ts', 'codex'],
      ['src/a.ts'],
      ['c.md'],
    ]);
  });

  it('takes what names no project as of any, but works there only with what is changed', () => {
    const { project: _, ...entry } = theirs('src');
    const own = { ...entry, agent_id: 'dana', scope: 'docs' };
    assert.deepEqual(sketch(drift([entry, own], [changed('src/a.ts', 'b.ts')])), [['src/a.ts', 'codex']]);
    assert.deepEqual(sketch(drift([own], [changed('b.ts')])), []);
    assert.deepEqual(sketch(drift([own], [changed('b.ts', 'docs/a.md')])), [['b.ts']]);
  });

  it('folds case where the file system does', () => {
    const place = { project: SHOP, foldCase: true };
    assert.deepEqual(sketch(drift([theirs('SRC')], [changed('src/a.ts')])), []);
    assert.deepEqual(sketch(drift([theirs('SRC')], [changedIn(place, 'src/a.ts')])), [['src/a.ts', 'codex']]);
  });

  it('reads names as names, and passes over scopes that do not compile', () => {
    const found = drift([theirs('app/[id]/page.ts'), theirs('{'), mine('lib')], [changed('app/[id]/page.ts', '{x')]);
    assert.deepEqual(sketch(found), [['app/[id]/page.ts', 'codex'], ['{x']]);
  });

  it('lists so many, those that others hold first, and counts all', () => {
    const free = Array.from({ length: MAX_LISTED_DRIFT }, (_, index) => `a${String(index).padStart(3, '0')}.ts`);
    const found = drift([theirs('z'), mine('lib')], [changed(...free.toReversed(), 'z')]);
    assert.equal(found.listed.length, MAX_LISTED_DRIFT);
    assert.deepEqual(sketch(found).slice(0, 2), [['z', 'codex'], ['a000.ts']]);
    assert.equal(found.total, MAX_LISTED_DRIFT + 1);
    assert.equal(found.free.length, MAX_LISTED_DRIFT);
  });
});
