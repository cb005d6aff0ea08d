/** The rules of messages between agents. A message id is also a file name, so it is checked before any path is built. */

import { type AgentRecord, agentNotFound, isAgentId, type RecordDecision } from './agent';
import { granted, type Outcome, refused } from './envelope';
import type { HandedScope, HandOverInput } from './handoff';
import { asText, quoted, trimmed } from './input';
import type { TakeInput } from './take';
import { compactTime, instant } from './time';

export const MESSAGE_CATEGORIES = ['HANDOFF', 'BLOCKED', 'DECISION', 'INFO'] as const;
export const MESSAGE_STATES = ['unread', 'read', 'acked'] as const;
export const DEFAULT_INBOX_LIMIT = 50;
export const MAX_INBOX_LIMIT = 500;
export const BROADCAST = 'broadcast';
/** `role:NAME` is every agent of that role. */
export const ROLE_PREFIX = 'role:';
/**
 * Letters, digits, `_`, `-`, `:`, and single dots between them: beadboard's own ids hold milliseconds, as in
 * `msg_20261130_213806.482Z_c977`. No dot at either end and none beside another, so that no id is a hidden file or `..`.
 */
const MESSAGE_ID = /^[A-Za-z0-9_:-]+(?:\.[A-Za-z0-9_:-]+)*$/;
/** File names have at most 255 bytes on common file systems; the rest is for the endings that the store adds. */
export const MAX_MESSAGE_ID_LENGTH = 200;

export type MessageCategory = (typeof MESSAGE_CATEGORIES)[number];
export type MessageState = (typeof MESSAGE_STATES)[number];

/** One message as it stands on disk. */
export interface Message {
  readonly message_id: string;
  readonly thread_id: string;
  readonly bead_id: string;
  readonly from_agent: string;
  readonly to_agent: string;
  readonly category: MessageCategory;
  readonly subject: string;
  readonly body: string;
  readonly state: MessageState;
  readonly requires_ack: boolean;
  readonly created_at: string;
  readonly read_at: string | null;
  readonly acked_at: string | null;
  /** Asks to release that reservation, since its scope is in the way of the wanted one. */
  readonly request?: { readonly reservation_id: string; readonly scope: string; readonly wanted: string };
  /** Tells that a reservation is over for which the recipient had asked. */
  readonly freed?: { readonly reservation_id: string; readonly scope: string; readonly taken_by?: string };
  /** Tells the holder of a reservation that somebody else has ended it. */
  readonly forced?: { readonly reservation_id: string; readonly scope: string };
  /** What the sender holds and hands over to the recipient: see handoff.ts. */
  readonly handoff?: { readonly scopes: readonly HandedScope[] };
}

export interface SendInput {
  readonly from: string;
  /** An agent id; `broadcast` for every registered agent, or `role:NAME` for those of a role, but the sender. */
  readonly to: string;
  readonly bead: string;
  readonly category: string;
  readonly subject: string;
  readonly body: string;
  /** `bead:<bead>` unless told. */
  readonly thread?: string | undefined;
  /** What the sender holds and hands over; for a HANDOFF to one agent. */
  readonly handOver?: HandOverInput | undefined;
}

export interface SendRequest {
  readonly from: string;
  readonly recipients: readonly string[];
  /** As it was given: see {@link isToMany}. */
  readonly to: string;
  readonly bead: string;
  readonly category: MessageCategory;
  readonly subject: string;
  readonly body: string;
  readonly thread: string;
}

export interface InboxInput {
  readonly agent: string;
  readonly state?: string | undefined;
  readonly bead?: string | undefined;
  /** 1 to 500; 50 unless told. */
  readonly limit?: number | undefined;
}

export interface InboxRequest {
  readonly agent: string;
  readonly state: MessageState | '';
  readonly bead: string;
  readonly limit: number;
}

export interface MessageActionInput {
  readonly agent: string;
  readonly message: string;
}

export interface AckInput extends MessageActionInput, TakeInput {
  /** Take over what the message hands over, and acknowledge it then. */
  readonly take?: boolean | undefined;
}

export interface MessageActionRequest {
  readonly agent: string;
  readonly message: string;
}

/** Whether a text is a message id, and so can safely name the message's file. */
export function isMessageId(value: string): boolean {
  return value.length <= MAX_MESSAGE_ID_LENGTH && MESSAGE_ID.test(value);
}

