/** One reading of the store, for what the window shows. */

import type { Message } from '../core/message';
import type { Snapshot } from '../core/overview';
import type { Reservation } from '../core/reservation';
import { HOUR_MS, MINUTE_MS } from '../core/time';
import type { ProblemKind, StoreProblem } from '../store/problem';
import type { Records, StorePart, StoreReader } from '../store/store';
import { expiredHours } from './settings';

export const EVERYTHING: ReadonlySet<StorePart> = new Set(['reservations', 'messages', 'agents']);

/** What a person has to mend; the rest is set right by the store itself, and stands in the log. */
const TO_MEND = new Set<ProblemKind>(['BAD_ENTRY', 'EMPTY_FILE', 'BYTE_ORDER_MARK', 'NOT_JSON', 'WRONG_SHAPE']);

/** What was read, each part to be gone on with while only the other changes. */
export interface Found {
  readonly store: StoreReader;
  readonly reservations?: ReservationsRead;
  readonly unacked?: Records<Message>;
  /** Undefined where there is no store. */
  readonly snapshot?: Snapshot;
  readonly problems: readonly StoreProblem[];
  readonly toMend: readonly StoreProblem[];
  /** Why it is not of now, where the server is out of reach: since when, stands in its facts. */
  readonly outOfDate?: StoreProblem | undefined;
}

interface ReservationsRead {
  readonly active: Records<Reservation>;
  readonly closed: readonly Reservation[];
}

/**
 * Reads those parts; of the others it takes what was found before, where that is of the same store. `now` is the store's.
 *
 * @throws StoreProblem
 */
export async function readParts(
  store: StoreReader,
  parts: ReadonlySet<StorePart>,
  now: () => Date,
  before?: Found,
): Promise<Found> {
  if (!(await store.exists())) {
    return { store, problems: [], toMend: [] };
  }
  const known = before?.store === store ? before : undefined;
  const reservations =
    (parts.has('reservations') ? undefined : known?.reservations) ?? (await readReservations(store, now));
  const unacked = (parts.has('messages') ? undefined : known?.unacked) ?? (await store.readUnacked());
  const all = [...reservations.active.problems, ...unacked.problems];
  const outOfDate = all.find(({ kind }) => kind === 'STORE_UNREACHABLE');
  return {
    store,
    reservations,
    unacked,
    snapshot: { active: reservations.active.records, closed: reservations.closed, messages: unacked.records },
    problems: all.filter((problem) => problem !== outOfDate),
    toMend: reservations.active.problems.filter(({ kind }) => TO_MEND.has(kind)),
    outOfDate,
  };
}

/** Active before history: what is closed in between is then seen twice rather than not at all. */
async function readReservations(store: StoreReader, now: () => Date): Promise<ReservationsRead> {
  const active = await store.readActive();
  const closed = await store.readClosed(new Date(now().getTime() - expiredHours() * HOUR_MS - MINUTE_MS));
  return { active, closed };
}
