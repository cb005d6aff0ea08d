/** The outbox: messages that were sent and are not in all their files yet, and an outbox that cannot be understood. */

import { asProblem, type StoreProblem } from '../../problem';
import { putAside } from '../aside';
import { finishDeliveries } from '../deliver';
import { readWholeOutbox } from '../outbox';
import {
  type Check,
  type Found,
  failed,
  finding,
  gone,
  isFile,
  isOlderThan,
  isUnusable,
  outOfReach,
  repaired,
  statsOf,
  type Ward,
} from './check';

/** Whoever sends takes milliseconds: what is there for longer was left by one who could not go on. */
const UNDER_WAY_MS = 10_000;

export const outboxCheck: Check = {
  kinds: ['UNDELIVERED_MESSAGE', 'UNREADABLE_FILE'],
  async find(ward) {
    const { outbox } = ward.paths;
    if (!(await isFile(outbox))) {
      return [];
    }
    const problem = problemOf(ward);
    if (problem) {
      return [isUnusable(problem) ? brokenOutbox(ward, problem) : outOfReach(ward.paths, problem, outbox)];
    }
    return (await isLeft(ward)) ? [undelivered(ward, readWholeOutbox(ward.paths).length)] : [];
  },
};

function problemOf({ paths }: Ward): StoreProblem | undefined {
  try {
    readWholeOutbox(paths);
    return undefined;
  } catch (error) {
    return asProblem(error, paths.outbox, 'read');
  }
}

async function isLeft({ paths }: Ward): Promise<boolean> {
  const stats = await statsOf(paths.outbox);
  return stats !== undefined && isOlderThan(UNDER_WAY_MS, stats.mtimeMs);
}

function undelivered(ward: Ward, messages: number): Found {
  const { outbox } = ward.paths;
  return {
    finding: finding(ward.paths, 'UNDELIVERED_MESSAGE', outbox, {
      message:
        `Messages that were sent are still in ${outbox} (${messages}), since their files could not be written. They are ` +
        'shown and can be acknowledged here, but beadboard does not see them.',
      repair: 'Write them to the files of their recipients.',
      facts: { messages },
    }),
    repair: () =>
      ward.locked(ward.paths.messageIndex, async (lock) => {
        if (!(await isLeft(ward))) {
          return gone(outbox);
        }
        lock.assertHeld();
        const left = await finishDeliveries(ward.paths);
        return left === 0
          ? repaired('Wrote the messages to the files of their recipients.')
          : failed(`${left} messages still cannot be written; see what else is wrong with ${ward.paths.messages}.`, {
              cause: 'UNDELIVERED',
              messages: left,
            });
      }),
  };
}

function brokenOutbox(ward: Ward, broken: StoreProblem): Found {
  return {
    finding: finding(ward.paths, 'UNREADABLE_FILE', broken.path, {
      message: `${broken.message} Messages that were just being sent may be in it alone.`,
      repair: 'Put the file aside. What has not yet come to its recipients has to be sent again.',
      risky: true,
      facts: { ...broken.facts, cause: broken.kind, outbox: true },
    }),
    repair: () =>
      ward.locked(ward.paths.messages, async (lock) => {
        if (!isUnusable(problemOf(ward))) {
          return gone(broken.path);
        }
        lock.assertHeld();
        const aside = await putAside(broken.path, ward.moment().now);
        return repaired(`Put the file aside as ${aside}.`, aside);
      }),
  };
}
