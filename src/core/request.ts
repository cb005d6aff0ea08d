/**
 * The rule of asking a holder to release, and what those who asked are told in the end.
 *
 * The entry remembers the message by which each agent asked, before that message is sent. So asking again answers with the
 * same message, and sends it only where a crash kept it from being sent: it is neither lost nor there twice.
 */

import { agentNotFound } from './agent';
import { granted, type Outcome, refused } from './envelope';
import { quoted, trimmed } from './input';
import { asConflict, foremost, meet, placeOf } from './meeting';
import { type Message, requiresAck } from './message';
import { checkReason } from './release';
import type { Conflict, DecisionContext, Place, Reservation, ReservationDecision } from './reservation';
import { parseScope } from './scope/scope';
import { compactTime } from './time';
import { waiterOf, waitersOf, withRequest } from './waiting';

export interface RequestInput extends Place {
  readonly from: string;
  readonly scope: string;
  readonly reason: string;
  /** The bead that the asking agent works on; the message itself goes to the thread of the holder's. */
  readonly bead?: string | undefined;
}

export interface ReleaseRequested extends Place {
  readonly from: string;
  readonly scope: string;
  readonly reason: string;
  readonly bead: string;
}

/** A reservation whose holder was asked. */
export interface Asked extends Conflict {
  /** Null where the entry's waiting list is full: then its holder was not asked. */
  readonly message_id: string | null;
  /** Whether it had been asked before. */
  readonly already: boolean;
}

export interface RequestData {
  /** The foremost of all that are in the way, in the order of a refusal. */
  readonly requests: readonly Asked[];
  readonly total: number;
  /** Whether every one of them had been asked before. */
  readonly already: boolean;
}

/** Checks in order: who asks, then scope and reason. */
export function checkRequest(input: RequestInput, agentRegistered: boolean): Outcome<ReleaseRequested> {
  const from = trimmed(input.from);
  if (!agentRegistered) {
    return agentNotFound(from);
  }
  const text = trimmed(input.scope);
  const reason = checkReason(input.reason, text ? [] : ['scope']);
  if (!reason.ok) {
    return reason;
  }
  const scope = parseScope(text, { foldCase: input.foldCase === true });
  return scope.ok
    ? granted({ from, scope: scope.data.text, reason: reason.data, bead: trimmed(input.bead), ...placeOf(input) })
    : scope;
}

/** Notes on each live entry of another agent that is in the way by which message its holder is asked, once. */
export function decideRequest(
  active: readonly Reservation[],
  request: ReleaseRequested,
  { now, hasEnded }: DecisionContext,
  random: string,
): ReservationDecision<RequestData> {
  const isInTheWay = (entry: Reservation) => entry.agent_id !== request.from && !hasEnded(entry);
  const { same, overlapping } = meet(active, request);
  const inTheWay = { same: same.filter(isInTheWay), overlapping: overlapping.filter(isInTheWay) };
  const total = inTheWay.same.length + inTheWay.overlapping.length;
  if (total === 0) {
    return { active, closed: [], answer: nobodyHolds(request) };
  }
  const replaced = new Map<Reservation, Reservation>();
  const requests = foremost(inTheWay).map((entry, index): Asked => {
    const earlier = waiterOf(entry, request.from)?.message_id;
    const message_id = earlier ?? messageId(now, random, index);
    const next = earlier === undefined ? withRequest(entry, request, now, message_id) : entry;
    if (next && next !== entry) {
      replaced.set(entry, next);
    }
    return { ...asConflict(entry, request), message_id: next ? message_id : null, already: earlier !== undefined };
  });
  return {
    active: replaced.size > 0 ? active.map((entry) => replaced.get(entry) ?? entry) : active,
    closed: [],
    answer: granted({ requests, total, already: requests.every(({ already }) => already) }),
  };
}

