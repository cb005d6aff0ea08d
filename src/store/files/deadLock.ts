/**
 * Breaking the lock of an owner that is proven dead, so that exactly one process does it and nobody's live lock goes.
 *
 * Whoever wants to break a lock first claims that very incarnation of it, by a name that holds its inode and time and
 * that only one process can create. The claimant looks again, and removes the lock only if it is still the same file:
 * nobody else may remove that incarnation, so it cannot have become another one in between.
 */

import { readdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errno } from '../problem';
import { randomHex, removeFile, writeNew } from './durable';
import { type Incarnation, inspect, isAbandoned, isSame, placeExclusively } from './lockFile';
import { hasEnded, isProvenDead, parseOwner, serializeOwner, startedAfter, thisOwner } from './owner';

/** A lock that does not name its pid namespace is believed to be dead only after this time. */
const UNNAMED_AGE_NS = 10_000_000_000n;

/**
 * Whether the lock's owner is proven dead.
 *
 * - One of ours: by its owner record, at any age; or one that this very process could not remove when it was done.
 * - A bare pid, beadboard's: no such process here, or one that started after the lock was made; and older than 10 s, since
 *   the pid may be of another namespace.
 * - An empty file, left by a crash between creating and writing: older than 10 s.
 *
 * Anything else (a folder, other content) counts as held. `nowNs` is the file system's own clock.
 */
export function isDeadLock(lock: Incarnation, nowNs: bigint): boolean {
  const owner = parseOwner(lock.content);
  if (owner) {
    return isAbandoned(owner.token) || isProvenDead(owner);
  }
  const content = lock.content.trim();
  if (!lock.isFile || !/^\d*$/.test(content) || !isOld(lock, nowNs)) {
    return false;
  }
  const pid = Number(content);
  return content === '' || hasEnded(pid) || startedAfter(pid, Number(lock.modifiedNs / 1_000_000n));
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
  remove: (path: string) => Promise<unknown> = removeFile,
): Promise<boolean> {
  const claims = `${lockPath}.${seen.inode}-${seen.modifiedNs}.break`;
  const claim = await claimIncarnation(claims);
  if (!claim) {
    return false;
  }
  let isStill: boolean;
  try {
    isStill = isSame(await inspect(lockPath), seen);
    if (isStill) {
      await remove(lockPath);
    }
  } catch (error) {
    // It stands, and so must the claims of the dead; but ours would keep everybody from it for as long as we live.
    await unlink(claim).catch(() => undefined);
    throw error;
  }
  await removeClaims(claims);
  return isStill;
}

/** Each claim of a claimant that died is followed by the next number, never replaced: its owner stays readable. */
async function claimIncarnation(claims: string): Promise<string | undefined> {
  for (let number = 1; ; number++) {
    const claim = `${claims}.${number}`;
    const previous = await inspect(claim);
    if (!previous) {
      return (await createExclusively(claim)) ? claim : undefined;
    }
    const claimant = parseOwner(previous.content);
    if (!claimant || !isProvenDead(claimant)) {
      return undefined;
    }
  }
}

async function createExclusively(path: string): Promise<boolean> {
  const ready = `${path}.${randomHex(8)}.ready`;
  const content = serializeOwner(thisOwner(randomHex(16)));
  try {
    await writeNew(ready, content, { sync: false });
    await placeExclusively(ready, path, content);
    return true;
  } catch (error) {
    if (errno(error) === 'EEXIST') {
      return false;
    }
    throw error;
  } finally {
    await unlink(ready).catch(() => undefined);
  }
}

async function removeClaims(claims: string): Promise<void> {
  const folder = dirname(claims);
  const prefix = `${basename(claims)}.`;
  // From the highest number down: while any is left, the first one is, and nobody starts to count anew.
  const numbers = (await readdir(folder))
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)))
    .filter(Number.isInteger)
    .sort((left, right) => right - left);
  for (const number of numbers) {
    await unlink(join(folder, `${prefix}${number}`)).catch(() => undefined);
  }
}
