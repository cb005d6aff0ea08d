/** One agent of the demo: takes a scope, holds it for some seconds, gives it back, and asks when another has it. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Conflict } from '../../src/core/reservation';
import { operations, type Role } from './scene';

const SHORTEST_MS = 4_000;
const LONGEST_MS = 12_000;
const TTL_MINUTES = 30;
/** Enough to see a conversation, few enough that the view does not drown. */
const MOST_QUESTIONS = 2;

export async function work(store: string, { id, bead, scopes }: Role): Promise<never> {
  const { reserve, release, send } = operations(store);
  let questions = 0;
  for (let turn = 0; ; turn++) {
    const scope = scopes[turn % scopes.length] ?? '';
    const granted = await reserve({ agent: id, scope, bead, ttl: TTL_MINUTES });
    if (granted.ok) {
      await pause();
      await release({ agent: id, scope });
    } else if (granted.error.code === 'RESERVATION_CONFLICT' && questions < MOST_QUESTIONS) {
      const [conflict] = (granted.error.details?.['conflicts'] ?? []) as readonly Conflict[];
      if (conflict && conflict.agent_id !== id) {
        questions++;
        const subject = `Waiting for ${scope}`;
        const body = `I need ${scope} for ${bead}. Please release it when you are done.`;
        await send({ from: id, to: conflict.agent_id, bead, category: 'BLOCKED', subject, body });
      }
    }
    await pause();
  }
}

function pause(): Promise<void> {
  return sleep(SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS));
}
