/**
 * What the files may hold. Validation is on the outside of the store only: what passes is kept as the very object that
 * was parsed, so that fields we do not know survive a rewrite.
 */

import * as z from 'zod/mini';
import { isAgentId } from '../../core/agent';
import { isMessageId, MESSAGE_CATEGORIES, MESSAGE_STATES } from '../../core/message';
import { instant } from '../../core/time';

const text = z.string().check(z.minLength(1, 'must not be empty'));
/** With its zone: without one, V8 takes the local zone, and two processes would not agree on the instant. */
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const time = z
  .string()
  .check(z.refine((value) => ISO_8601.test(value) && !Number.isNaN(instant(value)), 'must be a UTC ISO-8601 time'));
const agentId = z.string().check(z.refine(isAgentId, 'must be an agent id'));
const messageId = z.string().check(z.refine(isMessageId, 'must be a message id'));

export const reservationSchema = z.object({
  reservation_id: text,
  scope: text,
  agent_id: agentId,
  bead_id: z.string(),
  state: z.enum(['active', 'released', 'expired']),
  created_at: time,
  expires_at: time,
  released_at: z.optional(z.nullable(time)),
});

export const agentSchema = z.object({
  agent_id: agentId,
  display_name: z.string(),
  role: z.string(),
  status: z.string(),
  created_at: time,
  last_seen_at: time,
  version: z.number(),
});

export const messageSchema = z.object({
  message_id: messageId,
  thread_id: z.string(),
  bead_id: z.string(),
  from_agent: z.string(),
  to_agent: agentId,
  category: z.enum(MESSAGE_CATEGORIES),
  subject: z.string(),
  body: z.string(),
  state: z.enum(MESSAGE_STATES),
  requires_ack: z.boolean(),
  created_at: time,
  read_at: z.nullable(time),
  acked_at: z.nullable(time),
});

/** What is wrong with `value`, as `field: reason`, or undefined where it fits. */
export function misfit(schema: z.ZodMiniType, value: unknown): string | undefined {
  const result = schema.safeParse(value);
  if (result.success) {
    return undefined;
  }
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') || 'the entry';
  return `${field}: ${issue?.message ?? 'is wrong'}`;
}
