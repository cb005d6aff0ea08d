/** The ways to take a lock that meet the same dead locks: ours, and two that must be found out. */

import fs from 'node:fs';
import { unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { lock as properLock } from 'proper-lockfile';
import { isDeadLock } from '../../src/store/files/deadLock';
import { LOCK_TIMEOUT_MS, takeLock } from '../../src/store/files/lock';
import { createClaim, inspect } from '../../src/store/files/lockFile';
import { ReadyFiles } from '../../src/store/files/readyFile';

export interface Held {
  /** Rejects where the way can tell that the lock is not its own any more. */
  check(): Promise<void>;
  release(): Promise<void>;
}

/**
 * `ours` is the product's. `naive` has its primitives and its proof of death, but removes a dead lock without claiming
 * it first. `package` is proper-lockfile by itself, with its shortest time to stale.
 */
export type Way = 'ours' | 'naive' | 'package';

export const WAYS: Readonly<Record<Way, (path: string) => Promise<Held>>> = {
  ours: async (path) => {
    const isWanted = untilDeadline();
    const lock = await takeLock(path, isWanted);
    const check = () => new Promise<void>((resolve) => resolve(lock.assertHeld()));
    return { check, release: () => lock.release() };
  },

  naive: async (path) => {
    const claim = createClaim(new ReadyFiles(path));
    try {
      const isTaken = await retried(async () => {
        try {
          await promisify(claim.fs.mkdir)(path);
          return true;
        } catch (error) {
          const seen = isTakenName(error) ? inspect(path) : undefined;
          if (seen && isDeadLock(seen, () => claim.fileSystemTime())) {
            await unlink(path).catch(() => undefined);
          }
          return undefined;
        }
      });
      return { check: () => Promise.resolve(), release: async () => void (isTaken && (await claim.remove(path))) };
    } finally {
      claim.done(false);
    }
  },

  package: async (path) => {
    const release = await retried(async () => {
      try {
        // Losing the lock shows in the marks: to crash of it, as by default, would only end the round.
        const options = { lockfilePath: path, realpath: false, stale: 2000, onCompromised: () => undefined };
        return await properLock(path, { ...options, fs: packageFs });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ELOCKED') {
          return undefined;
        }
        throw error;
      }
    });
    return { check: () => Promise.resolve(), release: () => release().catch(() => undefined) };
  },
};

let longestDelayMs = 0;

/** The file system of the package, where a delay comes between its steps too. */
const packageFs = new Proxy(fs, {
  get: (target, name: keyof typeof fs) => {
    const value: unknown = target[name];
    if (typeof value !== 'function' || longestDelayMs === 0 || name.endsWith('Sync')) {
      return value;
    }
    return (...args: unknown[]) => {
      setTimeout(() => value.apply(target, args), Math.floor(Math.random() * (longestDelayMs + 1)));
    };
  },
});

/** Delays the steps of `package`, which goes past the module that steps.ts replaces. */
export function delayPackage(longestMs: number): void {
  longestDelayMs = longestMs;
}

function untilDeadline(): () => boolean {
  const deadline = performance.now() + LOCK_TIMEOUT_MS;
  return () => performance.now() < deadline;
}

/** Tries every few ms for as long as our own callers wait. */
async function retried<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  const isWanted = untilDeadline();
  for (;;) {
    const result = await attempt();
    if (result !== undefined) {
      return result;
    }
    if (!isWanted()) {
      throw new Error('the lock was not to be had');
    }
    await sleep(1 + Math.random() * 4);
  }
}

function isTakenName(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}
