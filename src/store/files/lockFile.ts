/**
 * The primitives of the lock file, each one atomic step on disk, and their shape as the `fs` option of proper-lockfile.
 *
 * proper-lockfile locks by mkdir and calls a lock stale by its age. Both would be wrong here: beadboard's lock is a
 * regular file, and a stopped process or a laptop that slept keeps its lock. So `mkdir` links a ready file into place
 * (there is no moment in which it is empty), `rmdir` removes only what carries our token, and `stat` never shows an age.
 */

import { linkSync, lstatSync, readFileSync, type Stats } from 'node:fs';
import { errno } from '../problem';
import { isContention, removeFile, writeNew } from './durable';
import type { ReadyFiles } from './readyFile';

/** One taking of the lock file: the next holder's file differs in at least one of these. */
export interface Incarnation {
  readonly isFile: boolean;
  readonly inode: bigint;
  readonly modifiedNs: bigint;
  readonly content: string;
}

/** What stands for content that this user may not read: it names nobody, so the lock counts as held. */
const UNREADABLE = 'not ours to read';

/** Whether anything can be seen to stand at `path`; an attempt tells why it cannot. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** What stands at `path` now; undefined where nothing does. A folder has no content. */
export function inspect(path: string): Incarnation | undefined {
  try {
    const stats = lstatSync(path, { bigint: true });
    const content = stats.isFile() ? readContent(path) : '';
    return { isFile: stats.isFile(), inode: stats.ino, modifiedNs: stats.mtimeNs, content };
  } catch (error) {
    if (errno(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

function readContent(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // Locks are their owner's alone: that of another user, root perhaps, is waited for like any other.
    if (errno(error) === 'EACCES') {
      return UNREADABLE;
    }
    throw error;
  }
}

/** Whether the very file that was inspected stands there still, as far as can be told without reading it. */
function isStill(path: string, { inode, modifiedNs }: Incarnation): boolean {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats?.ino === inode && stats.mtimeNs === modifiedNs;
}

export function isSame(left: Incarnation | undefined, right: Incarnation): boolean {
  return left?.inode === right.inode && left.modifiedNs === right.modifiedNs && left.content === right.content;
}

/** Where a file system has no hard links, or forbids them. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Gives the ready file the name `path`, unless that is taken (EEXIST). Without hard links it is created under that name
 * instead, which is weaker: for a moment the file is empty, and a crash in that moment leaves it so.
 */
export async function placeExclusively(ready: string, path: string, content: string): Promise<void> {
  try {
    linkSync(ready, path);
  } catch (error) {
    if (isContention(error)) {
      throw Object.assign(new Error(`${path} is in use`, { cause: error }), { code: 'EEXIST' });
    }
    if (!NO_LINKS.has(errno(error) ?? '')) {
      throw error;
    }
    await writeNew(path, content, { sync: false });
  }
}

type Callback<T = void> = (error: NodeJS.ErrnoException | null, value?: T) => void;

/** The `fs` that proper-lockfile uses for one taking of one lock. */
export interface LockFileSystem {
  mkdir(path: string, callback: Callback): void;
  rmdir(path: string, callback: Callback): void;
  rmdirSync(): void;
  stat(path: string, callback: Callback<Pick<Stats, 'mtime'>>): void;
  utimes(path: string, atime: Date, mtime: Date, callback: Callback): void;
}

export interface Claim {
  readonly fs: LockFileSystem;
  /** The file system's own clock, in ns since the epoch. The lock must have been asked for, and not be ours. */
  fileSystemTime(): bigint;
  /** Whether the file at the lock's path is still what we put there: our token is in it. */
  isOurs(path: string): boolean;
  /** Removes the file at the lock's path if it carries our token. */
  remove(path: string): Promise<void>;
  /** To be called once the lock is taken or given up. */
  done(isTaken: boolean): void;
}

/**
 * Tokens of locks of this process that it is done with, and could not remove: nobody works under them, though their
 * owner lives. One set for the whole process: what is loaded later (the doctor) is a bundle with its own copy of this file.
 */
const ABANDONED = Symbol.for('agent-reservations.abandonedLocks');
const shared = globalThis as { [ABANDONED]?: Set<string> };
shared[ABANDONED] ??= new Set();
const abandoned = shared[ABANDONED];

/** Whether the lock of that token is one that this process could not remove when it was done. */
export function isAbandoned(token: string): boolean {
  return abandoned.has(token);
}

export function abandon(token: string): void {
  abandoned.add(token);
}

/** Prepares one taking of a lock. `onAbandoned` is told of one that is over and could not be removed. */
export function createClaim(files: ReadyFiles, onAbandoned: (token: string) => void = () => undefined): Claim {
  const ready = files.take();
  const { token, content } = ready;
  let shownTime: Date | undefined;
  let isJustTaken = false;
  let seen: Incarnation | undefined;

  async function take(path: string): Promise<void> {
    await ready.write();
    try {
      await placeExclusively(ready.path, path, content);
    } catch (error) {
      if (errno(error) !== 'ENOENT') {
        throw error;
      }
      ready.isGone();
      await ready.write();
      await placeExclusively(ready.path, path, content);
    }
    shownTime = new Date();
    isJustTaken = true;
    seen = undefined;
  }

  function isOurs(path: string): boolean {
    // What our token was seen in is not read again.
    if (seen && isStill(path, seen)) {
      return true;
    }
    const found = inspect(path);
    if (found?.content === UNREADABLE) {
      throw Object.assign(new Error(`${path} cannot be read`), { code: 'EACCES' });
    }
    seen = found?.content === content ? found : undefined;
    return seen !== undefined;
  }

  async function remove(path: string): Promise<void> {
    try {
      if (isOurs(path)) {
        await removeFile(path);
      }
    } catch (error) {
      abandon(token);
      files.forget(ready);
      onAbandoned(token);
      throw error;
    }
  }

  return {
    fileSystemTime: () => ready.fileSystemTime(),
    isOurs,
    remove,
    fs: {
      mkdir: (path, callback) => settle(take(path), callback),
      rmdir: (path, callback) => settle(remove(path), callback),
      // Called while the process exits, when a rename may be under way in another thread: the lock must outlive it. The
      // next one to come proves the owner dead.
      rmdirSync: () => undefined,
      // The age of another's lock is none of our business, and our own file's times are part of its incarnation: what
      // proper-lockfile sees is a lock that was touched this instant, or the time that it set itself.
      stat: (path, callback) =>
        settle(
          new Promise<Pick<Stats, 'mtime'>>((resolve) => {
            // Right after the lock was taken nobody has to look whether it is there.
            const isShown = shownTime === undefined || isJustTaken || isOurs(path);
            isJustTaken = false;
            resolve({ mtime: isShown ? (shownTime ?? new Date()) : new Date(0) });
          }),
          callback,
        ),
      utimes: (_path, _atime, mtime, callback) => {
        shownTime = mtime;
        callback(null);
      },
    },
    done: (isTaken) => files.done(ready, isTaken),
  };
}

function settle<T>(promise: Promise<T>, callback: Callback<T>): void {
  promise.then(
    (value) => callback(null, value),
    (error: unknown) => callback(error as NodeJS.ErrnoException),
  );
}
