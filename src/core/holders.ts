/** Who holds the files of one project, and what is held below its folders: pure, from the live reservations. */

import { isOfProject } from './meeting';
import type { ActiveItem } from './overview';
import type { Place } from './reservation';
import { coverageOf, literalNames } from './scope/coverage';
import { parsePath, parseScope, type Scope, type ScopePath } from './scope/scope';
import { instant } from './time';

export interface Held {
  /** What covers the file or folder itself: others' first, then what ends last. */
  readonly covering: readonly ActiveItem[];
  /** What others hold somewhere below it, and only there; in the same order. */
  readonly below: readonly ActiveItem[];
}

/** What is drawn beside the name of a file or folder, and of whom. */
export interface Badge {
  readonly kind: 'theirs' | 'mine' | 'below';
  /** All of it ends soon. */
  readonly endsSoon: boolean;
  readonly items: readonly ActiveItem[];
}

export const NOT_HELD: Held = { covering: [], below: [] };

/** The ways in which scopes may name a file or folder: by its path from the root of the worktree, and by its absolute one. */
export function pathsOf(names: readonly string[], place: Place): readonly ScopePath[] {
  return names.flatMap((name) => {
    const path = parsePath(name, { foldCase: place.foldCase === true });
    return path.ok ? [path.data] : [];
  });
}

/** Answers for a file or folder, given by its {@link pathsOf} the same place. */
export function holdersOf(active: readonly ActiveItem[], place: Place): (paths: readonly ScopePath[]) => Held {
  const options = { foldCase: place.foldCase === true };
  const items: ActiveItem[] = [];
  const scopes: Scope[] = [];
  for (const item of active) {
    const scope = parseScope(item.reservation.scope, options);
    if (scope.ok && isOfProject(item.reservation, place.project)) {
      items.push(item);
      scopes.push(scope.data);
    }
  }
  const covering = coverageOf(scopes);
  const above = foldersAbove(items, scopes);
  // Few scopes are absolute, and a file has a long name then.
  const roots = new Set(scopes.map(({ root }) => root));
  return (paths) => {
    const found = paths.filter(({ root }) => roots.has(root));
    const covers = new Set(found.flatMap((path) => covering(path).flatMap((index) => items[index] ?? [])));
    const below = found.flatMap(({ root, names }) => above.get([root, ...names].join('/')) ?? []);
    return covers.size + below.length === 0
      ? NOT_HELD
      : { covering: inOrder([...covers]), below: inOrder(below.filter((item) => !covers.has(item))) };
  };
}

/** For each folder that leads to something that others hold, what it leads to. */
function foldersAbove(items: readonly ActiveItem[], scopes: readonly Scope[]): ReadonlyMap<string, ActiveItem[]> {
  const above = new Map<string, ActiveItem[]>();
  for (const [index, { root, patterns }] of scopes.entries()) {
    const item = items[index];
    if (!item || item.mine) {
      continue;
    }
    const folders = patterns.flatMap((pattern) => {
      const names = literalNames(pattern);
      return names.map((_, depth) => [root, ...names.slice(0, depth + 1)].join('/'));
    });
    for (const folder of new Set(folders)) {
      const known = above.get(folder);
      if (known) {
        known.push(item);
      } else {
        above.set(folder, [item]);
      }
    }
  }
  return above;
}

function inOrder(items: readonly ActiveItem[]): readonly ActiveItem[] {
  return items.length < 2
    ? items
    : [...items].sort(
        (left, right) =>
          Number(left.mine) - Number(right.mine) ||
          instant(right.reservation.expires_at) - instant(left.reservation.expires_at),
      );
}

/** What others hold comes before one's own, and what covers a folder before what is below it. */
export function badgeOf({ covering, below }: Held): Badge | undefined {
  const theirs = covering.filter(({ mine }) => !mine);
  const [kind, items] =
    theirs.length > 0
      ? (['theirs', theirs] as const)
      : covering.length > 0
        ? (['mine', covering] as const)
        : (['below', below] as const);
  return items.length > 0 ? { kind, items, endsSoon: items.every(({ endsSoon }) => endsSoon) } : undefined;
}

/** What is not in both of two readings as it is: only who is told of it has to look again. */
export function changedItems(before: readonly ActiveItem[], after: readonly ActiveItem[]): readonly ActiveItem[] {
  const [old, young] = [byLook(before), byLook(after)];
  const gone = [...old].filter(([look]) => !young.has(look));
  const come = [...young].filter(([look]) => !old.has(look));
  return [...gone, ...come].map(([, item]) => item);
}

function byLook(items: readonly ActiveItem[]): ReadonlyMap<string, ActiveItem> {
  return new Map(items.map((item) => [lookOf(item), item]));
}

function lookOf({ reservation, mine, endsSoon }: ActiveItem): string {
  const { reservation_id, scope, agent_id, bead_id, expires_at, project } = reservation;
  return JSON.stringify([reservation_id, scope, agent_id, bead_id, expires_at, project, mine, endsSoon]);
}
