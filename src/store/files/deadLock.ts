/**
 * Breaking the lock of an owner that is proven dead, so that exactly one process does it and nobody's live lock goes.
 *
 * Whoever wants to break a lock first claims that very incarnation of it, by a name that holds its inode and time and
 * that only one process can create. The claimant looks again, and removes the lock only if it is still the same file:
 * nobody else may remove that incarnation, so it cannot have become another one in between.
 */

import { readdirSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errno } from '../problem';
import { discard, randomHex, removeFile, writeNew } from './durable';
import { abandon, type Incarnation, inspect, isAbandoned, isSame, placeExclusively } from './lockFile';
import { hasEnded, isProvenDead, parseOwner, serializeOwner, startedAfter, thisOwner } from './owner';
import { readyPath } from './readyFile';

/** A lock that does not name its pid namespace is believed to be dead only after this time. */
const UNNAMED_AGE_NS = 10_000_000_000n;

/**
 * Whether the lock's owner is proven dead.
 *
 * - One of ours: by its owner record, at any age; or one that this very process could not remove when it was done.
 * - A bare pid, beadboard's: no such process here, or one that started after the lock was made; and older than 10 s, since
 *   the pid may be of another namespace.
 * - An empty file, left by a crash between creating and writing, or a torn record of ours, left by a power failure:
 *   older than 10 s.
 *
 * Anything else (a folder, other content) counts as held. `now` asks for the file system's own clock, in ns.
 */
export function isDeadLock(lock: Incarnation, now: () => bigint): boolean {
  const owner = parseOwner(lock.content);
  if (owner) {
    return isAbandoned(owner.token) || isProvenDead(owner);
  }
  const content = lock.content.trim();
  if (!lock.isFile || !isOld(lock, now())) {
    return false;
  }
  if (!/^\d*$/.test(content)) {
    return isTorn(lock.content);
  }
  const pid = Number(content);
  return content === '' || hasEnded(pid) || startedAfter(pid, Number(lock.modifiedNs / 1_000_000n));
}

/** The beginning of one of our records without its end, or the zeros that some file systems leave in its place. */
function isTorn(content: string): boolean {
  return /^\0+$/.test(content) || (content.startsWith('{') && !content.endsWith('\n'));
}

/** A lock from the future was made before the clock was set back: it is not new either. */
function isOld({ modifiedNs }: Incarnation, nowNs: bigint): boolean {
  const age = nowNs - modifiedNs;
  return age > UNNAMED_AGE_NS || age < -UNNAMED_AGE_NS;
}

/** Removes that incarnation if this process is the one to do it; answers whether it was. */
export async function breakLock(
  lockPath: string,
  seen: Incarnation,
  { now = () => seen.modifiedNs, remove = removeFile }: Breaking = {},
): Promise<boolean> {
  const claims = `${lockPath}.${seen.inode}-${seen.modifiedNs}.break`;
  const claim = await claimIncarnation(claims, now);
  if (!claim) {
    return false;
  }
  let isStill: boolean;
  try {
    isStill = isSame(inspect(lockPath), seen);
    if (isStill) {
      await remove(lockPath);
      discardReadyFile(lockPath, seen);
    }
  } catch (error) {
    // It stands, and so must the claims of the dead; but ours would keep everybody from it for as long as we live.
    try {
      unlinkSync(claim.path);
    } catch {
      abandon(claim.token);
    }
    throw error;
  }
  await removeClaims(claims).catch(() => abandon(claim.token));
  return isStill;
}

/** What the dead owner linked into place is of no use to anybody else. */
function discardReadyFile(lockPath: string, { content }: Incarnation): void {
  const owner = parseOwner(content);
  if (owner && /^[0-9a-f]+$/.test(owner.token)) {
    discard(readyPath(lockPath, owner.pid, owner.token));
  }
}

interface Breaking {
  /** The file system's own clock, by which a claim that a power failure tore is told from a new one. */
  readonly now?: () => bigint;
  readonly remove?: (path: string) => Promise<unknown>;
}

interface BreakClaim {
  readonly path: string;
  readonly token: string;
}

const SHORTEST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Goes on trying to remove a lock that this process is done with and could not remove, for as long as it runs: its
 * owner lives, so nobody else may. It is broken like any dead lock, since this process may also meet it again.
 */
export async function clearAbandoned(lockPath: string, token: string): Promise<void> {
  for (let pause = SHORTEST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    await sleep(pause, undefined, { ref: false });
    try {
      const seen = inspect(lockPath);
      const isGone = seen === undefined || (parseOwner(seen.content)?.token ?? token) !== token;
      if (isGone || (await breakLock(lockPath, seen))) {
        return;
      }
    } catch {
      // Whatever the disk did not do, it may do the next time.
    }
  }
}

/** Each claim of a claimant that died is followed by the next number, never replaced: its owner stays readable. */
async function claimIncarnation(claims: string, now: () => bigint): Promise<BreakClaim | undefined> {
  for (let number = 1; ; number++) {
    const path = `${claims}.${number}`;
    const previous = inspect(path);
    if (!previous) {
      const token = await createExclusively(path);
      return token === undefined ? undefined : { path, token };
    }
    if (!isDeadLock(previous, now)) {
      return undefined;
    }
  }
}

async function createExclusively(path: string): Promise<string | undefined> {
  const token = randomHex(16);
  const ready = `${path}.${randomHex(8)}.ready`;
  const content = serializeOwner(thisOwner(token));
  try {
    await writeNew(ready, content, { sync: false });
    await placeExclusively(ready, path, content);
    return token;
  } catch (error) {
    if (errno(error) === 'EEXIST') {
      return undefined;
    }
    throw error;
  } finally {
    discard(ready);
  }
}

async function removeClaims(claims: string): Promise<void> {
  const folder = dirname(claims);
  const prefix = `${basename(claims)}.`;
  // From the highest number down, and no further than it goes: while any is left, the first one is, and nobody starts to
  // count anew.
  const numbers = readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)))
    .filter(Number.isInteger)
    .sort((left, right) => right - left);
  for (const number of numbers) {
    await removeFile(join(folder, `${prefix}${number}`));
  }
}
