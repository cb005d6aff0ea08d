/**
 * What paths and scopes mean in a project. A path is meant from the folder that one is in, as git means it. A scope is meant
 * from the root of the worktree, wherever one is, so that all agents write the same one; one that begins with `./` or `../` is
 * meant from the folder.
 *
 * Hooks, the guard and VS Code know a file by where it is, and ask for it in the repository or worktree that it is in: what is
 * reserved by a link, or from outside, they would not find.
 */

import { dirname, isAbsolute, join, resolve } from 'node:path';
import { findProject, realPath, statsOf } from './findProject';
import { below, type Here, PlaceError } from './place';

/** What is longer is nothing on a disk. */
const LONGEST_PATH = 4_096;
const HAS_PATTERN = /[*?[\]{}]/;

interface Named {
  /** The file or folder before the first pattern, absolute, and the folder of it that is to be looked at. */
  readonly path: string;
  readonly folder: string;
  /** The names from the pattern on. */
  readonly rest: readonly string[];
}

/** A path of a file, from the root; what is not below it stays as it is. */
export function pathFromRoot(here: Here, path: string): Promise<string> {
  return fromRoot(here, path, true);
}

/** A scope from the root; what is not below it stays as it is. */
export function scopeFromRoot(here: Here, scope: string): Promise<string> {
  return fromRoot(here, scope.trim(), /^\.\.?(?:[\\/]|$)/.test(scope.trim()));
}

async function fromRoot(here: Here, text: string, isFromFolder: boolean): Promise<string> {
  return await withoutLinks(here, await textFromRoot(here, text, isFromFolder));
}

async function textFromRoot({ worktree, folder }: Here, text: string, isFromFolder: boolean): Promise<string> {
  if (isAbsolute(text)) {
    return below(worktree, text) ?? below(worktree, await realPath(resolve(text))) ?? text;
  }
  return isFromFolder && folder && text.trim() ? `${folder}/${text}` : text;
}

/** The same from the root of the worktree, by the folders that links on its way lead to, where these are in it. */
async function withoutLinks({ worktree }: Pick<Here, 'worktree'>, text: string): Promise<string> {
  const named = namedBy(worktree, text);
  if (!named) {
    return text;
  }
  const real = await realPath(named.folder);
  const way = below(worktree, join(real, named.path.slice(named.folder.length)));
  // Another case, or another spelling of Unicode, is no link.
  const isSame = alike(real) === alike(named.folder);
  return isSame || way === undefined || way === '.' ? text : [way, ...named.rest].join('/');
}

/**
 * @throws PlaceError for what lies in a repository or worktree other than this one, such as a submodule below it or that of an
 * absolute path; what is called as a submodule as a whole does not
 */
export async function refuseElsewhere({ worktree }: Pick<Here, 'worktree'>, texts: readonly string[]): Promise<void> {
  // Many paths are of few folders, and each is looked up on the disk.
  const worktrees = new Map<string, string>();
  for (const text of texts) {
    const named = isAbsolute(text) ? split('', text) : namedBy(worktree, text);
    if (!named) {
      continue;
    }
    const own = worktrees.get(named.folder) ?? (await findProject(named.folder)).worktree;
    worktrees.set(named.folder, own);
    if (own !== worktree && statsOf(join(own, '.git'))) {
      const way = below(worktree, own);
      const inside = [below(own, named.path), ...named.rest].filter((name) => name !== '.').join('/');
      const isWhole = way !== undefined && (inside === '' || inside === '**');
      if (!isWhole) {
        throw new PlaceError(
          `${JSON.stringify(text)} lies in ${JSON.stringify(way ?? own)}, a repository or worktree of its own, and is looked ` +
            `for there: name it as ${JSON.stringify(inside || '**')}, with --worktree ${JSON.stringify(own)} (the argument ` +
            '"folder" of a tool).',
        );
      }
    }
  }
}

function namedBy(worktree: string, text: string): Named | undefined {
  const plain = text.replaceAll('\\', '/');
  const isBelow = !plain.startsWith('/') && !/^[a-z]:/i.test(text) && !plain.split('/').includes('..');
  return isBelow ? split(worktree, plain) : undefined;
}

function split(worktree: string, text: string): Named | undefined {
  if (text.length > LONGEST_PATH) {
    return undefined;
  }
  const names = text.split(/[\\/]/);
  const first = names.findIndex((name) => HAS_PATTERN.test(name));
  const rest = first < 0 ? [] : names.slice(first);
  const before = names.slice(0, names.length - rest.length).join('/');
  const path = worktree ? join(worktree, before) : resolve(before || '/');
  const isFolder = rest.length > 0 || path === worktree || statsOf(path)?.isDirectory() === true;
  return { path, folder: isFolder ? path : dirname(path), rest };
}

function alike(path: string): string {
  return path.normalize('NFC').toLowerCase();
}
