/** Which project a call is about. What its paths and scopes mean there is in names.ts. */

import { isAbsolute, relative, resolve } from 'node:path';
import { findProject, type Project, realPath, statsOf } from './findProject';

export interface Here extends Project {
  /** The folder that the call is made in, from the root of the worktree, with `/`; '' for the root itself. */
  readonly folder: string;
}

export interface Named {
  /** A folder of the project that is meant; that of the worktree unless told. */
  readonly project?: string | undefined;
  /** The folder to act as if called in. */
  readonly worktree?: string | undefined;
}

export async function findHere(cwd: string, { project, worktree }: Named): Promise<Here> {
  const named = project === undefined ? undefined : (await findProject(resolve(cwd, project))).project;
  const start = resolve(cwd, worktree ?? '');
  const found = await findProject(start);
  // A project that is named from outside of it is meant from its own root.
  const isOutside = named !== undefined && worktree === undefined && found.project !== named;
  const folder = isOutside ? resolve(cwd, project ?? '') : start;
  const place = isOutside ? await findProject(folder) : found;
  const way = below(place.worktree, await realPath(folder)) ?? '.';
  return { ...place, project: named ?? place.project, folder: way === '.' ? '' : way };
}

/**
 * The same for a folder that somebody has guessed; undefined where it is none, since it would be taken for a project of its
 * own, in which nobody is in anybody's way.
 */
export async function findHereIfFolder(cwd: string, folder: string | undefined): Promise<Here | undefined> {
  return statsOf(resolve(cwd, folder ?? ''))?.isDirectory() ? await findHere(cwd, { worktree: folder }) : undefined;
}

/** What is named is in no place that it can be meant in; the message says so. */
export class PlaceError extends Error {}

/**
 * As {@link findHere}, for what is to be in somebody's way: a folder that is mistyped, or gone, would be a project of its own.
 *
 * @throws PlaceError that says which one is none
 */
export async function findHereThatIs(cwd: string, named: Named): Promise<Here> {
  for (const [option, folder] of [
    ['project', named.project],
    ['worktree', named.worktree ?? ''],
  ] as const) {
    const isThere = folder === undefined || statsOf(resolve(cwd, folder))?.isDirectory();
    // Who names a project need not be in one.
    if (!isThere && (folder || named.project === undefined)) {
      throw new PlaceError(
        folder
          ? `There is no folder ${JSON.stringify(folder)}: name one of the project after --${option}.`
          : `The folder that you are in, ${JSON.stringify(cwd)}, is not there any more: go to one of the project, or name it ` +
              'after --worktree.',
      );
    }
  }
  return await findHere(cwd, named);
}

/** Whether a folder is another one, or below it; links are followed. */
export async function isBelow(root: string, path: string): Promise<boolean> {
  return below(await realPath(root), await realPath(path)) !== undefined;
}

/** From one to the other with `/` between names, `.` for the very same; undefined where it is not below. */
export function below(root: string, path: string): string | undefined {
  const way = relative(root, path).replaceAll('\\', '/');
  return way === '..' || way.startsWith('../') || isAbsolute(way) ? undefined : way || '.';
}
