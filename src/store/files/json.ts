/** Reading JSON that somebody else may have written, and saying exactly what is wrong with it. */

import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { GenericSchema } from 'valibot';
import { asProblem, errno, notAFile, StoreProblem } from '../problem';
import { misfit } from './schema';

const BYTE_ORDER_MARK = '\uFEFF';
/** Opening a pipe does not wait for somebody who writes to it. There is no such flag, and no such pipe, on Windows. */
export const NO_WAITING = constants.O_NONBLOCK ?? 0;

/**
 * More than twenty thousand reservations: nothing that agents came to by working. To read more would take seconds under
 * the lock, and the memory of everyone who watches.
 */
export const LARGEST_FILE_BYTES = 8 * 1024 * 1024;

/** The file's text, or undefined where there is no such file. What is not UTF-8 is replaced. @throws StoreProblem */
export function readText(path: string): string | undefined {
  return readBytes(path)?.toString('utf8');
}

/**
 * The text of a file that we write back: a character that cannot be read would be lost.
 *
 * @throws StoreProblem TOO_LARGE, NOT_JSON, or what the system says
 */
export function readExactText(path: string): string | undefined {
  const bytes = readSmallFile(path);
  return bytes && exactText(bytes, path);
}

/** The file's bytes, or undefined where there is no such file. @throws StoreProblem TOO_LARGE, or what the system says */
export function readSmallFile(path: string): Buffer | undefined {
  return readBytes(path, LARGEST_FILE_BYTES);
}

/** @throws StoreProblem NOT_JSON for what is not UTF-8 */
export function exactText(bytes: Buffer, path: string): string {
  if (!isUtf8(bytes)) {
    throw new StoreProblem('NOT_JSON', path, `${path} is not UTF-8. Save it as UTF-8, or move it away.`, {
      facts: { reason: 'not UTF-8' },
    });
  }
  return bytes.toString('utf8');
}

/** What is to be written to `path`, unless it is more than we would read again. @throws StoreProblem TOO_LARGE */
export function fitting<T extends string | Buffer>(path: string, content: T): T {
  if (Buffer.byteLength(content) > LARGEST_FILE_BYTES) {
    throw new StoreProblem('TOO_LARGE', path, `${path} would become too large; nothing was written. Store less in it.`);
  }
  return content;
}

/**
 * Synchronously: for a small local file that takes microseconds, and the way through the thread pool that many times as
 * long, call by call, mostly under the lock. Whoever reads many files lets others have their turn in between.
 */
export function readBytes(path: string, atMost = Number.MAX_SAFE_INTEGER): Buffer | undefined {
  return withFile(path, atMost, (file) => readFileSync(file));
}

/** As {@link readSmallFile}, where not all of it need be kept: `read` is given the open file and its size in bytes. */
export function withSmallFile<T>(path: string, read: (file: number, size: number) => T): T | undefined {
  return withFile(path, LARGEST_FILE_BYTES, read);
}

/** What is read of a file that is opened for it; undefined where there is no such file. @throws StoreProblem */
export function withFile<T>(path: string, atMost: number, read: (file: number, size: number) => T): T | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | NO_WAITING);
    const stats = fstatSync(file);
    if (!stats.isFile() && !stats.isDirectory()) {
      throw notAFile(path);
    }
    if (stats.isFile() && stats.size > atMost) {
      const megabytes = Math.round(stats.size / 1024 / 1024);
      throw new StoreProblem(
        'TOO_LARGE',
        path,
        `${path} has ${megabytes} MB and is not read. Take out what nobody needs, or move it away to start anew.`,
        { facts: { megabytes } },
      );
    }
    return read(file, stats.size);
  } catch (error) {
    // A name that is too long for the file system, which an id may be, is the name of no file.
    if (errno(error) === 'ENOENT' || errno(error) === 'ENAMETOOLONG') {
      return undefined;
    }
    throw asProblem(error, path, 'read');
  } finally {
    if (file !== undefined) {
      closeSync(file);
    }
  }
}

/** @throws StoreProblem EMPTY_FILE, BYTE_ORDER_MARK or NOT_JSON */
export function parseJson(text: string, path: string): unknown {
  if (text.trim() === '') {
    throw new StoreProblem('EMPTY_FILE', path, `${path} is empty. Restore it, or move it away to start anew.`);
  }
  if (text.startsWith(BYTE_ORDER_MARK)) {
    throw new StoreProblem(
      'BYTE_ORDER_MARK',
      path,
      `${path} begins with a byte order mark, which beadboard cannot read. Save it as UTF-8 without one.`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreProblem(
      'NOT_JSON',
      path,
      `${path} is not JSON, perhaps cut short (${reason}). Mend it, or move it away.`,
      { facts: { reason }, cause: error },
    );
  }
}

/** Records by their path, with the bytes that they were read from. */
export type KnownRecords<R> = Map<string, { readonly bytes: Buffer; readonly record: R }>;

/** More are not kept. */
const MOST_KNOWN = 1_000;

/**
 * One record of the file that its id names, or undefined where there is no such file. What is `known` is not parsed again.
 *
 * @throws StoreProblem
 */
export function readRecord<R>(
  path: string,
  schema: GenericSchema,
  isRightId: (record: R) => boolean,
  known?: KnownRecords<R>,
): R | undefined {
  const bytes = readSmallFile(path);
  const before = known?.get(path);
  if (bytes === undefined || before?.bytes.equals(bytes) === true) {
    return bytes && before?.record;
  }
  const value = parseJson(exactText(bytes, path), path);
  const reason = misfit(schema, value) ?? (isRightId(value as R) ? undefined : 'it has the id of another file');
  if (reason) {
    throw new StoreProblem('WRONG_SHAPE', path, `${path} does not hold what it should (${reason}). Mend it.`, {
      facts: { reason },
    });
  }
  if (known && known.size >= MOST_KNOWN) {
    known.clear();
  }
  known?.set(path, { bytes, record: value as R });
  return value as R;
}

/** The two-space JSON and newline that beadboard writes. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
