/** Who else holds the files that a hook is about. Nothing here writes, and nobody has to be registered for it. */

import { basename, dirname, join, resolve } from 'node:path';
import type { Coordination } from '../coordination/coordination';
import { type CheckedPath, type HeldBy, MAX_CHECKED_PATHS } from '../core/check';
import type { ErrorBody } from '../core/envelope';
import { parsePath } from '../core/scope/scope';
import { findProject, type Project, realPath, statsOf } from '../project/findProject';
import { below } from '../project/place';

/** A file, and the names that scopes may have for it. */
export interface AskedFile {
  /** As it is shown. */
  readonly path: string;
  readonly place: Project;
  /** From the root of the worktree, and absolute. */
  readonly names: readonly string[];
}

export type HeldByOthers =
  | { readonly ok: true; readonly held: readonly CheckedPath[] }
  | { readonly ok: false; readonly error: ErrorBody };

/** What is in a worktree: names as git has them, from its root. */
export function filesOfWorktree(place: Project, paths: readonly string[]): readonly AskedFile[] {
  return paths.map((path) => ({ path, place, names: namesOf(place, join(place.worktree, path), path) }));
}

/**
 * A file as an agent names it, of the project that it lies in, wherever the agent works. One that is a link is asked for by
 * its own name and by the one that it leads to: an edit changes the latter.
 */
export async function filesNamed(path: string, cwd: string): Promise<readonly AskedFile[]> {
  const given = resolve(cwd, path);
  const named = join(await realPath(dirname(given)), basename(given));
  const target = await realPath(given);
  return Promise.all(
    [...new Set([named, target])].map(async (file) => {
      const place = await placeOf(file, cwd);
      const shown = below(place.worktree, file) ?? file;
      return { path: shown, place, names: namesOf(place, file, shown) };
    }),
  );
}

/** A repository around the file; else the folder that the agent works in, where the file is below it. */
async function placeOf(file: string, cwd: string): Promise<Project> {
  const own = await findProject(dirname(file));
  if (statsOf(join(own.worktree, '.git'))) {
    return own;
  }
  const here = await findProject(cwd);
  return below(here.worktree, file) === undefined ? own : here;
}

/** What cannot be meant by a scope, such as a name of blanks, is left out. */
function namesOf({ foldCase }: Project, file: string, shown: string): readonly string[] {
  return [...new Set([shown, file])].filter((name) => parsePath(name, { foldCase }).ok);
}

/** The files that somebody but this agent holds, each once, with only those holders. */
export async function heldByOthers(
  coordination: Pick<Coordination, 'check'>,
  agent: string | undefined,
  files: readonly AskedFile[],
): Promise<HeldByOthers> {
  const held = new Map<string, CheckedPath>();
  for (const { place, paths, owners } of questions(files)) {
    const { project, foldCase } = place;
    const checked = await coordination.check({ paths, project, foldCase });
    if (!checked.ok) {
      return checked;
    }
    for (const [index, { held_by }] of checked.data.paths.entries()) {
      const file = owners[index];
      const others = held_by.filter(({ agent_id }) => agent_id !== agent);
      if (file && others.length > 0) {
        held.set(file.path, { path: file.path, held_by: union(held.get(file.path)?.held_by ?? [], others) });
      }
    }
  }
  return { ok: true, held: [...held.values()] };
}

interface Question {
  readonly place: Project;
  readonly paths: string[];
  /** Whose name each path is. */
  readonly owners: AskedFile[];
}

/** By project, and in as many parts as one look-up takes. */
function questions(files: readonly AskedFile[]): readonly Question[] {
  const asked: Question[] = [];
  for (const file of files) {
    for (const name of file.names) {
      let question = asked.find(
        ({ place, paths }) => place.project === file.place.project && paths.length < MAX_CHECKED_PATHS,
      );
      if (!question) {
        question = { place: file.place, paths: [], owners: [] };
        asked.push(question);
      }
      question.paths.push(name);
      question.owners.push(file);
    }
  }
  return asked;
}

function union(known: readonly HeldBy[], more: readonly HeldBy[]): readonly HeldBy[] {
  const ids = new Set(known.map(({ reservation_id }) => reservation_id));
  return [...known, ...more.filter(({ reservation_id }) => !ids.has(reservation_id))];
}
