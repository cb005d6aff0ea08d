/** Which project an absolute scope lies in, wherever one is. */

import { isAbsolute } from 'node:path';
import { foundProjects, REMEMBERED_MS, realFolder, worktreeAround } from './findProject';
import { below } from './place';

const PATTERN = /[*?[\]{}]/;
const MAX_REMEMBERED = 1_000;
/** What is longer is nothing on a disk. */
const LONGEST_PATH = 4_096;

export interface PlaceOfScope {
  readonly project: string;
  readonly worktree: string;
  /** From the root of the worktree. */
  readonly scope: string;
}

const remembered = new Map<string, { readonly place: PlaceOfScope | undefined; readonly until: number }>();

/**
 * Answers where an absolute scope lies: in the worktree around it, by git's files; without git, in a folder that this process
 * works in. Undefined for a relative one, and for one that is in neither.
 */
export function placeOfScope(scope: string): PlaceOfScope | undefined {
  // Called for each entry of a list: most are relative.
  if (!/^[\\/]|^[a-z]:/i.test(scope) || scope.length > LONGEST_PATH || !isAbsolute(scope)) {
    return undefined;
  }
  const now = process.uptime() * 1000;
  const known = remembered.get(scope);
  if (known && now < known.until) {
    return known.place;
  }
  if (remembered.size >= MAX_REMEMBERED) {
    remembered.clear();
  }
  const place = look(scope);
  remembered.set(scope, { place, until: now + REMEMBERED_MS });
  return place;
}

function look(scope: string): PlaceOfScope | undefined {
  const names = scope.replaceAll('\\', '/').split('/');
  const first = names.findIndex((name) => PATTERN.test(name));
  const plain = first < 0 ? names : names.slice(0, first);
  const rest = first < 0 ? [] : names.slice(first);
  const path = realFolder(plain.join('/') || '/');
  const { project, worktree } = worktreeAround(path) ?? outermost(path) ?? {};
  const way = worktree === undefined ? undefined : below(worktree, path);
  if (project === undefined || worktree === undefined || way === undefined) {
    return undefined;
  }
  const inside = [...(way === '.' ? [] : [way]), ...rest].filter((name) => name !== '').join('/');
  return { project, worktree, scope: inside || '**' };
}

/** Without git, a folder is a project of its own. Of several, what lies above is the one that somebody opened. */
function outermost(path: string): Omit<PlaceOfScope, 'scope'> | undefined {
  const around = [...foundProjects()].filter((folder) => /[^\\/:]$/.test(folder) && below(folder, path) !== undefined);
  const [folder] = around.sort((left, right) => left.length - right.length);
  return folder === undefined ? undefined : { project: folder, worktree: folder };
}
