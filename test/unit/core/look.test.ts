import assert from 'node:assert/strict';
import fc from 'fast-check';
import { differences } from '../../../src/core/differences';
import { type Look, lookAt, overview } from '../../../src/core/look';
import type { Overview, Snapshot } from '../../../src/core/overview';
import type { Reservation } from '../../../src/core/reservation';
import { addMinutes } from '../../../src/core/time';
import { NOW, reservation } from '../../support/samples';

const OPTIONS = { me: 'agent-a', expiredHours: 1 };

const anEntry: fc.Arbitrary<Reservation> = fc
  .record({
    id: fc.nat(30),
    scope: fc.constantFrom('src', 'docs', 'test'),
    agent: fc.constantFrom('agent-a', 'agent-b'),
    minutes: fc.integer({ min: -90, max: 90 }),
  })
  .map(({ id, scope, agent, minutes }) => ({
    ...reservation({ scope, agent_id: agent, expires_at: addMinutes(NOW, minutes).toISOString() }),
    reservation_id: `res_${id}`,
  }));

/** What one reading finds: of the entries before it those that stay, and others. */
const aReading = fc.record({
  stay: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
  come: fc.array(anEntry, { maxLength: 5 }),
  closed: fc.array(anEntry, { maxLength: 3 }),
  minutes: fc.integer({ min: -3, max: 30 }),
  me: fc.constantFrom('agent-a', 'agent-a', 'agent-b', undefined),
});

describe('a look that goes on from the one before', () => {
  it('shows what a first look would show', () => {
    fc.assert(
      fc.property(fc.array(aReading, { minLength: 1, maxLength: 10 }), (readings) => {
        let look: Look | undefined;
        let active: readonly Reservation[] = [];
        let now = NOW;
        for (const { stay, come, closed, minutes, me } of readings) {
          const ids = new Set(come.map(({ reservation_id }) => reservation_id));
          active = [...active.filter((entry, index) => stay[index] && !ids.has(entry.reservation_id)), ...come];
          active = [...new Map(active.map((entry) => [entry.reservation_id, entry])).values()];
          now = addMinutes(now, minutes);
          const snapshot: Snapshot = {
            active,
            closed: closed.map((entry) => ({ ...entry, state: 'expired' })),
            messages: [],
          };
          const options = { ...OPTIONS, me };
          const before = look?.overview.active ?? [];
          look = lookAt(look, snapshot, options, now);
          assert.deepEqual(look.overview, overview(snapshot, options, now));
          const { active: found, expired } = look.overview;
          assert.deepEqual(differences(before, found), {
            gone: before.filter((item) => !found.includes(item)),
            come: found.filter((item) => !before.includes(item)),
          });
          for (const [index, { reservation, canTakeOver }] of expired.entries()) {
            const later = [...found, ...expired.slice(0, index)];
            assert.equal(canTakeOver, !later.some((item) => item.reservation.scope === reservation.scope));
          }
        }
      }),
    );
  });

  it('keeps the lists and items that are as they were', () => {
    const entry = (scope: string, minutes: number) => ({
      ...reservation({ scope, expires_at: addMinutes(NOW, minutes).toISOString() }),
      reservation_id: `res_${scope}`,
    });
    const active = ['a', 'b', 'c', 'd'].map((scope) => entry(scope, 60));
    const snapshot: Snapshot = { active: [...active, entry('old', -5)], closed: [], messages: [] };
    const first = lookAt(undefined, snapshot, OPTIONS, NOW);
    const again = lookAt(first, { ...snapshot, active: [...snapshot.active] }, OPTIONS, addMinutes(NOW, 1));
    for (const list of ['active', 'expired', 'messages'] as const satisfies readonly (keyof Overview)[]) {
      assert.equal(again.overview[list], first.overview[list]);
    }
    const renewed = entry('b', 90);
    const next = lookAt(again, { ...snapshot, active: active.with(1, renewed) }, OPTIONS, addMinutes(NOW, 1));
    const { gone, come } = differences(again.overview.active, next.overview.active);
    assert.deepEqual(
      [gone, come].map((items) => items.map(({ reservation: { scope } }) => scope)),
      [['b'], ['b']],
    );
  });

  it('shows an item anew when it begins to end soon', () => {
    const active = [
      { ...reservation({ scope: 'a', expires_at: addMinutes(NOW, 60).toISOString() }), reservation_id: 'res_a' },
      { ...reservation({ scope: 'b', expires_at: addMinutes(NOW, 15).toISOString() }), reservation_id: 'res_b' },
    ];
    const snapshot: Snapshot = { active, closed: [], messages: [] };
    const first = lookAt(undefined, snapshot, OPTIONS, NOW);
    assert.equal(first.overview.nextChange, addMinutes(NOW, 5).getTime());
    const later = lookAt(first, snapshot, OPTIONS, addMinutes(NOW, 5));
    assert.deepEqual(
      later.overview.active.map(({ endsSoon }, index) => [
        endsSoon,
        later.overview.active[index] === first.overview.active[index],
      ]),
      [
        [false, true],
        [true, false],
      ],
    );
  });
});
