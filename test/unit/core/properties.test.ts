/** What holds for every sequence of decisions and every input, not only for the ones that came to mind. */

import assert from 'node:assert/strict';
import { isAbsolute, join, normalize, resolve, sep } from 'node:path';
import fc from 'fast-check';
import { isAgentId } from '../../../src/core/agent';
import { isMessageId } from '../../../src/core/message';
import { decideRelease, decideSweep } from '../../../src/core/release';
import { isExpired, type Reservation, type ReservationDecision } from '../../../src/core/reservation';
import { decideReserve } from '../../../src/core/reserve';
import { addMinutes } from '../../../src/core/time';
import { codeOf } from '../../support/outcomes';
import { moment, NOW } from '../../support/samples';

type Step =
  | { readonly do: 'reserve'; agent: string; scope: string; ttl: number; takeoverStale: boolean }
  | { readonly do: 'release'; agent: string; scope: string }
  | { readonly do: 'sweep' };

const anAgent = fc.constantFrom('agent-a', 'agent-b', 'agent-c');
const aScope = fc.constantFrom('src', 'src/*', 'docs', 'test');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('reserve' as const),
    agent: anAgent,
    scope: aScope,
    ttl: fc.integer({ min: 5, max: 12 }),
    takeoverStale: fc.boolean(),
  }),
  fc.record({ do: fc.constant('release' as const), agent: anAgent, scope: aScope }),
  fc.record({ do: fc.constant('sweep' as const) }),
);
/** Whole and half minutes, and often none, so that instants of expiry are met exactly. */
const timed = fc.record({ step, minutes: fc.constantFrom(0, 0, 0.5, 1, 5, 7) });

function decide(active: readonly Reservation[], one: Step, now: Date, id: number): ReservationDecision<unknown> {
  switch (one.do) {
    case 'reserve':
      return decideReserve(active, { ...one, bead: 'bd-1' }, moment(now), id.toString(16).padStart(8, '0'));
    case 'release':
      return decideRelease(active, one, moment(now));
    case 'sweep':
      return decideSweep(active, moment(now));
  }
}

