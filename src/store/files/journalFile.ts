/** The journal on disk: what another process has added to it is read, and what a commit adds is written. */

import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Reservation } from '../../core/reservation';
import { committedLine, LINE_BYTES, parseCommitted } from './committed';
import type { KnownEntries } from './entryText';
import { readAt } from './history';
import { changeText, type Journal, type KeptJournal, parseChanges, parseJournal, wholeText } from './journal';
import { withFile } from './json';
import type { ListChange } from './listChange';
import { orUndefined } from './orUndefined';

const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
/** The changes may take as much room as the list itself, and this besides: who comes anew has to read them all. */
const ROOM_FOR_CHANGES = 16 * 1024;

export interface JournalRead extends KeptJournal {
  /** Whether there is nothing behind it: then the next change can be. */
  readonly isClean: boolean;
}

/** The journal, or undefined where there is none that can be trusted. @throws StoreProblem where it cannot be read */
export function readJournal(path: string): Journal | undefined {
  return readJournalFile(path)?.journal;
}

/**
 * The same, with where it stands. Of what was read `before`, only what was added is read and parsed, where it is still
 * there; what has not changed stays the same objects, and so do `known` entries where all is read.
 *
 * @throws StoreProblem where it cannot be read
 */
export function readJournalFile(
  path: string,
  before?: KeptJournal,
  known: () => KnownEntries = () => new Map(),
): JournalRead | undefined {
  return withFile(
    path,
    Number.MAX_SAFE_INTEGER,
    (file, size) => (before && readAdded(file, before, size)) ?? readWhole(file, known),
  );
}

/** Undefined where what was read is not what stands there now, as far as the first line and the checksums tell. */
function readAdded(file: number, before: KeptJournal, size: number): JournalRead | undefined {
  if (size < before.end) {
    return undefined;
  }
  const placed = parseCommitted(readAt(file, 0, LINE_BYTES))?.fingerprint;
  const kept = size > before.end ? parseChanges(before, readAt(file, before.end, size - before.end)) : before;
  return placed !== undefined && placed === kept.journal.active ? { ...kept, isClean: size === kept.end } : undefined;
}

function readWhole(file: number, known: () => KnownEntries): JournalRead | undefined {
  const bytes = readFileSync(file);
  const kept = parseJournal(bytes, known());
  return kept && { ...kept, isClean: bytes.length === kept.end };
}

/** What stands on disk, and what has changed of its list. */
export interface Since {
  readonly before: JournalRead;
  readonly change: ListChange<Reservation>;
}

/**
 * Written in place, since a torn one is told by its checksums and does no harm. The end of a longer one that a crash left
 * behind it is passed over. Nothing depends on it: where it cannot be written, it is left out.
 */
export class JournalWriter {
  private constructor(private readonly file: number) {}

  /** Notes the file that is about to become the active one; the rest stays as it was. */
  static start(path: string, placed: string | undefined, historySize: number): JournalWriter | undefined {
    const file = orUndefined(() => openSync(path, constants.O_WRONLY | constants.O_CREAT | NO_FOLLOW, 0o600));
    if (file === undefined) {
      return undefined;
    }
    orUndefined(() => writeSync(file, committedLine(placed, historySize), 0, LINE_BYTES, 0));
    return new JournalWriter(file);
  }

  /**
   * Writes what has changed since what stands there, where that is known, or all of it; answers what stands there then, or
   * undefined where it could not be written.
   */
  write(journal: Journal, placed: string | undefined, since?: Since): JournalRead | undefined {
    const change = since?.before.isClean === true ? changeText(since.before, journal, since.change) : undefined;
    const hasRoom = change && change.kept.end - change.kept.wholeEnd <= change.kept.wholeEnd + ROOM_FOR_CHANGES;
    const { bytes, kept } = hasRoom ? change : wholeText(journal, placed);
    return orUndefined(() => {
      const isWhole = writeSync(this.file, bytes, 0, bytes.length, kept.end - bytes.length) === bytes.length;
      if (kept.end === kept.wholeEnd) {
        ftruncateSync(this.file, kept.end);
      }
      return isWhole ? { ...kept, isClean: true } : undefined;
    });
  }

  close(): void {
    orUndefined(() => closeSync(this.file));
  }
}
