/**
 * What the store held after our last commit: our private memory beside beadboard's files, by which a rewrite that lost
 * or revived a reservation is noticed, and from which a broken active file is made anew. This is its text; reading and
 * writing it is journalFile.ts.
 *
 * It is never needed to be right: it is written last and not synced, and where it is missing, torn or old, nothing is
 * repaired that would have been. Closings since then are found in the history from `historySize` on.
 *
 * After a first line of its own (committed.ts) it holds the whole list once, and then a line for each change, so that a
 * commit writes, and the next process reads, what has changed and not all there is. Each line's checksum goes on from that
 * of the line before: what follows something else, or has lost its middle, is told from what belongs there.
 */

import { buf as crc32 } from 'crc-32';
import * as v from 'valibot';
import type { Reservation } from '../../core/reservation';
import { committedLine, LINE_BYTES } from './committed';
import { compactBytes, joined, type KnownEntries, recognised } from './entryText';
import { applied, type ListChange } from './listChange';
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
  /** The fingerprint of the active file, where that holds these entries and nothing else. */
  readonly active?: string | undefined;
}

/** A journal, and where in its file it stands. */
export interface KeptJournal {
  readonly journal: Journal;
  /** Where the whole list ends, in bytes, and where the last change does. */
  readonly wholeEnd: number;
  readonly end: number;
  /** The checksum so far. */
  readonly crc: number;
}

const size = v.pipe(v.number(), v.integer(), v.minValue(0));
const rest = { historySize: size, fence: v.optional(size), active: v.optional(v.string()) };
const wholeSchema = v.object({
  ...rest,
  live: v.array(v.custom<Reservation>((entry) => typeof entry === 'object' && entry !== null)),
  /** In the order of the entries. */
  steady: v.object({ boot: v.string(), ends: v.array(v.number()) }),
});
const changeSchema = v.object({
  ...rest,
  /** The places in the list before that are there no more. */
  gone: v.array(size),
  /** What has come, each with its place in the list after, and its end by the steady clock. */
  come: v.array(v.tuple([size, v.custom<Reservation>((entry) => v.is(reservationSchema, entry)), v.number()])),
});

const NEWLINE = 0x0a;
const COMMA = Buffer.from(',');
const CRC_DIGITS = 8;

/**
 * The journal, or undefined where the whole is torn, or from a version that we do not understand. What is `known` is not
 * looked at again, and stays the same object.
 */
export function parseJournal(bytes: Buffer, known: KnownEntries = new Map()): KeptJournal | undefined {
  const start = LINE_BYTES + CRC_DIGITS + 1;
  const newline = bytes.indexOf(NEWLINE, start);
  const wholeEnd = newline < 0 ? bytes.length : newline + 1;
  const body = bytes.subarray(start, newline < 0 ? undefined : newline);
  const crc = checksum(body);
  if (bytes.toString('latin1', LINE_BYTES, start) !== `${digits(crc)}\n`) {
    return undefined;
  }
  const value: unknown = JSON.parse(body.toString());
  if (!v.is(wholeSchema, value)) {
    return undefined;
  }
  const live = value.live.map((entry) => recognised(entry, known) ?? entry);
  if (!live.every((entry) => known.get(entry.reservation_id) === entry || v.is(reservationSchema, entry))) {
    return undefined;
  }
  const steady = { boot: value.steady.boot, ends: endsOf(live, value.steady.ends) };
  const whole = { journal: { ...value, live, steady }, wholeEnd, end: wholeEnd, crc };
  return parseChanges(whole, bytes.subarray(wholeEnd));
}

/** The journal with the changes that stand behind it; the very same where none does. What is torn is passed over. */
export function parseChanges(before: KeptJournal, bytes: Buffer): KeptJournal {
  let kept = before;
  for (let start = 0; ; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const next = newline < 0 ? undefined : changed(kept, bytes.subarray(start, newline));
    if (!next) {
      return kept;
    }
    kept = next;
    start = newline + 1;
  }
}

function changed({ journal, wholeEnd, end, crc }: KeptJournal, line: Buffer): KeptJournal | undefined {
  const body = line.subarray(CRC_DIGITS + 1);
  const now = checksum(body, crc);
  if (line.toString('latin1', 0, CRC_DIGITS + 1) !== `${digits(now)} `) {
    return undefined;
  }
  const value: unknown = JSON.parse(body.toString());
  if (!v.is(changeSchema, value)) {
    return undefined;
  }
  const { gone, come, historySize, fence, active } = value;
  const live = applied(journal.live, { gone, come: come.map(([index, entry]) => [index, entry]) });
  if (!live) {
    return undefined;
  }
  const ends = new Map(journal.steady.ends);
  for (const index of gone) {
    const entry = journal.live[index];
    ends.delete(entry ? keyOf(entry) : '');
  }
  for (const [, entry, at] of come) {
    ends.set(keyOf(entry), at);
  }
  const steady = { boot: journal.steady.boot, ends };
  return { journal: { live, historySize, steady, fence, active }, wholeEnd, end: end + line.length + 1, crc: now };
}

/** What is missing counts as not seen before. */
function endsOf(live: readonly Reservation[], ends: readonly number[]): ReadonlyMap<string, number> {
  const seen = live.flatMap((entry, index): [string, number][] => {
    const end = ends[index];
    return end === undefined ? [] : [[keyOf(entry), end]];
  });
  return new Map(seen);
}

export interface Written {
  readonly bytes: Buffer;
  readonly kept: KeptJournal;
}

/** The whole file. `placed` is the fingerprint of the active file that it goes with. */
export function wholeText(journal: Journal, placed: string | undefined): Written {
  const { live, historySize, steady, fence, active } = journal;
  const ends = live.map((entry) => steady.ends.get(keyOf(entry)) ?? 0);
  const others = { historySize, steady: { boot: steady.boot, ends }, fence: fence ?? 0, active };
  const body = Buffer.concat([
    Buffer.from('{"live":['),
    joined(live.map(compactBytes), COMMA),
    Buffer.from(`],${JSON.stringify(others).slice(1)}`),
  ]);
  const crc = checksum(body);
  const bytes = Buffer.concat([
    committedLine(placed, historySize),
    Buffer.from(`${digits(crc)}\n`),
    body,
    Buffer.from('\n'),
  ]);
  return { bytes, kept: { journal, wholeEnd: bytes.length, end: bytes.length, crc } };
}

/** The line to append; undefined where the ends are of another boot. `change` leads to the new list. */
export function changeText(
  before: KeptJournal,
  journal: Journal,
  change: ListChange<Reservation>,
): Written | undefined {
  if (before.journal.steady.boot !== journal.steady.boot) {
    return undefined;
  }
  const { historySize, fence, active } = journal;
  const come = change.come.map(([index, entry]) => [index, entry, journal.steady.ends.get(keyOf(entry)) ?? 0]);
  const body = Buffer.from(JSON.stringify({ gone: change.gone, come, historySize, fence: fence ?? 0, active }));
  const crc = checksum(body, before.crc);
  const bytes = Buffer.concat([Buffer.from(`${digits(crc)} `), body, Buffer.from('\n')]);
  return { bytes, kept: { journal, wholeEnd: before.wholeEnd, end: before.end + bytes.length, crc } };
}

/** Tells a torn journal from a whole one. Not against people: they could write the rest of the store as well. */
function checksum(body: Buffer, before = 0): number {
  // Without Node's crypto, whose loading alone takes a reader several milliseconds.
  return crc32(body, before);
}

function digits(crc: number): string {
  return (crc >>> 0).toString(16).padStart(CRC_DIGITS, '0');
}
