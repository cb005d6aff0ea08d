/**
 * A store that several machines share, as one of them sees it: the same repository lies in another folder on each, so what
 * is stored names it by what its clones have in common, and what is read names it by its folder here.
 */

import { projectOf, type Reservation } from '../core/reservation';
import type { Store } from './store';
import { withTranslation } from './translated';

/** What such a name begins with, so that it is not taken for a folder. */
const SHARED = /^(?:origin|folder):/;

export interface ProjectNames {
  /** What all clones of the project in that folder have in common: `origin:` and an address, or `folder:` and a name. */
  shared(folder: string): string;
  /** The folder here, or undefined for a project that this process has nothing to do with: it then keeps its shared name. */
  local(shared: string): string | undefined;
}

export function withSharedProjects(store: Store, names: ProjectNames): Store {
  const { toLocal, toShared } = translations(names);
  return withTranslation(store, { toLocal, toStored: toShared });
}

/** An entry that comes back as it was given is the same object again, so that lists can be told apart by their objects. */
export function translations({ shared, local }: ProjectNames) {
  const locals = new WeakMap<Reservation, Reservation>();
  const shareds = new WeakMap<Reservation, Reservation>();
  const pair = (stored: Reservation, here: Reservation) => {
    locals.set(stored, here);
    shareds.set(here, stored);
  };

  function toLocal(stored: Reservation): Reservation {
    const known = locals.get(stored);
    const project = projectOf(stored);
    const folder = project === undefined ? undefined : local(project);
    // A folder that is opened later, or is moved, is known by another name then.
    if (known && projectOf(known) === (folder ?? project)) {
      return known;
    }
    const here = folder === undefined ? stored : { ...stored, project: folder };
    pair(stored, here);
    return here;
  }

  function toShared(here: Reservation): Reservation {
    const known = shareds.get(here);
    if (known) {
      return known;
    }
    const folder = projectOf(here);
    const stored = folder === undefined || SHARED.test(folder) ? here : { ...here, project: shared(folder) };
    pair(stored, here);
    return stored;
  }

  return { toLocal, toShared };
}
