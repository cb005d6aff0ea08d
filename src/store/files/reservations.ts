/** The reservations as they are on disk: read with or without the lock, and committed under it. */

import { rename } from 'node:fs/promises';
import { highestFence } from '../../core/fence';
import { type HasEnded, isExpired, type Reservation } from '../../core/reservation';
import { isNotUnderstood, StoreProblem } from '../problem';
import { type ActiveFile, NO_ACTIVE_FILE, readActiveFile, serializeActive } from './active';
import { asideName } from './aside';
import { appendLines, replaceFile } from './durable';
import { historyLine, readClosedFrom } from './history';
import { type Journal, readJournal, writeJournal } from './journal';
import { fitting } from './json';
import type { HeldLock } from './lock';
import type { StorePaths } from './paths';
import { type Recovered, recover, rememberClosed } from './recovery';
import { hasReallyPassed, type SteadyTime, steadyEnds } from './steadyClock';

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

export interface Changes {
  /** What was read before the changes. */
  readonly state: ReservationState;
  readonly entries: readonly Reservation[];
  readonly closed: readonly Reservation[];
  /** The highest fence that was given out. */
  readonly fence: number;
}

/**
 * The present state, repaired in memory where a foreign rewrite or a broken file calls for it. Writes nothing.
 *
 * @throws StoreProblem where the active file cannot be read, or not be understood and there is no last good copy
 */
export async function readReservations(paths: StorePaths, clocks: () => Moment): Promise<ReservationState> {
  // The active file before the history: what is closed in between is then seen in both rather than in neither.
  const { file, broken } = readActiveOrBroken(paths.active);
  const journal = readJournal(paths.journal);
  if (broken && !journal) {
    throw broken;
  }
  const { closed, size } = await readClosedFrom(paths.history, journal?.historySize ?? Number.MAX_SAFE_INTEGER);
  // A history that shrank was put aside by somebody: what it had closed cannot be told any more.
  const trusted = journal && (broken || size >= journal.historySize) ? journal : undefined;
  const moment = clocks();
  const { now, steady } = moment;
  const hasEnded: HasEnded = (entry) => isExpired(entry, now) && hasReallyPassed(entry, journal?.steady, steady);
  return {
    moment,
    file,
    hasEnded,
    recovered: quiet(broken, recover(file.entries, trusted, closed, hasEnded, paths.active)),
    broken,
    journal: trusted,
    closedSince: closed,
    historySize: size,
    fence: Math.max(journal?.fence ?? 0, ...[file.entries, journal?.live ?? [], closed].map(highestFence)),
  };
}

/**
 * Stores the entries, and what was closed, durably. History first: after a crash in between, a closed reservation is in
 * both files, which the next reader can tell, and never in neither. The lock is looked at again right before the rename,
 * the one step that others could lose work by.
 *
 * @returns what was set right on the way, to be told to somebody
 * @throws StoreProblem LOCK_LOST, or what the system says
 */
export async function commitReservations(
  paths: StorePaths,
  lock: HeldLock,
  { state, entries, closed, fence }: Changes,
): Promise<readonly StoreProblem[]> {
  const content = fitting(paths.active, serializeActive({ ...state.file, entries }));
  const { now, steady } = state.moment;
  const notices = [...state.recovered.notices];
  if (closed.length > 0) {
    lock.assertHeld();
    await appendLines(paths.history, closed.map(historyLine));
  }
  if (state.broken) {
    const aside = asideName(paths.active, now);
    lock.assertHeld();
    await rename(paths.active, aside);
    notices.push(putAside(state.broken, aside));
  }
  await replaceFile(paths.active, content, () => lock.assertHeld());
  // The commit stands. Without a journal, or with an old one, less can be repaired, and nothing goes wrong.
  await writeJournal(paths.journal, {
    live: entries,
    closed: rememberClosed(state.journal, [...state.closedSince, ...closed], now),
    historySize: state.historySize,
    steady: steadyEnds(entries, state.journal?.steady, now, steady),
    fence,
  }).catch(() => undefined);
  return notices;
}

/** Of a broken file everything is missing: that is told once, not for each reservation. */
function quiet(broken: StoreProblem | undefined, recovered: Recovered): Recovered {
  return broken ? { ...recovered, notices: [] } : recovered;
}

/** What a writer of a broken file tells: that it was put aside, under which name, and why. */
function putAside(broken: StoreProblem, aside: string): StoreProblem {
  return new StoreProblem(
    'PUT_ASIDE',
    broken.path,
    `${broken.path} could not be understood and was put aside as ${aside}; the last good copy is used. (${broken.message})`,
    { facts: { aside, cause: broken.kind }, cause: broken },
  );
}

function readActiveOrBroken(path: string): {
  readonly file: ActiveFile;
  readonly broken: StoreProblem | undefined;
} {
  try {
    return { file: readActiveFile(path), broken: undefined };
  } catch (error) {
    if (error instanceof StoreProblem && isNotUnderstood(error)) {
      return { file: NO_ACTIVE_FILE, broken: error };
    }
    throw error;
  }
}
