/** Steps that fast-check puts together, shrinks and repeats: each is done, and its answer compared with the model's. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Envelope } from '../../../src/core/envelope';
import type { Reservation } from '../../../src/core/reservation';
import { codeOf, grantedData } from '../../support/outcomes';
import {
  type Closed,
  inbox,
  MINUTE,
  type Model,
  mark,
  type Reserve,
  recipients,
  register,
  release,
  reserve,
  status,
} from './model';
import type { System } from './systems';

type Command = fc.AsyncCommand<Model, System>;

/** A step that can always be taken; the text is what a failure shows. */
function step(text: string, run: (model: Model, system: System) => Promise<void> | void): Command {
  return {
    check: () => true,
    run: async (model, system) => {
      await run(model, system);
      await compareState(model, system);
    },
    toString: () => text,
  };
}

/** Whatever was done, this is there: every reservation once, with what others put into it, and every one that was closed. */
async function compareState(model: Model, { store }: System): Promise<void> {
  const { records } = await store.readActive();
  const shown = records.map((entry) => [
    entry.reservation_id,
    entry.scope,
    entry.agent_id,
    Date.parse(entry.expires_at),
  ]);
  assert.deepEqual(
    shown.sort(),
    [...model.held.values()].map(({ id, scope, agent, end }) => [id, scope, agent, end]).sort(),
  );
  const foreign = records.filter((entry) => entry.reservation_id.startsWith('res_foreign'));
  assert.ok(
    foreign.every((entry) => 'note' in entry),
    'a field that we do not know is gone',
  );
  const closed = (await store.readClosed(new Date(0))).map((entry) => `${entry.reservation_id} ${entry.state}`);
  assert.deepEqual([...new Set(closed)].sort(), model.closed.map(({ id, state }) => `${id} ${state}`).sort());
}

const anAgent = fc.constantFrom('alpha', 'beta', 'gamma', 'stranger');
const aScope = fc.constantFrom('src', 'src/*', 'docs');
const aBead = fc.constantFrom('bd-1', 'bd-2');
const aReserve: fc.Arbitrary<Reserve> = fc.record({
  agent: anAgent,
  scope: aScope,
  bead: fc.oneof({ weight: 9, arbitrary: aBead }, fc.constant('')),
  ttl: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 5, max: 12 }) }, fc.constantFrom(4, 5.5, 1441, 0)),
  takeoverStale: fc.boolean(),
});

/** The id is the store's to choose. */
function expectReserve(model: Model, one: Reserve, answer: Envelope<Reservation>): void {
  assert.equal(codeOf(answer), reserve(model, one, answer.ok ? answer.data.reservation_id : ''));
}

const reserves = aReserve.map((one) =>
  step(`reserve ${JSON.stringify(one)}`, async (model, { operations }) =>
    expectReserve(model, one, await operations.reserve(one)),
  ),
);

const releases = fc.record({ agent: anAgent, scope: aScope }).map((one) =>
  step(`release ${JSON.stringify(one)}`, async (model, { operations }) => {
    const answer = await operations.release(one);
    assert.equal(codeOf(answer), release(model, one.agent, one.scope));
  }),
);

/** Called at once, and answered as if one had waited for the other. */
const bursts = fc
  .array(fc.oneof(aReserve, fc.record({ agent: anAgent, scope: aScope })), { minLength: 2, maxLength: 8 })
  .map((calls) =>
    step(`at once ${JSON.stringify(calls)}`, async (model, { operations }) => {
      const answers = await Promise.all(
        calls.map((call) => ('ttl' in call ? operations.reserve(call) : operations.release(call))),
      );
      for (const [index, call] of calls.entries()) {
        const answer = answers[index] as Envelope<Reservation>;
        if ('ttl' in call) {
          expectReserve(model, call, answer);
        } else {
          assert.equal(codeOf(answer), release(model, call.agent, call.scope));
        }
      }
    }),
  );

