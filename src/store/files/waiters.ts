/**
 * How many wait for a lock, told by their ready files: each that waits, or has just had the lock, has one beside it. A process
 * that is killed leaves its own behind. Such a file must not count, or everybody pauses for the sake of nobody; whoever
 * comes across it while waiting removes it, on the same proof that breaks a dead owner's lock.
 */

import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDeadLock } from './deadLock';
import { discard } from './durable';
import { elapsedMs } from './elapsed';
import { type Incarnation, inspect } from './lockFile';
import { isFromHere, isRunning, parseOwner } from './owner';

/** What comes after the lock's own name: a process that waits, or one that was about to claim a dead lock. */
const READY = /^\.(?:(\d+)\.[0-9a-f]+|\d+--?\d+\.break\.\d+\.[0-9a-f]+)\.ready$/;
/** A verdict holds for so long: the pid of a dead process may have been given to another one in between. */
const VERDICT_MS = 1_000;
/** So many are looked into at a time: what is left over does not count, and is looked into the next time. */
const MOST_AT_ONCE = 256;
/** No caller waits for so long: a file of another host or pid namespace that is older is nobody's who waits. */
const LONGEST_WAIT_NS = 10_000_000_000n;

interface Ready {
  readonly name: string;
  /** Who waits; undefined for the file of a claim, whose maker does not wait. */
  readonly pid: number | undefined;
}

interface Verdict {
  readonly counts: boolean;
  readonly until: number;
}

/** Remembers whose files it has looked into, so that to count is mostly to list. */
export class Waiters {
  private verdicts = new Map<string, Verdict>();

  constructor(private readonly lockPath: string) {}

  /** `now` asks for the file system's own clock, in ns. 1 where the folder cannot be listed. */
  count(now: () => bigint): number {
    const at = elapsedMs();
    const verdicts = new Map<string, Verdict>();
    let looks = 0;
    let count = 0;
    for (const { name, pid } of this.list()) {
      let verdict = this.verdicts.get(name);
      if (!verdict || at > verdict.until) {
        // That a process of that pid runs is believed at first: to look into each file would cost more than to wait.
        const isBelieved = !verdict && pid !== undefined && isRunning(pid);
        if (!isBelieved && ++looks > MOST_AT_ONCE) {
          continue;
        }
        const mayWait = isBelieved || this.mayWait(name, now);
        verdict = { counts: mayWait && pid !== undefined, until: at + VERDICT_MS };
      }
      verdicts.set(name, verdict);
      count += verdict.counts ? 1 : 0;
    }
    this.verdicts = verdicts;
    return count;
  }

  private list(): readonly Ready[] {
    const prefix = basename(this.lockPath);
    try {
      return readdirSync(dirname(this.lockPath)).flatMap((name) => {
        const ready = name.startsWith(prefix) ? READY.exec(name.slice(prefix.length)) : null;
        return ready ? [{ name, pid: ready[1] === undefined ? undefined : Number(ready[1]) }] : [];
      });
    } catch {
      return [{ name: '', pid: process.pid }];
    }
  }

  /** Whether the file is of somebody who may be waiting; one of the dead is removed. */
  private mayWait(name: string, now: () => bigint): boolean {
    const path = join(dirname(this.lockPath), name);
    try {
      const seen = inspect(path);
      if (!seen) {
        return false;
      }
      if (isDeadLock(seen, now)) {
        discard(path);
        return false;
      }
      return isOfHere(seen) || now() - seen.modifiedNs < LONGEST_WAIT_NS;
    } catch {
      // It cannot be told: then somebody may be waiting.
      return true;
    }
  }
}

function isOfHere({ content }: Incarnation): boolean {
  const owner = parseOwner(content);
  return owner !== undefined && isFromHere(owner);
}
