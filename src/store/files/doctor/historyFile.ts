/** `history.jsonl`: lines that cannot be read, and reservations that it closes twice. Both are found in one reading. */

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { asProblem } from '../../problem';
import type { StorePaths } from '../paths';
import { type Check, type Found, finding, isFile, pauseBeforeSecondLook } from './check';
import { HistoryJudge } from './historyJudge';
import { rewriteHistory } from './historyRewrite';
import { linesOf } from './lines';

const FIRST_FEW = 5;
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

interface Tally {
  count: number;
  /** Line numbers, from 1, of the first few. */
  readonly first: number[];
}

export const historyCheck: Check = {
  kinds: ['TORN_HISTORY', 'DUPLICATE_HISTORY'],
  async find(ward) {
    const { paths } = ward;
    if (!(await isFile(paths.history))) {
      return [];
    }
    const { torn, duplicate } = await survey(paths.history);
    const found: Found[] = [];
    if (torn.count > 0) {
      found.push({
        finding: describe(
          paths,
          'TORN_HISTORY',
          torn,
          'that cannot be read, torn by a crash perhaps; they are passed over',
          'Write the history anew without them, and keep them in a file of their own beside it.',
        ),
        repair: () => rewriteHistory(ward, 'torn'),
      });
    }
    if (duplicate.count > 0) {
      found.push({
        finding: describe(
          paths,
          'DUPLICATE_HISTORY',
          duplicate,
          'that close a reservation once more; it is counted twice',
          'Write the history anew without them.',
        ),
        repair: () => rewriteHistory(ward, 'duplicate'),
      });
    }
    return found;
  },
};

function describe(
  paths: StorePaths,
  kind: 'TORN_HISTORY' | 'DUPLICATE_HISTORY',
  { count, first }: Tally,
  what: string,
  repair: string,
) {
  return finding(paths, kind, paths.history, {
    message: `${paths.history} has lines ${what} (${count}, first at ${first.join(', ')}).`,
    repair,
    risky: true,
    facts: { lines: count, first },
  });
}

async function survey(path: string): Promise<{ torn: Tally; duplicate: Tally }> {
  const tallies = { torn: { count: 0, first: [] as number[] }, duplicate: { count: 0, first: [] as number[] } };
  const file = await open(path, constants.O_RDONLY | NO_FOLLOW).catch((error: unknown) => {
    throw asProblem(error, path, 'read');
  });
  try {
    const judge = new HistoryJudge();
    const { size } = await file.stat();
    let number = 0;
    for await (const lines of linesOf(file, 0, size)) {
      for (const line of lines) {
        number++;
        const verdict = judge.judge(line);
        if (verdict === 'torn' && !line.isWhole && (await isUnderWay(file, size))) {
          continue;
        }
        if (verdict === 'torn' || verdict === 'duplicate') {
          const tally = tallies[verdict];
          tally.count++;
          if (tally.first.length < FIRST_FEW) {
            tally.first.push(number);
          }
        }
      }
    }
    return tallies;
  } finally {
    await file.close();
  }
}

/** Whether somebody is just writing at the end of the file. */
export async function isUnderWay(file: FileHandle, size: number): Promise<boolean> {
  await pauseBeforeSecondLook();
  return (await file.stat()).size !== size;
}
