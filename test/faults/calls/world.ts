/** The stores that faults are tried on. What is in them has been acknowledged: none of it may go. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Message } from '../../../src/core/message';
import type { Reservation } from '../../../src/core/reservation';
import { serializeOwner, thisOwner } from '../../../src/store/files/owner';
import { agent, at, message, reservation } from '../../support/samples';
import { FILES } from '../../support/storeFiles';

/** No store yet; agents only; entries but no history yet; everything. */
export type World = 'none' | 'agents' | 'held' | 'full';

const FAR = '2999-01-01T00:00:00.000Z';
const PAST = at(-1);

export const AGENTS = ['agent-a', 'agent-b', 'agent-c'] as const;

/** By scope. `note` is a field that we do not know, which has to survive. */
export const HELD = {
  kept: held('kept', 'agent-a', FAR),
  mine: held('mine', 'agent-a', FAR),
  first: held('first', 'agent-a', FAR),
  second: held('second', 'agent-a', FAR),
  stale: held('stale', 'agent-b', PAST),
  older: held('older-one', 'agent-b', PAST),
  gone: held('gone', 'agent-a', PAST),
  swept: held('swept', 'agent-b', PAST),
} as const;

export const CLOSED: readonly Reservation[] = [
  { ...held('old', 'agent-b', PAST), state: 'released', released_at: at(-2) },
  { ...held('older', 'agent-a', PAST), state: 'expired' },
];

/** All to `agent-b`. */
export const SENT = {
  toRead: sent('msg_to_read', {}),
  toAck: sent('msg_to_ack', {}),
  kept: sent('msg_kept', { state: 'acked', read_at: at(-3), acked_at: at(-2) }),
} as const;

function held(scope: string, agentId: string, expires: string): Reservation {
  return reservation({
    reservation_id: `res_${scope}`,
    scope,
    agent_id: agentId,
    expires_at: expires,
    note: `of ${scope}`,
  });
}

function sent(id: string, fields: Partial<Message>): Message {
  return message({ message_id: id, subject: id, ...fields });
}

export function activeOf(world: World): readonly Reservation[] {
  return world === 'full' || world === 'held' ? Object.values(HELD) : [];
}

export function closedOf(world: World): readonly Reservation[] {
  return world === 'full' ? CLOSED : [];
}

export function sentOf(world: World): readonly Message[] {
  return world === 'full' ? Object.values(SENT) : [];
}

export function agentsOf(world: World): readonly string[] {
  return world === 'none' ? [] : AGENTS;
}

export function makeWorld(root: string, world: World): void {
  const put = (name: string, text: string) => {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  for (const id of agentsOf(world)) {
    put(`agents/${id}.json`, json(agent({ agent_id: id })));
  }
  if (activeOf(world).length > 0) {
    put(FILES.active, json({ reservations: activeOf(world) }));
  }
  if (closedOf(world).length > 0) {
    put(FILES.history, lines(closedOf(world)));
  }
  if (sentOf(world).length > 0) {
    put(
      'messages/agent-b.jsonl',
      lines(sentOf(world).map((each) => ({ ...each, state: 'unread', read_at: null, acked_at: null }))),
    );
    for (const each of sentOf(world)) {
      put(`messages/index/${each.message_id}.json`, json(each));
    }
  }
}

/** As a process leaves it that dies under it: one that is long gone, of this machine and this boot. */
export function makeDeadLock(root: string): void {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(join(root, FILES.lock), serializeOwner({ ...thisOwner('0'.repeat(32)), pid }));
}
