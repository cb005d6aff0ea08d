/**
 * Absolute scopes without a project, as beadboard has stored them since March 2026 (`path.resolve` of what was asked for). One
 * that lies in a project is read as that project's own scope, so that every rule and every view knows it. What is written
 * back is as it was, since beadboard finds its entries by their text.
 */

import { projectOf, type Reservation } from '../core/reservation';
import type { StoreReader } from './store';
import { type Translation, withTranslation } from './translated';

/** Where an absolute scope lies. */
export interface ScopePlace {
  readonly project: string;
  readonly worktree: string;
  /** The scope from the root of the worktree. */
  readonly scope: string;
}

/** Answers where a scope lies; undefined for one that is relative, or in no project that is known. */
export type PlaceOfScope = (scope: string) => ScopePlace | undefined;

/** Goes along when an entry is copied, and is not stored. */
const AS_WRITTEN = Symbol('the scope as it is stored');

type Placed = Reservation & { readonly [AS_WRITTEN]?: string };

/** The store, or reader of one, with such entries in their projects. */
export function withPlacedScopes<S extends StoreReader>(store: S, placeOf: PlaceOfScope): S {
  return withTranslation(store, placedScopes(placeOf));
}

/** How such entries are read, and written back. */
export function placedScopes(placeOf: PlaceOfScope): Translation {
  const locals = new WeakMap<Reservation, Placed>();
  const originals = new WeakMap<Reservation, Reservation>();

  function toLocal(stored: Reservation): Reservation {
    const place = projectOf(stored) === undefined ? placeOf(stored.scope) : undefined;
    if (!place) {
      return stored;
    }
    const known = locals.get(stored);
    if (known && known.project === place.project && known.worktree === place.worktree && known.scope === place.scope) {
      return known;
    }
    const here: Placed = { ...stored, ...place, [AS_WRITTEN]: stored.scope };
    locals.set(stored, here);
    originals.set(here, stored);
    return here;
  }

  function toStored(here: Placed): Reservation {
    const original = originals.get(here);
    const written = here[AS_WRITTEN];
    if (original || written === undefined) {
      return original ?? here;
    }
    const { [AS_WRITTEN]: _, project: __, worktree: ___, ...rest } = here;
    return { ...rest, scope: written };
  }

  return { toLocal, toStored };
}
