/**
 * A store that several machines share, as one of them sees it: the same repository lies in another folder on each, so what
 * is stored names it by what its clones have in common, and what is read names it by its folder here.
 */

import type { DecisionContext, Reservation, ReservationDecision } from '../core/reservation';
import { projectOf } from '../core/reservation';
import type { HistoryReading, Records, Store } from './store';

/** What such a name begins with, so that it is not taken for a folder. */
const SHARED = /^(?:origin|folder):/;

export interface ProjectNames {
  /** What all clones of the project in that folder have in common: `origin:` and an address, or `folder:` and a name. */
  shared(folder: string): string;
  /** The folder here, or undefined for a project that this process has nothing to do with: it then keeps its shared name. */
  local(shared: string): string | undefined;
}

export function withSharedProjects(store: Store, names: ProjectNames): Store {
  const { toLocal, toShared } = translations(names);
  const localRecords = ({ records, problems }: Records<Reservation>) => ({ records: records.map(toLocal), problems });
  const localised = {
    readActive: async () => localRecords(await store.readActive()),
    readClosed: async (...[since, enough]: Parameters<Store['readClosed']>) =>
      (await store.readClosed(since, enough && { ...enough, matches: (entry) => enough.matches(toLocal(entry)) })).map(
        toLocal,
      ),
    readHistory: (since: Date): HistoryReading => {
      const reading = store.readHistory(since);
      return {
        next: async () => {
          const piece = await reading.next();
          return { ...piece, closed: piece.closed.map(toLocal) };
        },
      };
    },
    readRecentlyClosed: async (agent: string) => (await store.readRecentlyClosed(agent)).map(toLocal),
    transactReservations: <T>(
      decide: (active: readonly Reservation[], context: DecisionContext) => ReservationDecision<T>,
    ) =>
      store.transactReservations((stored, context) => {
        const active = stored.map(toLocal);
        const hasEnded = (entry: Reservation) => context.hasEnded(toShared(entry));
        const decided = decide(active, { ...context, hasEnded });
        return {
          ...decided,
          // The very list that was given says that nothing has changed.
          active: decided.active === active ? stored : decided.active.map(toShared),
          closed: decided.closed.map(toShared),
        };
      }),
  };
  // All else is the store's own, and is called on it.
  return new Proxy(store, {
    get(target, name) {
      if (Object.hasOwn(localised, name)) {
        return localised[name as keyof typeof localised];
      }
      const own: unknown = Reflect.get(target, name, target);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

/** An entry that comes back as it was given is the same object again, so that lists can be told apart by their objects. */
export function translations({ shared, local }: ProjectNames) {
  const locals = new WeakMap<Reservation, Reservation>();
  const shareds = new WeakMap<Reservation, Reservation>();
  const pair = (stored: Reservation, here: Reservation) => {
    locals.set(stored, here);
    shareds.set(here, stored);
  };

  function toLocal(stored: Reservation): Reservation {
    const known = locals.get(stored);
    const project = projectOf(stored);
    const folder = project === undefined ? undefined : local(project);
    // A folder that is opened later, or is moved, is known by another name then.
    if (known && projectOf(known) === (folder ?? project)) {
      return known;
    }
    const here = folder === undefined ? stored : { ...stored, project: folder };
    pair(stored, here);
    return here;
  }

  function toShared(here: Reservation): Reservation {
    const known = shareds.get(here);
    if (known) {
      return known;
    }
    const folder = projectOf(here);
    const stored = folder === undefined || SHARED.test(folder) ? here : { ...here, project: shared(folder) };
    pair(stored, here);
    return stored;
  }

  return { toLocal, toShared };
}
