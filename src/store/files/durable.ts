/**
 * Writing so that a crash at any point leaves the old content or the new, never a mixture, and so that what was
 * reported as written is on the disk.
 *
 * Calls are made at once: the way through Node's thread pool takes many times as long, and most of it would be under the
 * lock. Only the syncs of a disk that is slow are waited for.
 */

import {
  closeSync,
  constants,
  fstatSync,
  fsync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asProblem, errno, linkInPlace, notAFile } from '../problem';
import { elapsedMs } from './elapsed';
import { orUndefined } from './orUndefined';

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const NEWLINE = 0x0a;
/** Random bytes are asked for in stock: each asking costs as much as several small files. */
const POOL_BYTES = 512;
let pool = Buffer.alloc(0);
let used = 0;
/** Nobody notices that a process stands still for so long. */
const SLOW_SYNC_MS = 20;

/** Windows has no O_NOFOLLOW, and cannot open a folder to sync it. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const CAN_SYNC_FOLDERS = process.platform !== 'win32';

/** On Windows a file that another process has open for a moment can be neither replaced nor removed in that moment. */
const CONTENTION = new Set(process.platform === 'win32' ? ['EPERM', 'EACCES', 'EBUSY'] : []);
const CONTENTION_PAUSES_MS = [1, 5, 20, 50, 100, 200];

/** Whether the system refused because another process was just using the file. */
export function isContention(error: unknown): boolean {
  return CONTENTION.has(errno(error) ?? '');
}

/** Removes a file, also one that another process is just reading. */
export function removeFile(path: string): Promise<void> {
  return persistently(() => unlinkSync(path));
}

async function persistently(step: () => void): Promise<void> {
  for (const pause of CONTENTION_PAUSES_MS) {
    try {
      return step();
    } catch (error) {
      if (!isContention(error)) {
        throw error;
      }
      await sleep(pause);
    }
  }
  return step();
}

/**
 * `bytes` random bytes in lower-case hex: 4 give the 8 digits that an id needs. By the global, which is loaded when it is
 * first used: whoever only reads does not wait for it.
 */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    pool = Buffer.from(crypto.getRandomValues(new Uint8Array(POOL_BYTES)));
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

/**
 * Makes the store's root with its parents, and each folder of it down to `path`, for this user only. A symbolic link in
 * the place of one of them is refused: what is written below it would be written somewhere else.
 *
 * @throws StoreProblem
 */
export async function ensureFolder(root: string, path: string): Promise<void> {
  // Resolved, since a slash at the end would look through a link.
  let folder = resolve(root);
  const names = relative(folder, resolve(path)).split(sep).filter(Boolean);
  for (const name of ['', ...names]) {
    folder = join(folder, name);
    await makeFolder(folder);
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    // What cannot be looked at cannot be made either, and that says why.
    const stats = orUndefined(() => lstatSync(path));
    if (stats?.isSymbolicLink()) {
      throw linkInPlace(path);
    }
    if (!stats?.isDirectory()) {
      const first = mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
      await syncNamesOf(first ?? path, path);
    }
  } catch (error) {
    throw asProblem(error, path, 'make the folder');
  }
}

/** A new folder whose name is lost in a power failure takes everything in it along. */
async function syncNamesOf(first: string, last: string): Promise<void> {
  for (let folder = last; ; folder = dirname(folder)) {
    try {
      await syncFolder(dirname(folder));
    } catch (error) {
      // A folder above the store may be one that this user cannot read.
      if (errno(error) !== 'EACCES') {
        throw error;
      }
    }
    if (folder === resolve(first) || folder === dirname(folder)) {
      return;
    }
  }
}

/**
 * Replaces the file by a new one with this content: temporary file, sync, rename, sync of the folder.
 * `beforeRename` may throw to give up; the old file then stays and the temporary one goes.
 */
export async function replaceFile(
  path: string,
  content: string | Buffer,
  beforeRename: (temporary: string) => void = () => undefined,
): Promise<void> {
  const temporary = join(dirname(path), `${basename(path)}.${process.pid}.${randomHex(8)}.tmp`);
  try {
    await writeNew(temporary, content, { sync: true });
    beforeRename(temporary);
    await persistently(() => renameSync(temporary, path));
  } catch (error) {
    discard(temporary);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Removes what nobody needs, if that can be done. */
export function discard(path: string): void {
  // Where it is not gone, the doctor will find it.
  orUndefined(() => unlinkSync(path));
}

/**
 * Writes a file that must not exist yet. Without `sync` it may be empty after a power failure, which is all right for
 * what means nothing after a restart.
 */
export async function writeNew(path: string, content: string | Buffer, { sync }: { sync: boolean }): Promise<void> {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW, FILE_MODE);
  try {
    writeAll(file, content);
    if (sync) {
      await syncFile(file);
    }
  } finally {
    closeSync(file);
  }
}

/** Where an append began and ended, in bytes: what others appended may lie in between. */
export interface Appended {
  readonly from: number;
  readonly to: number;
}

/**
 * Appends whole lines and syncs. A last line that a crash tore gets its newline first, so that it swallows none of
 * ours. Nothing is ever cut off again: beadboard's sweep appends without the lock, and it might be its line.
 */
export async function appendLines(path: string, lines: readonly string[]): Promise<Appended> {
  const { file, size } = openForAppending(path);
  try {
    const lead = endsInNewline(file, size) ? '' : '\n';
    writeAll(file, `${lead}${lines.join('\n')}\n`);
    const to = fstatSync(file).size;
    await syncFile(file);
    if (size === 0) {
      await syncFolder(dirname(path));
    }
    return { from: size, to };
  } finally {
    closeSync(file);
  }
}

/** Makes the file where there is none, and changes nothing else. @throws StoreProblem, or what the system says */
export function assertAppendable(path: string): void {
  closeSync(openForAppending(path).file);
}

function openForAppending(path: string): { readonly file: number; readonly size: number } {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | NO_FOLLOW;
  let file: number;
  try {
    file = openSync(path, flags, FILE_MODE);
  } catch (error) {
    throw errno(error) === 'ELOOP' ? linkInPlace(path) : asProblem(error, path, 'write');
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) {
      throw notAFile(path);
    }
    return { file, size: stats.size };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** From the position of the descriptor on; to the end, however often the system takes only a part. */
function writeAll(file: number, content: string | Buffer): void {
  const bytes = Buffer.from(content);
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written);
  }
}

/** Makes renames and new names in the folder durable, where the system can. */
export async function syncFolder(path: string): Promise<void> {
  if (!CAN_SYNC_FOLDERS) {
    return;
  }
  const folder = openSync(path, constants.O_RDONLY);
  try {
    await syncFile(folder);
  } catch (error) {
    // Some network and FUSE file systems refuse to sync a folder; the rename itself has happened.
    if (errno(error) !== 'EINVAL' && errno(error) !== 'ENOTSUP') {
      throw error;
    }
  } finally {
    closeSync(folder);
  }
}

/** How long the last sync took, in ms. */
let lastSyncMs = 0;

/** A quick disk is synced at once; a slow one in the thread pool, so that whatever else this process does goes on. */
async function syncFile(file: number): Promise<void> {
  const began = elapsedMs();
  try {
    if (lastSyncMs < SLOW_SYNC_MS) {
      fsyncSync(file);
    } else {
      await new Promise<void>((resolve, reject) => fsync(file, (error) => (error ? reject(error) : resolve())));
    }
  } finally {
    lastSyncMs = elapsedMs() - began;
  }
}

function endsInNewline(file: number, size: number): boolean {
  if (size === 0) {
    return true;
  }
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] === NEWLINE;
}
