/** Locks that the dead left, of every kind that others have to get past. */

import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { parseOwner, serializeOwner, thisOwner } from '../../src/store/files/owner';
import { Driver } from '../support/driver';

/** Longer than a lock is spared that does not say whose it is, and than proper-lockfile spares any. */
const OLD_MS = 60_000;
/** This process lives, but started long after. */
const SINCE_BEFORE_US = new Date('2020-01-01');

/** Puts a dead lock in the lock's place, which must be free. */
export type Plant = (lock: string) => void;

export interface Dead {
  readonly pid: number;
  /** The content of the lock that it left. */
  readonly record: string;
}

/** Has a process take the lock at `lock` and kills it there; the lock is left as it stands. */
export async function dieHolding(lock: string, folder: string): Promise<Dead> {
  const victim = await Driver.run('faults/lockWorker', ['ours']);
  await victim.call('enter', { lock, folder });
  await victim.kill();
  return { pid: victim.pid, record: readFileSync(lock, 'utf8') };
}

/** Each kind by name. The pid of `dead` must not be in use again, which the caller sees to. */
export function deadLocksOf(dead: Dead): Readonly<Record<string, Plant>> {
  const owner = parseOwner(dead.record);
  if (!owner) {
    throw new Error(`the dead left no owner but ${JSON.stringify(dead.record)}`);
  }
  return {
    'owner killed': (lock) => writeFileSync(lock, dead.record),
    // This very process lives, but did not start at that time.
    'pid used again': (lock) => writeFileSync(lock, serializeOwner({ ...owner, pid: process.pid })),
    'its breaker killed too': (lock) => {
      writeFileSync(lock, dead.record);
      const { ino, mtimeNs } = statSync(lock, { bigint: true });
      for (const number of [1, 2]) {
        writeFileSync(
          `${lock}.${ino}-${mtimeNs}.break.${number}`,
          serializeOwner({ ...thisOwner('b'), pid: dead.pid }),
        );
      }
    },
    // As beadboard leaves it, and as a crash between creating and writing does.
    'bare pid': (lock) => plantOld(lock, String(dead.pid)),
    'bare pid used again': (lock) => plantOld(lock, String(process.pid), SINCE_BEFORE_US),
    empty: (lock) => plantOld(lock, ''),
  };
}

function plantOld(lock: string, content: string, at = new Date(Date.now() - OLD_MS)): void {
  writeFileSync(lock, content);
  utimesSync(lock, at, at);
}

/** What proper-lockfile calls stale: its own kind of lock, a folder, that has not been touched for long. */
export function plantStaleFolder(lock: string): void {
  mkdirSync(lock);
  const longAgo = new Date(Date.now() - OLD_MS);
  utimesSync(lock, longAgo, longAgo);
}
