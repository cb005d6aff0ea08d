/** Which entries a scope meets: the same scope of the same project, and within one project what overlaps. */

import { trimmed } from './input';
import { type Conflict, inShort, type Place, projectOf, type Reservation } from './reservation';
import { surelyApartFrom } from './scope/apart';
import { type Overlap, overlaps, relation } from './scope/relation';
import { parseScope } from './scope/scope';
import { instant } from './time';

/** A scope as somebody means it. */
export interface Wanted extends Place {
  readonly scope: string;
}

/** How many conflicts are told one by one; how many there are in all is told beside them. */
export const MAX_CONFLICTS_TOLD = 20;

/** The fields of a place that were given, and no others. */
export function placeOf({ project, foldCase }: Place): Place {
  const path = trimmed(project);
  return { ...(path ? { project: path } : {}), ...(foldCase === true ? { foldCase: true } : {}) };
}

/** Whether an entry may be of the project that is meant: where either names none, that cannot be ruled out. */
export function isOfProject(entry: Reservation, project: string | undefined): boolean {
  const own = projectOf(entry);
  return own === undefined || !project || own === project;
}

/** Which entries a scope meets. */
export interface Met {
  /** The same scope: equal text, or equal once normalised, of one project or where either side names none. */
  readonly same: readonly Reservation[];
  /** What else has a path in common with it, of the very same project only. */
  readonly overlapping: readonly Reservation[];
}

/**
 * Looks through all entries once. beadboard names no project, and compares scopes as text: with what it made, and for
 * what names none, patterns do not count. A scope that does not compile is its text.
 */
export function meet(entries: readonly Reservation[], wanted: Wanted): Met {
  const lies = lieTo(wanted);
  const same: Reservation[] = [];
  const overlapping: Reservation[] = [];
  for (const entry of entries) {
    const how = lies(entry);
    if (how === 'same') {
      same.push(entry);
    } else if (how === 'overlapping') {
      overlapping.push(entry);
    }
  }
  return { same, overlapping };
}

function lieTo(wanted: Wanted): (entry: Reservation) => 'same' | 'overlapping' | 'apart' {
  const options = { foldCase: wanted.foldCase === true };
  const scope = parseScope(wanted.scope, options);
  const isApart = surelyApartFrom(wanted.scope, options.foldCase);
  return (entry) => {
    if (!isOfProject(entry, wanted.project)) {
      return 'apart';
    }
    if (entry.scope === wanted.scope) {
      return 'same';
    }
    if (isApart(entry.scope) || !scope.ok) {
      return 'apart';
    }
    const held = parseScope(entry.scope, options);
    if (!held.ok) {
      return 'apart';
    }
    if (held.data.key === scope.data.key) {
      return 'same';
    }
    const isKnown = wanted.project !== undefined && projectOf(entry) === wanted.project;
    return isKnown && overlaps(held.data, scope.data) ? 'overlapping' : 'apart';
  };
}

/** What is in the way in the order of telling: the same scope first, then what ends soonest; at most so much of it. */
export function foremost({ same, overlapping }: Met): readonly Reservation[] {
  return [...soonestFirst(same), ...soonestFirst(overlapping)].slice(0, MAX_CONFLICTS_TOLD);
}

function soonestFirst(entries: readonly Reservation[]): readonly Reservation[] {
  const timed = entries.map((entry) => ({ entry, end: instant(entry.expires_at) }));
  return timed.sort((left, right) => left.end - right.end).map(({ entry }) => entry);
}

/** An entry that meets the scope, with how it lies to it. */
export function asConflict(entry: Reservation, wanted: Wanted): Conflict {
  return { ...inShort(entry), overlap: overlapOf(entry, wanted) };
}

function overlapOf(entry: Reservation, wanted: Wanted): Overlap {
  const options = { foldCase: wanted.foldCase === true };
  const [held, scope] = [parseScope(entry.scope, options), parseScope(wanted.scope, options)];
  const lies = held.ok && scope.ok ? relation(held.data, scope.data) : 'exact';
  return lies === 'disjoint' ? 'partial' : lies;
}
