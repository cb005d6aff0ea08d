/** Which part of an overview a person wants to see, and under which headings: pure, from the overview alone. */

import { between, differences, endsOf, spliced } from './differences';
import type { ActiveItem, ExpiredItem, Overview } from './overview';
import { projectOf } from './reservation';

export const FILTERS = ['all', 'project', 'mine'] as const;
export const GROUPINGS = ['state', 'holder', 'bead'] as const;

export type Filter = (typeof FILTERS)[number];
export type Grouping = (typeof GROUPINGS)[number];

export type OverviewItem = ({ readonly kind: 'active' } & ActiveItem) | ({ readonly kind: 'expired' } & ExpiredItem);

/** What stands over a section. */
export type Heading =
  | { readonly by: 'state'; readonly state: 'active' | 'expired' }
  | { readonly by: 'holder'; readonly agent: string; readonly mine: boolean }
  | { readonly by: 'bead'; readonly bead: string };

export interface Section {
  /** Tells a section from the others, and stays the same while its items change. */
  readonly key: string;
  readonly heading: Heading;
  readonly items: readonly OverviewItem[];
}

/** Tells an item from every other one, whatever section it is in. Two reservations may have drawn the same id. */
export function itemKey(item: OverviewItem): string {
  return `${item.kind}:${item.reservation.reservation_id}:${item.reservation.scope}`;
}

/**
 * What passes the filter. Where it is not known which project something belongs to, or which one is open, it may be this
 * one.
 */
export function filtered(overview: Overview, filter: Filter, projects: ReadonlySet<string>): Overview {
  switch (filter) {
    case 'all':
      return overview;
    case 'mine':
      return keep(overview, ({ mine }) => mine);
    case 'project':
      return keep(overview, (item) => {
        const project = projectOf(item.reservation);
        return project === undefined || projects.size === 0 || projects.has(project);
      });
  }
}

export function isEmpty({ active, expired }: Overview): boolean {
  return active.length + expired.length === 0;
}

/** By state there are always the same two sections; else one for each holder or bead, one's own first. */
export function grouped(overview: Overview, grouping: Grouping): readonly Section[] {
  const [active, expired] = [asActive(overview.active), asExpired(overview.expired)];
  switch (grouping) {
    case 'state':
      return [byState('active', active), byState('expired', expired)];
    case 'holder':
      return byHeading([...active, ...expired], ({ reservation, mine }) => ({
        by: 'holder',
        agent: reservation.agent_id,
        mine,
      }));
    case 'bead':
      return byHeading([...active, ...expired], ({ reservation }) => ({ by: 'bead', bead: reservation.bead_id }));
  }
}

/** What of a list of sections has changed its look. */
export interface Rearranged {
  /** Those in which items came, went or moved. */
  readonly sections: readonly Section[];
  /** Items of the other sections that look different. */
  readonly items: readonly OverviewItem[];
  /** Keys of items that are in no section any more. */
  readonly gone: ReadonlySet<string>;
}

/** Undefined where the sections themselves are others. Items are told apart by the objects: see `lookAt`. */
export function rearranged(before: readonly Section[], after: readonly Section[]): Rearranged | undefined {
  const sections: Section[] = [];
  const items: OverviewItem[] = [];
  const [left, entered] = [new Set<string>(), new Set<string>()];
  if (before.length !== after.length) {
    return undefined;
  }
  for (const [index, section] of after.entries()) {
    const old = before[index];
    // An empty one is another item of the tree.
    if (!old || old.key !== section.key || (old.items.length === 0) !== (section.items.length === 0)) {
      return undefined;
    }
    const changed = changedInPlace(old.items, section.items);
    if (changed && JSON.stringify(old.heading) === JSON.stringify(section.heading)) {
      items.push(...changed);
    } else {
      sections.push(section);
      const { gone, come } = differences(old.items, section.items);
      keysOf(gone, left);
      keysOf(come, entered);
    }
  }
  return { sections, items, gone: new Set([...left].filter((key) => !entered.has(key))) };
}

function keysOf(items: readonly OverviewItem[], into: Set<string>): void {
  for (const item of items) {
    into.add(itemKey(item));
  }
}

/** The items that look different where they stand; undefined where some came, went or moved. */
function changedInPlace(
  before: readonly OverviewItem[],
  after: readonly OverviewItem[],
): readonly OverviewItem[] | undefined {
  if (before.length !== after.length) {
    return undefined;
  }
  const ends = endsOf(before, after);
  const olds = between(before, ends);
  const changed: OverviewItem[] = [];
  for (const [index, item] of between(after, ends).entries()) {
    const old = olds[index];
    if (old !== item) {
      if (!old || itemKey(old) !== itemKey(item)) {
        return undefined;
      }
      changed.push(item);
    }
  }
  return changed;
}

type Kind<K> = Extract<OverviewItem, { kind: K }>;

const asActive = each<ActiveItem, Kind<'active'>>((item) => ({ kind: 'active', ...item }));
const asExpired = each<ExpiredItem, Kind<'expired'>>((item) => ({ kind: 'expired', ...item }));

/** Makes another of each of a list: the same object for the same object, the same list for the same list. */
function each<A extends object, B extends object>(make: (from: A) => B): (list: readonly A[]) => readonly B[] {
  const made = new WeakMap<A, B>();
  const lists = new WeakMap<readonly A[], readonly B[]>();
  let last: WeakRef<readonly A[]> | undefined;
  const once = (from: A) => {
    let known = made.get(from);
    if (known === undefined) {
      known = make(from);
      made.set(from, known);
    }
    return known;
  };
  // Of a list that follows on another, only what has changed is gone through.
  const following = (list: readonly A[]) => {
    const before = last?.deref();
    const known = before && lists.get(before);
    const ends = known && endsOf(before, list);
    return known && ends ? spliced(known, ends, between(list, ends).map(once)) : list.map(once);
  };
  return (list) => {
    const known = lists.get(list) ?? following(list);
    lists.set(list, known);
    last = new WeakRef(list);
    return known;
  };
}

function keep(overview: Overview, passes: (item: ActiveItem | ExpiredItem) => boolean): Overview {
  return {
    ...overview,
    active: overview.active.filter(passes),
    expired: overview.expired.filter(passes),
  };
}

function byState(state: 'active' | 'expired', items: readonly OverviewItem[]): Section {
  return { key: state, heading: { by: 'state', state }, items };
}

/** Sections with something of one's own come first, then by name, so that a section keeps its place. */
function byHeading<I extends OverviewItem>(items: readonly I[], headingOf: (item: I) => Heading): readonly Section[] {
  const sections = new Map<string, { key: string; heading: Heading; items: I[] }>();
  for (const item of items) {
    const heading = headingOf(item);
    const key = `${heading.by}:${nameOf(heading)}`;
    const section = sections.get(key) ?? { key, heading, items: [] };
    section.items.push(item);
    sections.set(key, section);
  }
  return [...sections.values()].sort((left, right) => rank(left) - rank(right) || (left.key < right.key ? -1 : 1));
}

function nameOf(heading: Heading): string {
  switch (heading.by) {
    case 'state':
      return heading.state;
    case 'holder':
      return heading.agent;
    case 'bead':
      return heading.bead;
  }
}

function rank({ items }: Section): number {
  return items.some(({ kind, mine }) => mine && kind === 'active') ? 0 : items.some(({ mine }) => mine) ? 1 : 2;
}
