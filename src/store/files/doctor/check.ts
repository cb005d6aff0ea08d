/** What a check of the doctor is: it looks at one side of the store, and knows the repair of what it finds. */

import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding, FindingKind, Repaired } from '../../finding';
import { asProblem, errno, isNotUnderstood, type StoreProblem } from '../../problem';
import type { HeldLock } from '../lock';
import type { StorePaths } from '../paths';
import type { Moment } from '../reading';
import { inTurns } from '../turns';

/** A writer that is not atomic (beadboard's messages, an editor) may be caught half-way: look again before believing it. */
const SECOND_LOOK_MS = 75;

export interface Ward {
  readonly paths: StorePaths;
  /** The store's own clocks. */
  readonly moment: () => Moment;
  /** Runs the job under the store's lock, in a folder of the store that is made where it is missing. */
  readonly locked: <T>(folder: string, job: (lock: HeldLock) => Promise<T>) => Promise<T>;
  /** Told of what a repair sets right besides. */
  readonly onNotice: (notice: StoreProblem) => void;
  /** The system's number for the type of file system, as statfs answers it. */
  readonly fileSystemType: (path: string) => Promise<number>;
}

export type Done = Omit<Repaired, 'id'>;

export interface Found {
  readonly finding: Finding;
  /** Looks again before it changes anything: what was found may be gone, or another's by now. */
  readonly repair?: () => Promise<Done>;
}

export interface Check {
  /** All kinds that it may find. */
  readonly kinds: readonly FindingKind[];
  /** Reads only, and takes no lock. */
  find(ward: Ward): Promise<readonly Found[]>;
}

interface Particulars {
  readonly message: string;
  readonly repair?: string;
  readonly risky?: boolean;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** What tells it from others of its kind; the path unless told. */
  readonly identity?: string;
}

export function finding(paths: StorePaths, kind: FindingKind, path: string, particulars: Particulars): Finding {
  const { message, repair = null, risky = false, facts = {}, identity = below(paths, path) } = particulars;
  return { id: `${kind}:${identity}`, kind, path, message, repair, risky, facts };
}

/** The path from the root on, with slashes; `.` for the root itself. */
export function below({ root }: StorePaths, path: string): string {
  return relative(root, path).split(sep).join('/') || '.';
}

/** Whether a file as a whole is of no use: it cannot be understood, or is more than we read. */
export function isUnusable(problem: StoreProblem | undefined): boolean {
  return isNotUnderstood(problem) || problem?.kind === 'TOO_LARGE';
}

/** @param aside the file in which what was taken out is kept */
export function repaired(message: string, aside?: string): Done {
  return { outcome: 'REPAIRED', message, ...(aside === undefined ? {} : { facts: { aside } }) };
}

export function gone(path: string): Done {
  return { outcome: 'GONE', message: `Nothing is wrong with ${path} any more.` };
}

export function failed(message: string, facts: Readonly<Record<string, unknown>>): Done {
  return { outcome: 'FAILED', message, facts };
}

/** Another process was at work there just then: the same may well succeed at once. */
export function busy(message: string): Done {
  return failed(message, { cause: 'BUSY' });
}

/** What could not be looked at. */
export function outOfReach(paths: StorePaths, error: unknown, path: string): Found {
  const problem = asProblem(error, path, 'look at');
  return {
    finding: finding(paths, 'OUT_OF_REACH', problem.path, {
      message: problem.message,
      facts: { ...problem.facts, cause: problem.kind },
    }),
  };
}

/** What stands there itself, a link and not what it leads to; undefined where nothing does. */
export async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR') {
      return undefined;
    }
    throw asProblem(error, path, 'look at');
  }
}

export async function isFile(path: string): Promise<boolean> {
  return (await statsOf(path))?.isFile() ?? false;
}

/** What is in a folder of the store; nothing where there is no such folder, or a link in its place. */
export async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  if (!(await statsOf(folder))?.isDirectory()) {
    return [];
  }
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((left, right) => (left.name < right.name ? -1 : 1));
  } catch (error) {
    throw asProblem(error, folder, 'read');
  }
}

/** The folders of a store, from its root down. */
export function foldersOf(paths: StorePaths): readonly string[] {
  return [paths.root, paths.reservations, paths.agents, paths.messages, paths.messageIndex];
}

/** Whether a time of the file system is so far from now; one from the future was made before the clock was set back. */
export function isOlderThan(ms: number, modifiedMs: number): boolean {
  return Math.abs(Date.now() - modifiedMs) > ms;
}

/**
 * What is wrong with each of those that cannot be read, at a first look and at a second one a moment later; the problem
 * is the second look's.
 */
export async function unreadableOf<K>(
  keys: readonly K[],
  pathOf: (key: K) => string,
  read: (key: K) => unknown,
): Promise<ReadonlyMap<K, StoreProblem>> {
  const suspects = await failing(keys, pathOf, read);
  if (suspects.size > 0) {
    await pauseBeforeSecondLook();
  }
  return failing([...suspects.keys()], pathOf, read);
}

async function failing<K>(
  keys: readonly K[],
  pathOf: (key: K) => string,
  read: (key: K) => unknown,
): Promise<ReadonlyMap<K, StoreProblem>> {
  const problems = new Map<K, StoreProblem>();
  await inTurns(keys, (key) => {
    try {
      read(key);
    } catch (error) {
      problems.set(key, asProblem(error, pathOf(key), 'read'));
    }
  });
  return problems;
}

export function pauseBeforeSecondLook(): Promise<void> {
  return sleep(SECOND_LOOK_MS);
}
