import assert from 'node:assert/strict';
import { badgeOf, changedItems, type Held, holdersOf, pathsOf } from '../../../src/core/holders';
import type { ActiveItem } from '../../../src/core/overview';
import type { Place } from '../../../src/core/reservation';
import { reservation } from '../../support/samples';

const PROJECT = '/projects/shop';

function held(scope: string, agent = 'codex', more: Partial<ActiveItem['reservation']> = {}): ActiveItem {
  const entry = reservation({
    scope,
    agent_id: agent,
    reservation_id: `res_${scope}_${agent}`,
    project: PROJECT,
    ...more,
  });
  return { reservation: entry, mine: agent === 'dana', endsSoon: false, waiting: [], asked: false };
}

function scopes(items: readonly ActiveItem[]): readonly string[] {
  return items.map(({ reservation: { scope } }) => scope);
}

/** Files and folders by their names. */
function asked(items: readonly ActiveItem[], place: Place): (names: readonly string[]) => Held {
  const holders = holdersOf(items, place);
  return (names) => holders(pathsOf(names, place));
}

function inShort({ covering, below }: Held): { covering: readonly string[]; below: readonly string[] } {
  return { covering: scopes(covering), below: scopes(below) };
}

describe('who holds a file', () => {
  it('is who covers it, and for a folder also who holds something below', () => {
    const ask = asked([held('src/auth/**'), held('src/*.ts'), held('src/auth/x/a.ts')], { project: PROJECT });
    assert.deepEqual(inShort(ask(['src/auth'])), { covering: ['src/auth/**'], below: ['src/auth/x/a.ts'] });
    assert.deepEqual(inShort(ask(['src/a.ts'])), { covering: ['src/*.ts'], below: [] });
    assert.deepEqual(inShort(ask(['src'])), {
      covering: [],
      below: ['src/auth/**', 'src/*.ts', 'src/auth/x/a.ts'],
    });
    assert.deepEqual(inShort(ask(['lib'])), { covering: [], below: [] });
  });

  it('is found by its absolute path where a scope is one', () => {
    const ask = asked([held('/projects/shop/src/a.ts')], { project: PROJECT });
    assert.deepEqual(inShort(ask(['src/a.ts', '/projects/shop/src/a.ts'])).covering, ['/projects/shop/src/a.ts']);
    assert.deepEqual(inShort(ask(['src', '/projects/shop/src'])).below, ['/projects/shop/src/a.ts']);
  });

  it('is nobody of another project, and perhaps somebody who names none', () => {
    const others = [held('a.ts', 'codex', { project: '/projects/other' }), held('b.ts', 'codex', { project: '' })];
    const ask = asked(others, { project: PROJECT });
    assert.deepEqual(inShort(ask(['a.ts'])).covering, []);
    assert.deepEqual(inShort(ask(['b.ts'])).covering, ['b.ts']);
  });

  it('goes by the case of names as the file system does', () => {
    assert.deepEqual(asked([held('src/A.ts')], { project: PROJECT })(['SRC/a.ts']).covering, []);
    const folding = asked([held('src/A.ts')], { project: PROJECT, foldCase: true });
    assert.deepEqual(inShort(folding(['SRC/a.ts'])).covering, ['src/A.ts']);
    assert.deepEqual(inShort(folding(['SRC'])).below, ['src/A.ts']);
  });

  it('leaves out what is no scope, and what is no path', () => {
    const ask = asked([held('src/[a'), held('src/b.ts')], { project: PROJECT });
    assert.deepEqual(inShort(ask(['src/[a'])).covering, []);
    assert.deepEqual(inShort(ask(['../src/b.ts'])), { covering: [], below: [] });
  });

  it('counts each once, others first, and of these who holds it longest', () => {
    const items = [
      held('{src,src/a.ts}', 'dana'),
      held('src/a.ts', 'codex', { expires_at: '2026-01-01T10:00:00.000Z' }),
      held('src/**', 'claude', { expires_at: '2026-01-01T11:00:00.000Z' }),
    ];
    const ask = asked(items, { project: PROJECT });
    assert.deepEqual(inShort(ask(['src/a.ts'])).covering, ['src/**', 'src/a.ts', '{src,src/a.ts}']);
  });

  it('has the badge of others before one’s own, and one of what is below where nothing covers it', () => {
    const [theirs, mine] = [held('src/**'), held('src/**', 'dana')];
    const soon = { ...mine, endsSoon: true };
    const badge = (covering: readonly ActiveItem[], below: readonly ActiveItem[] = []) => badgeOf({ covering, below });
    assert.deepEqual(badge([theirs, mine]), { kind: 'theirs', items: [theirs], endsSoon: false });
    assert.deepEqual(badge([soon], [theirs]), { kind: 'mine', items: [soon], endsSoon: true });
    assert.equal(badge([soon, mine])?.endsSoon, false);
    assert.deepEqual(badge([], [theirs]), { kind: 'below', items: [theirs], endsSoon: false });
    assert.equal(badge([]), undefined);
  });
});

describe('which reservations look different', () => {
  it('are those that came, went, or are held longer, by another, or nearer to their end', () => {
    const [same, gone, renewed] = [held('a'), held('b'), held('c')];
    const longer = { ...renewed, reservation: { ...renewed.reservation, expires_at: '2027-01-01T00:00:00.000Z' } };
    const come = held('d');
    assert.deepEqual(changedItems([same, gone, renewed], [same, longer, come]), [gone, renewed, longer, come]);
    assert.deepEqual(scopes(changedItems([same], [{ ...same, endsSoon: true }])), ['a', 'a']);
    assert.deepEqual(scopes(changedItems([same], [{ ...same, mine: true }])), ['a', 'a']);
  });

  it('is none that somebody else only waits for', () => {
    const one = held('a');
    assert.deepEqual(changedItems([one], [{ ...one, asked: true }]), []);
  });
});
