/** Steps of agents and their messages. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { codeOf, grantedData } from '../../support/outcomes';
import { inbox, mark, recipients, register } from './model';
import { aBead, anAgent, step } from './step';

export const registers = fc
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

export const sends = fc
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

export const inboxes = fc
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

export const marks = fc
  .record({ what: fc.constantFrom('read' as const, 'ack' as const), agent: anAgent, number: fc.nat({ max: 9 }) })
  .map(({ what, agent, number }) =>
    step(`${what} message ${number} as ${agent}`, async (model, { operations }) => {
      const sent = model.sent[number];
      const answer = await operations[what]({ agent, message: sent?.id ?? 'msg_none' });
      assert.equal(codeOf(answer), mark(model, what, agent, sent));
      assert.equal(answer.ok ? answer.data.state : sent?.state, sent?.state);
    }),
  );
