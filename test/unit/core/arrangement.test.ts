import assert from 'node:assert/strict';
import { filtered, GROUPINGS, grouped, isEmpty, itemKey, type Section } from '../../../src/core/arrangement';
import { NOTHING_READ, overview, type Snapshot } from '../../../src/core/overview';
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
  return sections.map(({ key, items }) => [
    key,
    items.map((item) => ('reservation' in item ? item.reservation.scope : item.message.message_id)),
  ]);
}

describe('the filter', () => {
  it('all leaves everything', () => {
    assert.equal(filtered(all, 'all', HERE), all);
  });

  it('mine keeps what one holds and what is addressed to one', () => {
    assert.deepEqual(sketch(grouped(filtered(all, 'mine', HERE), 'state')), [
      ['active', ['src/b']],
      ['expired', []],
      ['messages', ['msg_1']],
    ]);
  });

  it('project keeps what is of this project, and what names none', () => {
    assert.deepEqual(sketch(grouped(filtered(all, 'project', HERE), 'state')), [
      ['active', ['src/a', 'src/c']],
      ['expired', ['src/d']],
      ['messages', ['msg_1', 'msg_2']],
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
  it('by state has three sections, empty ones too', () => {
    assert.deepEqual(sketch(grouped(nothing, 'state')), [
      ['active', []],
      ['expired', []],
      ['messages', []],
    ]);
  });

  it('by holder puts one’s own first, then by name, and messages last', () => {
    assert.deepEqual(sketch(grouped(all, 'holder')), [
      ['holder:dana', ['src/b']],
      ['holder:claude', ['src/c', 'src/d']],
      ['holder:codex', ['src/a']],
      ['messages', ['msg_1', 'msg_2']],
    ]);
  });

  it('by bead puts what one holds first, then what else is for one', () => {
    assert.deepEqual(sketch(grouped(all, 'bead')), [
      ['bead:bd-2', ['src/b', 'src/a']],
      ['bead:bd-3', ['msg_1']],
      ['bead:bd-1', ['src/c', 'src/d', 'msg_2']],
    ]);
  });

  it('shows every item once, under the same key, whatever the grouping', () => {
    const keys = GROUPINGS.map((grouping) =>
      grouped(all, grouping)
        .flatMap(({ items }) => items.map(itemKey))
        .sort(),
    );
    assert.equal(new Set(keys[0]).size, 6);
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
