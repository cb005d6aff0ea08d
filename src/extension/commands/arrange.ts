/** What the view shows, and under which headings. */

import type { Filter, Grouping } from '../../core/arrangement';
import { type CommandContext, type Handler, record } from './context';

export function filterBy({ arrangement }: CommandContext, filter: Filter): Handler {
  return () => arrangement.setFilter(filter);
}

export function groupBy({ arrangement }: CommandContext, grouping: Grouping): Handler {
  return () => arrangement.setGrouping(grouping);
}

/** What stands at the end of a section that does not list all of its items. */
export function showMore({ view }: CommandContext): Handler {
  return async (argument) => {
    const { section } = record(argument);
    if (typeof section === 'string') {
      await view.listMore(section);
    }
  };
}
