/** Steps of reservations. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Envelope } from '../../../src/core/envelope';
import type { Reservation } from '../../../src/core/reservation';
import type { Reserved } from '../../../src/core/reserve';
import { codeOf, grantedData } from '../../support/outcomes';
import { type Model, status } from './model';
import {
  asks,
  COVERS,
  forceRelease,
  holders,
  type Named,
  PATHS,
  type Reserve,
  release,
  renew,
  request,
  reserve,
} from './reservationModel';
import { aBead, anAgent, step } from './step';
import type { System } from './systems';

export const aScope = fc.constantFrom(...Object.keys(COVERS).filter((scope) => scope !== 'between'));
/** Two projects, and none. */
const aProject = fc.constantFrom('/p', '/p', '/q', undefined);
const aTtl = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 5, max: 12 }) }, fc.constantFrom(4, 5.5, 1441, 0));
const aReserve: fc.Arbitrary<Reserve> = fc.record({
  agent: anAgent,
  scope: aScope,
  bead: fc.oneof({ weight: 9, arbitrary: aBead }, fc.constant('')),
  ttl: aTtl,
  takeoverStale: fc.boolean(),
  project: aProject,
  onOverlap: fc.constantFrom('deny', 'deny', 'warn', undefined),
});
const aRelease: fc.Arbitrary<Named> = fc.record({ agent: anAgent, scope: aScope, project: aProject });

/** The id is the store's to choose. */
export function expectReserve(model: Model, one: Reserve, answer: Envelope<Reserved>): ReturnType<typeof reserve> {
  const decided = reserve(model, one, answer.ok ? answer.data.reservation_id : '');
  assert.equal(codeOf(answer), decided.code);
  const told = answer.ok ? answer.data.conflicts : answer.error.details?.['conflicts'];
  const ids = ((told ?? []) as readonly Reservation[]).map(({ reservation_id }) => reservation_id);
  assert.deepEqual(ids.sort(), [...(decided.conflicts ?? [])].sort());
  if (answer.ok) {
    assert.ok((answer.data.fence ?? 0) > model.fence, 'the fence went back');
    model.fence = answer.data.fence ?? 0;
  }
  return decided;
}

async function reserveAlone(model: Model, { operations }: System, one: Reserve): Promise<void> {
  const answer = await operations.reserve(one);
  const { contested } = expectReserve(model, one, answer);
  assert.equal(answer.ok ? answer.data.contested?.because : undefined, contested);
}

async function releaseAlone(model: Model, { operations }: System, one: Named): Promise<void> {
  const answer = await operations.release(one);
  assert.equal(codeOf(answer), release(model, one, chosen(answer)));
}

export const reserves = aReserve.map((one) =>
  step(`reserve ${JSON.stringify(one)}`, (model, system) => reserveAlone(model, system, one)),
);

/** What random steps hardly ever come to: one waits for the other, and works where the other has worked, and again. */
export const contests = fc
  .record({ first: anAgent, second: anAgent, scopes: fc.tuple(aScope, aScope), project: aProject })
  .map(({ first, second, scopes: [held, wanted], project }) =>
    step(
      `${first} takes ${held} of ${project}, which ${second} wants for ${wanted}, and releases it`,
      async (model, system) => {
        const rest = { bead: 'bd-1', ttl: 5, takeoverStale: true, project };
        const mine = { agent: second, scope: wanted, ...rest };
        await reserveAlone(model, system, { agent: first, scope: held, ...rest });
        await reserveAlone(model, system, mine);
        await releaseAlone(model, system, { agent: first, scope: held, project });
        await reserveAlone(model, system, mine);
        await releaseAlone(model, system, mine);
        await reserveAlone(model, system, mine);
      },
    ),
  );

function chosen(answer: Envelope<Reservation>): string {
  return answer.ok ? answer.data.reservation_id : '';
}

export const releases = aRelease.map((one) =>
  step(`release ${JSON.stringify(one)}`, (model, system) => releaseAlone(model, system, one)),
);

export const renewals = fc.record({ agent: anAgent, scope: aScope, project: aProject, ttl: aTtl }).map((one) =>
  step(`renew ${JSON.stringify(one)}`, async (model, { operations }) => {
    const answer = await operations.renew(one);
    assert.equal(codeOf(answer), renew(model, one, chosen(answer)));
  }),
);

