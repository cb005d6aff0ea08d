/** Which project a folder belongs to, told from what git has on disk; git itself is not run. */

import { readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

export interface Project {
  /** What all worktrees of a repository share: see {@link projectOfGit}. Without git, the folder itself. */
  readonly project: string;
  /** The root of the worktree that the folder is in. Without git, the folder itself. */
  readonly worktree: string;
  /** Whether its file system makes no difference between upper and lower case. */
  readonly foldCase: boolean;
}

/** A folder that becomes a repository, or moves into another one, is seen so after this time, in ms. */
export const REMEMBERED_MS = 2_000;
const MAX_REMEMBERED = 1_000;

/** Of the whole process: what is loaded later is a bundle with its own copy of this file. */
const FOUND = Symbol.for('agent-reservations.projects');
const shared = globalThis as { [FOUND]?: Set<string> };
shared[FOUND] ??= new Set();
const found = shared[FOUND];

/** The projects that this process has come across. */
export function foundProjects(): ReadonlySet<string> {
  return found;
}

const remembered = new Map<string, { readonly found: Promise<Project>; readonly until: number }>();

/**
 * Finds the project of a folder, which need not exist. Never rejects: what cannot be read is as if it were not there.
 *
 * @param now ms of a clock that is not set; the process's own unless told
 */
export function findProject(folder: string, now = process.uptime() * 1000): Promise<Project> {
  const known = remembered.get(folder);
  if (known && now < known.until) {
    return known.found;
  }
  if (remembered.size >= MAX_REMEMBERED) {
    remembered.clear();
  }
  const answer = Promise.resolve(look(folder));
  remembered.set(folder, { found: answer, until: now + REMEMBERED_MS });
  return answer;
}

function look(folder: string): Project {
  const start = real(resolve(folder));
  const around = worktreeAround(start);
  found.add(around?.project ?? start);
  return around
    ? { ...around, foldCase: isOneFile(join(around.worktree, '.git'), join(around.worktree, '.GIT')) }
    : { project: start, worktree: start, foldCase: foldsCase(start) };
}

/** The worktree that a folder without links is in, with its project; undefined without git. */
export function worktreeAround(folder: string): Omit<Project, 'foldCase'> | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const gitDir = gitDirOf(at);
    if (gitDir) {
      return { project: projectOfGit(gitDir, at), worktree: at };
    }
    if (dirname(at) === at) {
      return undefined;
    }
  }
}

/** Where a worktree's own part of git is: `.git` itself, or where the file of that name leads. */
function gitDirOf(folder: string): string | undefined {
  const entry = join(folder, '.git');
  const stats = statsOf(entry);
  if (stats?.isDirectory()) {
    // A folder of that name alone makes no repository.
    return statsOf(join(entry, 'HEAD')) ? entry : undefined;
  }
  const [, path] = stats?.isFile() ? (/^gitdir:[ \t]*(.+?)\s*$/m.exec(textOf(entry)) ?? []) : [];
  return path === undefined ? undefined : resolve(folder, path);
}

/**
 * The folder of the main worktree: the parent of `.git`, or what the repository's settings name, as a submodule's do.
 * A bare repository has none, and is itself what its worktrees share. Where `.git` leads nowhere, the worktree is alone.
 */
function projectOfGit(gitDir: string, worktree: string): string {
  if (!statsOf(gitDir)) {
    return worktree;
  }
  const shared = commonDirOf(gitDir);
  if (basename(shared) === '.git') {
    return dirname(shared);
  }
  const [, main] = /^\s*worktree\s*=\s*"?(.+?)"?\s*$/m.exec(textOf(join(shared, 'config'))) ?? [];
  return main === undefined ? shared : real(resolve(shared, main));
}

/** What all worktrees share of git. */
function commonDirOf(gitDir: string): string {
  const common = textOf(join(gitDir, 'commondir')).trim();
  return real(common ? resolve(gitDir, common) : gitDir);
}

/** Where git keeps the settings of a project, as {@link findProject} tells it; undefined without git. */
export function gitFolderOf(project: string): string | undefined {
  const gitDir = gitDirOf(project) ?? (statsOf(join(project, 'HEAD')) ? project : undefined);
  return gitDir && commonDirOf(gitDir);
}

/** Asks for the nearest folder above that has a letter in its name by the same name in the other case. */
function foldsCase(folder: string): boolean {
  for (let at = folder; dirname(at) !== at; at = dirname(at)) {
    const name = basename(at);
    const other = name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase();
    if (other !== name && statsOf(at)) {
      return isOneFile(at, join(dirname(at), other));
    }
  }
  return false;
}

function isOneFile(one: string, other: string): boolean {
  const [left, right] = [one, other].map((path) => orUndefined(() => statSync(path, { bigint: true })));
  return left !== undefined && right !== undefined && left.ino === right.ino && left.dev === right.dev;
}

/** Without links, and on Windows with a drive in upper case; as far as it exists. */
export function realPath(path: string): Promise<string> {
  return Promise.resolve(real(path));
}

/** The same at once, for who cannot wait. */
export function realFolder(path: string): string {
  return real(resolve(path));
}

function real(path: string): string {
  const above = dirname(path);
  const found =
    orUndefined(() => realpathSync.native(path)) ?? (above === path ? path : join(real(above), basename(path)));
  return found.replace(/^[a-z]:/, (drive) => drive.toUpperCase());
}

/** What stands there; undefined where that cannot be told. */
export function statsOf(path: string): Stats | undefined {
  return orUndefined(() => statSync(path));
}

/** The content of a small file; '' for what is no file. */
export function textOf(path: string): string {
  const stats = statsOf(path);
  return (stats?.isFile() && stats.size <= 1_000_000 ? orUndefined(() => readFileSync(path, 'utf8')) : undefined) ?? '';
}

function orUndefined<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}
