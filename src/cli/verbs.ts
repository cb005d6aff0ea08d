/** All verbs, in the order of the help. */

import type { Verb } from './verb';
import { heartbeat, list, register, show } from './verbs/agents';
import { doctor } from './verbs/doctor';
import { guard } from './verbs/guard';
import { hooks } from './verbs/hooks';
import { mcp } from './verbs/mcp';
import { ack, inbox, read, send } from './verbs/messages';
import { release, renew, request, reserve } from './verbs/reservations';
import { check, history, status } from './verbs/views';
import { watch } from './verbs/watch';

export const VERBS: readonly Verb[] = [
  register,
  list,
  show,
  heartbeat,
  reserve,
  renew,
  release,
  request,
  status,
  check,
  history,
  send,
  inbox,
  read,
  ack,
  watch,
  doctor,
  mcp,
  hooks,
  guard,
];

/** What beadboard calls the heartbeat, with its name in the answer. */
const activityLease: Verb = {
  ...heartbeat,
  name: 'activity-lease',
  command: 'agent activity-lease',
  run: async (given, surroundings) => {
    const told = await heartbeat.run(given, surroundings);
    return { ...told, envelope: { ...told.envelope, command: 'agent activity-lease' } };
  },
};

export function findVerb(name: string): Verb | undefined {
  return [...VERBS, activityLease].find((verb) => verb.name === name);
}
