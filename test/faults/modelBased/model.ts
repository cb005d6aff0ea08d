/**
 * The rules of the whole store, told anew and as plainly as possible: what each step answers, and what is there then.
 * It shares no code with the product but the names of codes.
 */

import type { ErrorCode } from '../../../src/core/envelope';

export interface Held {
  readonly id: string;
  readonly scope: string;
  readonly agent: string;
  readonly bead: string;
  readonly end: number;
  /** Ours granted it, so that the store remembers it beside beadboard's files. */
  readonly ours: boolean;
}

export interface Closed extends Held {
  readonly state: 'released' | 'expired';
  readonly at: number;
}

export interface Sent {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly bead: string;
  readonly at: number;
  readonly mustAck: boolean;
  state: 'unread' | 'read' | 'acked';
}

export interface Agent {
  role: string;
  version: number;
}

export interface Model {
  now: number;
  readonly agents: Map<string, Agent>;
  /** By scope; also what is past its end and not closed yet. */
  readonly held: Map<string, Held>;
  readonly closed: Closed[];
  readonly sent: Sent[];
}

export function newModel(now: number): Model {
  return { now, agents: new Map(), held: new Map(), closed: [], sent: [] };
}

export const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export interface Reserve {
  readonly agent: string;
  readonly scope: string;
  readonly bead: string;
  readonly ttl: number;
  readonly takeoverStale: boolean;
}

type Code = ErrorCode | 'ok';

function close(model: Model, held: Held, state: Closed['state']): void {
  model.held.delete(held.scope);
  model.closed.push({ ...held, state, at: model.now });
}

const isOver = (model: Model, held: Held) => held.end <= model.now;

/** `id` is what the reservation is called, if it is granted. */
export function reserve(model: Model, step: Reserve, id: string): Code {
  if (!model.agents.has(step.agent)) {
    return 'AGENT_NOT_FOUND';
  }
  if (step.bead === '' || !Number.isInteger(step.ttl) || step.ttl < 5 || step.ttl > 1440) {
    return 'INVALID_ARGS';
  }
  const held = model.held.get(step.scope);
  if (held && !isOver(model, held)) {
    return 'RESERVATION_CONFLICT';
  }
  if (held && !step.takeoverStale) {
    return 'RESERVATION_STALE_FOUND';
  }
  if (held) {
    close(model, held, 'expired');
  }
  const { scope, agent, bead } = step;
  model.held.set(scope, { id, scope, agent, bead, end: model.now + step.ttl * MINUTE, ours: true });
  return 'ok';
}

export function release(model: Model, agent: string, scope: string): Code {
  if (!model.agents.has(agent)) {
    return 'AGENT_NOT_FOUND';
  }
  const held = model.held.get(scope);
  if (held && isOver(model, held)) {
    close(model, held, 'expired');
    return 'RESERVATION_NOT_FOUND';
  }
  if (!held) {
    return 'RESERVATION_NOT_FOUND';
  }
  if (held.agent !== agent) {
    return 'RELEASE_FORBIDDEN';
  }
  close(model, held, 'released');
  return 'ok';
}

export interface Status {
  readonly ids: readonly string[];
  readonly unacked: readonly string[];
  readonly released: number;
  readonly expired: number;
}

export function status(model: Model, agent: string, bead: string): Status | 'AGENT_NOT_FOUND' {
  if (agent && !model.agents.has(agent)) {
    return 'AGENT_NOT_FOUND';
  }
  const over = [...model.held.values()].filter((held) => isOver(model, held));
  for (const held of over) {
    close(model, held, 'expired');
  }
  const isAsked = (one: Held) => (!agent || one.agent === agent) && (!bead || one.bead === bead);
  return {
    ids: [...model.held.values()].filter(isAsked).map(({ id }) => id),
    unacked: model.sent
      .filter((one) => one.mustAck && one.state !== 'acked')
      .filter((one) => (!agent || one.to === agent) && (!bead || one.bead === bead))
      .map(({ id }) => id),
    released: model.closed.filter((one) => one.state === 'released' && one.at >= model.now - DAY && isAsked(one))
      .length,
    expired: over.length,
  };
}

export function register(model: Model, name: string, role: string, forceUpdate: boolean): Code {
  if (!/^[a-z]{3,}(-[a-z]+)*$/.test(name)) {
    return 'INVALID_AGENT_ID';
  }
  if (role === '') {
    return 'INVALID_ROLE';
  }
  const known = model.agents.get(name);
  if (known && !forceUpdate) {
    return 'DUPLICATE_AGENT_ID';
  }
  model.agents.set(name, { role, version: (known?.version ?? 0) + 1 });
  return 'ok';
}

/** Who gets it, or why nobody does. */
export function recipients(model: Model, from: string, to: string, body: string): readonly string[] | ErrorCode {
  if (!model.agents.has(from)) {
    return 'UNKNOWN_SENDER';
  }
  if (to !== 'broadcast' && !model.agents.has(to)) {
    return 'UNKNOWN_RECIPIENT';
  }
  if (body === '') {
    return 'INVALID_MESSAGE';
  }
  const others = [...model.agents.keys()].filter((id) => id !== from);
  const all = to === 'broadcast' ? others : [to];
  return all.length > 0 ? all : 'UNKNOWN_RECIPIENT';
}

/** Read or acked by `agent`; the number is that of the message, in the order they were sent. */
export function mark(model: Model, what: 'read' | 'ack', agent: string, sent: Sent | undefined): Code {
  if (!model.agents.has(agent)) {
    return 'AGENT_NOT_FOUND';
  }
  if (!sent) {
    return 'MESSAGE_NOT_FOUND';
  }
  if (sent.to !== agent) {
    return what === 'read' ? 'READ_FORBIDDEN' : 'ACK_FORBIDDEN';
  }
  sent.state = what === 'ack' || sent.state === 'acked' ? 'acked' : 'read';
  return 'ok';
}

export function inbox(model: Model, agent: string, state: string, limit: number): readonly string[] | ErrorCode {
  if (!model.agents.has(agent)) {
    return 'AGENT_NOT_FOUND';
  }
  if (!['', 'unread', 'read', 'acked'].includes(state)) {
    return 'INVALID_STATE';
  }
  if (limit < 1 || limit > 500) {
    return 'INVALID_LIMIT';
  }
  return model.sent
    .filter((one) => one.to === agent && (!state || one.state === state))
    .sort((left, right) => right.at - left.at || (left.id < right.id ? -1 : 1))
    .slice(0, limit)
    .map(({ id }) => id);
}
