import assert from 'node:assert/strict';
import { checkRelease, decideRelease, decideSweep } from '../../../src/core/release';
import { isExpired } from '../../../src/core/reservation';
import { checkReserve, decideReserve, type ReserveInput, type ReserveRequest } from '../../../src/core/reserve';
import { checkStatus, matchesStatus } from '../../../src/core/status';
import { codeOf, grantedData, refusal } from '../../support/outcomes';
import { at, moment, NOW, reservation } from '../../support/samples';

const request: ReserveRequest = { agent: 'agent-a', scope: 'src/app', bead: 'bd-1', ttl: 120, takeoverStale: false };

/** What comes from outside may be of any type. */
function untyped(fields: Record<string, unknown>): ReserveInput {
  return fields as unknown as ReserveInput;
}

describe('checkReserve', () => {
  const good = { agent: 'agent-a', scope: 'src/app', bead: 'bd-1' };

  it('trims every text, and fills in the defaults', () => {
    const input = { agent: ' agent-a ', scope: '\tsrc/app\n', bead: ' bd-1 ' };
    assert.deepEqual(grantedData(checkReserve(input, true)), request);
  });

  const precedence: readonly (readonly [string, Record<string, unknown>, boolean, string, readonly string[]])[] = [
    ['unregistered agent and everything else wrong', { ttl: 4 }, false, 'AGENT_NOT_FOUND', []],
    ['unregistered agent and empty scope', { ...good, scope: '' }, false, 'AGENT_NOT_FOUND', []],
    ['unregistered agent and bad ttl', { ...good, ttl: 4 }, false, 'AGENT_NOT_FOUND', []],
    ['empty scope and bad ttl', { ...good, scope: ' ', ttl: 4 }, true, 'INVALID_ARGS', ['scope']],
    ['empty bead and bad ttl', { ...good, bead: '', ttl: 4 }, true, 'INVALID_ARGS', ['bead']],
    ['empty scope and empty bead', { ...good, scope: '', bead: '' }, true, 'INVALID_ARGS', ['scope', 'bead']],
    ['a scope that is not text', { ...good, scope: 7 }, true, 'INVALID_ARGS', ['scope']],
    ['no fields at all', {}, true, 'INVALID_ARGS', ['scope', 'bead']],
  ];
  for (const [name, fields, registered, code, missing] of precedence) {
    it(`${name}: ${code}${missing.length > 0 ? ` naming ${missing.join(' and ')}` : ''}`, () => {
      const answer = checkReserve(untyped(fields), registered);
      assert.equal(codeOf(answer), code);
      if (missing.length > 0) {
        const error = refusal(answer, 'INVALID_ARGS');
        assert.deepEqual(error.details, { missing });
        for (const field of missing) {
          assert.match(error.message, new RegExp(`\\b${field}\\b`));
        }
      }
    });
  }

  const accepted: readonly (readonly [unknown, number])[] = [
    [5, 5],
    [6, 6],
    [1440, 1440],
    [undefined, 120],
    // As the seed: `ttl ?? 120`.
    [null, 120],
  ];
  for (const [ttl, minutes] of accepted) {
    it(`ttl ${String(ttl)} is ${minutes} minutes`, () => {
      assert.equal(grantedData(checkReserve(untyped({ ...good, ttl }), true)).ttl, minutes);
    });
  }

  for (const ttl of [4, 1441, 5.5, '30', '', Number.NaN, Number.POSITIVE_INFINITY, 0, -5, true, {}, [30]]) {
    it(`ttl ${JSON.stringify(ttl)} (${typeof ttl}) is INVALID_ARGS with the bounds`, () => {
      const error = refusal(checkReserve(untyped({ ...good, ttl }), true), 'INVALID_ARGS');
      assert.deepEqual(error.details, { ttl, minimum: 5, maximum: 1440 });
    });
  }

  for (const flag of ['true', 1, 'yes', null, undefined, false]) {
    it(`takeoverStale ${JSON.stringify(flag)} does not take over`, () => {
      assert.equal(grantedData(checkReserve(untyped({ ...good, takeoverStale: flag }), true)).takeoverStale, false);
    });
  }
});

describe('checkRelease and checkStatus', () => {
  it('release: the agent goes before the scope', () => {
    refusal(checkRelease({ agent: 'nobody', scope: '' }, false), 'AGENT_NOT_FOUND');
    assert.deepEqual(refusal(checkRelease({ agent: 'agent-a', scope: ' ' }, true), 'INVALID_ARGS').details, {
      missing: ['scope'],
    });
    assert.deepEqual(grantedData(checkRelease({ agent: ' agent-a', scope: 'x ' }, true)), {
      agent: 'agent-a',
      scope: 'x',
    });
  });

  it('status: only an agent that is named has to be registered', () => {
    assert.deepEqual(grantedData(checkStatus({}, false)), { agent: '', bead: '' });
    assert.deepEqual(grantedData(checkStatus({ agent: '  ', bead: ' bd-1 ' }, false)), { agent: '', bead: 'bd-1' });
    assert.match(refusal(checkStatus({ agent: 'nobody' }, false), 'AGENT_NOT_FOUND').message, /"nobody"/);
    assert.deepEqual(grantedData(checkStatus({ agent: ' agent-a ' }, true)), { agent: 'agent-a', bead: '' });
  });

  it('status filters by bead and by agent, each alone and both together', () => {
    const entry = reservation();
    assert.ok(matchesStatus(entry, { agent: '', bead: '' }));
    assert.ok(matchesStatus(entry, { agent: 'agent-a', bead: 'bd-1' }));
    assert.ok(!matchesStatus(entry, { agent: 'agent-a', bead: 'bd-2' }));
    assert.ok(!matchesStatus(entry, { agent: 'agent-b', bead: 'bd-1' }));
  });
});

