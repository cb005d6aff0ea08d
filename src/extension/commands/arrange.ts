/** What the view shows, and under which headings. */

import type { Filter, Grouping } from '../../core/arrangement';
import type { CommandContext, Handler } from './context';

export function filterBy({ arrangement }: CommandContext, filter: Filter): Handler {
  return () => arrangement.setFilter(filter);
}

export function groupBy({ arrangement }: CommandContext, grouping: Grouping): Handler {
  return () => arrangement.setGrouping(grouping);
}
