/**
 * The rules of the whole store, told anew and as plainly as possible: what each step answers, and what is there then.
 * It shares no code with the product but the names of codes.
 */

import type { ErrorCode } from '../../../src/core/envelope';
import { close, isOver } from './reservationModel';

export interface Held {
  readonly id: string;
  readonly scope: string;
  readonly project: string | undefined;
  readonly agent: string;
  readonly bead: string;
  readonly made: number;
  /** Of whatever was given at first, before any renewal. */
  readonly firstEnd: number;
  end: number;
  /** Ours granted it, so that the store remembers it beside beadboard's files. */
  readonly ours: boolean;
  waiting: { readonly agent: string; readonly asked: boolean }[];
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
  /** Also what is past its end and not closed yet. */
  held: Held[];
  readonly closed: Closed[];
  readonly sent: Sent[];
  /** What was to be told, and has not been seen to be there yet: its ids are the store's to choose. */
  notices: Notice[];
  /** The highest that was seen. */
  fence: number;
}

export interface Notice {
  readonly from: string;
  readonly to: string;
  readonly bead: string;
}

export function newModel(now: number): Model {
  return { now, agents: new Map(), held: [], closed: [], sent: [], notices: [], fence: 0 };
}

export const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

type Code = ErrorCode | 'ok';

export interface Status {
  readonly ids: readonly string[];
  readonly unacked: readonly string[];
  readonly released: number;
  readonly expired: number;
}

export function status(
  model: Model,
  { agent, bead, project }: { agent: string; bead: string; project?: string | undefined },
): Status | 'AGENT_NOT_FOUND' {
  if (agent && !model.agents.has(agent)) {
    return 'AGENT_NOT_FOUND';
  }
  const over = model.held.filter((held) => isOver(model, held));
  for (const held of over) {
    close(model, held, 'expired');
  }
  const isAsked = (one: Held) =>
    (!agent || one.agent === agent) &&
    (!bead || one.bead === bead) &&
    (!project || !one.project || one.project === project);
  return {
    ids: model.held.filter(isAsked).map(({ id }) => id),
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
