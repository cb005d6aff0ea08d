/** `active.json`: what it holds, and how we keep what we do not know of it. */

import { endsOf } from '../../core/differences';
import type { Reservation } from '../../core/reservation';
import { StoreProblem } from '../problem';
import { indentedBytes, type KnownEntries, recognised } from './entryText';
import { exactText, parseJson, readSmallFile, toJson } from './json';
import { misfit, reservationSchema } from './schema';

export interface ActiveFile {
  readonly entries: readonly Reservation[];
  /** Entries that we cannot read, as they were parsed: they are carried along untouched. */
  readonly strange: readonly unknown[];
  /** Top-level keys other than `reservations`. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** What is wrong with each strange entry: BAD_ENTRY, with `entry` (from 1) and `reason` in its facts. */
  readonly problems: readonly StoreProblem[];
}

/** A file with more is not one of ours, and to look at a million wrong entries takes a minute, under the lock. */
const MOST_STRANGE = 1_000;

const OPEN = Buffer.from('{\n  "reservations": [\n    ');
const BETWEEN = Buffer.from(',\n    ');
const CLOSE = Buffer.from('\n  ]\n}\n');

export const NO_ACTIVE_FILE: ActiveFile = { entries: [], strange: [], extra: {}, problems: [] };

/** The file as it stands; without one, nothing is active. @throws StoreProblem */
export function readActiveFile(path: string): ActiveFile {
  const bytes = readSmallFile(path);
  return bytes ? parseActiveBytes(bytes, path) : NO_ACTIVE_FILE;
}

/**
 * What is `known` is not looked at again, and stays the same object.
 *
 * @throws StoreProblem where the file as a whole cannot be understood
 */
export function parseActiveBytes(bytes: Buffer, path: string, known?: KnownEntries): ActiveFile {
  return parseActive(exactText(bytes, path), path, known);
}

/**
 * Reads `{ "reservations": [...] }`, or a bare array as beadboard does. Entries are judged one by one: one that is wrong
 * does not hide the others.
 *
 * @throws StoreProblem where the file as a whole cannot be understood
 */
export function parseActive(text: string, path: string, known: KnownEntries = new Map()): ActiveFile {
  const value = parseJson(text, path);
  if (Array.isArray(value)) {
    return sorted(value, {}, path, known);
  }
  if (typeof value === 'object' && value !== null && 'reservations' in value && Array.isArray(value.reservations)) {
    const { reservations, ...extra } = value as { reservations: unknown[] };
    return sorted(reservations, extra, path, known);
  }
  throw new StoreProblem(
    'WRONG_SHAPE',
    path,
    `${path} holds neither a list of reservations nor an object with one. Mend it, or move it away.`,
  );
}

/** A list as it was written: most of the next one is the same. */
export interface WrittenList {
  readonly entries: readonly Reservation[];
  readonly bytes: Buffer;
}

/** Whether there is nothing in it but the list of reservations. */
export function isPlain({ strange, extra }: ActiveFile): boolean {
  return strange.length === 0 && Object.keys(extra).length === 0;
}

/** Two-space JSON with a newline at its end, as beadboard writes it. What is as it was `before` is copied as a whole. */
export function serializeActive(file: ActiveFile, before?: WrittenList): Buffer {
  const { entries, strange, extra } = file;
  if (!isPlain(file) || entries.length === 0) {
    return Buffer.from(toJson({ ...extra, reservations: [...entries, ...strange] }));
  }
  const same = before && before.entries.length > 0 ? endsOf(before.entries, entries) : { front: 0, back: 0 };
  const { front } = same;
  // The first one follows what opens the list, and is copied only with that.
  const back = front > 0 ? same.back : Math.min(same.back, entries.length - 1, (before?.entries.length ?? 0) - 1);
  const made = entries.slice(front, entries.length - back).flatMap((entry) => [BETWEEN, indentedBytes(entry)]);
  const isCopied = before !== undefined && front + back > 0;
  return Buffer.concat([
    ...(isCopied && front > 0 ? [before.bytes.subarray(0, OPEN.length + lengthOf(entries.slice(0, front)))] : [OPEN]),
    ...(front > 0 ? made : made.slice(1)),
    ...(isCopied && back > 0
      ? [before.bytes.subarray(-CLOSE.length - BETWEEN.length - lengthOf(entries.slice(-back)))]
      : [CLOSE]),
  ]);
}

/** Of the entries with what lies between each two. */
function lengthOf(entries: readonly Reservation[]): number {
  return entries.reduce((length, entry) => length + BETWEEN.length + indentedBytes(entry).length, -BETWEEN.length);
}

function sorted(
  values: readonly unknown[],
  extra: Readonly<Record<string, unknown>>,
  path: string,
  known: KnownEntries,
): ActiveFile {
  const entries: Reservation[] = [];
  const strange: unknown[] = [];
  const problems: StoreProblem[] = [];
  for (const [index, value] of values.entries()) {
    const before = recognised(value, known);
    const reason = before ? undefined : misfit(reservationSchema, value);
    if (reason === undefined) {
      entries.push(before ?? (value as Reservation));
    } else {
      strange.push(value);
      problems.push(badEntry(path, index + 1, reason));
    }
    if (strange.length > MOST_STRANGE) {
      throw new StoreProblem(
        'WRONG_SHAPE',
        path,
        `${path} holds more than ${MOST_STRANGE} entries that are no reservations. Mend it, or move it away.`,
      );
    }
  }
  return { entries, strange, extra, problems };
}

function badEntry(path: string, entry: number, reason: string): StoreProblem {
  return new StoreProblem(
    'BAD_ENTRY',
    path,
    `Entry ${entry} of ${path} is wrong (${reason}); it is left as it is. Mend it, or take it out.`,
    { facts: { entry, reason } },
  );
}