/** The message by which a holder is asked. */
export function composeRequest(
  asked: Asked & { readonly message_id: string },
  request: ReleaseRequested,
  now: Date,
): Message {
  const { message_id, reservation_id, scope } = asked;
  const what = request.bead ? `${quoted(request.scope)} for ${quoted(request.bead)}` : quoted(request.scope);
  return {
    ...letter({ message_id, bead: asked.bead_id, from: request.from, to: asked.agent_id, category: 'BLOCKED', now }),
    subject: `Please release ${quoted(scope)}`,
    body: `${request.reason}\n\n${quoted(request.from)} wants ${what}, and waits for your reservation ${reservation_id}.`,
    request: { reservation_id, scope, wanted: request.scope },
  };
}

/** Who had asked for a closed entry, and is to be told. */
export interface Asker {
  readonly entry: Reservation;
  readonly agent: string;
  readonly wanted: string;
}

export function askersOf(closed: readonly Reservation[], by?: string): readonly Asker[] {
  return closed.flatMap((entry) =>
    waitersOf(entry)
      .filter(({ agent_id, message_id }) => message_id !== undefined && agent_id !== by)
      .map(({ agent_id, scope }) => ({ entry, agent: agent_id, wanted: scope })),
  );
}

/** What those who had asked are told, each from the former holder. `takenBy` has the scope now. */
export function composeFreed(
  askers: readonly Asker[],
  takenBy: string | undefined,
  now: Date,
  random: string,
): readonly Message[] {
  return askers.map(({ entry, agent, wanted }, index) => {
    const { reservation_id, scope, bead_id, agent_id } = entry;
    const message_id = messageId(now, random, index);
    const over = `You asked for ${quoted(wanted)}. The reservation that was in the way is over`;
    return {
      ...letter({ message_id, bead: bead_id, from: agent_id, to: agent, category: 'INFO', now }),
      subject: takenBy ? `${quoted(scope)} was taken over by ${quoted(takenBy)}` : `${quoted(scope)} is free now`,
      body: takenBy
        ? `${over}, and ${quoted(takenBy)} holds it now.`
        : `${over}: reserve it, and read its files again.`,
      freed: { reservation_id, scope, ...(takenBy ? { taken_by: takenBy } : {}) },
    };
  });
}

/** What the holder is told whose reservation somebody else has ended. */
export function composeForced(released: Reservation, now: Date, random: string): Message {
  const { reservation_id, scope, bead_id, agent_id, released_by = '', reason = '' } = released;
  const message_id = messageId(now, random, 0);
  return {
    ...letter({ message_id, bead: bead_id, from: released_by, to: agent_id, category: 'INFO', now }),
    subject: `Your reservation of ${quoted(scope)} was released`,
    body: `${reason}\n\n${quoted(released_by)} has released ${reservation_id}. Reserve it anew before you write there again.`,
    forced: { reservation_id, scope },
  };
}

interface Letter {
  readonly message_id: string;
  readonly bead: string;
  readonly from: string;
  readonly to: string;
  readonly category: 'BLOCKED' | 'INFO';
  readonly now: Date;
}

function letter({ message_id, bead, from, to, category, now }: Letter): Omit<Message, 'subject' | 'body'> {
  return {
    message_id,
    thread_id: `bead:${bead}`,
    bead_id: bead,
    from_agent: from,
    to_agent: to,
    category,
    state: 'unread',
    requires_ack: requiresAck(category),
    created_at: now.toISOString(),
    read_at: null,
    acked_at: null,
  };
}

/** `random` is at least 8 hex digits; of several messages of one moment each has its number behind it. */
function messageId(now: Date, random: string, index: number): string {
  return `msg_${compactTime(now)}_${random}${index > 0 ? `_${index + 1}` : ''}`;
}

function nobodyHolds({ scope, from }: ReleaseRequested): Outcome<never> {
  return refused(
    'RESERVATION_NOT_FOUND',
    `Nobody but ${quoted(from)} holds ${quoted(scope)}, so there is nobody to ask: it can simply be reserved.`,
    { scope },
  );
}
