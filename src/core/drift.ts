/** Drift: files that are changed, though somebody else holds them, or nobody does while the person holds others. Pure. */

import { holdersOf } from './holders';
import type { ActiveItem } from './overview';
import { type Place, projectOf } from './reservation';
import type { ScopePath } from './scope/scope';

/** More files are counted, but not listed: nobody goes through so many one by one. */
export const MAX_LISTED_DRIFT = 100;

/** A file that is not as it was committed. */
export interface ChangedFile {
  /** From the root that scopes are relative to. */
  readonly path: string;
  /** As scopes may name it: see `pathsOf`. */
  readonly paths: readonly ScopePath[];
}

/** What is changed in one worktree. */
export interface Changes<F extends ChangedFile> {
  readonly place: Place;
  readonly files: readonly F[];
}

export interface DriftFile<F extends ChangedFile> {
  readonly file: F;
  /** What others hold of it; empty where nobody does. */
  readonly held: readonly ActiveItem[];
}

export interface Drift<F extends ChangedFile> {
  /** Those that others hold first, then in the order of the worktrees and paths. */
  readonly listed: readonly DriftFile<F>[];
  readonly total: number;
  /** All that nobody holds, listed or not. */
  readonly free: readonly DriftFile<F>[];
}

/**
 * What a reservation of the person's own covers is no drift. A reservation that names no project may be of any, as
 * everywhere; but it makes nobody work in a project before it covers something that is changed there.
 */
export function driftOf<F extends ChangedFile>(
  active: readonly ActiveItem[],
  changes: readonly Changes<F>[],
): Drift<F> {
  const drifts = changes.map((one) => driftIn(active, one));
  const [held, free] = [drifts.flatMap((one) => one.held), drifts.flatMap((one) => one.free)];
  return {
    listed: [...held, ...free].slice(0, MAX_LISTED_DRIFT),
    total: held.length + free.length,
    free,
  };
}

interface Parts<F extends ChangedFile> {
  readonly held: readonly DriftFile<F>[];
  readonly free: readonly DriftFile<F>[];
}

function driftIn<F extends ChangedFile>(active: readonly ActiveItem[], { place, files }: Changes<F>): Parts<F> {
  if (files.length === 0) {
    return { held: [], free: [] };
  }
  const holders = holdersOf(active, place);
  let worksHere = active.some(
    ({ mine, reservation }) => mine && place.project !== undefined && projectOf(reservation) === place.project,
  );
  const held: DriftFile<F>[] = [];
  const free: DriftFile<F>[] = [];
  for (const file of files) {
    const { covering } = holders(file.paths);
    if (covering.some(({ mine }) => mine)) {
      worksHere = true;
    } else {
      (covering.length > 0 ? held : free).push({ file, held: covering });
    }
  }
  return { held: held.sort(byPath), free: worksHere ? free.sort(byPath) : [] };
}

function byPath(left: DriftFile<ChangedFile>, right: DriftFile<ChangedFile>): number {
  return left.file.path < right.file.path ? -1 : 1;
}
