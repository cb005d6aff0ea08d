/** The product as it is: coordination over the file store, synced. */

import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import type { Envelope } from '../../src/core/envelope';
import { isUnackedRequired } from '../../src/core/message';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import type { Answer, Desk, DeskOptions, Held } from './desk';
import { TTL_MINUTES } from './traffic';

const PROJECT = '/projects/shop';

let shared: Coordination | undefined;

/** An agent among others that ask through the same process, as through an MCP server or a window: in one queue. */
export function ours(options: DeskOptions): Desk {
  shared ??= coordinationOf(options);
  return deskOf(shared, options);
}

/** An agent that asks for the lock by itself, as in a process of its own. */
export function oursAlone(options: DeskOptions): Desk {
  return deskOf(coordinationOf(options), options);
}

function coordinationOf({ root, time }: DeskOptions): Coordination {
  const clock = () => new Date(time.now());
  return createCoordination(new FileStore(root, { clock, steady: time.steady }), { random: () => randomHex(4), clock });
}

function deskOf(agents: Coordination, { agent, time }: DeskOptions): Desk {
  const place = { agent, project: PROJECT };
  return {
    register: async () => told(await agents.register({ name: agent, role: 'simulated' }), nothing),
    heartbeat: async () => told(await agents.heartbeat({ agent }), nothing),
    status: async () => told(await agents.status({}), ({ summary }) => summary.expired),
    async reserve({ scopes, bead, takeover = false, wait = 0 }) {
      const input = { ...place, scopes, bead, ttl: TTL_MINUTES, takeoverStale: takeover };
      return told(
        await agents.reserveAll({ ...input, wait: wait > 0 ? time.inSeconds(wait) : 0 }),
        ({ reservations }) =>
          reservations.map(
            ({ reservation_id, scope, expires_at }): Held => ({
              id: reservation_id,
              scope,
              ends: Date.parse(expires_at),
            }),
          ),
      );
    },
    renew: async ({ scope }) =>
      told(await agents.renew({ ...place, scope, ttl: TTL_MINUTES }), ({ expires_at }) => Date.parse(expires_at)),
    check: async (file) =>
      told(await agents.check({ ...place, paths: [file] }), ({ summary }) => summary.held_by_others),
    release: async (held) =>
      told(await agents.releaseAll({ ...place, reservations: held.map(({ id }) => id) }), nothing),
    request: async (scope) =>
      told(await agents.request({ from: agent, project: PROJECT, scope, reason: 'The next task needs it.' }), nothing),
    send: async (to, category, bead) =>
      told(
        await agents.send({ from: agent, to, bead, category, subject: 'What is done', body: 'The tests pass.' }),
        ({ message_id }) => message_id,
      ),
    inbox: async () =>
      told(await agents.inbox({ agent }), (messages) =>
        messages.filter(isUnackedRequired).map(({ message_id }) => message_id),
      ),
    ack: async (message) => told(await agents.ack({ agent, message }), nothing),
  };
}

function told<T, U>({ ok, data, error }: Envelope<T>, as: (data: T) => U): Answer<U> {
  return ok ? { ok, data: as(data) } : { ok, code: error.code, message: error.message };
}

const nothing = () => undefined;