describe('any sequence of reserve, release and sweep with a moving clock', () => {
  it('never has two entries of one scope, loses nothing, and closes each entry exactly once', () => {
    let closedInAll = 0;
    fc.assert(
      fc.property(fc.array(timed, { minLength: 1, maxLength: 60, size: 'max' }), (steps) => {
        let now = NOW;
        let active: readonly Reservation[] = [];
        const history: Reservation[] = [];
        const grantedIds: string[] = [];
        for (const [index, { step: one, minutes }] of steps.entries()) {
          now = addMinutes(now, minutes);
          const before = active;
          const decision = decide(active, one, now, index);
          active = decision.active;
          history.push(...decision.closed);
          if (one.do === 'reserve' && codeOf(decision.answer) === 'ok') {
            grantedIds.push(active.at(-1)?.reservation_id ?? '');
            assert.ok(!before.some((entry) => entry.scope === one.scope && !isExpired(entry, now)));
          }
          const scopes = active.map((entry) => entry.scope);
          assert.equal(new Set(scopes).size, scopes.length, 'two entries of one scope');
          assert.ok(active.every((entry) => entry.state === 'active' && entry.released_at === null));
          const ids = [...active, ...history].map((entry) => entry.reservation_id);
          assert.deepEqual(ids.toSorted(), grantedIds.toSorted(), 'an entry vanished, or is there twice');
        }
        assert.ok(history.every((entry) => (entry.state === 'released') === (entry.released_at !== null)));
        closedInAll += history.length;
      }),
      { numRuns: 500 },
    );
    assert.ok(closedInAll > 500, `only ${closedInAll} entries were ever closed: the sequences show nothing`);
  });

  it('agrees with a model that knows one holder and one end for each scope', () => {
    fc.assert(
      fc.property(fc.array(timed, { maxLength: 60, size: 'max' }), (steps) => {
        let now = NOW;
        let active: readonly Reservation[] = [];
        const model = new Map<string, { agent: string; end: number }>();
        for (const [index, { step: one, minutes }] of steps.entries()) {
          now = addMinutes(now, minutes);
          const decision = decide(active, one, now, index);
          active = decision.active;
          assert.equal(codeOf(decision.answer), expected(model, one, now.getTime()));
          assert.deepEqual(active.map((entry) => entry.scope).toSorted(), [...model.keys()].toSorted());
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** The answer that the rules of the contract give, and what becomes of the model. */
function expected(model: Map<string, { agent: string; end: number }>, one: Step, now: number): string {
  if (one.do === 'sweep') {
    for (const [scope, { end }] of [...model]) {
      if (end <= now) {
        model.delete(scope);
      }
    }
    return 'ok';
  }
  const held = model.get(one.scope);
  const isLive = held !== undefined && held.end > now;
  if (one.do === 'reserve') {
    if (isLive) {
      return 'RESERVATION_CONFLICT';
    }
    if (held && !one.takeoverStale) {
      return 'RESERVATION_STALE_FOUND';
    }
    model.set(one.scope, { agent: one.agent, end: now + one.ttl * 60_000 });
    return 'ok';
  }
  if (held && isLive && held.agent !== one.agent) {
    return 'RELEASE_FORBIDDEN';
  }
  model.delete(one.scope);
  return isLive ? 'ok' : 'RESERVATION_NOT_FOUND';
}

describe('ids that become file names', () => {
  /** Texts that are nearly ids: made of what ids are made of, and of what paths are made of. */
  const nearlyAnId = fc
    .array(fc.constantFrom('a', 'z', '0', '-', '_', ':', '.', '..', '/', '\\', '\0', '\n', ' ', '%2e', 'é', 'A', '~'))
    .map((parts) => parts.join(''));
  const mostlyAnId = fc
    .array(fc.constantFrom('a', 'b', 'c', 'x', 'y', 'z', '0', '9', '-', '.'), { minLength: 2, maxLength: 8 })
    .map((parts) => parts.join(''));
  const anything = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), nearlyAnId, mostlyAnId);

  for (const [name, isId] of [
    ['agent id', isAgentId],
    ['message id', isMessageId],
  ] as const) {
    it(`whatever passes for ${name} stays inside the folder`, () => {
      let passed = 0;
      fc.assert(
        fc.property(anything, (text) => {
          if (!isId(text)) {
            return;
          }
          passed++;
          const folder = resolve('store');
          assert.ok(!isAbsolute(text) && !/[/\\]|^\.|\.$|\.\./.test(text) && text.length <= 200);
          assert.equal(resolve(folder, `${text}.json`), join(folder, `${text}.json`));
          assert.equal(normalize(`${text}.json`).split(sep).length, 1);
        }),
        { numRuns: 5_000 },
      );
      assert.ok(passed > 20, `only ${passed} texts passed: nothing was shown`);
    });
  }

  it('message ids take letters of both cases, digits, "_", "-", ":" and single dots between them, and nothing else', () => {
    const beadboards = ['msg_20261130_213806.482Z_c977', 'msg_20261130_213806.482Z_', 'msg_20261130_213806_8_agent-b'];
    for (const id of ['msg_1', 'A:b-C_9', '-', ':', '_', '0', 'a.json', 'a.b.c', 'a'.repeat(200), ...beadboards]) {
      assert.ok(isMessageId(id), id);
    }
    for (const id of [
      '',
      '.',
      '..',
      '../x',
      'a/b',
      'a\\b',
      'a b',
      '.a',
      'a.',
      'a..b',
      'a'.repeat(201),
      'ä',
      'msg\n',
      '\nmsg',
      'a\0',
      'a%2fb',
    ]) {
      assert.ok(!isMessageId(id), JSON.stringify(id));
    }
  });
});
