/** What must hold whatever the agents did, decided from what is stored and from what they have seen. */

import type { Message } from '../../src/core/message';
import type { Reservation } from '../../src/core/reservation';
import { overlaps } from '../../src/core/scope/relation';
import { parseScope, type Scope } from '../../src/core/scope/scope';
import type { Holding, Log } from './log';

export interface Stored {
  readonly active: readonly Reservation[];
  readonly history: readonly Reservation[];
  readonly messages: readonly Message[];
}

export interface Verdict {
  /** Pairs of agents that held what overlaps at one time, by the store's own account, and as they saw it themselves. */
  readonly heldTwice: readonly string[];
  readonly seenTwice: readonly string[];
  /** What was acknowledged to an agent and is not stored, or is stored otherwise. */
  readonly lost: readonly string[];
}

export function judge({ active, history, messages }: Stored, log: Log): Verdict {
  const stored = [...history.map(asHeld), ...active.map(asHeld)];
  return {
    heldTwice: metAtOnce(stored),
    seenTwice: metAtOnce(log.holdings),
    lost: [...lostReservations(active, history, log), ...lostMessages(messages, log)],
  };
}

type Held = Pick<Holding, 'id' | 'agent' | 'scope' | 'from' | 'to'>;

function asHeld({ reservation_id, agent_id, scope, created_at, expires_at, released_at }: Reservation): Held {
  const ends = Date.parse(expires_at);
  const to = released_at === null ? ends : Math.min(ends, Date.parse(released_at));
  return { id: reservation_id, agent: agent_id, scope, from: Date.parse(created_at), to };
}

/** In the order of their beginning, so that each is compared only with those that had not ended by then. */
function metAtOnce(all: readonly Held[]): readonly string[] {
  const met: string[] = [];
  let still: Held[] = [];
  for (const next of [...all].sort((left, right) => left.from - right.from)) {
    still = still.filter(({ to }) => to > next.from);
    for (const held of still) {
      if (held.agent !== next.agent && overlaps(scopeOf(held.scope), scopeOf(next.scope))) {
        met.push(`${inWords(held)} and ${inWords(next)}`);
      }
    }
    if (next.to > next.from) {
      still.push(next);
    }
  }
  return met;
}

function scopeOf(text: string): Scope {
  const parsed = parseScope(text);
  if (!parsed.ok) {
    throw new Error(parsed.error.message);
  }
  return parsed.data;
}

function inWords({ id, agent, scope, from, to }: Held): string {
  return `${id} of ${agent}, ${scope}, from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
}

function lostReservations(active: readonly Reservation[], history: readonly Reservation[], log: Log): string[] {
  const key = (id: string, scope: string) => `${id} ${scope}`;
  const closed = new Map<string, Reservation>();
  const lost: string[] = [];
  for (const entry of history) {
    const name = key(entry.reservation_id, entry.scope);
    if (closed.has(name)) {
      lost.push(`${name} was closed twice`);
    }
    closed.set(name, entry);
  }
  const open = new Set(active.map((entry) => key(entry.reservation_id, entry.scope)));
  for (const { id, scope, agent, released } of log.holdings) {
    const name = key(id, scope);
    const entry = closed.get(name);
    if (released ? entry?.state !== 'released' : !entry && !open.has(name)) {
      lost.push(`${name} of ${agent} was ${released ? 'released' : 'granted'}, and is not stored so`);
    }
    if (entry && open.has(name)) {
      lost.push(`${name} of ${agent} is closed and active`);
    }
  }
  return lost;
}

function lostMessages(messages: readonly Message[], { sent, acked }: Log): string[] {
  const byId = new Map(messages.map((message) => [message.message_id, message]));
  return [
    ...sent.filter((id) => !byId.has(id)).map((id) => `${id} was sent, and is not stored`),
    ...acked
      .filter((id) => byId.get(id)?.state !== 'acked')
      .map((id) => `${id} was acknowledged, and is not stored so`),
  ];
}
