/**
 * Writing so that a crash at any point leaves the old content or the new, never a mixture, and so that what was
 * reported as written is on the disk.
 */

import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asProblem, errno, linkInPlace, notAFile } from '../problem';

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const NEWLINE = 0x0a;

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
  return persistently(() => unlink(path));
}

async function persistently(step: () => Promise<void>): Promise<void> {
  for (const pause of CONTENTION_PAUSES_MS) {
    try {
      return await step();
    } catch (error) {
      if (!isContention(error)) {
        throw error;
      }
      await sleep(pause);
    }
  }
  return await step();
}

/**
 * `bytes` random bytes in lower-case hex: 4 give the 8 digits that an id needs. By the global, which is loaded when it is
 * first used: whoever only reads does not wait for it.
 */
export function randomHex(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex');
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
    const stats = await lstat(path).catch(() => undefined);
    if (stats?.isSymbolicLink()) {
      throw linkInPlace(path);
    }
    if (!stats?.isDirectory()) {
      const first = await mkdir(path, { recursive: true, mode: FOLDER_MODE });
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
  content: string,
  beforeRename: () => void = () => undefined,
): Promise<void> {
  const temporary = join(dirname(path), `${basename(path)}.${process.pid}.${randomHex(8)}.tmp`);
  try {
    await writeNew(temporary, content, { sync: true });
    beforeRename();
    await persistently(() => rename(temporary, path));
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Writes a file that must not exist yet. Without `sync` it may be empty after a power failure, which is all right for
 * what means nothing after a restart.
 */
export async function writeNew(path: string, content: string, { sync }: { sync: boolean }): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW, FILE_MODE);
  try {
    await file.writeFile(content, 'utf8');
    if (sync) {
      await file.sync();
    }
  } finally {
    await file.close();
  }
}

/**
 * Appends whole lines and syncs. A last line that a crash tore gets its newline first, so that it swallows none of
 * ours. Nothing is ever cut off again: beadboard's sweep appends without the lock, and it might be its line.
 */
export async function appendLines(path: string, lines: readonly string[]): Promise<void> {
  const file = await openForAppending(path);
  try {
    const { size } = await file.stat();
    const lead = (await endsInNewline(file, size)) ? '' : '\n';
    await file.appendFile(`${lead}${lines.join('\n')}\n`, 'utf8');
    await file.sync();
    if (size === 0) {
      await syncFolder(dirname(path));
    }
  } finally {
    await file.close();
  }
}

/** Makes the file where there is none, and changes nothing else. @throws StoreProblem, or what the system says */
export async function assertAppendable(path: string): Promise<void> {
  const file = await openForAppending(path);
  await file.close();
}

async function openForAppending(path: string): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | NO_FOLLOW;
  const file = await open(path, flags, FILE_MODE).catch((error: unknown) => {
    throw errno(error) === 'ELOOP' ? linkInPlace(path) : asProblem(error, path, 'write');
  });
  try {
    if (!(await file.stat()).isFile()) {
      throw notAFile(path);
    }
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Makes renames and new names in the folder durable, where the system can. */
export async function syncFolder(path: string): Promise<void> {
  if (!CAN_SYNC_FOLDERS) {
    return;
  }
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } catch (error) {
    // Some network and FUSE file systems refuse to sync a folder; the rename itself has happened.
    if (errno(error) !== 'EINVAL' && errno(error) !== 'ENOTSUP') {
      throw error;
    }
  } finally {
    await folder.close();
  }
}

async function endsInNewline(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) {
    return true;
  }
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === NEWLINE;
}