const statuses = fc
  .record({ agent: fc.oneof(fc.constant(''), anAgent), bead: fc.oneof(fc.constant(''), aBead) })
  .map((one) =>
    step(`status ${JSON.stringify(one)}`, async (model, { operations }) => {
      const answer = await operations.status(one);
      const expected = status(model, one.agent, one.bead);
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

const registers = fc
  .record({
    name: fc.oneof({ weight: 6, arbitrary: anAgent }, fc.constantFrom('No', '../x', 'x-')),
    role: fc.constantFrom('backend', 'ui', ''),
    forceUpdate: fc.boolean(),
  })
  .filter(({ name }) => name !== 'stranger')
  .map((one) =>
    step(`register ${JSON.stringify(one)}`, async (model, { operations }) => {
      assert.equal(codeOf(await operations.register(one)), register(model, one.name, one.role, one.forceUpdate));
      const agents = grantedData(await operations.list());
      const listed = agents.map(({ agent_id, role, version }) => [agent_id, role, version]);
      assert.deepEqual(listed, [...model.agents].map(([id, { role, version }]) => [id, role, version]).sort());
    }),
  );

const sends = fc
  .record({
    from: anAgent,
    to: fc.oneof(anAgent, fc.constant('broadcast')),
    bead: aBead,
    category: fc.constantFrom('HANDOFF', 'BLOCKED', 'DECISION', 'INFO'),
    subject: fc.constant('s'),
    body: fc.constantFrom('b', 'b', 'b', ''),
  })
  .map((one) =>
    step(`send ${JSON.stringify(one)}`, async (model, { operations }) => {
      const answer = await operations.send(one);
      const all = recipients(model, one.from, one.to, one.body);
      assert.equal(codeOf(answer), typeof all === 'string' ? all : 'ok');
      if (!answer.ok || typeof all === 'string') {
        return;
      }
      const { message_id, to_agent } = answer.data;
      const isBroadcast = one.to === 'broadcast';
      const base = isBroadcast ? message_id.slice(0, -to_agent.length - 1) : message_id;
      assert.ok(all.includes(to_agent));
      for (const to of all) {
        const id = isBroadcast ? `${base}_${to}` : base;
        const mustAck = one.category === 'HANDOFF' || one.category === 'BLOCKED';
        model.sent.push({ id, from: one.from, to, bead: one.bead, at: model.now, mustAck, state: 'unread' });
      }
    }),
  );

const inboxes = fc
  .record({
    agent: anAgent,
    state: fc.constantFrom('', 'unread', 'read', 'acked', 'strange'),
    limit: fc.constantFrom(0, 1, 3, 500, 501),
  })
  .map((one) =>
    step(`inbox ${JSON.stringify(one)}`, async (model, { operations }) => {
      const answer = await operations.inbox(one);
      const expected = inbox(model, one.agent, one.state, one.limit);
      assert.deepEqual(answer.ok ? answer.data.map((message) => message.message_id) : answer.error.code, expected);
    }),
  );

const marks = fc
  .record({ what: fc.constantFrom('read' as const, 'ack' as const), agent: anAgent, number: fc.nat({ max: 9 }) })
  .map(({ what, agent, number }) =>
    step(`${what} message ${number} as ${agent}`, async (model, { operations }) => {
      const sent = model.sent[number];
      const answer = await operations[what]({ agent, message: sent?.id ?? 'msg_none' });
      assert.equal(codeOf(answer), mark(model, what, agent, sent));
      assert.equal(answer.ok ? answer.data.state : sent?.state, sent?.state);
    }),
  );

/** Whole and half minutes, so that the very instants at which reservations end are met. */
const passes = fc.constantFrom(0.5, 1, 5, 7, 24 * 60).map((minutes) =>
  step(`${minutes} minutes pass`, (model, system) => {
    model.now += minutes * MINUTE;
    system.now = model.now;
  }),
);

const restarts = fc.constant(step('restart', (_model, system) => system.restart()));

const foreignReserves = fc.record({ scope: aScope, minutes: fc.constantFrom(5, 30) }).map(({ scope, minutes }) =>
  step(`another program reserves ${scope} for ${minutes} minutes`, (model, system) => {
    if (model.held.has(scope)) {
      return;
    }
    const [id, end] = [`res_foreign_${model.held.size + model.closed.length}_${scope}`, model.now + minutes * MINUTE];
    model.held.set(scope, { id, scope, agent: 'alpha', bead: 'bd-1', end, ours: false });
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

const foreignReleases = aScope.map((scope) =>
  step(`another program releases ${scope}`, (model, system) => {
    const held = model.held.get(scope);
    if (held && held.end > model.now) {
      model.held.delete(scope);
      model.closed.push({ ...held, state: 'released', at: model.now } satisfies Closed);
      system.foreignRelease(held.id, new Date(model.now).toISOString());
    }
  }),
);

const foreignRewrites = fc
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
  expectReserve(model, one, await system.operations.reserve(one));
  assert.equal(codeOf(await system.operations.release(one)), release(model, 'alpha', 'between'));
}

const foreignDrops = aScope.map((scope) =>
  step(`another program drops ${scope}`, async (model, system) => {
    const held = model.held.get(scope);
    if (held?.ours && held.end > model.now) {
      system.foreignDrop(held.id);
      await commitNext(model, system);
    }
  }),
);

const foreignRevivals = fc.nat({ max: 5 }).map((number) =>
  step(`another program revives closed reservation ${number}`, async (model, system) => {
    const closed = model.closed[number];
    if (closed?.ours && closed.state === 'released' && closed.end > model.now) {
      system.foreignRevive(closed.id);
      await commitNext(model, system);
    }
  }),
);

/** Three agents first, since without them nothing else is granted. */
export const aRun: fc.Arbitrary<Iterable<Command>> = fc.commands(
  [
    reserves,
    releases,
    bursts,
    statuses,
    registers,
    sends,
    inboxes,
    marks,
    passes,
    restarts,
    foreignReserves,
    foreignReleases,
    foreignRewrites,
    foreignDrops,
    foreignRevivals,
  ],
  { maxCommands: 40, size: 'max' },
);
