/**
 * What the files may hold. Validation is on the outside of the store only: what passes is kept as the very object that
 * was parsed, so that fields we do not know survive a rewrite.
 */

import * as v from 'valibot';
import { isAgentId } from '../../core/agent';
import { isMessageId, MESSAGE_CATEGORIES, MESSAGE_STATES } from '../../core/message';
import { instant } from '../../core/time';

const text = v.pipe(v.string(), v.minLength(1, 'must not be empty'));
/** With its zone: without one, V8 takes the local zone, and two processes would not agree on the instant. */
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const time = v.pipe(
  v.string(),
  v.check((value) => ISO_8601.test(value) && !Number.isNaN(instant(value)), 'must be a UTC ISO-8601 time'),
);
const agentId = v.pipe(v.string(), v.check(isAgentId, 'must be an agent id'));
const messageId = v.pipe(v.string(), v.check(isMessageId, 'must be a message id'));

export const reservationSchema = v.object({
  reservation_id: text,
  scope: text,
  agent_id: agentId,
  bead_id: v.string(),
  state: v.picklist(['active', 'released', 'expired']),
  created_at: time,
  expires_at: time,
  released_at: v.nullish(time),
});

export const agentSchema = v.object({
  agent_id: agentId,
  display_name: v.string(),
  role: v.string(),
  status: v.string(),
  created_at: time,
  last_seen_at: time,
  version: v.number(),
});

export const messageSchema = v.object({
  message_id: messageId,
  thread_id: v.string(),
  bead_id: v.string(),
  from_agent: v.string(),
  to_agent: agentId,
  category: v.picklist(MESSAGE_CATEGORIES),
  subject: v.string(),
  body: v.string(),
  state: v.picklist(MESSAGE_STATES),
  requires_ack: v.boolean(),
  created_at: time,
  read_at: v.nullable(time),
  acked_at: v.nullable(time),
});

/** What is wrong with `value`, as `field: reason`, or undefined where it fits. */
export function misfit(schema: v.GenericSchema, value: unknown): string | undefined {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) {
    return undefined;
  }
  const [issue] = result.issues;
  return `${v.getDotPath(issue) ?? 'the entry'}: ${issue.message}`;
}
