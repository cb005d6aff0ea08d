import assert from 'node:assert/strict';
import type { Conflict, Reservation } from '../../../src/core/reservation';
import {
  checkReserveAll,
  decideReserveAll,
  MAX_SCOPES_AT_ONCE,
  type ReserveAllInput,
} from '../../../src/core/reserveAll';
import { waitersOf } from '../../../src/core/waiting';
import { grantedData, refusal } from '../../support/outcomes';
import { at, moment, NOW, reservation } from '../../support/samples';

const P = '/p';
const held = (fields: Partial<Reservation> = {}) => reservation({ agent_id: 'agent-b', project: P, ...fields });
const requests = (...scopes: readonly string[]) =>
  grantedData(checkReserveAll({ agent: 'agent-a', scopes, bead: 'bd-1', project: P }, true));
const decide = (active: readonly Reservation[], ...scopes: readonly string[]) =>
  decideReserveAll(
    active,
    requests(...scopes),
    moment(),
    scopes.map((_, index) => `${index}`.repeat(8)),
  );

describe('checkReserveAll', () => {
  it('checks each scope like one alone, and the agent first', () => {
    const input = { agent: 'agent-a', scopes: ['src', '../x'], bead: 'bd-1' };
    refusal(checkReserveAll({ ...input, scopes: [] }, false), 'AGENT_NOT_FOUND');
    assert.match(refusal(checkReserveAll(input, true), 'INVALID_ARGS').message, /"\.\.\/x"/);
    for (const scopes of [[], undefined, 'src', [' '], [1]]) {
      const wrong = { ...input, scopes } as unknown as ReserveAllInput;
      assert.deepEqual(refusal(checkReserveAll(wrong, true), 'INVALID_ARGS').details, { missing: ['scope'] });
    }
  });

  it('counts what is the same once, folded where the case is', () => {
    assert.deepEqual(
      requests('src', './src/', 'Src').map(({ scope }) => scope),
      ['src', 'Src'],
    );
    const input = { agent: 'agent-a', scopes: ['src', 'Src'], bead: 'b', foldCase: true };
    assert.equal(grantedData(checkReserveAll(input, true)).length, 1);
  });

  it('takes so many and no more', () => {
    const many = Array.from({ length: MAX_SCOPES_AT_ONCE }, (_, index) => `s${index}`);
    assert.equal(requests(...many).length, MAX_SCOPES_AT_ONCE);
    const input = { agent: 'agent-a', scopes: [...many, 'one-more'], bead: 'b' };
    assert.equal(refusal(checkReserveAll(input, true), 'INVALID_ARGS').details?.['maximum'], MAX_SCOPES_AT_ONCE);
  });
});

describe('decideReserveAll', () => {
  it('grants all, each with an id and a fence of its own, and says which fence was the last', () => {
    const other = held({ scope: 'docs' });
    const { active, closed, answer, fence } = decide([other], 'src', 'test');
    const made = grantedData(answer).map(({ reserved }) => reserved);
    assert.deepEqual(
      made.map((one) => [one.scope, one.fence, one.reservation_id.slice(-8)]),
      [
        ['src', NOW.getTime(), '00000000'],
        ['test', NOW.getTime() + 1, '11111111'],
      ],
    );
    assert.equal(fence, NOW.getTime() + 1);
    assert.deepEqual(active, [other, ...made]);
    assert.deepEqual(closed, []);
  });

  it('lets the scopes of one agent overlap', () => {
    assert.equal(grantedData(decide([], 'src', 'src/app').answer).length, 2);
  });

  it('grants none where one is held, and tells of all that are in the way', () => {
    const [app, docs] = [
      held({ scope: 'src/app' }),
      held({ reservation_id: 'res_2', scope: 'docs', agent_id: 'agent-c' }),
    ];
    const { active, closed, answer } = decide([app, docs], 'test', 'src', 'docs');
    const { message, details } = refusal(answer, 'RESERVATION_CONFLICT');
    assert.match(message, /"src" overlaps "src\/app".* None of the 3 scopes was granted\.$/);
    const conflicts = details?.['conflicts'] as readonly (Conflict & { wanted: string })[];
    assert.deepEqual(
      conflicts.map(({ wanted, agent_id, overlap }) => [wanted, agent_id, overlap]),
      [
        ['src', 'agent-b', 'within'],
        ['docs', 'agent-c', 'exact'],
      ],
    );
    assert.equal(details?.['total'], 2);
    assert.deepEqual(details?.['refused'], [
      { scope: 'src', code: 'RESERVATION_CONFLICT' },
      { scope: 'docs', code: 'RESERVATION_CONFLICT' },
    ]);
    assert.deepEqual(closed, []);
    assert.deepEqual(
      active.map((entry) => [entry.reservation_id, waitersOf(entry).map(({ scope }) => scope)]),
      [
        [app.reservation_id, ['src']],
        ['res_2', ['docs']],
      ],
    );
  });

  it('takes nothing over where another scope is refused', () => {
    const [stale, live] = [held({ scope: 'old', expires_at: at(-1) }), held({ scope: 'src' })];
    const takeover = requests('old', 'src').map((request) => ({ ...request, takeoverStale: true }));
    const refused = decideReserveAll([stale, live], takeover, moment(), ['0', '1']);
    refusal(refused.answer, 'RESERVATION_CONFLICT');
    assert.deepEqual(refused.closed, []);
    assert.ok(refused.active.includes(stale));
    const [only] = takeover;
    assert.ok(only);
    const granted = decideReserveAll([stale, live], [only], moment(), ['0']);
    assert.deepEqual(grantedData(granted.answer)[0]?.takenOver, granted.closed);
    assert.deepEqual(granted.closed, [{ ...stale, state: 'expired' }]);
  });

  it('answers the first refusal: an expired one before a conflict', () => {
    const active = [held({ scope: 'old', expires_at: at(-1) }), held({ scope: 'src' })];
    const { message } = refusal(decide(active, 'old', 'src').answer, 'RESERVATION_STALE_FOUND');
    assert.match(message, /^An expired reservation of "old"/);
  });

  it('is the same as reserving one, where it is one', () => {
    const { message, details } = refusal(decide([held()], 'src/app').answer, 'RESERVATION_CONFLICT');
    assert.doesNotMatch(message, /None of/);
    assert.deepEqual(Object.keys(details ?? {}), ['conflicts', 'total']);
  });
});
