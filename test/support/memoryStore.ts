/** A store that keeps everything in memory: the decisions alone, without a disk, a lock or another process. */

import type { AgentRecord } from '../../src/core/agent';
import { nextFence } from '../../src/core/fence';
import { isUnackedRequired, type Message, newestFirst } from '../../src/core/message';
import { isExpired, type Reservation } from '../../src/core/reservation';
import type { Store } from '../../src/store/store';

export interface MemoryStore extends Store {
  active: readonly Reservation[];
  closed: readonly Reservation[];
}

export function createMemoryStore(clock: () => Date): MemoryStore {
  const agents = new Map<string, AgentRecord>();
  const messages = new Map<string, Message>();
  let fence = 0;
  const all = <R>(records: readonly R[]) => Promise.resolve({ records, problems: [] });
  const store: MemoryStore = {
    location: 'memory',
    active: [],
    closed: [],
    exists: () => Promise.resolve(true),
    readActive: () => all(store.active),
    readClosed: () => Promise.resolve(store.closed.toReversed()),
    readRecentlyClosed: (agent) =>
      Promise.resolve(
        store.closed.filter((entry) => JSON.stringify(entry).includes(JSON.stringify(agent))).toReversed(),
      ),
    readHistory: () => {
      let read = 0;
      const next = () => {
        const closed = store.closed.slice(read);
        read = store.closed.length;
        return Promise.resolve({ closed, isLast: true, isAnew: false });
      };
      return { next };
    },
    readAgent: (id) => Promise.resolve(agents.get(id)),
    readAgents: () => all([...agents.values()]),
    readLetters: (agent) => all([...messages.values()].filter(({ to_agent }) => to_agent === agent)),
    readInbox: (agent) => all([...messages.values()].filter(({ to_agent }) => to_agent === agent)),
    readMessage: (id) => Promise.resolve(messages.get(id)),
    readUnacked: () => all([...messages.values()].filter(isUnackedRequired).sort(newestFirst)),
    transactReservations: (decide) => {
      const now = clock();
      const context = { now, hasEnded: (entry: Reservation) => isExpired(entry, now), fence: nextFence(fence, now) };
      const { active, closed, answer, fence: highest = context.fence } = decide(store.active, context);
      fence = highest;
      store.active = active;
      store.closed = [...store.closed, ...closed];
      return Promise.resolve(answer);
    },
    transactAgent: (id, decide) => {
      const { next, answer } = decide(agents.get(id), clock());
      if (next) {
        agents.set(id, next);
      }
      return Promise.resolve(answer);
    },
    transactMessage: (id, decide) => {
      const { next, answer } = decide(messages.get(id), clock());
      if (next) {
        messages.set(id, next);
      }
      return Promise.resolve(answer);
    },
    deliver: (compose) => {
      const made = compose(clock());
      for (const message of made) {
        messages.set(message.message_id, message);
      }
      return Promise.resolve(made);
    },
    diagnose: () => Promise.resolve([]),
    repair: () => Promise.resolve([]),
    watch: () => ({ dispose: () => undefined }),
  };
  return store;
}
