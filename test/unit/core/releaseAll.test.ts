import assert from 'node:assert/strict';
import {
  checkReleaseAll,
  decideReleaseAll,
  type NotReleased,
  type ReleaseAllInput,
} from '../../../src/core/releaseAll';
import type { Reservation } from '../../../src/core/reservation';
import { grantedData, refusal } from '../../support/outcomes';
import { at, moment, NOW, reservation } from '../../support/samples';

const P = '/p';
const entry = (id: string, fields: Partial<Reservation> = {}) =>
  reservation({ reservation_id: id, scope: id, project: P, ...fields });
const decide = (active: readonly Reservation[], input: Partial<ReleaseAllInput>) =>
  decideReleaseAll(active, grantedData(checkReleaseAll({ agent: 'agent-a', project: P, ...input }, true)), moment());
const idsOf = (entries: readonly Reservation[]) => entries.map(({ reservation_id }) => reservation_id);

describe('checkReleaseAll', () => {
  it('asks for the agent, then for scopes, ids or all, and never for both', () => {
    refusal(checkReleaseAll({ agent: 'nobody' }, false), 'AGENT_NOT_FOUND');
    for (const input of [{}, { scopes: [] }, { scopes: [' '] }, { reservations: [''] }, { scopes: 'src' }]) {
      const wrong = { agent: 'agent-a', ...input } as unknown as ReleaseAllInput;
      assert.deepEqual(refusal(checkReleaseAll(wrong, true), 'INVALID_ARGS').details, { missing: ['scope'] });
    }
    refusal(checkReleaseAll({ agent: 'agent-a', scopes: ['src'], all: true }, true), 'INVALID_ARGS');
    const many = Array.from({ length: 1_001 }, (_, index) => `s${index}`);
    refusal(checkReleaseAll({ agent: 'agent-a', scopes: many }, true), 'INVALID_ARGS');
  });
});

describe('decideReleaseAll', () => {
  it('releases by scope and by id, of whatever project the id is', () => {
    const active = [entry('a'), entry('b'), entry('c', { project: '/q' }), entry('d')];
    const decision = decide(active, { scopes: ['a', 'a'], reservations: ['c'] });
    const { released } = grantedData(decision.answer);
    assert.deepEqual(idsOf(released), ['a', 'c']);
    assert.ok(released.every((one) => one.state === 'released' && one.released_at === NOW.toISOString()));
    assert.deepEqual(decision.closed, released);
    assert.deepEqual(idsOf(decision.active), ['b', 'd']);
  });

  it('releases all of its own in the project, and what names none', () => {
    const { project: _, ...without } = entry('none');
    const active = [
      entry('mine'),
      without,
      entry('elsewhere', { project: '/q' }),
      entry('theirs', { agent_id: 'agent-b' }),
      entry('over', { expires_at: at(0) }),
    ];
    const decision = decide(active, { all: true });
    assert.deepEqual(idsOf(grantedData(decision.answer).released), ['mine', 'none']);
    assert.deepEqual(idsOf(decision.active), ['elsewhere', 'theirs', 'over']);
  });

  it('is done where there is nothing to release, and then changes nothing', () => {
    const active = [entry('theirs', { agent_id: 'agent-b' })];
    const decision = decide(active, { all: true });
    assert.deepEqual(grantedData(decision.answer).released, []);
    assert.equal(decision.active, active);
  });

  it('releases what it can, and tells of each that it cannot', () => {
    const active = [entry('theirs', { agent_id: 'agent-b' }), entry('mine'), entry('over', { expires_at: at(-1) })];
    const decision = decide(active, { reservations: ['theirs', 'mine', 'over', 'never'] });
    const { message, details } = refusal(decision.answer, 'RELEASE_FORBIDDEN');
    assert.match(message, /held by "agent-b".* 1 released all the same\.$/);
    assert.deepEqual(idsOf(details?.['released'] as Reservation[]), ['mine']);
    assert.deepEqual(
      ((details?.['not_released'] ?? []) as NotReleased[]).map(({ named, code }) => [named, code]),
      [
        ['theirs', 'RELEASE_FORBIDDEN'],
        ['over', 'RESERVATION_NOT_FOUND'],
        ['never', 'RESERVATION_NOT_FOUND'],
      ],
    );
    assert.deepEqual(idsOf(decision.active), ['theirs']);
    assert.deepEqual(
      decision.closed.map(({ reservation_id, state }) => [reservation_id, state]),
      [
        ['mine', 'released'],
        ['over', 'expired'],
      ],
    );
  });

  it("of two with one id, it ends one's own, and with all both that are one's own", () => {
    const twins = [
      entry('x', { agent_id: 'agent-b', scope: 'b' }),
      entry('x', { scope: 'a' }),
      entry('x', { scope: 'c' }),
    ];
    assert.deepEqual(
      grantedData(decide(twins, { reservations: ['x'] }).answer).released.map(({ scope }) => scope),
      ['a'],
    );
    assert.deepEqual(
      grantedData(decide(twins, { all: true }).answer).released.map(({ scope }) => scope),
      ['a', 'c'],
    );
  });
});