/** HANDOFF and BLOCKED wait for an answer; DECISION and INFO only tell. */
export function requiresAck(category: MessageCategory): boolean {
  return category === 'HANDOFF' || category === 'BLOCKED';
}

/** Whether a recipient stands for any number of agents. */
export function isToMany(to: string): boolean {
  return to === BROADCAST || to.startsWith(ROLE_PREFIX);
}

export function isUnackedRequired(message: Message): boolean {
  return message.requires_ack && !message.acked_at;
}

/** Newest first; of one instant, by id, so that the order never flickers. */
export function newestFirst(left: Message, right: Message): number {
  return instant(right.created_at) - instant(left.created_at) || (left.message_id < right.message_id ? -1 : 1);
}

/** Checks in the seed's order: sender, recipient, bead, category, subject and body. */
export function checkSend(input: SendInput, agents: readonly AgentRecord[]): Outcome<SendRequest> {
  const from = trimmed(input.from);
  const to = trimmed(input.to);
  const bead = trimmed(input.bead);
  const category = trimmed(input.category);
  const subject = trimmed(input.subject);
  const body = trimmed(input.body);
  const ids = agents.map((agent) => agent.agent_id);
  if (!ids.includes(from)) {
    return refused('UNKNOWN_SENDER', `Sender ${quoted(from)} is not registered. Register it first.`, { from });
  }
  if (!isToMany(to) && !ids.includes(to)) {
    return refused('UNKNOWN_RECIPIENT', `Recipient ${quoted(to)} is not registered. List the agents to find one.`, {
      to,
    });
  }
  if (!bead) {
    return refused('MISSING_BEAD_ID', 'Missing bead: name the bead that the message is about.', { missing: ['bead'] });
  }
  if (!isOneOf(MESSAGE_CATEGORIES, category)) {
    return refused('INVALID_CATEGORY', `${quoted(category)} is not one of ${MESSAGE_CATEGORIES.join(', ')}.`, {
      category,
      allowed: MESSAGE_CATEGORIES,
    });
  }
  if (!subject || !body) {
    const missing = [subject ? '' : 'subject', body ? '' : 'body'].filter(Boolean);
    return refused('INVALID_MESSAGE', `Missing ${missing.join(' and ')}: give both a subject and a body.`, { missing });
  }
  const recipients = isToMany(to) ? addressed(to, agents).filter((id) => id !== from) : [to];
  if (recipients.length === 0) {
    return refused(
      'UNKNOWN_RECIPIENT',
      to === BROADCAST
        ? 'There is no other registered agent to broadcast to.'
        : `No other registered agent has the role ${quoted(roleIn(to))}. List the agents to see their roles.`,
      { to },
    );
  }
  const thread = trimmed(input.thread) || `bead:${bead}`;
  return granted({ from, recipients, to, bead, category, subject, body, thread });
}

const roleIn = (to: string) => to.slice(ROLE_PREFIX.length).trim();

/** Those that a broadcast or a role stands for. A role without a name is nobody's. */
function addressed(to: string, agents: readonly AgentRecord[]): readonly string[] {
  const found = to === BROADCAST ? agents : agents.filter(({ role }) => role !== '' && role === roleIn(to));
  return found.map(({ agent_id }) => agent_id);
}

/**
 * The messages of one send, one per recipient, in the recipients' order. Each id of what goes to many ends in its recipient.
 * `random` is at least 8 hex digits.
 */
export function composeMessages(request: SendRequest, now: Date, random: string): readonly Message[] {
  const id = `msg_${compactTime(now)}_${random}`;
  return request.recipients.map((to) => ({
    message_id: isToMany(request.to) ? `${id}_${to}` : id,
    thread_id: request.thread,
    bead_id: request.bead,
    from_agent: request.from,
    to_agent: to,
    category: request.category,
    subject: request.subject,
    body: request.body,
    state: 'unread',
    requires_ack: requiresAck(request.category),
    created_at: now.toISOString(),
    read_at: null,
    acked_at: null,
  }));
}

