/** Which project a folder belongs to, told from what git has on disk; git itself is not run. */

import { readFile, realpath, stat } from 'node:fs/promises';
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
  const found = look(folder);
  remembered.set(folder, { found, until: now + REMEMBERED_MS });
  return found;
}

async function look(folder: string): Promise<Project> {
  const start = await realPath(resolve(folder));
  for (let at = start; ; at = dirname(at)) {
    const gitDir = await gitDirOf(at);
    if (gitDir) {
      const project = await projectOfGit(gitDir, at);
      return { project, worktree: at, foldCase: await isOneFile(join(at, '.git'), join(at, '.GIT')) };
    }
    if (dirname(at) === at) {
      return { project: start, worktree: start, foldCase: await foldsCase(start) };
    }
  }
}

/** Where a worktree's own part of git is: `.git` itself, or where the file of that name leads. */
async function gitDirOf(folder: string): Promise<string | undefined> {
  const entry = join(folder, '.git');
  const stats = await stat(entry).catch(() => undefined);
  if (stats?.isDirectory()) {
    // A folder of that name alone makes no repository.
    return (await exists(join(entry, 'HEAD'))) ? entry : undefined;
  }
  const [, path] = stats?.isFile() ? (/^gitdir:[ \t]*(.+?)\s*$/m.exec(await text(entry)) ?? []) : [];
  return path === undefined ? undefined : resolve(folder, path);
}

/**
 * The folder of the main worktree: the parent of `.git`, or what the repository's settings name, as a submodule's do.
 * A bare repository has none, and is itself what its worktrees share. Where `.git` leads nowhere, the worktree is alone.
 */
async function projectOfGit(gitDir: string, worktree: string): Promise<string> {
  if (!(await exists(gitDir))) {
    return worktree;
  }
  const common = (await text(join(gitDir, 'commondir'))).trim();
  const shared = await realPath(common ? resolve(gitDir, common) : gitDir);
  if (basename(shared) === '.git') {
    return dirname(shared);
  }
  const [, main] = /^\s*worktree\s*=\s*"?(.+?)"?\s*$/m.exec(await text(join(shared, 'config'))) ?? [];
  return main === undefined ? shared : await realPath(resolve(shared, main));
}

/** Asks for the nearest folder above that has a letter in its name by the same name in the other case. */
async function foldsCase(folder: string): Promise<boolean> {
  for (let at = folder; dirname(at) !== at; at = dirname(at)) {
    const name = basename(at);
    const other = name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase();
    if (other !== name && (await exists(at))) {
      return await isOneFile(at, join(dirname(at), other));
    }
  }
  return false;
}

async function isOneFile(one: string, other: string): Promise<boolean> {
  const [left, right] = await Promise.all(
    [one, other].map((path) => stat(path, { bigint: true }).catch(() => undefined)),
  );
  return left !== undefined && right !== undefined && left.ino === right.ino && left.dev === right.dev;
}

/** Without links, and on Windows with a drive in upper case; as far as it exists. */
export async function realPath(path: string): Promise<string> {
  const real = await realpath(path).catch(async () => {
    const above = dirname(path);
    return above === path ? path : join(await realPath(above), basename(path));
  });
  return real.replace(/^[a-z]:/, (drive) => drive.toUpperCase());
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** The content of a small file; '' for what is no file. */
async function text(path: string): Promise<string> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() && stats.size <= 1_000_000 ? await readFile(path, 'utf8').catch(() => '') : '';
}
