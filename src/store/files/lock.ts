/**
 * The store's one lock, shared with beadboard: taken through proper-lockfile over our own primitives, waited for with a
 * growing, jittered pause, and given up with an error that says who holds it.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { inBackground } from '../../util/background';
import { errno, StoreProblem } from '../problem';
import { breakLock, clearAbandoned, isDeadLock } from './deadLock';
import { elapsedMs } from './elapsed';
import { type Claim, createClaim, type Incarnation, inspect, isThere } from './lockFile';
import { parseOwner } from './owner';
import { ReadyFiles } from './readyFile';
import { Waiters } from './waiters';

/** Beadboard gives up after 100 polls of 50 ms; we answer before a person would have given up on that. */
export const LOCK_TIMEOUT_MS = 4_500;
/** Whether an owner lives is asked so often; a new owner who dies at once is found as soon. */
const LOOK_AGAIN_MS = 50;
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;
const PAUSE_EACH_MS = 0.5;
/** About what one change takes. */
const TURN_MS = 5;
/** Who has waited for long pauses for this part of what others do. */
const LEAST_PATIENCE = 0.25;

/**
 * What proper-lockfile says of a lock that it gave up: it took it for lost, or another store of this process has since
 * locked the same path. The file may be there and ours all the same, and would then block everybody.
 */
const FORGOTTEN = new Set(['ERELEASED', 'ENOTACQUIRED']);

export interface HeldLock {
  /** @throws StoreProblem LOCK_LOST where the lock is not ours any more: then nothing may be written. */
  assertHeld(): void;
  release(): Promise<void>;
}

/**
 * Takes the lock. `isWanted` is asked before each new attempt, with the time waited so far unknown to it: when it says
 * no, the attempt is given up. The folder must exist.
 *
 * @throws StoreProblem STORE_LOCKED, naming holder, age, path and next step
 */
export async function takeLock(
  path: string,
  isWanted: () => boolean,
  files = new ReadyFiles(path),
  waiters = new Waiters(path),
): Promise<HeldLock> {
  const claim = createClaim(files, (token) => {
    // It reports no failure: what could not be cleared, the next process finds dead.
    inBackground(clearAbandoned(path, token), () => undefined);
  });
  const started = elapsedMs();
  let isTaken = false;
  try {
    for (;;) {
      const held = await attempt(path, claim);
      if (held) {
        isTaken = true;
        return held;
      }
      const seen = inspect(path);
      const now = () => claim.fileSystemTime();
      if (seen && isDeadLock(seen, now) && (await breakLock(path, seen, { now }))) {
        continue;
      }
      await untilGone(path, { started, isWanted, seen, waiters: waiters.count(now) });
    }
  } finally {
    claim.done(isTaken);
  }
}

/**
 * Waits until nothing stands at the path, or long enough for the owner to be looked at again. To see that a file is there
 * costs a hundredth of an attempt, so it can be seen often.
 */
async function untilGone(path: string, { started, isWanted, seen, waiters }: Waiting): Promise<void> {
  const until = elapsedMs() + LOOK_AGAIN_MS;
  do {
    if (!isWanted()) {
      throw lockedBy(path, seen);
    }
    // Jitter, so that waiting processes do not meet at every attempt.
    await sleep(pauseMs(waiters, elapsedMs() - started) * (0.5 + Math.random() / 2));
  } while (elapsedMs() < until && isThere(path));
}

interface Waiting {
  readonly started: number;
  readonly isWanted: () => boolean;
  readonly seen: Incarnation | undefined;
  /** How many wait, this one among them. */
  readonly waiters: number;
}

/**
 * The more wait, the longer each pauses: together they look as often as one or two would, and a hundred of them do not keep
 * the one that has the lock from working. Who has waited for more than a turn of everybody looks more often than who has
 * just come.
 */
function pauseMs(waiters: number, waitedMs: number): number {
  const turns = waitedMs / (Math.max(1, waiters) * TURN_MS);
  const patience = Math.min(1, Math.max(LEAST_PATIENCE, 1 / Math.max(1, turns)));
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, waiters * PAUSE_EACH_MS)) * patience;
}

/** Loaded on the first lock: requiring it adds signal listeners to the process, which a mere reader should not have. */
let properLockfile: Promise<typeof import('proper-lockfile')> | undefined;

async function attempt(path: string, claim: Claim): Promise<HeldLock | undefined> {
  properLockfile ??= import('proper-lockfile');
  const { lock } = await properLockfile;
  let compromised = false;
  try {
    const release = await lock(path, {
      lockfilePath: path,
      realpath: false,
      retries: 0,
      fs: claim.fs,
      onCompromised: () => {
        compromised = true;
      },
    });
    return {
      assertHeld: () => {
        if (compromised || !claim.isOurs(path)) {
          throw new StoreProblem(
            'LOCK_LOST',
            path,
            `The lock ${path} went away while it was held; the change was not made. Try again.`,
          );
        }
      },
      release: async () => {
        try {
          await release();
        } catch (error) {
          if (!FORGOTTEN.has(errno(error) ?? '')) {
            throw error;
          }
          await claim.remove(path);
        }
      },
    };
  } catch (error) {
    if (errno(error) === 'ELOCKED') {
      return undefined;
    }
    throw error;
  }
}

/** The age is for people only: nothing is ever decided by it. */
function lockedBy(path: string, seen: Incarnation | undefined): StoreProblem {
  const owner = parseOwner(seen?.content ?? '');
  const pid = owner?.pid ?? Number.parseInt(seen?.content ?? '', 10);
  const ageMs = seen === undefined ? 0 : Math.max(0, Date.now() - Number(seen.modifiedNs / 1_000_000n));
  const holder = Number.isInteger(pid)
    ? `process ${pid}${owner ? ` on ${JSON.stringify(owner.host)}` : ''}`
    : seen && !seen.isFile
      ? 'something that is not a file'
      : 'an unknown process';
  return new StoreProblem(
    'STORE_LOCKED',
    path,
    `The store is locked by ${holder} for ${Math.round(ageMs / 1000)} s (${path}). Try again; if that process is gone ` +
      'for good, delete the file.',
    { facts: { pid: Number.isInteger(pid) ? pid : null, host: owner?.host ?? null, ageMs } },
  );
}