export function checkInbox(input: InboxInput, agentRegistered: boolean): Outcome<InboxRequest> {
  const agent = trimmed(input.agent);
  const state = trimmed(input.state);
  const limit: unknown = input.limit ?? DEFAULT_INBOX_LIMIT;
  if (!agentRegistered) {
    return agentNotFound(agent);
  }
  if (state && !isOneOf(MESSAGE_STATES, state)) {
    return refused('INVALID_STATE', `${quoted(state)} is not one of ${MESSAGE_STATES.join(', ')}.`, {
      state,
      allowed: MESSAGE_STATES,
    });
  }
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > MAX_INBOX_LIMIT) {
    return refused(
      'INVALID_LIMIT',
      `Limit ${quoted(asText(limit))} is not a whole number from 1 to ${MAX_INBOX_LIMIT}.`,
      { limit, minimum: 1, maximum: MAX_INBOX_LIMIT },
    );
  }
  return granted({ agent, state: state as MessageState | '', bead: trimmed(input.bead), limit });
}

/** The newest messages that pass the filters, at most `limit` of them. */
export function selectInbox(messages: readonly Message[], request: InboxRequest): readonly Message[] {
  return messages
    .filter((message) => (!request.state || message.state === request.state) && matchesBead(message, request.bead))
    .sort(newestFirst)
    .slice(0, request.limit);
}

export function matchesBead(message: Message, bead: string): boolean {
  return !bead || message.bead_id === bead;
}

export function checkMessageAction(input: MessageActionInput, agentRegistered: boolean): Outcome<MessageActionRequest> {
  const agent = trimmed(input.agent);
  if (!agentRegistered) {
    return agentNotFound(agent);
  }
  const message = checkMessageId(input);
  return message.ok ? granted({ agent, message: message.data }) : message;
}

export function checkMessageId(input: { readonly message: string }): Outcome<string> {
  const message = trimmed(input.message);
  if (!message) {
    return refused('MESSAGE_NOT_FOUND', 'Missing message: name the message by its id.', { missing: ['message'] });
  }
  if (!isMessageId(message)) {
    return refused(
      'INVALID_MESSAGE_ID',
      `${quoted(message)} is not a message id: use letters, digits, "_", "-", ":" and single dots between them, at most ` +
        `${MAX_MESSAGE_ID_LENGTH} characters. \`inbox\` lists the ids.`,
      { message },
    );
  }
  return granted(message);
}

export function messageNotFound(message: string): Outcome<never> {
  return refused('MESSAGE_NOT_FOUND', `Message ${quoted(message)} does not exist.`, { message });
}

/** unread becomes read; what is read or acked stays as it is. Only the recipient may. */
export function decideRead(
  current: Message | undefined,
  request: MessageActionRequest,
  now: Date,
): RecordDecision<Message, Message> {
  return decideMark(current, request, 'READ_FORBIDDEN', (message) =>
    message.state === 'unread' ? { ...message, state: 'read', read_at: message.read_at ?? now.toISOString() } : message,
  );
}

/** acked is final; the ack of an unread message also marks it read. Only the recipient may. */
export function decideAck(
  current: Message | undefined,
  request: MessageActionRequest,
  now: Date,
): RecordDecision<Message, Message> {
  const at = now.toISOString();
  return decideMark(current, request, 'ACK_FORBIDDEN', (message) =>
    message.state === 'acked' && message.acked_at
      ? message
      : { ...message, state: 'acked', read_at: message.read_at ?? at, acked_at: message.acked_at ?? at },
  );
}

function decideMark(
  current: Message | undefined,
  request: MessageActionRequest,
  forbidden: 'READ_FORBIDDEN' | 'ACK_FORBIDDEN',
  mark: (message: Message) => Message,
): RecordDecision<Message, Message> {
  if (!current) {
    return {
      next: undefined,
      answer: messageNotFound(request.message),
    };
  }
  if (current.to_agent !== request.agent) {
    return {
      next: undefined,
      answer: refused(
        forbidden,
        `Message ${quoted(request.message)} is addressed to ${quoted(current.to_agent)}; ${quoted(request.agent)} ` +
          'cannot act on it.',
        { message: request.message, to_agent: current.to_agent, agent: request.agent },
      ),
    };
  }
  const marked = mark(current);
  return { next: marked === current ? undefined : marked, answer: granted(marked) };
}

function isOneOf<T extends string>(allowed: readonly T[], value: string): value is T {
  return (allowed as readonly string[]).includes(value);
}

/** A message's recipient names a file: it must be an agent id. */
export function hasSafeIds(message: Message): boolean {
  return isMessageId(message.message_id) && isAgentId(message.to_agent);
}
