/** Installing the guard among the hooks of one repository, and taking it out again. */

import { link, lstat, mkdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { granted, type Outcome, refused } from '../core/envelope';
import { realPath } from '../project/findProject';
import { below } from '../project/place';
import { GitError, git, parts } from './git';
import { BEFORE_GUARD, hasGuard, isShell, isWrapper, newHook, withGuard, withoutGuard, wrapper } from './guardText';
import { readText, writeText } from './settingsFile';
import { type GitHook, guardLine } from './shell';

const EXECUTABLE = 0o755;
const GIT_HOOKS: readonly GitHook[] = ['pre-commit', 'pre-push'];

export interface GuardedHook {
  readonly hook: GitHook;
  readonly path: string;
  /** What was there before, and still runs. */
  readonly chained: boolean;
  /** False where it was so already. */
  readonly changed: boolean;
}

export interface GuardData {
  readonly hooks: readonly GuardedHook[];
  /** Whether the hooks are files of the project, which all who work on it share. */
  readonly shared: boolean;
}

interface HooksFolder {
  readonly path: string;
  readonly shared: boolean;
  /** Whether husky runs them, by `sh` and whatever their mode. */
  readonly husky: boolean;
}

/** INVALID_ARGS outside of a repository's worktree, INVALID_SETTINGS where its hooks are not its own. */
export async function installGuard(
  folder: string,
  { hooks, launcher }: { readonly hooks: readonly GitHook[]; readonly launcher: string | undefined },
): Promise<Outcome<GuardData>> {
  const found = await hooksFolder(folder);
  if (!found.ok) {
    return found;
  }
  const { shared } = found.data;
  const installed: GuardedHook[] = [];
  for (const hook of hooks) {
    const outcome = await installHook(found.data, hook, guardLine(hook, shared ? undefined : launcher));
    if (!outcome.ok) {
      return outcome;
    }
    installed.push(outcome.data);
  }
  return granted({ hooks: installed, shared });
}

/** Leaves what was there before the guard as it was. Lists only the hooks that had it. */
export async function uninstallGuard(folder: string): Promise<Outcome<GuardData>> {
  const found = await hooksFolder(folder);
  if (!found.ok) {
    return found;
  }
  const hooks: GuardedHook[] = [];
  for (const hook of GIT_HOOKS) {
    const path = join(found.data.path, hook);
    const text = await readText(path);
    if (text === undefined || !hasGuard(text)) {
      continue;
    }
    const before = `${path}${BEFORE_GUARD}`;
    const chained = isWrapper(text) && (await exists(before));
    if (chained) {
      await rename(before, path);
    } else {
      await writeText(path, isWrapper(text) ? undefined : withoutGuard(text));
    }
    hooks.push({ hook, path, chained, changed: true });
  }
  return granted({ hooks, shared: found.data.shared });
}

async function installHook(
  { path: folder, husky }: HooksFolder,
  hook: GitHook,
  line: string,
): Promise<Outcome<GuardedHook>> {
  const path = join(folder, hook);
  const aside = `${path}${BEFORE_GUARD}`;
  const stats = await lstat(path).catch(() => undefined);
  const text = stats ? ((await readText(path)) ?? '') : undefined;
  await mkdir(folder, { recursive: true });
  if (text === undefined) {
    await writeText(path, husky ? `${line}\n` : newHook(line), EXECUTABLE);
    return granted({ hook, path, chained: false, changed: true });
  }
  if (hasGuard(text)) {
    const after = withGuard(text, line);
    if (after !== text) {
      await writeText(path, after);
    }
    const chained = isWrapper(text) || withoutGuard(text) !== undefined;
    return granted({ hook, path, chained, changed: after !== text });
  }
  // A hook that git passes over, since it may not be run, must not begin to run because of us.
  const runs = husky || process.platform === 'win32' || ((stats?.mode ?? 0) & 0o111) !== 0;
  if (isShell(text) && runs && stats?.isFile()) {
    await writeText(path, withGuard(text, line));
    return granted({ hook, path, chained: true, changed: true });
  }
  if (await exists(aside)) {
    return refused(
      'INVALID_SETTINGS',
      `${JSON.stringify(aside)} is in the way: another program has replaced a hook that the guard stood in front of. ` +
        'Move that file back or away, then try again.',
      { file: aside },
    );
  }
  // Under both names for a moment: git finds a hook at any time.
  await link(path, aside).catch(() => rename(path, aside));
  await replaceName(path, wrapper(line));
  return granted({ hook, path, chained: true, changed: true });
}

/** Writes the file under its own name, also where that is a link: what it leads to is not ours to write. */
async function replaceName(path: string, text: string): Promise<void> {
  const made = `${path}.${process.pid}.made`;
  await writeText(made, text, EXECUTABLE);
  await rename(made, path);
}

async function hooksFolder(folder: string): Promise<Outcome<HooksFolder>> {
  if (!(await exists(folder))) {
    return refused('INVALID_ARGS', `There is no folder ${JSON.stringify(folder)}. Name one of a repository.`, {
      folder,
    });
  }
  try {
    return await askGit(folder);
  } catch (error) {
    // Without a code it was not git that spoke: there may be none.
    if (error instanceof GitError && error.code !== null) {
      return refused(
        'INVALID_ARGS',
        `${JSON.stringify(folder)} is in no worktree of a git repository: ${error.message} Call it in one.`,
        { folder },
      );
    }
    throw error;
  }
}

async function askGit(folder: string): Promise<Outcome<HooksFolder>> {
  const top = (await git(['rev-parse', '--show-toplevel'], { cwd: folder })).replace(/\r?\n$/, '');
  const options = { cwd: top };
  const [common, hooks] = await Promise.all(
    [['--git-common-dir'], ['--git-path', 'hooks']].map(async (what) => {
      const printed = await git(['rev-parse', ...what], options);
      return await realPath(resolve(top, printed.replace(/\r?\n$/, '')));
    }),
  );
  const [scope, configured] = await git(['config', '--null', '--show-scope', '--get', 'core.hooksPath'], options).then(
    parts,
    () => [],
  );
  const root = await realPath(top);
  const path = hooks ?? root;
  const isOwn = (below(root, path) ?? below(common ?? root, path)) !== undefined;
  if (configured !== undefined && ((scope !== 'local' && scope !== 'worktree') || !isOwn)) {
    return refused(
      'INVALID_SETTINGS',
      `core.hooksPath (${JSON.stringify(configured)}, ${scope}) is not of this repository alone: a guard there would run ` +
        `in others too. Set it for this repository: git config --local core.hooksPath ${JSON.stringify(join(common ?? root, 'hooks'))}`,
      { hooks_path: configured, scope },
    );
  }
  const isHusky = basename(path) === '_' && (await exists(join(path, 'h')));
  return granted({
    // Husky writes what is in its own folder anew at each install, and runs the project's hooks from above it.
    path: isHusky ? dirname(path) : path,
    husky: isHusky,
    shared: below(common ?? root, path) === undefined,
  });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => lstat(path).catch(() => undefined))) !== undefined;
}
