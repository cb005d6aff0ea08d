/** One agent of the demo: takes a scope, holds it for some seconds, gives it back, asks when another has it, and answers when asked. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Conflict } from '../../src/core/reservation';
import { operations, type Role } from './scene';

const SHORTEST_MS = 4_000;
const LONGEST_MS = 12_000;
const TTL_MINUTES = 30;

export async function work(store: string, { id, bead, scopes }: Role, project?: string): Promise<never> {
  const { reserve, release, send, inbox, ack } = operations(store);
  for (let turn = 0; ; turn++) {
    const scope = scopes[turn % scopes.length] ?? '';
    const granted = await reserve({ agent: id, scope, bead, ttl: TTL_MINUTES, project });
    if (granted.ok) {
      await pause();
      await release({ agent: id, scope, project });
    } else if (granted.error.code === 'RESERVATION_CONFLICT') {
      const [conflict] = (granted.error.details?.['conflicts'] ?? []) as readonly Conflict[];
      if (conflict && conflict.agent_id !== id) {
        const subject = `Waiting for ${scope}`;
        const body = `I need ${scope} for ${bead}. Please release it when you are done.`;
        await send({ from: id, to: conflict.agent_id, bead, category: 'BLOCKED', subject, body });
      }
    }
    const letters = await inbox({ agent: id, state: 'unread' });
    await pause();
    for (const { message_id } of (letters.ok && letters.data) || []) {
      await ack({ agent: id, message: message_id });
    }
  }
}

function pause(): Promise<void> {
  return sleep(SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS));
}
