/** What was read last, for as long as the server is out of reach: shown with its age rather than nothing. */

import type { StoreProblem } from '../problem';
import { StoreProblem as Problem } from '../problem';
import type { Records } from '../store';
import { outOfDate } from './problems';

export class LastKnown<R> {
  private last: { readonly records: Records<R>; readonly at: Date } | undefined;

  /**
   * What is read; or where the server is out of reach what was read last, with the problem among the others. @throws
   * StoreProblem
   */
  async read(read: () => Promise<Records<R>>): Promise<Records<R>> {
    try {
      const records = await read();
      this.last = { records, at: new Date() };
      return records;
    } catch (error) {
      if (!isUnreachable(error) || !this.last) {
        throw error;
      }
      const { records, at } = this.last;
      return { records: records.records, problems: [outOfDate(error, at), ...records.problems] };
    }
  }
}

export function isUnreachable(error: unknown): error is StoreProblem {
  return error instanceof Problem && error.kind === 'STORE_UNREACHABLE';
}
