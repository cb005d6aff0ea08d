/** `history.jsonl`: one closed reservation a line, append only; read from its end, since only the end is of interest. */

import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { Reservation } from '../../core/reservation';
import { instant } from '../../core/time';
import { asProblem, errno, notAFile } from '../problem';
import type { Enough } from '../store';
import { NO_WAITING } from './json';
import { orUndefined } from './orUndefined';
import { misfit, reservationSchema } from './schema';
import { Turns } from './turns';

const CHUNK_BYTES = 64 * 1024;
/** A file without one released line in so much of its end is not worth reading further for a view of recent hours. */
const LONGEST_TAIL_BYTES = 16 * 1024 * 1024;
/** Some two thousand lines: more is not closed between the reading and the writing of a program that takes no lock. */
const REVIVABLE_BYTES = 1024 * 1024;

/**
 * The closed reservations, newest first, back to the first one released before `since` (older expired ones may be among
 * them, since a sweep can come late), or until there is enough. A line that cannot be read, torn by a crash perhaps, is
 * passed over.
 *
 * @throws StoreProblem
 */
export async function readClosedTail(path: string, since: Date, enough?: Enough): Promise<readonly Reservation[]> {
  const file = openHistory(path);
  if (file === undefined) {
    return [];
  }
  const closed: Reservation[] = [];
  let found = 0;
  const turns = new Turns();
  try {
    for (const line of linesFromEnd(file)) {
      const entry = parseLine(line);
      if (entry) {
        if (entry.released_at && instant(entry.released_at) < since.getTime()) {
          break;
        }
        closed.push(entry);
        found += enough?.matches(entry) === true ? 1 : 0;
        if (found === enough?.count) {
          break;
        }
      }
      if (turns.areDue) {
        await turns.give();
      }
    }
    return closed;
  } catch (error) {
    throw asProblem(error, path, 'read');
  } finally {
    closeSync(file);
  }
}

export interface ClosedSince {
  readonly closed: readonly Reservation[];
  /** Where the file ends. */
  readonly size: number;
}

/** The closed reservations from a byte offset on, oldest first. @throws StoreProblem */
export function readClosedFrom(path: string, offset: number): ClosedSince {
  const size = sizeOf(path);
  if (size !== undefined && size <= offset) {
    return { closed: [], size };
  }
  return withHistory<ClosedSince>(path, { closed: [], size: 0 }, (file) => {
    const { text, end } = readTail(file, (size) => Math.max(Math.min(offset, size), size - LONGEST_TAIL_BYTES));
    return { closed: entriesOf(text.split('\n')), size: end };
  });
}

/** What was closed of those ids, oldest first, as far as the last {@link REVIVABLE_BYTES} tell. @throws StoreProblem */
export function readClosedOf(path: string, ids: readonly string[]): readonly Reservation[] {
  return withHistory<readonly Reservation[]>(path, [], (file) => {
    const { text } = readTail(file, (size) => size - REVIVABLE_BYTES);
    const named = ids.map((id) => JSON.stringify(id)).filter((id) => text.includes(id));
    return named.length === 0
      ? []
      : entriesOf(text.split('\n').filter((line) => named.some((id) => line.includes(id))));
  });
}

/** Undefined where there is none, or where only opening it tells what is wrong with it. */
function sizeOf(path: string): number | undefined {
  const stats = orUndefined(() => statSync(path));
  return stats?.isFile() === true ? stats.size : undefined;
}

/** Opens the file for reading, if there is one. @throws StoreProblem */
export function withHistory<T>(path: string, none: T, read: (file: number) => T): T {
  const file = openHistory(path);
  if (file === undefined) {
    return none;
  }
  try {
    return read(file);
  } catch (error) {
    throw asProblem(error, path, 'read');
  } finally {
    closeSync(file);
  }
}

/** Answers a descriptor, or undefined where there is no such file. @throws StoreProblem */
export function openHistory(path: string): number | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | NO_WAITING);
  } catch (error) {
    if (errno(error) === 'ENOENT') {
      return undefined;
    }
    throw asProblem(error, path, 'read');
  }
  try {
    if (fstatSync(file).isFIFO()) {
      throw notAFile(path);
    }
    return file;
  } catch (error) {
    closeSync(file);
    throw asProblem(error, path, 'read');
  }
}

/** The text from a place on that depends on the size, and where it ends. */
function readTail(file: number, startOf: (size: number) => number): { readonly text: string; readonly end: number } {
  const { size } = fstatSync(file);
  const start = Math.max(0, startOf(size));
  const bytes = readAt(file, start, size - start);
  return { text: bytes.toString('utf8'), end: start + bytes.length };
}

/** So many bytes from there, or fewer where the file ends before. */
export function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  return bytes.subarray(0, length === 0 ? 0 : readSync(file, bytes, 0, length, position));
}

export function entriesOf(lines: readonly string[]): readonly Reservation[] {
  return lines.map(parseLine).filter((entry) => entry !== undefined);
}

export function historyLine(entry: Reservation): string {
  return JSON.stringify(entry);
}

/** The closed reservation of one line, or undefined for a line that is none. */
export function parseLine(line: string): Reservation | undefined {
  // What is no object at all is passed over without a closer look: there may be megabytes of it.
  if (!line.trimStart().startsWith('{')) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(line);
    return misfit(reservationSchema, value) === undefined ? (value as Reservation) : undefined;
  } catch {
    return undefined;
  }
}

/** Whole lines from the last to the first. Cut at newline bytes only, so that no character is ever split. */
function* linesFromEnd(file: number): Generator<string> {
  const { size } = fstatSync(file);
  const stop = Math.max(0, size - LONGEST_TAIL_BYTES);
  let rest: Buffer = Buffer.alloc(0);
  for (let end = size; end > stop; ) {
    const start = Math.max(stop, end - CHUNK_BYTES);
    let block = Buffer.concat([readAt(file, start, end - start), rest]);
    for (let newline = block.lastIndexOf('\n'); newline >= 0; newline = block.lastIndexOf('\n')) {
      yield block.subarray(newline + 1).toString('utf8');
      block = block.subarray(0, newline);
    }
    rest = block;
    end = start;
  }
  if (stop === 0) {
    yield rest.toString('utf8');
  }
}
