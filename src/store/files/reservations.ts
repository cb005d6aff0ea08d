/** Committing reservations, under the lock. */

import { renameSync } from 'node:fs';
import type { Reservation } from '../../core/reservation';
import { StoreProblem } from '../problem';
import { isPlain, serializeActive } from './active';
import { asideName } from './aside';
import { fingerprint } from './committed';
import { appendLines, replaceFile } from './durable';
import { compactText } from './entryText';
import type { Journal } from './journal';
import { JournalWriter } from './journalFile';
import { fitting } from './json';
import { listChange, objectsOf } from './listChange';
import type { HeldLock } from './lock';
import type { StorePaths } from './paths';
import type { Memory, ReservationState } from './reading';
import { steadyEnds } from './steadyClock';

export interface Changes {
  /** What was read before the changes. */
  readonly state: ReservationState;
  readonly entries: readonly Reservation[];
  readonly closed: readonly Reservation[];
  /** The highest fence that was given out. */
  readonly fence: number;
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
  memory: Memory = {},
): Promise<readonly StoreProblem[]> {
  const file = { ...state.file, entries };
  const content = fitting(paths.active, serializeActive(file, memory.written));
  const { now, steady } = state.moment;
  const notices = [...state.recovered.notices];
  let { historySize } = state;
  if (closed.length > 0) {
    lock.assertHeld();
    const { from, to } = await appendLines(paths.history, closed.map(compactText));
    // What somebody else appended since we read has to be read next time.
    historySize = from === historySize ? to : historySize;
  }
  if (state.broken) {
    const aside = asideName(paths.active, now);
    lock.assertHeld();
    renameSync(paths.active, aside);
    notices.push(putAside(state.broken, aside));
  }
  let placed: string | undefined;
  let written: JournalWriter | undefined;
  try {
    await replaceFile(paths.active, content, (temporary) => {
      lock.assertHeld();
      placed = fingerprint(temporary);
      written = JournalWriter.start(paths.journal, placed, historySize);
    });
    // The commit stands. Without a journal, or with an old one, less can be repaired, and nothing goes wrong.
    const before = memory.journal?.journal === state.journal ? memory.journal : undefined;
    const change = before && listChange(before.journal.live, entries);
    const steadyNow = { now, steady, change: change && before && objectsOf(change, before.journal.live) };
    const journal: Journal = {
      live: entries,
      historySize,
      steady: steadyEnds(entries, state.journal?.steady, steadyNow),
      fence,
      active: isPlain(file) ? placed : undefined,
    };
    memory.journal = written?.write(journal, placed, change && before && { before, change });
    // Entries that are wrong are told by their place in the file, which may be another one now.
    memory.active = file.strange.length === 0 ? { bytes: content, value: file } : undefined;
    memory.written = isPlain(file) ? { entries, bytes: content } : undefined;
  } finally {
    written?.close();
  }
  return notices;
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