describe('isExpired', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['a millisecond before expires_at', '2026-02-13T22:09:00.001Z', false],
    ['at the very instant', '2026-02-13T22:09:00.000Z', true],
    ['a millisecond after', '2026-02-13T22:08:59.999Z', true],
    ['at the instant, written with an offset', '2026-02-14T00:09:00+02:00', true],
    ['before it, written with an offset', '2026-02-13T20:09:01-02:00', false],
  ];
  for (const [name, expires_at, expected] of cases) {
    it(`${name}: ${expected}`, () => assert.equal(isExpired(reservation({ expires_at }), NOW), expected));
  }
});

describe('decideReserve', () => {
  it('makes the entry in the shape and with the times of the contract', () => {
    const { active, closed, answer } = decideReserve([], { ...request, ttl: 5 }, moment(), '0123abcd');
    const created = {
      reservation_id: 'res_20260213_220900_0123abcd',
      scope: 'src/app',
      agent_id: 'agent-a',
      bead_id: 'bd-1',
      state: 'active',
      created_at: '2026-02-13T22:09:00.000Z',
      expires_at: '2026-02-13T22:14:00.000Z',
      released_at: null,
      fence: NOW.getTime(),
    };
    assert.deepEqual(grantedData(answer), created);
    assert.deepEqual(active, [created]);
    assert.deepEqual(closed, []);
  });

  it('appends: other entries keep their place and are the same objects', () => {
    const others = [reservation({ scope: 'a' }), reservation({ scope: 'b', expires_at: at(-1) })];
    const { active, closed } = decideReserve(others, request, moment(), '0123abcd');
    assert.equal(active[0], others[0]);
    assert.equal(active[1], others[1]);
    assert.equal(active[2]?.scope, 'src/app');
    assert.deepEqual(closed, [], 'an expired entry of another scope is not touched');
  });

  for (const [holder, agent] of [
    ["someone else's", 'agent-b'],
    ['its own agent’s', 'agent-a'],
  ] as const) {
    for (const takeoverStale of [false, true]) {
      it(`a live entry, ${holder}, takeoverStale ${takeoverStale}: conflict, and nothing changes`, () => {
        const active = [reservation()];
        const decision = decideReserve(active, { ...request, agent, takeoverStale }, moment(), 'ffffffff');
        const error = refusal(decision.answer, 'RESERVATION_CONFLICT');
        assert.match(error.message, /"agent-a"/);
        assert.deepEqual(error.details, {
          conflicts: [
            {
              reservation_id: 'res_20260213_215900_0a1b2c3d',
              scope: 'src/app',
              agent_id: 'agent-a',
              bead_id: 'bd-1',
              expires_at: at(60),
              overlap: 'exact',
            },
          ],
          total: 1,
        });
        assert.deepEqual(decision.closed, []);
        const waiting = [{ agent_id: agent, scope: 'src/app', since: NOW.toISOString() }];
        assert.deepEqual(decision.active, agent === 'agent-a' ? active : [{ ...active[0], waiting }]);
      });
    }
  }

  it('an expired entry stands in the way until it is taken over', () => {
    const stale = reservation({ agent_id: 'agent-b', expires_at: at(0) });
    const active = [stale];
    const refused = decideReserve(active, request, moment(), 'ffffffff');
    assert.match(refusal(refused.answer, 'RESERVATION_STALE_FOUND').message, /--takeover-stale/);
    assert.equal(refused.active, active);
    assert.deepEqual(refused.closed, []);

    const taken = decideReserve(active, { ...request, takeoverStale: true }, moment(), 'ffffffff');
    assert.equal(grantedData(taken.answer).agent_id, 'agent-a');
    assert.deepEqual(taken.closed, [{ ...stale, state: 'expired' }]);
    assert.deepEqual(taken.active, [grantedData(taken.answer)]);
  });

  it("an expired entry of one's own: takeoverOwn takes it over, and another's not", () => {
    const own = { ...request, takeoverOwn: true };
    const mine = reservation({ expires_at: at(0) });
    const theirs = reservation({ expires_at: at(0), agent_id: 'agent-b' });
    const taken = decideReserve([mine], own, moment(), 'ffffffff');
    assert.deepEqual(taken.closed, [{ ...mine, state: 'expired' }]);
    assert.deepEqual(taken.active, [grantedData(taken.answer)]);
    for (const active of [[theirs], [mine, theirs]]) {
      const decision = decideReserve(active, own, moment(), 'ffffffff');
      assert.match(refusal(decision.answer, 'RESERVATION_STALE_FOUND').message, /by "agent-b"/);
      assert.equal(decision.active, active);
    }
  });

  it('of two entries of one scope the live one counts, wherever it stands', () => {
    const stale = reservation({ reservation_id: 'res_1', expires_at: at(-1) });
    const live = reservation({ reservation_id: 'res_2', agent_id: 'agent-b' });
    for (const active of [
      [stale, live],
      [live, stale],
    ]) {
      const { answer } = decideReserve(active, { ...request, takeoverStale: true }, moment(), 'ffffffff');
      assert.match(refusal(answer, 'RESERVATION_CONFLICT').message, /"agent-b"/);
    }
  });

  it('a takeover of two expired entries of one scope closes both', () => {
    const first = reservation({ reservation_id: 'res_1', expires_at: at(-1) });
    const second = reservation({ reservation_id: 'res_2', expires_at: at(-2) });
    const { active, closed } = decideReserve(
      [first, second],
      { ...request, takeoverStale: true },
      moment(),
      'ffffffff',
    );
    assert.deepEqual(closed.map((entry) => entry.reservation_id).sort(), ['res_1', 'res_2']);
    assert.equal(active.length, 1);
  });

  it('scopes are compared as they are: no folding, no overlap', () => {
    const active = [reservation({ scope: 'src/*' }), reservation({ scope: 'SRC/APP' })];
    assert.equal(codeOf(decideReserve(active, request, moment(), 'ffffffff').answer), 'ok');
  });

  it('does not change what it is given', () => {
    const active = Object.freeze([Object.freeze(reservation({ expires_at: at(-1) }))]);
    assert.equal(codeOf(decideReserve(active, { ...request, takeoverStale: true }, moment(), 'ffffffff').answer), 'ok');
    assert.equal(codeOf(decideSweep(active, moment()).answer), 'ok');
  });
});

