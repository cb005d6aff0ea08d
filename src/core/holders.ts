/** Who holds the files of one project, and what is held below its folders: pure, from the live reservations. */

import { type Differences, differences } from './differences';
import { isOfProject } from './meeting';
import type { ActiveItem } from './overview';
import type { Place } from './reservation';
import { Coverage, literalNames } from './scope/coverage';
import { parsePath, parseScope, type Scope, type ScopePath } from './scope/scope';
import { instant } from './time';

export interface Held {
  /** What covers the file or folder itself: others' first, then what ends last. */
  readonly covering: readonly ActiveItem[];
  /** What others hold somewhere below it, and only there; in the same order, unless it is more than anybody looks through. */
  readonly below: readonly ActiveItem[];
}

/** Nobody looks through more, as a folder may hold them, and to sort them takes long. */
const MOST_IN_ORDER = 1_000;

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
  const index = new HolderIndex(place);
  index.change({ gone: [], come: active });
  return (paths) => index.held(paths);
}

/** The same for what comes and goes: a change costs as much as what has changed. */
export class HolderIndex {
  private readonly covering = new Coverage<ActiveItem>();
  /** For each folder that leads to something that others hold, what it leads to. */
  private readonly above = new Map<string, Set<ActiveItem>>();
  /** How many scopes each root has. Few are absolute, and a file has a long name then. */
  private readonly roots = new Map<string, number>();

  constructor(private readonly place: Place) {}

  change({ gone, come }: Differences<ActiveItem>): void {
    for (const item of gone) {
      this.with(item, (scope, folders) => {
        this.covering.remove(scope, item);
        this.roots.set(scope.root, (this.roots.get(scope.root) ?? 1) - 1);
        for (const folder of folders) {
          this.above.get(folder)?.delete(item);
        }
      });
    }
    for (const item of come) {
      this.with(item, (scope, folders) => {
        this.covering.add(scope, item);
        this.roots.set(scope.root, (this.roots.get(scope.root) ?? 0) + 1);
        for (const folder of folders) {
          const known = this.above.get(folder);
          if (known) {
            known.add(item);
          } else {
            this.above.set(folder, new Set([item]));
          }
        }
      });
    }
  }

  held(paths: readonly ScopePath[]): Held {
    const found = paths.filter(({ root }) => this.roots.get(root));
    const covers = new Set(found.flatMap((path) => [...this.covering.over(path)]));
    const below = found.flatMap(({ root, names }) => this.above.get([root, ...names].join('/')) ?? []);
    return covers.size + below.length === 0
      ? NOT_HELD
      : {
          covering: inOrder([...covers]),
          below: inOrder(([] as ActiveItem[]).concat(...below.map((items) => without(items, covers)))),
        };
  }

  /** Does it for an item that may be about this place, with the folders that lead to it where others hold it. */
  private with(item: ActiveItem, work: (scope: Scope, folders: ReadonlySet<string>) => void): void {
    const scope = parseScope(item.reservation.scope, { foldCase: this.place.foldCase === true });
    if (scope.ok && isOfProject(item.reservation, this.place.project)) {
      work(scope.data, new Set(item.mine ? [] : foldersAbove(scope.data)));
    }
  }
}

/** Quick for thousands of items, as a folder may lead to. */
function without(items: ReadonlySet<ActiveItem>, others: ReadonlySet<ActiveItem>): readonly ActiveItem[] {
  const all = Array.from(items);
  return others.size === 0 ? all : all.filter((item) => !others.has(item));
}

function foldersAbove({ root, patterns }: Scope): readonly string[] {
  return patterns.flatMap((pattern) => {
    const names = literalNames(pattern);
    return names.map((_, depth) => [root, ...names.slice(0, depth + 1)].join('/'));
  });
}

function inOrder(items: readonly ActiveItem[]): readonly ActiveItem[] {
  return items.length < 2 || items.length > MOST_IN_ORDER
    ? items
    : items
        .map((item) => ({ item, endsAt: instant(item.reservation.expires_at) }))
        .sort((left, right) => Number(left.item.mine) - Number(right.item.mine) || right.endsAt - left.endsAt)
        .map(({ item }) => item);
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
  const found = differences(before, after);
  const [old, young] = [byLook(found.gone), byLook(found.come)];
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
