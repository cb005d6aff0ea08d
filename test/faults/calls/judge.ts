/** What is wrong with a store after a fault, said in words; the promises are those of docs/architecture.md. */

import { isDeepStrictEqual } from 'node:util';
import type { Reservation } from '../../../src/core/reservation';
import type { Effect, Operation } from './operations';
import type { Probed, Timed } from './protocol';
import type { StoreState } from './storeState';
import { activeOf, agentsOf, closedOf, HELD, sentOf, type World } from './world';

export interface Finding {
  readonly kind: 'violation' | 'lost' | 'blocked';
  readonly text: string;
}

/** Well inside the 4.5 s that a caller waits for the lock; far more than any disk here needs. */
const PROMPT_MS = 3_000;

export interface Tried {
  readonly operation: Operation;
  /** Whether it was answered as it is without a fault. */
  readonly acknowledged: boolean;
}

export interface Case {
  readonly world: World;
  /** In their order; the next caller tries the last one again. */
  readonly tried: readonly Tried[];
  /** Right after the fault. */
  readonly raw: StoreState;
  /** What the next caller met. */
  readonly probed: Probed;
  /** After the next caller. */
  readonly final: StoreState;
}

export function judge({ world, tried, raw, probed, final }: Case): {
  readonly findings: readonly Finding[];
  /** Of the last operation. */
  readonly effect: Effect;
} {
  const findings: Finding[] = [];
  const say = (kind: Finding['kind'], text: string) => findings.push({ kind, text });
  const operations = tried.map(({ operation }) => operation);

  for (const [when, state] of [
    ['after the fault', raw],
    ['after the next caller', final],
  ] as const) {
    for (const text of brokenPromises(world, state)) {
      say('violation', `${when}, ${text}`);
    }
    for (const text of missing(world, operations, state)) {
      say('lost', `${when}, ${text}`);
    }
  }

  const view = { inboxes: new Map(probed.inboxes) };
  let effect: Effect = 'none';
  for (const { operation, acknowledged } of tried) {
    effect = operation.effect(raw, view);
    if (acknowledged && effect !== 'whole') {
      say('lost', `${operation.name} was acknowledged, and its effect is ${effect}`);
    }
    if (!acknowledged && effect === 'half') {
      say('violation', `${operation.name} was not acknowledged, and is half done`);
    }
  }
  const last = tried.at(-1);
  const retried = last?.operation.effect(final, view);
  if (last && last.operation.command !== 'send' && retried !== 'whole') {
    say(last.acknowledged ? 'lost' : 'blocked', `${last.operation.name}, tried again: its effect is ${retried}`);
  }

  for (const text of notPrompt(probed, last?.operation.command)) {
    say('blocked', text);
  }
  for (const text of misleading(probed, final)) {
    say('violation', text);
  }
  return { findings, effect };
}

/** What must hold of any store at any time. */
function* brokenPromises(world: World, state: StoreState): Generator<string> {
  for (const text of state.unreadable) {
    yield `a file is torn: ${text}`;
  }
  const now = Date.now();
  const live = state.active.filter((entry) => Date.parse(entry.expires_at) > now).map((entry) => entry.scope);
  for (const scope of new Set(live.filter((each, index) => live.indexOf(each) !== index))) {
    yield `"${scope}" is held twice`;
  }
  // A crash tears one line at most, and only of the operation under the fault.
  if (state.tornLines > 1) {
    yield `${state.tornLines} lines are torn`;
  }
  for (const entry of [...state.active, ...state.history]) {
    const before = activeOf(world).find(({ reservation_id: id }) => id === entry.reservation_id);
    if (before && !isSameBut(entry, before)) {
      yield `${entry.reservation_id} is changed: ${JSON.stringify(entry)}`;
    }
  }
}

/** History closes an entry by its state and time; everything else of it stays, what we do not know too. */
function isSameBut(entry: Reservation, before: Reservation): boolean {
  return isDeepStrictEqual({ ...entry, state: 'active', released_at: null }, before);
}

