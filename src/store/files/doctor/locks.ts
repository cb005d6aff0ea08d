/** The lock: broken where its owner is proven dead, put aside where somebody who knows better says so. */

import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errno } from '../../problem';
import { asideName } from '../aside';
import { breakLock, isDeadLock } from '../deadLock';
import { syncFolder } from '../durable';
import { type Incarnation, inspect } from '../lockFile';
import { isFromHere, parseOwner } from '../owner';
import { ReadyFile } from '../readyFile';
import { busy, type Check, type Done, type Found, finding, gone, isOlderThan, repaired, type Ward } from './check';

/** Nobody needs the lock for so long; whoever has it so long is stopped, or waits for a disk. */
const LONG_HELD_MS = 60_000;
/** Content that is no owner may still be under way, where a file system has no hard links. */
const WRITTEN_MS = 10_000;
const NS_PER_MS = 1_000_000n;

export const lockCheck: Check = {
  kinds: ['DEAD_LOCK', 'FOREIGN_LOCK', 'HELD_LOCK'],
  find(ward) {
    const seen = look(ward.paths.lock);
    return Promise.resolve(seen ? judge(ward, seen) : []);
  },
};

function look(path: string): Incarnation | undefined {
  try {
    return inspect(path);
  } catch (error) {
    if (errno(error) === 'ENOTDIR') {
      return undefined;
    }
    throw error;
  }
}

function judge(ward: Ward, seen: Incarnation): readonly Found[] {
  const path = ward.paths.lock;
  const owner = parseOwner(seen.content);
  const pid = owner?.pid ?? pidOf(seen.content);
  const modifiedMs = Number(seen.modifiedNs / NS_PER_MS);
  const ageMs = Math.max(0, Date.now() - modifiedMs);
  const who =
    pid === undefined ? 'nobody that can be told' : `process ${pid}${owner ? ` on ${JSON.stringify(owner.host)}` : ''}`;
  const since = `for ${Math.round(ageMs / 1000)} s`;
  const facts = { pid: pid ?? null, host: owner?.host ?? null, ageMs };
  // Another lock in the same place is another matter, and must not be repaired under the old one's name.
  const identity = `reservations/.lock:${seen.inode}-${seen.modifiedNs}`;

  if (isDeadLock(seen, () => BigInt(Date.now()) * NS_PER_MS)) {
    const message = `The lock ${path} was left behind by ${who}, which has ended. The next change breaks it.`;
    const repair = 'Break the lock.';
    return [
      {
        finding: finding(ward.paths, 'DEAD_LOCK', path, { message, repair, facts, identity }),
        repair: () => bury(path, seen),
      },
    ];
  }
  if (!seen.isFile || isStrange(seen, modifiedMs) || (owner !== undefined && !isFromHere(owner))) {
    if (owner && !isOlderThan(LONG_HELD_MS, modifiedMs)) {
      return [];
    }
    const message =
      `The lock ${path} is held by ${who} ${since}${seen.isFile ? '' : ', and is not a file'}. Whether its owner lives ` +
      'cannot be told from here; until it goes, nothing can be changed.';
    const repair = 'Put the lock aside. If its owner still works in the store, two may then change it at once.';
    return [
      {
        finding: finding(ward.paths, 'FOREIGN_LOCK', path, { message, repair, risky: true, facts, identity }),
        repair: () => putLockAside(ward, seen),
      },
    ];
  }
  if (pid !== undefined && isOlderThan(LONG_HELD_MS, modifiedMs)) {
    const message = `The lock ${path} is held by ${who} ${since}, which is alive. Let it go on, or end it; until then nothing can be changed.`;
    return [{ finding: finding(ward.paths, 'HELD_LOCK', path, { message, facts, identity }) }];
  }
  return [];
}

/** Content of nobody's lock: neither an owner record of ours, nor a pid, nor (for a moment) empty. */
function isStrange({ content }: Incarnation, modifiedMs: number): boolean {
  return parseOwner(content) === undefined && pidOf(content) === undefined && isOlderThan(WRITTEN_MS, modifiedMs);
}

function pidOf(content: string): number | undefined {
  return /^\s*\d+\s*$/.test(content) ? Number(content) : undefined;
}

async function bury(path: string, seen: Incarnation): Promise<Done> {
  const now = inspect(path);
  if (now?.inode !== seen.inode || !isDeadLock(now, await clockOf(path))) {
    return gone(path);
  }
  return (await breakLock(path, now)) ? repaired(`Broke the lock ${path}.`) : lostTo(path);
}

/** Under the same claim by which a dead lock is broken: no other doctor puts aside the next one's lock. */
async function putLockAside(ward: Ward, seen: Incarnation): Promise<Done> {
  const path = ward.paths.lock;
  const now = look(path);
  if (now?.inode !== seen.inode || now.modifiedNs !== seen.modifiedNs) {
    return gone(path);
  }
  const aside = asideName(path, ward.moment().now);
  if (!(await breakLock(path, now, { remove: () => rename(path, aside) }))) {
    return lostTo(path);
  }
  await syncFolder(dirname(path));
  return repaired(`Put the lock aside as ${aside}.`, aside);
}

function lostTo(path: string): Done {
  return busy(`Another process is just removing ${path}, or ended while it did. Look again.`);
}

/** The file system's own clock, in ns since the epoch: it may be another machine's. */
async function clockOf(lock: string): Promise<() => bigint> {
  const probe = new ReadyFile(lock);
  try {
    await probe.write();
    const time = probe.fileSystemTime();
    return () => time;
  } finally {
    probe.remove();
  }
}
