/** The rule of looking up paths: which are held, by whom. It decides nothing, and is on the side of caution. */

import { agentNotFound } from './agent';
import { granted, type Outcome, refused } from './envelope';
import { trimmed } from './input';
import { isOfProject, placeOf } from './meeting';
import { type Holding, inShort, type Place, projectOf, type Reservation } from './reservation';
import { coverageOf } from './scope/coverage';
import { parsePath, parseScope, type ScopePath } from './scope/scope';

export const MAX_CHECKED_PATHS = 10_000;

export interface CheckInput extends Place {
  /** Files or folders, relative to the project, or absolute where scopes are. */
  readonly paths: readonly string[];
  /** Who asks: its own reservations are marked. */
  readonly agent?: string | undefined;
}

export interface CheckRequest extends Place {
  readonly agent: string;
  readonly paths: readonly { readonly given: string; readonly path: ScopePath }[];
}

/** A live reservation that covers a path. */
export interface HeldBy extends Holding {
  readonly mine: boolean;
  /** Null where the entry names none: then the path it covers may be another project's. */
  readonly project: string | null;
}

export interface CheckedPath {
  /** As it was given. */
  readonly path: string;
  readonly held_by: readonly HeldBy[];
}

export interface CheckData {
  /** One for each path, in their order. */
  readonly paths: readonly CheckedPath[];
  readonly summary: {
    readonly checked: number;
    /** Paths that anybody holds, and paths that somebody else does. */
    readonly held: number;
    readonly held_by_others: number;
  };
}

/** Checks in order: the agent, where one is named; then the paths. */
export function checkCheck(input: CheckInput, agentRegistered: boolean): Outcome<CheckRequest> {
  const agent = trimmed(input.agent);
  if (agent && !agentRegistered) {
    return agentNotFound(agent);
  }
  const given: readonly unknown[] = Array.isArray(input.paths) ? input.paths : [];
  if (given.length === 0) {
    return refused('INVALID_ARGS', 'Missing paths: name at least one file or folder.', { missing: ['paths'] });
  }
  if (given.length > MAX_CHECKED_PATHS) {
    return refused(
      'INVALID_ARGS',
      `${given.length} paths are too many at once: ask for at most ${MAX_CHECKED_PATHS}.`,
      { paths: given.length, maximum: MAX_CHECKED_PATHS },
    );
  }
  const place = placeOf(input);
  const paths: { given: string; path: ScopePath }[] = [];
  for (const one of given) {
    const text = typeof one === 'string' ? one : '';
    const path = parsePath(text, { foldCase: place.foldCase === true });
    if (!path.ok) {
      return path;
    }
    paths.push({ given: text, path: path.data });
  }
  return granted({ agent, paths, ...place });
}

/** Who of the given live entries holds the paths. What is of another project is left out. */
export function whoHolds(live: readonly Reservation[], request: CheckRequest): CheckData {
  const options = { foldCase: request.foldCase === true };
  const holding = live
    .filter((entry) => isOfProject(entry, request.project))
    .flatMap((entry) => {
      const scope = parseScope(entry.scope, options);
      return scope.ok ? [{ scope: scope.data, held: heldBy(entry, request.agent) }] : [];
    });
  const covering = coverageOf(holding.map(({ scope }) => scope));
  const paths = request.paths.map(({ given, path }) => ({
    path: given,
    held_by: covering(path).flatMap((index) => holding[index]?.held ?? []),
  }));
  return {
    paths,
    summary: {
      checked: paths.length,
      held: paths.filter(({ held_by }) => held_by.length > 0).length,
      held_by_others: paths.filter(({ held_by }) => held_by.some(({ mine }) => !mine)).length,
    },
  };
}

function heldBy(entry: Reservation, agent: string): HeldBy {
  return { ...inShort(entry), mine: entry.agent_id === agent, project: projectOf(entry) ?? null };
}
