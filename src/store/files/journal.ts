/**
 * What the store held after our last commit: our private memory beside beadboard's files, by which a rewrite that lost
 * or revived a reservation is noticed, and from which a broken active file is made anew.
 *
 * It is never needed to be right: it is written last and not synced, and where it is missing, torn or old, nothing is
 * repaired that would have been. Closings since then are found in the history from `historySize` on.
 */

import { closeSync, constants, ftruncateSync, openSync, writeSync } from 'node:fs';
import { buf as crc32 } from 'crc-32';
import * as v from 'valibot';
import type { Reservation } from '../../core/reservation';
import { committedLine, LINE_BYTES } from './committed';
import { compactBytes, joined, type KnownEntries, recognised } from './entryText';
import { readBytes } from './json';
import { orUndefined } from './orUndefined';
import { reservationSchema } from './schema';
import { keyOf, type SteadyEnds } from './steadyClock';

export interface Journal {
  /** The entries of the active file. */
  readonly live: readonly Reservation[];
  /** How far the history had been read, in bytes. */
  readonly historySize: number;
  /** When the entries end by the steady clock. */
  readonly steady: SteadyEnds;
  /** The highest fence that was given out; journals of earlier versions have none. */
  readonly fence?: number | undefined;
}

const size = v.pipe(v.number(), v.integer(), v.minValue(0));
const journalSchema = v.object({
  live: v.array(v.custom<Reservation>((entry) => typeof entry === 'object' && entry !== null)),
  historySize: size,
  /** In the order of the entries. */
  steady: v.object({ boot: v.string(), ends: v.array(v.number()) }),
  fence: v.optional(size),
});

const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const NEWLINE = Buffer.from('\n');
const COMMA = Buffer.from(',');

/** The journal, or undefined where there is none that can be trusted. @throws StoreProblem where it cannot be read */
export function readJournal(path: string): Journal | undefined {
  const bytes = readJournalBytes(path);
  return bytes && parseJournal(bytes);
}

/** @throws StoreProblem where it cannot be read */
export function readJournalBytes(path: string): Buffer | undefined {
  return readBytes(path);
}

/**
 * The journal, or undefined where it is torn, or from a version that we do not understand. What is `known` is not looked at
 * again, and stays the same object.
 */
export function parseJournal(bytes: Buffer, known: KnownEntries = new Map()): Journal | undefined {
  const [expected, body = ''] = bytes.toString('utf8', LINE_BYTES).split('\n', 2);
  if (expected !== checksum(Buffer.from(body))) {
    return undefined;
  }
  const value: unknown = JSON.parse(body);
  if (!v.is(journalSchema, value)) {
    return undefined;
  }
  const live = value.live.map((entry) => recognised(entry, known) ?? entry);
  return live.every((entry) => known.get(entry.reservation_id) === entry || v.is(reservationSchema, entry))
    ? { ...value, live, steady: { boot: value.steady.boot, ends: endsOf(live, value.steady.ends) } }
    : undefined;
}

/** What is missing counts as not seen before. */
function endsOf(live: readonly Reservation[], ends: readonly number[]): ReadonlyMap<string, number> {
  const seen = live.flatMap((entry, index): [string, number][] => {
    const end = ends[index];
    return end === undefined ? [] : [[keyOf(entry), end]];
  });
  return new Map(seen);
}

/** The whole file. `active` is the fingerprint of the active file that it goes with. */
export function serializeJournal({ live, historySize, steady, fence }: Journal, active: string | undefined): Buffer {
  const ends = live.map((entry) => steady.ends.get(keyOf(entry)) ?? 0);
  const rest = { historySize, steady: { boot: steady.boot, ends }, fence: fence ?? 0 };
  const body = Buffer.concat([
    Buffer.from('{"live":['),
    joined(live.map(compactBytes), COMMA),
    Buffer.from(`],${JSON.stringify(rest).slice(1)}`),
  ]);
  return Buffer.concat([committedLine(active, historySize), Buffer.from(`${checksum(body)}\n`), body, NEWLINE]);
}

/**
 * Written in place, since a torn one is told by its checksum and does no harm. The end of a longer one that a crash left
 * behind it comes after a newline, and is passed over. Nothing depends on it: where it cannot be written, it is left out.
 */
export class JournalWriter {
  private constructor(private readonly file: number) {}

  /** Notes the file that is about to become the active one; the rest stays as it was. */
  static start(path: string, active: string | undefined, historySize: number): JournalWriter | undefined {
    const file = orUndefined(() => openSync(path, constants.O_WRONLY | constants.O_CREAT | NO_FOLLOW, 0o600));
    if (file === undefined) {
      return undefined;
    }
    orUndefined(() => writeSync(file, committedLine(active, historySize), 0, LINE_BYTES, 0));
    return new JournalWriter(file);
  }

  /** Writes all of it; answers whether that could be done. */
  write(content: Buffer): boolean {
    const done = orUndefined(() => {
      writeSync(this.file, content, 0, content.length, 0);
      ftruncateSync(this.file, content.length);
      return true;
    });
    return done === true;
  }

  close(): void {
    orUndefined(() => closeSync(this.file));
  }
}

/** Tells a torn journal from a whole one. Not against people: they could write the rest of the store as well. */
function checksum(body: Buffer): string {
  // Without Node's crypto, whose loading alone takes a reader several milliseconds.
  return (crc32(body) >>> 0).toString(16).padStart(8, '0');
}
