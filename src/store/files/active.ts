/** `active.json`: what it holds, and how we keep what we do not know of it. */

import type { Reservation } from '../../core/reservation';
import { StoreProblem } from '../problem';
import { parseJson, readExactText, toJson } from './json';
import { misfit, reservationSchema } from './schema';

export interface ActiveFile {
  readonly entries: readonly Reservation[];
  /** Top-level keys other than `reservations`. */
  readonly extra: Readonly<Record<string, unknown>>;
}

const NOTHING: ActiveFile = { entries: [], extra: {} };

/** The file as it stands; without one, nothing is active. @throws StoreProblem */
export async function readActiveFile(path: string): Promise<ActiveFile> {
  const text = await readExactText(path);
  return text === undefined ? NOTHING : parseActive(text, path);
}

/** Reads `{ "reservations": [...] }`, or a bare array as beadboard does. @throws StoreProblem */
export function parseActive(text: string, path: string): ActiveFile {
  const value = parseJson(text, path);
  if (Array.isArray(value)) {
    return { entries: checkedEntries(value, path), extra: {} };
  }
  if (typeof value === 'object' && value !== null && 'reservations' in value && Array.isArray(value.reservations)) {
    const { reservations, ...extra } = value as { reservations: unknown[] };
    return { entries: checkedEntries(reservations, path), extra };
  }
  throw new StoreProblem(
    'WRONG_SHAPE',
    path,
    `${path} holds neither a list of reservations nor an object with one. Mend it, or move it away.`,
  );
}

export function serializeActive(file: ActiveFile): string {
  return toJson({ ...file.extra, reservations: file.entries });
}

function checkedEntries(values: readonly unknown[], path: string): readonly Reservation[] {
  return values.map((value, index) => {
    const reason = misfit(reservationSchema, value);
    if (reason) {
      throw new StoreProblem(
        'BAD_ENTRY',
        path,
        `Entry ${index + 1} of ${path} is wrong (${reason}). Mend it, or take it out.`,
        { facts: { entry: index + 1, reason } },
      );
    }
    return value as Reservation;
  });
}
