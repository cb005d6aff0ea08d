/** What a crash leaves behind: temporary files, ready files of the lock, claims on a dead lock. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from '../../problem';
import { removeFile } from '../durable';
import { inspect } from '../lockFile';
import { hasEnded, isFromHere, isProvenDead, parseOwner, startedAfter } from '../owner';
import {
  type Check,
  entriesOf,
  type Found,
  finding,
  foldersOf,
  gone,
  isOlderThan,
  repaired,
  statsOf,
  type Ward,
} from './check';

/** `active.json.PID.RANDOM.tmp`, and beadboard's `active.json.tmp-PID-MS`. */
const TEMPORARY = /\.(?<ours>\d+)\.[0-9a-f]+\.tmp$|\.tmp-(?<theirs>\d+)-\d+$|\.tmp$/;
/** `.lock.PID.TOKEN.ready`, and a claim that was about to be made. Both hold an owner record. */
const READY = /^\.lock\.(?:(?<ours>\d+)\.[0-9a-f]+|.*\.break\.\d+\.[0-9a-f]+)\.ready$/;
/** `.lock.INODE-NS.break.N`: holds the owner record of the claimant. */
const CLAIM = /^\.lock\.(?<inode>\d+)-(?<modifiedNs>-?\d+)\.break\.\d+$/;

/** A pid may be of another namespace or host: nobody works with one temporary file for so long. */
const IN_WORK_MS = 10_000;
/** Where nothing tells whose it is. */
const UNNAMED_MS = 3_600_000;

export const leftoverCheck: Check = {
  kinds: ['LEFTOVER_FILE'],
  async find(ward) {
    const found: Found[] = [];
    for (const folder of foldersOf(ward.paths)) {
      for (const entry of await entriesOf(folder)) {
        if (entry.isFile() && (await isLeftover(ward, folder, entry.name))) {
          found.push(leftover(ward, folder, entry.name));
        }
      }
    }
    return found;
  },
};

function leftover(ward: Ward, folder: string, name: string): Found {
  const path = join(folder, name);
  return {
    finding: finding(ward.paths, 'LEFTOVER_FILE', path, {
      message: `${path} was left behind by a process that ended in the middle. It does no harm.`,
      repair: 'Remove it.',
    }),
    repair: async () => {
      if (!(await isLeftover(ward, folder, name))) {
        return gone(path);
      }
      await removeFile(path);
      return repaired(`Removed ${path}.`);
    },
  };
}

async function isLeftover(ward: Ward, folder: string, name: string): Promise<boolean> {
  const path = join(folder, name);
  const modifiedMs = (await statsOf(path))?.mtimeMs;
  if (modifiedMs === undefined) {
    return false;
  }
  if (folder === ward.paths.reservations) {
    const claim = CLAIM.exec(name)?.groups;
    if (claim) {
      return await isLeftClaim(ward.paths.lock, path, `${claim['inode']}-${claim['modifiedNs']}`, modifiedMs);
    }
    const ready = READY.exec(name);
    if (ready) {
      return (await isOfTheDead(path, modifiedMs)) ?? isUnused(ready.groups?.['ours'], modifiedMs);
    }
  }
  const temporary = TEMPORARY.exec(name)?.groups;
  return temporary !== undefined && isUnused(temporary['ours'] ?? temporary['theirs'], modifiedMs);
}

/** As long as the lock that it claims is there, a claim counts, and is followed by the next: its number is needed. */
async function isLeftClaim(lock: string, path: string, incarnation: string, modifiedMs: number): Promise<boolean> {
  const standing = inspect(lock);
  if (standing && `${standing.inode}-${standing.modifiedNs}` === incarnation) {
    return false;
  }
  return (await isOfTheDead(path, modifiedMs)) ?? isOlderThan(UNNAMED_MS, modifiedMs);
}

/** Whether nobody works with the file, by the owner record in it; undefined where it holds none. */
async function isOfTheDead(path: string, modifiedMs: number): Promise<boolean | undefined> {
  const owner = parseOwner(await contentOf(path));
  if (!owner) {
    return undefined;
  }
  return isFromHere(owner) ? isProvenDead(owner) : isOlderThan(UNNAMED_MS, modifiedMs);
}

/** A living process keeps its file at any age: it may have been stopped. */
function isUnused(pidText: string | undefined, modifiedMs: number): boolean {
  if (pidText === undefined) {
    return isOlderThan(UNNAMED_MS, modifiedMs);
  }
  const pid = Number(pidText);
  return isOlderThan(IN_WORK_MS, modifiedMs) && (hasEnded(pid) || startedAfter(pid, modifiedMs));
}

async function contentOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errno(error) === 'ENOENT' || errno(error) === 'EACCES') {
      return '';
    }
    throw error;
  }
}
