/** Steps of other programs, which know of neither projects nor renewals. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Reservation } from '../../../src/core/reservation';
import { codeOf } from '../../support/outcomes';
import { type Closed, type Held, MINUTE, type Model } from './model';
import { release } from './reservationModel';
import { aScope, expectReserve } from './reservationSteps';
import { compareState, step } from './step';
import type { System } from './systems';

const heldAs = (model: Model, scope: string) => model.held.find((held) => held.scope === scope);

export const foreignReserves = fc.record({ scope: aScope, minutes: fc.constantFrom(5, 30) }).map(({ scope, minutes }) =>
  step(`another program reserves ${scope} for ${minutes} minutes`, (model, system) => {
    if (heldAs(model, scope)) {
      return;
    }
    const id = `res_foreign_${model.held.length + model.closed.length}_${scope}`;
    const end = model.now + minutes * MINUTE;
    const held: Held = { id, scope, agent: 'alpha', bead: 'bd-1', made: model.now, end, firstEnd: end, ...NOT_OURS() };
    model.held.push(held);
    const entry: Reservation & { note: object } = {
      reservation_id: id,
      scope,
      agent_id: 'alpha',
      bead_id: 'bd-1',
      state: 'active',
      created_at: new Date(model.now).toISOString(),
      expires_at: new Date(end).toISOString(),
      released_at: null,
      note: { by: 'another program' },
    };
    system.foreignReserve(entry);
  }),
);

const NOT_OURS = () => ({ project: undefined, ours: false, waiting: [] });

export const foreignReleases = aScope.map((scope) =>
  step(`another program releases ${scope}`, (model, system) => {
    const held = heldAs(model, scope);
    if (held && held.end > model.now) {
      model.held = model.held.filter((one) => one !== held);
      model.closed.push({ ...held, state: 'released', at: model.now } satisfies Closed);
      system.foreignRelease(held.id, new Date(model.now).toISOString());
    }
  }),
);

export const foreignRewrites = fc
  .record({ bare: fc.boolean(), reversed: fc.boolean(), indent: fc.constantFrom(0, 2, 8) })
  .map((form) =>
    step(`another program rewrites ${JSON.stringify(form)}`, (_model, system) => system.foreignRewrite(form)),
  );

/**
 * What another program undid is seen as it was, and stored so with our next commit, which comes before anything else:
 * once its time is over too, nobody could tell any more what had been done to it.
 */
async function commitNext(model: Model, system: System): Promise<void> {
  await compareState(model, system);
  const one = { agent: 'alpha', scope: 'between', bead: 'bd-1', ttl: 5, takeoverStale: false };
  const answer = await system.operations.reserve(one);
  expectReserve(model, one, answer);
  const id = answer.ok ? answer.data.reservation_id : '';
  assert.equal(codeOf(await system.operations.release(one)), release(model, one, id));
}

const ofOurs = (model: Model, number: number) => {
  const held = model.held[number];
  return held?.ours && held.end > model.now ? held : undefined;
};

export const foreignDrops = fc.nat({ max: 4 }).map((number) =>
  step(`another program drops reservation ${number}`, async (model, system) => {
    const held = ofOurs(model, number);
    if (held) {
      system.foreignDrop(held.id);
      await commitNext(model, system);
    }
  }),
);

export const foreignOutdates = fc.nat({ max: 4 }).map((number) =>
  step(`another program writes reservation ${number} as it was at first`, async (model, system) => {
    const held = ofOurs(model, number);
    if (held) {
      system.foreignOutdate(held.id, new Date(held.firstEnd).toISOString());
      await commitNext(model, system);
    }
  }),
);

export const foreignRevivals = fc.nat({ max: 5 }).map((number) =>
  step(`another program revives closed reservation ${number}`, async (model, system) => {
    const closed = model.closed[number];
    if (closed?.ours && closed.state === 'released' && closed.end > model.now) {
      system.foreignRevive(closed.id);
      await commitNext(model, system);
    }
  }),
);
