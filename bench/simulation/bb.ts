/**
 * beadboard's protocol, as far as it goes: one scope at a time, compared as text, no renewing, and no waiting but to ask
 * again. What it tells of messages is not read: how it keeps them decides nothing here.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPeer } from '../../test/support/peer';
import type { Answer, Desk, DeskOptions, Held, Refusal } from './desk';
import { MINUTE_MS } from './time';

/** Long enough for the longest task, since none can be renewed. */
const TTL_MINUTES = 60;
const ASK_AGAIN_MS = MINUTE_MS / 2;

interface Entry {
  readonly reservation_id: string;
  readonly scope: string;
  readonly agent_id: string;
  readonly expires_at: string;
}

type Envelope<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

export function bb({ root, agent, time }: DeskOptions): Desk {
  const peer = createPeer(root, { clock: () => new Date(time.now()) });

  async function giveBack(held: readonly Held[]): Promise<Answer<undefined>> {
    for (const { scope } of held) {
      const released = told<Entry>(await peer.release({ agent, scope }));
      if (!released.ok) {
        return released;
      }
    }
    return { ok: true, data: undefined };
  }

  async function reserveAll(scopes: readonly string[], about: object): Promise<Answer<readonly Held[]>> {
    const held: Held[] = [];
    for (const scope of scopes) {
      const answer = told<Entry>(await peer.reserve({ agent, scope, ttl: TTL_MINUTES, ...about }));
      if (!answer.ok) {
        const undone = await giveBack(held);
        return undone.ok ? answer : undone;
      }
      const { reservation_id, expires_at } = answer.data;
      held.push({ id: reservation_id, scope, ends: Date.parse(expires_at) });
    }
    return { ok: true, data: held };
  }

  return {
    async register() {
      await mkdir(join(root, 'agents'), { recursive: true });
      await writeFile(join(root, 'agents', `${agent}.json`), `${JSON.stringify({ agent_id: agent })}\n`);
      return { ok: true, data: undefined };
    },
    async status() {
      await peer.sweep();
      return { ok: true, data: 0 };
    },
    async reserve({ scopes, bead, takeover = false, wait = 0 }) {
      const until = time.now() + wait;
      for (;;) {
        const answer = await reserveAll(scopes, { bead, takeoverStale: takeover });
        if (answer.ok || answer.code !== 'RESERVATION_CONFLICT' || time.now() >= until) {
          return answer;
        }
        await time.pass(Math.min(ASK_AGAIN_MS, until - time.now()));
      }
    },
    async check(file) {
      const { reservations } = await peer.sweep();
      return {
        ok: true,
        data: reservations.filter(({ scope, agent_id }) => scope === file && agent_id !== agent).length,
      };
    },
    release: giveBack,
    async send(to, category, bead) {
      const about = { subject: 'What is done', body: 'The tests pass.' };
      const sent = told<{ message_id: string }>(await peer.send({ from: agent, to, category, bead, ...about }));
      return sent.ok ? { ok: true, data: sent.data.message_id } : sent;
    },
  };
}

function told<T>(answer: object): { readonly ok: true; readonly data: T } | Refusal {
  const envelope = answer as Envelope<T>;
  return envelope.ok ? envelope : { ok: false, ...envelope.error };
}