export const forceReleases = fc
  .record({ by: anAgent, number: fc.nat({ max: 5 }), reason: fc.constantFrom('gone', 'gone', 'gone', '') })
  .map(({ by, number, reason }) =>
    step(`force release of ${number} by ${by}, ${JSON.stringify(reason)}`, async (model, { operations }) => {
      const id = model.held[number]?.id ?? model.closed[number]?.id ?? 'res_none';
      const answer = await operations.forceRelease({ by, reservation: id, reason });
      assert.equal(codeOf(answer), forceRelease(model, by, id, reason));
    }),
  );

export const requests = aRelease.map(({ agent, scope, project }) =>
  step(`${agent} asks for ${scope} of ${project}`, async (model, { operations }) => {
    const answer = await operations.request({ from: agent, scope, project, reason: 'a fix' });
    const expected = request(model, { agent, scope, project });
    if (typeof expected === 'string') {
      assert.equal(codeOf(answer), expected);
      return;
    }
    const { requests: asked, total, already } = grantedData(answer);
    const inShort = asked.map((one) => `${one.reservation_id} ${one.already}`);
    assert.deepEqual(inShort.sort(), expected.map((one) => `${one.held.id} ${one.already}`).sort());
    assert.deepEqual([total, already], [expected.length, expected.every((one) => one.already)]);
    for (const one of expected.filter((each) => !each.already)) {
      const id = asked.find(({ reservation_id }) => reservation_id === one.held.id)?.message_id ?? '';
      model.sent.push(asks(model, agent, one.held, id));
    }
  }),
);

export const checks = fc.record({ agent: fc.oneof(fc.constant(''), anAgent), project: aProject }).map((one) =>
  step(`check ${JSON.stringify(one)}`, async (model, { operations }) => {
    const answer = await operations.check({ ...one, paths: PATHS });
    if (one.agent && !model.agents.has(one.agent)) {
      assert.equal(codeOf(answer), 'AGENT_NOT_FOUND');
      return;
    }
    const { paths } = grantedData(answer);
    assert.deepEqual(
      paths.map(({ path, held_by }) => [path, held_by.map(({ reservation_id }) => reservation_id).sort()]),
      PATHS.map((path) => [path, [...holders(model, path, one.project)].sort()]),
    );
    assert.ok(paths.every(({ held_by }) => held_by.every(({ mine, agent_id }) => mine === (agent_id === one.agent))));
  }),
);

/** Called at once, and answered as if one had waited for the other. */
export const bursts = fc.array(fc.oneof(aReserve, aRelease), { minLength: 2, maxLength: 8 }).map((calls) =>
  step(`at once ${JSON.stringify(calls)}`, async (model, { operations }) => {
    const answers = await Promise.all(
      calls.map((call) => ('ttl' in call ? operations.reserve(call) : operations.release(call))),
    );
    for (const [index, call] of calls.entries()) {
      const answer = answers[index] as Envelope<Reservation>;
      if ('ttl' in call) {
        expectReserve(model, call, answer);
      } else {
        assert.equal(codeOf(answer), release(model, call, chosen(answer)));
      }
    }
  }),
);

export const statuses = fc
  .record({
    agent: fc.oneof(fc.constant(''), anAgent),
    bead: fc.oneof(fc.constant(''), aBead),
    project: aProject,
  })
  .map((one) =>
    step(`status ${JSON.stringify(one)}`, async (model, { operations }) => {
      const answer = await operations.status(one);
      const expected = status(model, one);
      if (typeof expected === 'string') {
        assert.equal(codeOf(answer), expected);
        return;
      }
      const { reservations, unacked_required_messages, summary } = grantedData(answer);
      assert.deepEqual(
        {
          ids: reservations.map((entry) => entry.reservation_id).sort(),
          unacked: unacked_required_messages.map((message) => message.message_id).sort(),
          released: summary.released,
          expired: summary.expired,
        },
        { ...expected, ids: expected.ids.toSorted(), unacked: expected.unacked.toSorted() },
      );
    }),
  );
