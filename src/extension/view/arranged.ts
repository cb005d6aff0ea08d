/** What is in the tree: made with each change of the store, of the filter, or of what is changed. */

import { filtered, grouped, isEmpty } from '../../core/arrangement';
import type { Drift } from '../drift';
import { type LiveStore, outOfDateOf } from '../liveStore';
import type { Projects } from '../projects';
import type { Arrangement } from './arrangement';
import { type DriftSectionNode, driftSection } from './driftItems';
import type { ProblemNode, SectionNode } from './nodes';

export interface Arranged {
  readonly problems: readonly ProblemNode[];
  readonly sections: readonly SectionNode[];
  readonly drift: DriftSectionNode | undefined;
  /** Nothing passes the filter. */
  readonly isEmpty: boolean;
  /** It is what was read last, and each item says so. */
  readonly isOld: boolean;
}

export const NOTHING: Arranged = { problems: [], sections: [], drift: undefined, isEmpty: true, isOld: false };

export function arrange(live: LiveStore, by: Arrangement, projects: Projects, changed: Drift): Arranged {
  const { state, overview } = live;
  const shown = filtered(overview, by.filter, projects.known);
  return {
    problems: state.kind === 'readable' ? state.problems.map((problem) => ({ kind: 'problem', problem })) : [],
    // None where nothing is to be listed: then a welcome text says why.
    sections:
      state.kind === 'readable' && !isEmpty(shown)
        ? grouped(shown, by.grouping).map((section) => ({ kind: 'section', ...section }))
        : [],
    // Last, so that nothing moves when it comes and goes. No filter touches it: it is about the person's own changes.
    drift: state.kind === 'readable' ? driftSection(changed) : undefined,
    isEmpty: isEmpty(shown),
    isOld: outOfDateOf(state) !== undefined,
  };
}

/** By which a welcome text is chosen, beside the kind of problem. */
export function stateKey({ state, overview }: LiveStore, arranged: Arranged): string {
  if (state.kind !== 'readable') {
    return state.kind;
  }
  if (isEmpty(overview)) {
    return 'empty';
  }
  return arranged.isEmpty && !arranged.drift ? 'filtered' : 'filled';
}
