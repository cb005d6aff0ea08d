/** How two scopes lie to each other, and whether one covers a path. */

import type { Scope, ScopePath } from './scope';
import { segmentMatches, segments } from './segment';
import { matchesSequence, sequenceCovers, sequencesMeet } from './sequence';

/** How a scope that is held lies to one that is asked for. */
export const OVERLAPS = [
  /** The same scope. */
  'exact',
  /** All that is asked for is held. */
  'contains',
  /** All that is held is asked for. */
  'within',
  /** Some of it is. */
  'partial',
] as const;

export type Overlap = (typeof OVERLAPS)[number];

/** Whether the scope covers the path. Both are to be parsed with the same options. */
export function covers(scope: Scope, path: ScopePath): boolean {
  return (
    scope.root === path.root &&
    scope.patterns.some((pattern) => matchesSequence(pattern, path.names, segments.isRun, segmentMatches))
  );
}

/**
 * Whether some path is covered by both. Exact for names, `*`, `?`, `**` and `{...}`, and for `[...]` beside a name; two
 * `[...]` count as having something in common.
 */
export function overlaps(left: Scope, right: Scope): boolean {
  if (left.root !== right.root) {
    return false;
  }
  for (const one of left.patterns) {
    for (const other of right.patterns) {
      if (sequencesMeet(one, other, segments)) {
        return true;
      }
    }
  }
  return false;
}

/** Whether every path that `inner` covers is covered by `outer`. Never claimed wrongly; in odd cases not seen. */
export function contains(outer: Scope, inner: Scope): boolean {
  return (
    outer.root === inner.root &&
    inner.patterns.every((one) => outer.patterns.some((other) => sequenceCovers(other, one, segments)))
  );
}

/** How `held` lies to `wanted`. Two spellings of the same files are `contains`: `exact` is only the same scope. */
export function relation(held: Scope, wanted: Scope): Overlap | 'disjoint' {
  if (held.key === wanted.key) {
    return 'exact';
  }
  if (!overlaps(held, wanted)) {
    return 'disjoint';
  }
  if (contains(held, wanted)) {
    return 'contains';
  }
  return contains(wanted, held) ? 'within' : 'partial';
}