describe('decideRelease', () => {
  const release = { agent: 'agent-a', scope: 'src/app' };

  it('closes the own entry with its time, and keeps its unknown fields', () => {
    const mine = reservation({ worktree: '/w', nested: { deep: [1, null] } });
    const other = reservation({ scope: 'other' });
    const { active, closed, answer } = decideRelease([other, mine], release, moment());
    const released = { ...mine, state: 'released', released_at: NOW.toISOString() };
    assert.deepEqual(grantedData(answer), released);
    assert.deepEqual(closed, [released]);
    assert.deepEqual(active, [other]);
  });

  it("refuses another agent's, naming the holder", () => {
    const active = [reservation({ agent_id: 'agent-b' })];
    const decision = decideRelease(active, release, moment());
    assert.match(refusal(decision.answer, 'RELEASE_FORBIDDEN').message, /"agent-b"/);
    assert.equal(decision.active, active);
    assert.deepEqual(decision.closed, []);
  });

  it('answers not found where there is none', () => {
    const active = [reservation({ scope: 'other' })];
    const decision = decideRelease(active, release, moment());
    refusal(decision.answer, 'RESERVATION_NOT_FOUND');
    assert.equal(decision.active, active);
    assert.deepEqual(decision.closed, []);
  });

  for (const agent_id of ['agent-a', 'agent-b']) {
    it(`an expired one of ${agent_id} goes to history and counts as not found`, () => {
      const stale = reservation({ agent_id, expires_at: at(0), note: 'kept' });
      const decision = decideRelease([stale], release, moment());
      refusal(decision.answer, 'RESERVATION_NOT_FOUND');
      assert.deepEqual(decision.active, []);
      assert.deepEqual(decision.closed, [{ ...stale, state: 'expired' }]);
    });
  }

  it('of two live entries of one scope it ends the own one', () => {
    const theirs = reservation({ reservation_id: 'res_1', agent_id: 'agent-b' });
    const mine = reservation({ reservation_id: 'res_2' });
    const { active, answer } = decideRelease([theirs, mine], release, moment());
    assert.equal(grantedData(answer).reservation_id, 'res_2');
    assert.deepEqual(active, [theirs]);
  });
});

describe('decideSweep', () => {
  it('moves everything past its time, at the very instant too, and nothing else', () => {
    const entries = [
      reservation({ scope: 'a', expires_at: at(-5), project: '/p' }),
      reservation({ scope: 'b' }),
      reservation({ scope: 'c', expires_at: at(0) }),
    ];
    const { active, closed, answer } = decideSweep(entries, moment());
    assert.equal(grantedData(answer), 2);
    assert.deepEqual(active, [entries[1]]);
    assert.deepEqual(closed, [
      { ...entries[0], state: 'expired' },
      { ...entries[2], state: 'expired' },
    ]);
  });

  it('with nothing to do it gives back the very list, so that nothing is written', () => {
    const entries = [reservation()];
    const { active, closed } = decideSweep(entries, moment());
    assert.equal(active, entries);
    assert.deepEqual(closed, []);
  });
});
