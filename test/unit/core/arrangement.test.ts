import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  filtered,
  GROUPINGS,
  type Grouping,
  grouped,
  isEmpty,
  itemKey,
  rearranged,
  type Section,
} from '../../../src/core/arrangement';
import { lookAt, overview } from '../../../src/core/look';
import { NOTHING_READ, type Snapshot } from '../../../src/core/overview';
import type { Reservation } from '../../../src/core/reservation';
import { at, message, NOW, reservation } from '../../support/samples';

const HERE = new Set(['/projects/shop']);

const snapshot: Snapshot = {
  active: [
    reservation({
      reservation_id: 'res_1',
      scope: 'src/a',
      agent_id: 'codex',
      bead_id: 'bd-2',
      project: '/projects/shop',
    }),
    reservation({
      reservation_id: 'res_2',
      scope: 'src/b',
      agent_id: 'dana',
      bead_id: 'bd-2',
      project: '/projects/other',
    }),
    reservation({ reservation_id: 'res_3', scope: 'src/c', agent_id: 'claude', bead_id: 'bd-1' }),
    reservation({ reservation_id: 'res_4', scope: 'src/d', agent_id: 'claude', bead_id: 'bd-1', expires_at: at(-5) }),
  ],
  closed: [],
  messages: [
    message({ message_id: 'msg_1', from_agent: 'codex', to_agent: 'dana', bead_id: 'bd-3' }),
    message({ message_id: 'msg_2', from_agent: 'codex', to_agent: 'claude', bead_id: 'bd-1' }),
  ],
};
const all = overview(snapshot, { me: 'dana', expiredHours: 24 }, NOW);
const nothing = overview(NOTHING_READ, { me: 'dana', expiredHours: 24 }, NOW);

function sketch(sections: readonly Section[]): readonly (readonly [string, readonly string[]])[] {
  return sections.map(({ key, items }) => [key, items.map(({ reservation }) => reservation.scope)]);
}

describe('the filter', () => {
  it('all leaves everything', () => {
    assert.equal(filtered(all, 'all', HERE), all);
  });

  it('mine keeps what one holds', () => {
    assert.deepEqual(sketch(grouped(filtered(all, 'mine', HERE), 'state')), [
      ['active', ['src/b']],
      ['expired', []],
    ]);
  });

  it('project keeps what is of this project, and what names none', () => {
    assert.deepEqual(sketch(grouped(filtered(all, 'project', HERE), 'state')), [
      ['active', ['src/a', 'src/c']],
      ['expired', ['src/d']],
    ]);
  });

  it('project keeps everything where no folder is open', () => {
    assert.equal(filtered(all, 'project', new Set()).active.length, 3);
  });

  it('knows when it leaves nothing', () => {
    assert.equal(isEmpty(all), false);
    assert.equal(isEmpty(nothing), true);
  });
});

describe('the grouping', () => {
  it('by state has two sections, empty ones too', () => {
    assert.deepEqual(sketch(grouped(nothing, 'state')), [
      ['active', []],
      ['expired', []],
    ]);
  });

  it('by holder puts one’s own first, then by name', () => {
    assert.deepEqual(sketch(grouped(all, 'holder')), [
      ['holder:dana', ['src/b']],
      ['holder:claude', ['src/c', 'src/d']],
      ['holder:codex', ['src/a']],
    ]);
  });

  it('by bead puts what one holds first', () => {
    assert.deepEqual(sketch(grouped(all, 'bead')), [
      ['bead:bd-2', ['src/b', 'src/a']],
      ['bead:bd-1', ['src/c', 'src/d']],
    ]);
  });

  it('shows every item once, under the same key, whatever the grouping', () => {
    const keys = GROUPINGS.map((grouping) =>
      grouped(all, grouping)
        .flatMap(({ items }) => items.map(itemKey))
        .sort(),
    );
    assert.equal(new Set(keys[0]).size, 4);
    assert.deepEqual(keys[1], keys[0]);
    assert.deepEqual(keys[2], keys[0]);
  });

  it('tells two reservations apart that drew the same id', () => {
    const twins = overview(
      { ...NOTHING_READ, active: [reservation({ scope: 'a' }), reservation({ scope: 'b' })] },
      { me: undefined, expiredHours: 24 },
      NOW,
    );
    assert.equal(new Set(grouped(twins, 'state').flatMap(({ items }) => items.map(itemKey))).size, 2);
  });
});

