/** All verbs, in the order of the help. Each is loaded when it is called: most calls are of one, and are waited for. */

import type { Verb } from './verb';

const LOADED: Readonly<Record<string, () => Promise<Verb>>> = {
  register: async () => (await import('./verbs/agents')).register,
  list: async () => (await import('./verbs/agents')).list,
  show: async () => (await import('./verbs/agents')).show,
  heartbeat: async () => (await import('./verbs/agents')).heartbeat,
  reserve: async () => (await import('./verbs/reservations')).reserve,
  renew: async () => (await import('./verbs/reservations')).renew,
  release: async () => (await import('./verbs/reservations')).release,
  request: async () => (await import('./verbs/reservations')).request,
  status: async () => (await import('./verbs/views')).status,
  check: async () => (await import('./verbs/views')).check,
  history: async () => (await import('./verbs/views')).history,
  send: async () => (await import('./verbs/messages')).send,
  inbox: async () => (await import('./verbs/messages')).inbox,
  read: async () => (await import('./verbs/messages')).read,
  ack: async () => (await import('./verbs/messages')).ack,
  watch: async () => (await import('./verbs/watch')).watch,
  doctor: async () => (await import('./verbs/doctor')).doctor,
  mcp: async () => (await import('./verbs/mcp')).mcp,
  hooks: async () => (await import('./verbs/hooks')).hooks,
  guard: async () => (await import('./verbs/guard')).guard,
  postgres: async () => (await import('./verbs/postgres')).postgres,
};

/** What beadboard calls the heartbeat, with its name in the answer. */
async function activityLease(): Promise<Verb> {
  const { heartbeat } = await import('./verbs/agents');
  return {
    ...heartbeat,
    name: 'activity-lease',
    command: 'agent activity-lease',
    run: async (given, surroundings) => {
      const told = await heartbeat.run(given, surroundings);
      return { ...told, envelope: { ...told.envelope, command: 'agent activity-lease' } };
    },
  };
}

export function findVerb(name: string): Promise<Verb> | undefined {
  if (name === 'activity-lease') {
    return activityLease();
  }
  return Object.hasOwn(LOADED, name) ? LOADED[name]?.() : undefined;
}

export function allVerbs(): Promise<readonly Verb[]> {
  return Promise.all(Object.values(LOADED).map((load) => load()));
}
