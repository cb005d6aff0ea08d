/** `history.jsonl`: one closed reservation a line, append only; read from its end, since only the end is of interest. */

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Reservation } from '../../core/reservation';
import { instant } from '../../core/time';
import { asProblem, errno, notAFile } from '../problem';
import type { Enough } from '../store';
import { misfit, reservationSchema } from './schema';

/** Opening a pipe does not wait for somebody who writes to it. There is no such flag, and no such pipe, on Windows. */
const NO_WAITING = constants.O_NONBLOCK ?? 0;
const CHUNK_BYTES = 64 * 1024;
/** A file without one released line in so much of its end is not worth reading further for a view of recent hours. */
const LONGEST_TAIL_BYTES = 16 * 1024 * 1024;
/** Some three hundred lines: read on each grant, so it has to be quick whatever the history has become. */
const RECENT_BYTES = 128 * 1024;

/**
 * The closed reservations, newest first, back to the first one released before `since` (older expired ones may be among
 * them, since a sweep can come late), or until there is enough. A line that cannot be read, torn by a crash perhaps, is
 * passed over.
 *
 * @throws StoreProblem
 */
export function readClosedTail(path: string, since: Date, enough?: Enough): Promise<readonly Reservation[]> {
  return withHistory<readonly Reservation[]>(path, [], async (file) => {
    const closed: Reservation[] = [];
    let found = 0;
    for await (const line of linesFromEnd(file)) {
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
    }
    return closed;
  });
}

export interface ClosedSince {
  readonly closed: readonly Reservation[];
  /** Where the file ends. */
  readonly size: number;
}

/** The closed reservations from a byte offset on, oldest first. @throws StoreProblem */
export function readClosedFrom(path: string, offset: number): Promise<ClosedSince> {
  return withHistory<ClosedSince>(path, { closed: [], size: 0 }, async (file) => {
    const { size } = await file.stat();
    const start = Math.max(Math.min(offset, size), size - LONGEST_TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n');
    return { closed: lines.map(parseLine).filter((entry) => entry !== undefined), size: start + bytesRead };
  });
}

/**
 * The closed reservations in the last {@link RECENT_BYTES} whose line has the agent's id in it, newest first.
 *
 * @throws StoreProblem
 */
export function readClosedNaming(path: string, agent: string): Promise<readonly Reservation[]> {
  return withHistory<readonly Reservation[]>(path, [], async (file) => {
    const { size } = await file.stat();
    const start = Math.max(0, size - RECENT_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n');
    // Where it begins within a line, that line is no JSON, and is passed over like any other.
    const naming = lines.filter((line) => line.includes(JSON.stringify(agent))).toReversed();
    return naming.map(parseLine).filter((entry) => entry !== undefined);
  });
}

/** Opens the file for reading, if there is one. @throws StoreProblem */
async function withHistory<T>(path: string, none: T, read: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle | undefined;
  try {
    file = await openHistory(path);
    return await read(file);
  } catch (error) {
    if (file === undefined && errno(error) === 'ENOENT') {
      return none;
    }
    throw asProblem(error, path, 'read');
  } finally {
    await file?.close();
  }
}

async function openHistory(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | NO_WAITING);
  try {
    if ((await file.stat()).isFIFO()) {
      throw notAFile(path);
    }
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
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
async function* linesFromEnd(file: FileHandle): AsyncGenerator<string> {
  const { size } = await file.stat();
  const stop = Math.max(0, size - LONGEST_TAIL_BYTES);
  let rest: Buffer = Buffer.alloc(0);
  for (let end = size; end > stop; ) {
    const start = Math.max(stop, end - CHUNK_BYTES);
    const chunk = Buffer.alloc(end - start);
    const { bytesRead } = await file.read(chunk, 0, chunk.length, start);
    let block = Buffer.concat([chunk.subarray(0, bytesRead), rest]);
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
