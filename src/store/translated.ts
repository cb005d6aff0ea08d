/** A store whose reservations are read in other words than they are stored in. */

import type { DecisionContext, Reservation, ReservationDecision } from '../core/reservation';
import type { HistoryReading, Records, Store, StoreReader } from './store';

/**
 * Both ways of a translation. An entry that comes back as it was given is the same object again, so that lists can be told
 * apart by their objects.
 */
export interface Translation {
  toLocal(stored: Reservation): Reservation;
  toStored(here: Reservation): Reservation;
}

/** The same store, or reader of one, in the words of the translation. */
export function withTranslation<S extends StoreReader>(store: S, { toLocal, toStored }: Translation): S {
  const lists = new WeakMap<readonly Reservation[], readonly Reservation[]>();

  /** The very list where nothing in it is translated, and the list of the reading before where nothing has changed since. */
  function localList(stored: readonly Reservation[]): readonly Reservation[] {
    const here = stored.map(toLocal);
    if (here.every((entry, index) => entry === stored[index])) {
      return stored;
    }
    const known = lists.get(stored);
    if (known && known.length === here.length && known.every((entry, index) => entry === here[index])) {
      return known;
    }
    lists.set(stored, here);
    return here;
  }

  const localRecords = ({ records, problems }: Records<Reservation>) => ({ records: localList(records), problems });
  const translated = {
    readActive: async () => localRecords(await store.readActive()),
    readClosed: async (...[since, enough]: Parameters<StoreReader['readClosed']>) =>
      localList(
        await store.readClosed(since, enough && { ...enough, matches: (entry) => enough.matches(toLocal(entry)) }),
      ),
  };
  const writing = (full: Store) => ({
    readHistory: (since: Date): HistoryReading => {
      const reading = full.readHistory(since);
      return {
        next: async () => {
          const piece = await reading.next();
          return { ...piece, closed: piece.closed.map(toLocal) };
        },
      };
    },
    readRecentlyClosed: async (agent: string) => (await full.readRecentlyClosed(agent)).map(toLocal),
    transactReservations: <T>(
      decide: (active: readonly Reservation[], context: DecisionContext) => ReservationDecision<T>,
    ) =>
      full.transactReservations((stored, context) => {
        const active = localList(stored);
        const hasEnded = (entry: Reservation) => context.hasEnded(toStored(entry));
        const decided = decide(active, { ...context, hasEnded });
        return {
          ...decided,
          // The very list that was given says that nothing has changed.
          active: decided.active === active ? stored : decided.active.map(toStored),
          closed: decided.closed.map(toStored),
        };
      }),
  });
  const own = { ...translated, ...('transactReservations' in store ? writing(store as unknown as Store) : {}) };
  // All else is the store's own, and is called on it.
  return new Proxy(store, {
    get(target, name) {
      if (Object.hasOwn(own, name)) {
        return own[name as keyof typeof own];
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