/** What was acknowledged before the operations, and is gone. */
function* missing(world: World, operations: readonly Operation[], state: StoreState): Generator<string> {
  const closes = operations.flatMap((operation) => operation.closes);
  const changes = operations.flatMap((operation) => operation.changes);
  const isActive = (id: string) => state.active.some((entry) => entry.reservation_id === id);
  const isClosed = (id: string) => state.history.some((entry) => entry.reservation_id === id);
  for (const { reservation_id: id } of activeOf(world)) {
    if (!isActive(id) && !isClosed(id)) {
      yield `${id} is neither active nor in history`;
    }
  }
  for (const { reservation_id: id } of world === 'none' || world === 'agents' ? [] : [HELD.kept, HELD.mine]) {
    if (!closes.includes(id) && !isActive(id)) {
      yield `${id} is live, and not active any more`;
    }
  }
  for (const entry of closedOf(world)) {
    if (!state.history.some((line) => isDeepStrictEqual(line, entry))) {
      yield `history has lost ${entry.reservation_id}`;
    }
  }
  for (const id of agentsOf(world)) {
    if (!state.agents.has(id)) {
      yield `agent ${id} is gone`;
    }
  }
  for (const before of sentOf(world)) {
    const id = before.message_id;
    const now = state.messages.get(id);
    if (!now || !state.streams.get(before.to_agent)?.some((line) => line.message_id === id)) {
      yield `message ${id} is gone`;
    } else if (!changes.includes(id) && before.state === 'acked' && !isDeepStrictEqual(now, before)) {
      yield `message ${id} is changed`;
    }
  }
}

function* notPrompt(probed: Probed, command: string | undefined): Generator<string> {
  const steps: readonly (readonly [string, Timed])[] = [
    ['to register', probed.registered],
    ['to reserve', probed.reserved],
    ...(probed.retried ? [[`to ${command} again`, probed.retried] as const] : []),
  ];
  for (const [name, { answer, ms }] of steps) {
    if (answer.ok ? ms > PROMPT_MS : answer.error.code === 'INTERNAL_ERROR' || name === 'to reserve') {
      yield `the next caller, ${name}: ${Math.round(ms)} ms, ${answer.ok ? 'ok' : answer.error.message}`;
    }
  }
  for (const [name, answer] of [['status', probed.status] as const, ['list', probed.agents] as const]) {
    if (!answer.ok) {
      yield `the next caller, ${name}: ${answer.error.message}`;
    }
  }
}

interface Status {
  readonly reservations: readonly Reservation[];
  readonly unacked_required_messages: readonly { readonly message_id: string; readonly to_agent: string }[];
}

/** Where what the next caller is shown does not agree with itself, or with the disk. */
function* misleading({ status, inboxes, reads }: Probed, final: StoreState): Generator<string> {
  for (const { agent, message, answer } of reads) {
    if (!answer.ok) {
      yield `${agent} has ${message} in the inbox, and reading it is ${answer.error.code}`;
    }
  }
  if (!status.ok) {
    return;
  }
  const { reservations, unacked_required_messages: unacked } = status.data as Status;
  const waiting = new Set(unacked.map(({ message_id: id }) => id));
  const shown = inboxes.flatMap(([, inbox]) => inbox);
  for (const { message_id: id, requires_ack: required, acked_at: acked } of shown) {
    if (required && !acked && !waiting.has(id)) {
      yield `${id} waits for an acknowledgement in the inbox, and status does not say so`;
    }
  }
  for (const id of waiting) {
    if (!shown.some((message) => message.message_id === id)) {
      yield `status says that ${id} waits for an acknowledgement, and no inbox has it`;
    }
  }
  for (const { scope, reservation_id: id } of reservations) {
    if (![...final.active, ...final.history].some((entry) => entry.reservation_id === id)) {
      yield `status shows ${scope} (${id}), and the store has lost it`;
    }
  }
}
