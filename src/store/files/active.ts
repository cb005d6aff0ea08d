/** `active.json`: what it holds, and how we keep what we do not know of it. */

import type { Reservation } from '../../core/reservation';
import { StoreProblem } from '../problem';
import { indentedBytes, joined, type KnownEntries, recognised } from './entryText';
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

/** Two-space JSON with a newline at its end, as beadboard writes it. */
export function serializeActive({ entries, strange, extra }: ActiveFile): Buffer {
  return strange.length > 0 || entries.length === 0 || Object.keys(extra).length > 0
    ? Buffer.from(toJson({ ...extra, reservations: [...entries, ...strange] }))
    : Buffer.concat([OPEN, joined(entries.map(indentedBytes), BETWEEN), CLOSE]);
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
