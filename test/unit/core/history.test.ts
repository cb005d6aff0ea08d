import assert from 'node:assert/strict';
import { checkHistory, type HistoryInput, selectHistory } from '../../../src/core/history';
import { grantedData, refusal } from '../../support/outcomes';
import { at, NOW, reservation } from '../../support/samples';

const check = (input: HistoryInput) => checkHistory(input, true, NOW);

describe('checkHistory', () => {
  const times: readonly (readonly [string | undefined, string])[] = [
    [undefined, at(-7 * 24 * 60)],
    ['90m', at(-90)],
    ['12h', at(-12 * 60)],
    ['2d', at(-2 * 24 * 60)],
    ['2026-02-01', '2026-02-01T00:00:00.000Z'],
    ['2026-02-01T08:30', '2026-02-01T08:30:00.000Z'],
    ['2026-02-01T08:30:00+02:00', '2026-02-01T06:30:00.000Z'],
    [' 2026-02-01T08:30:00.250Z ', '2026-02-01T08:30:00.250Z'],
  ];
  for (const [since, expected] of times) {
    it(`takes ${since ?? 'nothing'} for ${expected}`, () => {
      assert.equal(grantedData(check({ since })).since.toISOString(), expected);
    });
  }

  for (const since of ['yesterday', '5', '5w', '-5m', '2026-13-01', '2026-02-01T25:00', '1e3m']) {
    it(`takes ${since} for no time, and says how to write one`, () => {
      assert.match(refusal(check({ since }), 'INVALID_ARGS').message, /^".*" is no time: write it as/);
    });
  }

  it('asks for the agent first, and for the limit last', () => {
    const wrong = { agent: 'nobody', since: 'x', limit: 0 };
    refusal(checkHistory(wrong, false, NOW), 'AGENT_NOT_FOUND');
    refusal(check(wrong), 'INVALID_ARGS');
    for (const limit of [0, 501, 1.5, '7', Number.NaN]) {
      refusal(check({ limit } as HistoryInput), 'INVALID_LIMIT');
    }
    assert.equal(grantedData(check({})).limit, 50);
  });
});

describe('selectHistory', () => {
  const closed = [
    reservation({ scope: 'a', state: 'released', released_at: at(-1) }),
    reservation({ scope: 'b', state: 'expired', expires_at: at(-60), agent_id: 'agent-b' }),
    reservation({ scope: 'c', state: 'released', released_at: at(-59), bead_id: 'bd-2', project: '/q' }),
    reservation({ scope: 'd', state: 'released', released_at: at(-61) }),
  ];
  const scopes = (input: HistoryInput) =>
    selectHistory(closed, grantedData(check({ since: '1h', ...input }))).map(({ scope }) => scope);

  it('keeps what ended since then, the very instant included', () => {
    assert.deepEqual(scopes({}), ['a', 'b', 'c']);
  });

  it('filters by agent, bead and project, and then counts', () => {
    assert.deepEqual(scopes({ agent: 'agent-b' }), ['b']);
    assert.deepEqual(scopes({ bead: 'bd-2' }), ['c']);
    assert.deepEqual(scopes({ project: '/p' }), ['a', 'b']);
    assert.deepEqual(scopes({ limit: 1, agent: 'agent-a' }), ['a']);
  });
});
