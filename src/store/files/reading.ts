/** The reservations as they are on disk, read with or without the lock. */

import { highestFence } from '../../core/fence';
import { type HasEnded, isExpired, type Reservation } from '../../core/reservation';
import { isNotUnderstood, StoreProblem } from '../problem';
import { type ActiveFile, NO_ACTIVE_FILE, parseActiveBytes, type WrittenList } from './active';
import { fingerprint } from './committed';
import { type KnownEntries, knownEntries } from './entryText';
import { readClosedFrom, readClosedOf } from './history';
import type { Journal } from './journal';
import { type JournalRead, readJournalFile } from './journalFile';
import { readSmallFile } from './json';
import type { StorePaths } from './paths';
import { identity, type Recovered, recover } from './recovery';
import { hasReallyPassed, type SteadyTime } from './steadyClock';

export interface ReservationState {
  /** When everything had been read: what a sweep took out while we read had ended by then. */
  readonly moment: Moment;
  readonly file: ActiveFile;
  readonly recovered: Recovered;
  /** Set where the active file cannot be understood and the last good copy stands in for it. */
  readonly broken: StoreProblem | undefined;
  readonly journal: Journal | undefined;
  readonly closedSince: readonly Reservation[];
  readonly historySize: number;
  /** Whether a lease is over by the wall clock, and as much time has really passed. */
  readonly hasEnded: HasEnded;
  /** The highest fence that is known to have been given out. */
  readonly fence: number;
}

/** The moment of a reading or commit, by both clocks. */
export interface Moment {
  readonly now: Date;
  readonly steady: SteadyTime;
}

/** What was read or written last: what has not changed since is not parsed again, and stays the very same objects. */
export interface Memory {
  active?: ParsedActive | undefined;
  journal?: JournalRead | undefined;
  /** The active file as it was written last, where it was plain. */
  written?: WrittenList | undefined;
}

interface ParsedActive {
  readonly bytes: Buffer;
  readonly value: ActiveFile;
}

/**
 * The present state, repaired in memory where a foreign rewrite or a broken file calls for it. Writes nothing.
 *
 * @throws StoreProblem where the active file cannot be read, or not be understood and there is no last good copy
 */
export function readReservations(paths: StorePaths, clocks: () => Moment, memory: Memory = {}): ReservationState {
  // The active file before the history: what is closed in between is then seen in both rather than in neither.
  const placed = fingerprint(paths.active);
  memory.journal = readJournalFile(paths.journal, memory.journal, () => knownIn(memory));
  const journal = memory.journal?.journal;
  const { file, broken } = readActiveOrBroken(paths.active, placed, memory);
  if (broken && !journal) {
    throw broken;
  }
  const { closed, size } = readClosedFrom(paths.history, journal?.historySize ?? Number.MAX_SAFE_INTEGER);
  // A history that shrank was put aside by somebody: what it had closed cannot be told any more.
  const trusted = journal && (broken || size >= journal.historySize) ? journal : undefined;
  const moment = clocks();
  const { now, steady } = moment;
  const hasEnded: HasEnded = (entry) => isExpired(entry, now) && hasReallyPassed(entry, journal?.steady, steady);
  // Nobody has written since the commit that the journal is of: what both hold are the same objects then.
  const isAsCommitted = closed.length === 0 && trusted !== undefined && isSameList(file.entries, trusted.live);
  const recovered = isAsCommitted
    ? { entries: file.entries, unrecorded: [], notices: [] }
    : recover(file.entries, trusted, [...closedBefore(paths, file, trusted), ...closed], hasEnded, paths.active);
  return {
    moment,
    file,
    hasEnded,
    recovered: quiet(broken, recovered),
    broken,
    journal: trusted,
    closedSince: closed,
    historySize: size,
    fence:
      isAsCommitted && trusted.fence !== undefined
        ? trusted.fence
        : Math.max(journal?.fence ?? 0, ...[file.entries, journal?.live ?? [], closed].map(highestFence)),
  };
}

/** What history had closed already before our last commit, of the entries that this did not know: were they revived? */
function closedBefore(
  paths: StorePaths,
  { entries }: ActiveFile,
  journal: Journal | undefined,
): readonly Reservation[] {
  if (!journal) {
    return [];
  }
  const known = new Set(journal.live.map(identity));
  const unknown = entries.filter((entry) => !known.has(identity(entry)));
  return unknown.length === 0
    ? []
    : readClosedOf(
        paths.history,
        unknown.map((entry) => entry.reservation_id),
      );
}

function isSameList(one: readonly Reservation[], other: readonly Reservation[]): boolean {
  return one === other || (one.length === other.length && one.every((entry, index) => entry === other[index]));
}

/** Of a broken file everything is missing: that is told once, not for each reservation. */
function quiet(broken: StoreProblem | undefined, recovered: Recovered): Recovered {
  return broken ? { ...recovered, notices: [] } : recovered;
}

/** The very file that the journal was written beside needs not be read: the journal has what it holds. */
function readActiveOrBroken(
  path: string,
  placed: string | undefined,
  memory: Memory,
): {
  readonly file: ActiveFile;
  readonly broken: StoreProblem | undefined;
} {
  const journal = memory.journal?.journal;
  if (placed !== undefined && journal?.active === placed) {
    return { file: { ...NO_ACTIVE_FILE, entries: journal.live }, broken: undefined };
  }
  try {
    return { file: readActive(path, memory), broken: undefined };
  } catch (error) {
    if (error instanceof StoreProblem && isNotUnderstood(error)) {
      return { file: NO_ACTIVE_FILE, broken: error };
    }
    throw error;
  }
}

function readActive(path: string, memory: Memory): ActiveFile {
  const bytes = readSmallFile(path);
  if (bytes === undefined) {
    return NO_ACTIVE_FILE;
  }
  if (memory.active?.bytes.equals(bytes) !== true) {
    memory.active = { bytes, value: parseActiveBytes(bytes, path, knownIn(memory)) };
  }
  return memory.active.value;
}

function knownIn({ active, journal }: Memory): KnownEntries {
  return knownEntries(journal?.journal.live ?? [], active?.value.entries ?? []);
}
