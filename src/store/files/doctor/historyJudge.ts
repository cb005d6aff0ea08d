/** What each line of the history is worth, one after the other. */

import { createHash } from 'node:crypto';
import { parseLine } from '../history';
import { identity } from '../recovery';
import type { Line } from './lines';

export type Verdict = 'kept' | 'torn' | 'duplicate' | 'blank';

export class HistoryJudge {
  /** Digests, since a set of a million identities would take several times the memory. */
  private readonly seen = new Set<string>();

  /** A reservation may be closed in two ways, and stand there twice for it; in the same way only once. */
  judge({ bytes }: Line): Verdict {
    const text = bytes?.toString('utf8');
    if (text?.trim() === '') {
      return 'blank';
    }
    const entry = text === undefined ? undefined : parseLine(text);
    if (!entry) {
      return 'torn';
    }
    const key = createHash('sha1')
      .update(`${entry.state} ${identity(entry)}`)
      .digest('binary');
    if (this.seen.has(key)) {
      return 'duplicate';
    }
    this.seen.add(key);
    return 'kept';
  }
}
