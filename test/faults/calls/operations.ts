/** The operations that faults are tried on, and how to see in a store whether each has taken effect. */

import type { Coordination } from '../../../src/coordination/coordination';
import type { StatusData } from '../../../src/coordination/reservations';
import type { ErrorCode } from '../../../src/core/envelope';
import type { Message } from '../../../src/core/message';
import type { StoreState } from './storeState';
import { HELD, SENT, type World } from './world';

/** `doubled`: closed in history and still active, as a crash between the two leaves it. */
export type Effect = 'none' | 'whole' | 'doubled' | 'half';

/** What the next caller was shown of the messages. */
export interface View {
  readonly inboxes: ReadonlyMap<string, readonly Message[]>;
}

export interface Operation {
  readonly name: string;
  readonly world: World;
  readonly command: keyof Coordination;
  readonly args: Readonly<Record<string, unknown>>;
  /** Tries again with these; the same ones unless told. */
  readonly retry?: Readonly<Record<string, unknown>>;
  /** What it answers without a fault. */
  readonly expected: 'ok' | ErrorCode;
  readonly effect: (state: StoreState, view: View) => Effect;
  /** What a favourable answer should have told, and does not. */
  readonly misses?: (data: unknown) => string | undefined;
  /** Ids of the reservations that it moves to history. */
  readonly closes: readonly string[];
  /** Agents and messages that it may change. */
  readonly changes: readonly string[];
}

const NOTE = { from: 'agent-a', bead: 'bd-1', category: 'HANDOFF', body: 'b' };
const EXPIRED = [HELD.stale, HELD.older, HELD.gone, HELD.swept].map((entry) => entry.reservation_id);

export const OPERATIONS: readonly Operation[] = [
  registering('register', 'full', 'agent-d', {}, 1),
  registering('register, the first ever', 'none', 'agent-d', {}, 1),
  registering('register again', 'full', 'agent-b', { forceUpdate: true }, 2),
  reserving('reserve', 'full', 'fresh'),
  reserving('reserve, the first ever', 'agents', 'fresh'),
  reserving('reserve, taking over', 'full', 'stale', [HELD.stale.reservation_id]),
  reservingAll('reserve several, taking over', 'full', ['one', 'older-one', 'two'], [HELD.older.reservation_id]),
  closing('release', 'full', 'release', { agent: 'agent-a', scope: 'mine' }, [HELD.mine.reservation_id]),
  closing('release, the first ever', 'held', 'release', { agent: 'agent-a', scope: 'mine' }, [
    HELD.mine.reservation_id,
  ]),
  closing('release several', 'full', 'releaseAll', { agent: 'agent-a', scopes: ['first', 'second'] }, [
    HELD.first.reservation_id,
    HELD.second.reservation_id,
  ]),
  {
    ...closing('release, too late', 'full', 'release', { agent: 'agent-a', scope: 'gone' }, [HELD.gone.reservation_id]),
    expected: 'RESERVATION_NOT_FOUND',
  },
  { ...closing('status, sweeping', 'full', 'status', {}, EXPIRED), misses: missesOfStatus },
  sending('send', 'full', 'agent-b', ['agent-b']),
  sending('send, the first ever', 'agents', 'agent-b', ['agent-b']),
  sending('broadcast', 'full', 'broadcast', ['agent-b', 'agent-c']),
  marking('read', SENT.toRead.message_id),
  marking('ack', SENT.toAck.message_id),
];

function registering(
  name: string,
  world: World,
  id: string,
  more: Readonly<Record<string, unknown>>,
  version: number,
): Operation {
  return {
    name,
    world,
    command: 'register',
    args: { name: id, role: 'changed', ...more },
    expected: 'ok',
    effect: ({ agents }) => {
      const record = agents.get(id);
      if (record?.role !== 'changed') {
        return 'none';
      }
      return record.version >= version ? 'whole' : 'half';
    },
    closes: [],
    changes: [id],
  };
}

function reserving(name: string, world: World, scope: string, closes: readonly string[] = []): Operation {
  const { args, ...operation } = reservingAll(name, world, [scope], closes);
  const { scopes: _, ...one } = args;
  return { ...operation, command: 'reserve', args: { ...one, scope } };
}

function reservingAll(name: string, world: World, scopes: readonly string[], closes: readonly string[]): Operation {
  return {
    name,
    world,
    command: 'reserveAll',
    args: { agent: 'agent-c', scopes, bead: 'bd-2', takeoverStale: closes.length > 0 },
    expected: 'ok',
    effect: (state) => {
      const added = state.active.filter((entry) => scopes.includes(entry.scope) && entry.agent_id === 'agent-c').length;
      const closed = closes.length === 0 ? undefined : closedIn(state, closes);
      if (added === scopes.length) {
        return closed === undefined || closed === 'whole' ? 'whole' : 'half';
      }
      return added === 0 ? (closed ?? 'none') : 'half';
    },
    closes,
    changes: [],
  };
}

function closing(
  name: string,
  world: World,
  command: 'release' | 'releaseAll' | 'status',
  args: Readonly<Record<string, unknown>>,
  closes: readonly string[],
): Operation {
  return {
    name,
    world,
    command,
    args,
    expected: 'ok',
    effect: (state) => closedIn(state, closes),
    closes,
    changes: [],
  };
}

function missesOfStatus(data: unknown): string | undefined {
  const { reservations, unacked_required_messages: unacked } = data as StatusData;
  const scopes = reservations.map((entry) => entry.scope);
  const ids = unacked.map((message) => message.message_id);
  const isWhole =
    [HELD.kept, HELD.mine].every(({ scope }) => scopes.includes(scope)) &&
    [SENT.toRead, SENT.toAck].every(({ message_id: id }) => ids.includes(id));
  return isWhole ? undefined : `it shows only the reservations [${scopes}] and the messages [${ids}]`;
}

function closedIn({ active, history }: StoreState, ids: readonly string[]): Effect {
  const isActive = ids.map((id) => active.some((entry) => entry.reservation_id === id));
  const isClosed = ids.map((id) => history.some((entry) => entry.reservation_id === id));
  if (isActive.every(Boolean)) {
    return isClosed.some(Boolean) ? 'doubled' : 'none';
  }
  return isActive.some(Boolean) || !isClosed.every(Boolean) ? 'half' : 'whole';
}

function sending(name: string, world: World, to: string, recipients: readonly string[]): Operation {
  return {
    name,
    world,
    command: 'send',
    args: { ...NOTE, to, subject: name },
    retry: { ...NOTE, to, subject: 'again' },
    expected: 'ok',
    effect: (_state, { inboxes }) => {
      const counts = recipients.map((id) => inboxes.get(id)?.filter(({ subject }) => subject === name).length ?? 0);
      if (counts.every((count) => count === 0)) {
        return 'none';
      }
      return counts.every((count) => count === 1) ? 'whole' : 'half';
    },
    closes: [],
    changes: [],
  };
}

function marking(command: 'read' | 'ack', id: string): Operation {
  const [state, time] = command === 'read' ? (['read', 'read_at'] as const) : (['acked', 'acked_at'] as const);
  return {
    name: command,
    world: 'full',
    command,
    args: { agent: 'agent-b', message: id },
    expected: 'ok',
    effect: ({ messages }) => {
      const found = messages.get(id);
      if (found?.state === 'unread' && found[time] === null) {
        return 'none';
      }
      return found?.state === state && found[time] !== null ? 'whole' : 'half';
    },
    closes: [],
    changes: [id],
  };
}
