/** One step: it is done, its answer compared with the model's, and then everything that is there. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Message } from '../../../src/core/message';
import type { Model } from './model';
import type { System } from './systems';

export type Command = fc.AsyncCommand<Model, System>;

export const anAgent = fc.constantFrom('alpha', 'beta', 'gamma', 'stranger');
export const aBead = fc.constantFrom('bd-1', 'bd-2');

/** A step that can always be taken; the text is what a failure shows. */
export function step(text: string, run: (model: Model, system: System) => Promise<void> | void): Command {
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
export async function compareState(model: Model, { store }: System): Promise<void> {
  const { records } = await store.readActive();
  const shown = records.map((entry) => ({
    id: entry.reservation_id,
    scope: entry.scope,
    project: entry.project,
    agent: entry.agent_id,
    end: Date.parse(entry.expires_at),
    waiting: (entry.waiting ?? []).map((one) => `${one.agent_id} ${one.message_id !== undefined}`).sort(),
  }));
  const expected = model.held.map(({ id, scope, project, agent, end, waiting }) => ({
    ...{ id, scope, project, agent, end },
    waiting: waiting.map((one) => `${one.agent} ${one.asked}`).sort(),
  }));
  assert.deepEqual(shown.sort(byId), expected.sort(byId));
  const foreign = records.filter((entry) => entry.reservation_id.startsWith('res_foreign'));
  assert.ok(
    foreign.every((entry) => 'note' in entry),
    'a field that we do not know is gone',
  );
  const closed = (await store.readClosed(new Date(0))).map((entry) => `${entry.reservation_id} ${entry.state}`);
  assert.deepEqual([...new Set(closed)].sort(), model.closed.map(({ id, state }) => `${id} ${state}`).sort());
  for (const agent of model.agents.keys()) {
    compareInbox(model, agent, (await store.readInbox(agent)).records);
  }
  assert.deepEqual(model.notices, [], 'somebody was not told');
}

/** What the model does not know yet is what was to be told by itself, and nothing else. */
function compareInbox(model: Model, agent: string, found: readonly Message[]): void {
  const known = new Set(model.sent.map(({ id }) => id));
  for (const message of found.filter(({ message_id }) => !known.has(message_id))) {
    const { message_id: id, from_agent: from, to_agent: to, bead_id: bead, requires_ack: mustAck } = message;
    const index = model.notices.findIndex((one) => one.from === from && one.to === to && one.bead === bead);
    assert.ok(index >= 0 && !mustAck, `nobody was to be told: ${JSON.stringify(message)}`);
    model.notices.splice(index, 1);
    model.sent.push({ id, from, to, bead, at: model.now, mustAck, state: 'unread' });
  }
  assert.deepEqual(
    found.map(({ message_id }) => message_id).sort(),
    model.sent
      .filter(({ to }) => to === agent)
      .map(({ id }) => id)
      .sort(),
  );
}

function byId(left: { readonly id: string }, right: { readonly id: string }): number {
  return left.id < right.id ? -1 : 1;
}
