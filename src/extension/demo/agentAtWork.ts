/** One agent of a demo: takes a scope, holds it for some seconds, gives it back, asks when another has it, and answers when asked. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Coordination } from '../../coordination/coordination';
import type { Conflict, Place } from '../../core/reservation';

export interface Role {
  readonly id: string;
  readonly role: string;
  readonly bead: string;
  /** The scopes that this agent works on in turn; some are of interest to others too. */
  readonly scopes: readonly string[];
}

export interface Work {
  readonly operations: Pick<Coordination, 'reserve' | 'release' | 'send' | 'inbox' | 'ack'>;
  readonly role: Role;
  /** Whose files the scopes mean; none in particular unless told. */
  readonly place?: Place & { readonly worktree?: string | undefined };
  /** Ends it; what is held then stays held. */
  readonly signal?: AbortSignal;
}

const SHORTEST_MS = 4_000;
const LONGEST_MS = 12_000;
const TTL_MINUTES = 30;

export async function work({ operations, role, place = {}, signal }: Work): Promise<void> {
  const { reserve, release, send, inbox, ack } = operations;
  const { id, bead, scopes } = role;
  for (let turn = 0; !signal?.aborted; turn++) {
    const scope = scopes[turn % scopes.length] ?? '';
    const granted = await reserve({ agent: id, scope, bead, ttl: TTL_MINUTES, ...place });
    if (granted.ok) {
      await pause(signal);
      await release({ agent: id, scope, ...place });
    } else if (granted.error.code === 'RESERVATION_CONFLICT') {
      const [conflict] = (granted.error.details?.['conflicts'] ?? []) as readonly Conflict[];
      if (conflict && conflict.agent_id !== id) {
        const subject = `Waiting for ${scope}`;
        const body = `I need ${scope} for ${bead}. Please release it when you are done.`;
        await send({ from: id, to: conflict.agent_id, bead, category: 'BLOCKED', subject, body });
      }
    }
    const letters = await inbox({ agent: id, state: 'unread' });
    await pause(signal);
    for (const { message_id } of (letters.ok && !signal?.aborted && letters.data) || []) {
      await ack({ agent: id, message: message_id });
    }
  }
}

/** Is over at once where the work is ended. */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  const ms = SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS);
  await sleep(ms, undefined, signal ? { signal } : {}).catch(() => undefined);
}
