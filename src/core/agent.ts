/** The rules of agents. An agent id is also a file name, so it is checked before any path is built from it. */

import { granted, type Outcome, refused } from './envelope';
import { quoted, trimmed } from './input';

export const MIN_AGENT_ID_LENGTH = 3;
export const MAX_AGENT_ID_LENGTH = 48;
const AGENT_ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** One registered agent as it stands on disk. */
export interface AgentRecord {
  readonly agent_id: string;
  readonly display_name: string;
  readonly role: string;
  readonly status: string;
  readonly created_at: string;
  readonly last_seen_at: string;
  /** 1 on register, one more on each update. */
  readonly version: number;
}

export interface RegisterInput {
  readonly name: string;
  readonly role: string;
  /** The name that people read; the id unless told. */
  readonly display?: string | undefined;
  /** Update an agent that is registered already, instead of refusing. */
  readonly forceUpdate?: boolean | undefined;
}

export interface RegisterRequest {
  readonly agent: string;
  readonly role: string;
  readonly display: string;
  readonly forceUpdate: boolean;
}

export interface ListInput {
  readonly role?: string | undefined;
  readonly status?: string | undefined;
}

/** What a decision about one record writes (`next`, nothing where undefined) and answers. */
export interface RecordDecision<R, T> {
  readonly next: R | undefined;
  readonly answer: Outcome<T>;
}

/** Lower-case letters, digits and single hyphens between them; 3 to 48 characters. */
export function isAgentId(value: string): boolean {
  return value.length >= MIN_AGENT_ID_LENGTH && value.length <= MAX_AGENT_ID_LENGTH && AGENT_ID.test(value);
}

export function invalidAgentId(agent: string): Outcome<never> {
  return refused(
    'INVALID_AGENT_ID',
    `${quoted(agent)} is not an agent id: use ${MIN_AGENT_ID_LENGTH} to ${MAX_AGENT_ID_LENGTH} lower-case letters and ` +
      'digits, with single hyphens between them.',
    { agent },
  );
}

export function agentNotFound(agent: string): Outcome<never> {
  return refused(
    'AGENT_NOT_FOUND',
    `Agent ${quoted(agent)} is not registered. Register it first, or name one that is.`,
    { agent },
  );
}

export function checkRegister(input: RegisterInput): Outcome<RegisterRequest> {
  const agent = trimmed(input.name);
  const role = trimmed(input.role);
  if (!isAgentId(agent)) {
    return invalidAgentId(agent);
  }
  if (!role) {
    return refused('INVALID_ROLE', `Missing role: say what ${quoted(agent)} does, such as "backend".`, { agent });
  }
  return granted({ agent, role, display: trimmed(input.display), forceUpdate: input.forceUpdate === true });
}

/** Makes the record, or (told to) updates the one that is there; fields we do not know stay. */
export function decideRegister(
  current: AgentRecord | undefined,
  request: RegisterRequest,
  now: Date,
): RecordDecision<AgentRecord, AgentRecord> {
  if (current && !request.forceUpdate) {
    return {
      next: undefined,
      answer: refused(
        'DUPLICATE_AGENT_ID',
        `Agent ${quoted(request.agent)} is already registered. Choose another id, or update it (--force-update).`,
        { agent: request.agent },
      ),
    };
  }
  const at = now.toISOString();
  const next: AgentRecord = current
    ? {
        ...current,
        display_name: request.display || current.display_name,
        role: request.role,
        last_seen_at: at,
        version: current.version + 1,
      }
    : {
        agent_id: request.agent,
        display_name: request.display || request.agent,
        role: request.role,
        status: 'idle',
        created_at: at,
        last_seen_at: at,
        version: 1,
      };
  return { next, answer: granted(next) };
}

/** Notes that an agent is at work; nothing else of it changes. */
export function decideHeartbeat(
  current: AgentRecord | undefined,
  agent: string,
  now: Date,
): RecordDecision<AgentRecord, AgentRecord> {
  if (!current) {
    return { next: undefined, answer: agentNotFound(agent) };
  }
  const next = { ...current, last_seen_at: now.toISOString(), version: current.version + 1 };
  return { next, answer: granted(next) };
}

/** The agents that pass both filters, by id. */
export function listAgents(agents: readonly AgentRecord[], input: ListInput): readonly AgentRecord[] {
  const role = trimmed(input.role);
  const status = trimmed(input.status);
  return agents
    .filter((agent) => (!role || agent.role === role) && (!status || agent.status === status))
    .sort((left, right) => (left.agent_id < right.agent_id ? -1 : 1));
}
