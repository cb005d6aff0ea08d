/** What a process knows of the active rows of a server, and what a decision has done to the list of them. */

import assert from 'node:assert/strict';
import type { Reservation } from '../../../src/core/reservation';
import { ActiveList } from '../../../src/store/postgres/activeList';
import { differences } from '../../../src/store/postgres/changes';
import { reservation } from '../../support/samples';

const entry = (scope: string, fields: Partial<Reservation> = {}) =>
  reservation({ reservation_id: `res_${scope}`, scope, ...fields });

describe('the active rows that are known', () => {
  const scopes = (list: ActiveList) => list.records.records.map(({ scope }) => scope);
  const row = (seq: number, record: unknown) => ({ seq: String(seq), record });
  let list: ActiveList;

  beforeEach(() => {
    list = new ActiveList('a server');
    assert.ok(list.read(5, -1, [row(1, entry('a')), row(2, entry('b'))]));
  });

  it('take over what has changed, and keep the objects of the rest', () => {
    const [, second] = list.records.records;
    assert.ok(list.read(7, 5, [row(1, null), row(3, entry('c'))]));
    assert.deepEqual(scopes(list), ['b', 'c']);
    assert.equal(list.records.records[0], second);
    const before = list.records.records;
    assert.ok(list.read(8, 7, []));
    assert.equal(list.records.records, before);
  });

  it('keep an entry that changes in its place', () => {
    list.read(6, 5, [row(1, entry('a', { bead_id: 'another' }))]);
    assert.deepEqual(scopes(list), ['a', 'b']);
  });

  it('are not set back by a reading that began before', () => {
    list.read(7, 5, [row(3, entry('c'))]);
    assert.ok(list.read(6, 5, [row(1, null)]));
    assert.deepEqual(scopes(list), ['a', 'b', 'c']);
  });

  it('say where changes are since what has been forgotten meanwhile', () => {
    list.forget();
    assert.equal(list.read(7, 5, [row(3, entry('c'))]), false);
    assert.deepEqual([list.version, scopes(list)], [-1, []]);
  });

  it('take over a commit only on what it was made on', () => {
    const next = [...list.records.records, entry('c')];
    const changed = [{ seq: 3, entry: next[2] as Reservation }];
    list.commit(5, 6, next, changed);
    assert.equal(list.records.records, next);
    assert.equal(list.seqOf(next[2] as Reservation), 3);
    list.commit(5, 6, [], []);
    assert.equal(list.version, -1);
  });
});

describe('what a decision has done to a list', () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((scope) => entry(scope)) as [
    Reservation,
    Reservation,
    Reservation,
    Reservation,
  ];
  const other = { ...b, bead_id: 'another' };
  const cases: readonly (readonly [string, Reservation[], Reservation[], Reservation[], Reservation[]])[] = [
    ['nothing', [a, b, c], [], [], []],
    ['an entry comes', [a, b, c, d], [], [], [d]],
    ['one goes', [b, c], [], [a], []],
    ['the last goes', [a, b], [], [c], []],
    ['one is another object', [a, other, c], [other], [], []],
    ['one goes, one changes, one comes', [other, c, d], [other], [a], [d]],
    ['all go', [], [], [a, b, c], []],
    ['the order changes, and one with it', [c, other, a], [other], [], []],
    ['another takes the place of one', [a, d, c], [], [b], [d]],
  ];
  for (const [name, after, replaced, removed, added] of cases) {
    it(name, () => {
      const found = differences([a, b, c], after);
      assert.deepEqual([found.replaced.map(({ is }) => is), found.removed, found.added], [replaced, removed, added]);
    });
  }
});
