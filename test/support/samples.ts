/** Records as beadboard writes them, for tests to vary. All times are around {@link NOW}. */

import type { AgentRecord } from '../../src/core/agent';
import type { Message } from '../../src/core/message';
import { type DecisionContext, isExpired, type Reservation } from '../../src/core/reservation';
import { addMinutes } from '../../src/core/time';

export const NOW = new Date('2026-02-13T22:09:00.000Z');

/** ISO text of {@link NOW} moved by minutes. */
export function at(minutes: number): string {
  return addMinutes(NOW, minutes).toISOString();
}

/** What a store that knows of no fence tells a decision. */
export function moment(now = NOW): DecisionContext {
  return { now, hasEnded: (entry) => isExpired(entry, now), fence: now.getTime() };
}

/** Held by `agent-a`, from ten minutes ago until in an hour. */
export function reservation(fields: Partial<Reservation> & Record<string, unknown> = {}): Reservation {
  return {
    reservation_id: 'res_20260213_215900_0a1b2c3d',
    scope: 'src/app',
    agent_id: 'agent-a',
    bead_id: 'bd-1',
    state: 'active',
    created_at: at(-10),
    expires_at: at(60),
    released_at: null,
    ...fields,
  };
}

export function agent(fields: Partial<AgentRecord> & Record<string, unknown> = {}): AgentRecord {
  return {
    agent_id: 'agent-a',
    display_name: 'Agent A',
    role: 'backend',
    status: 'idle',
    created_at: at(-100),
    last_seen_at: at(-100),
    version: 1,
    ...fields,
  };
}

/** An unread HANDOFF from `agent-a` to `agent-b`. */
export function message(fields: Partial<Message> & Record<string, unknown> = {}): Message {
  return {
    message_id: 'msg_20260213_220000_0a1b2c3d',
    thread_id: 'bead:bd-1',
    bead_id: 'bd-1',
    from_agent: 'agent-a',
    to_agent: 'agent-b',
    category: 'HANDOFF',
    subject: 'Yours',
    body: 'Please take over.',
    state: 'unread',
    requires_ack: true,
    created_at: at(-9),
    read_at: null,
    acked_at: null,
    ...fields,
  };
}