describe('what has changed its look', () => {
  const options = { me: 'dana', expiredHours: 24 };
  const first = lookAt(undefined, snapshot, options, NOW);
  const changed = (active: readonly Reservation[], grouping: Grouping = 'state') => {
    const after = lookAt(first, { ...snapshot, active }, options, NOW).overview;
    const found = rearranged(grouped(first.overview, grouping), grouped(after, grouping));
    return found && [found.sections.map(({ key }) => key), found.items.map(itemKey)];
  };
  const [earliest = reservation(), second = reservation()] = snapshot.active;

  it('is nothing where nothing has changed', () => {
    for (const grouping of GROUPINGS) {
      assert.deepEqual(changed([...snapshot.active], grouping), [[], []]);
    }
  });

  it('is one item that looks different where it stands', () => {
    const renewed = { ...earliest, expires_at: at(200) };
    for (const grouping of GROUPINGS) {
      assert.deepEqual(changed(snapshot.active.with(0, renewed), grouping), [[], ['active:res_1:src/a']]);
    }
  });

  it('is the section in which items come, go or move', () => {
    assert.deepEqual(changed([...snapshot.active, { ...earliest, reservation_id: 'res_9' }]), [['active'], []]);
    assert.deepEqual(changed(snapshot.active.slice(1)), [['active'], []]);
    assert.deepEqual(changed(snapshot.active.with(1, { ...second, agent_id: 'claude' })), [['active'], []]);
  });

  it('is everything where a section comes, goes, or becomes empty', () => {
    assert.equal(changed(snapshot.active.slice(0, 3)), undefined);
    assert.equal(changed(snapshot.active.slice(1), 'holder'), undefined);
    assert.equal(changed([...snapshot.active, { ...earliest, agent_id: 'another', scope: 'x' }], 'holder'), undefined);
  });
});

describe('an arrangement that follows on another', () => {
  const options = { me: 'dana', expiredHours: 24 };
  const anEntry = fc.record({
    id: fc.nat(12),
    scope: fc.constantFrom('a', 'b', 'c', 'd'),
    agent: fc.constantFrom('dana', 'codex'),
    ends: fc.integer({ min: -30, max: 90 }),
  });
  const aReading = fc.record({ stay: fc.array(fc.boolean(), { minLength: 30 }), come: fc.array(anEntry) });

  /** Each section with all that is said of its items, made without any memory. */
  const plain = (sections: readonly Section[]) =>
    sections.map(({ key, items }) => [key, items.map((item) => JSON.stringify(item))]);

  it('is as if there had been none, and what has changed is told of', () => {
    fc.assert(
      fc.property(fc.array(aReading, { maxLength: 8 }), fc.constantFrom(...GROUPINGS), (readings, grouping) => {
        let look = lookAt(undefined, NOTHING_READ, options, NOW);
        let before = grouped(look.overview, grouping);
        for (const { stay, come } of readings) {
          const kept = look.snapshot.active.filter((_, index) => stay[index]);
          const added = come.map(({ id, scope, agent, ends }) =>
            reservation({ reservation_id: `res_${id}`, scope, agent_id: agent, expires_at: at(ends) }),
          );
          const keys = new Set(added.map(({ reservation_id }) => reservation_id));
          const entries = [...kept.filter(({ reservation_id }) => !keys.has(reservation_id)), ...added];
          const active = [...new Map(entries.map((entry) => [entry.reservation_id, entry])).values()];
          look = lookAt(look, { active, closed: [], messages: snapshot.messages }, options, NOW);
          const after = grouped(look.overview, grouping);
          const fresh = JSON.parse(JSON.stringify(look.overview)) as typeof look.overview;
          assert.deepEqual(plain(after), plain(grouped(fresh, grouping)));
          const changes = rearranged(before, after);
          if (changes) {
            const [old, young] = [before, after].map((list) => list.flatMap(({ items }) => items));
            const stands = new Set(young?.map(itemKey));
            assert.deepEqual(
              [...changes.gone].sort(),
              [...new Set(old?.map(itemKey).filter((key) => !stands.has(key)))].sort(),
            );
            for (const [index, section] of after.entries()) {
              const was = before[index]?.items ?? [];
              const isInPlace = was.map(itemKey).join('\n') === section.items.map(itemKey).join('\n');
              assert.equal(changes.sections.includes(section), !isInPlace);
              const others = section.items.filter((item) => !was.includes(item));
              assert.deepEqual(
                changes.items.filter((item) => others.includes(item)),
                isInPlace ? others : [],
              );
            }
          }
          before = after;
        }
      }),
    );
  });
});
