/**
 * A named pipe in the place of every file of a store. To open one for reading is to wait for somebody who writes, for
 * ever: a store that does so holds its lock and answers nobody any more.
 */

import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Driver } from '../../support/driver';
import { FILES } from '../../support/storeFiles';
import { add, NO_FIGURES, type Outcome } from '../scenario';
import {
  EVERYTHING,
  falseAnswers,
  LONGEST_ANSWER_MS,
  ONE_MORE,
  placesOf,
  seedFull,
  unclearAnswers,
  work,
} from './work';

export async function pipeEverything(base: string, driver: Driver): Promise<Outcome> {
  const sample = join(base, 'sample');
  const places = (await placesOf(sample, driver)).filter(
    (place) => place === FILES.lock || lstatSync(join(sample, place)).isFile(),
  );
  const outcomes = await Promise.all(places.map((place, index) => pipeOne(join(base, String(index)), place)));
  return {
    figures: outcomes.reduce((sum, one) => add(sum, one.figures), NO_FIGURES),
    problems: outcomes.flatMap(({ problems }) => problems),
    notes: [`pipes: in ${places.length} places (${places.join(', ')})`],
  };
}

async function pipeOne(base: string, place: string): Promise<Outcome> {
  const root = join(base, 'store');
  const path = join(root, place);
  mkdirSync(base, { recursive: true });
  seedFull(root);
  const stood = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  if (stood) {
    renameSync(path, join(base, 'aside'));
  }
  execFileSync('mkfifo', [path]);
  // A process of its own: threads that wait for a pipe are lost to it.
  const driver = await Driver.run('faults/storeWorker');
  try {
    const answering = work(driver, root, EVERYTHING, place === FILES.lock);
    const answers = await Promise.race([answering, sleep(LONGEST_ANSWER_MS, undefined, { ref: false })]);
    if (!answers) {
      return {
        figures: add(NO_FIGURES, { faults: 1, blocked: 1 }),
        problems: [`${place} as a pipe: it waits for ever`],
      };
    }
    const isPipeStill = lstatSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
    if (isPipeStill) {
      rmSync(path);
      if (stood) {
        renameSync(join(base, 'aside'), path);
      }
    }
    const untrue = falseAnswers(root, answers);
    const unclear = unclearAnswers(root, answers);
    const next = (await work(driver, root, ONE_MORE)).filter(({ answer }) => !answer.ok);
    const problems = [
      ...untrue,
      ...unclear,
      ...next.map(({ answer }) => `and after it: ${JSON.stringify(answer.error)}`),
    ];
    return {
      figures: add(NO_FIGURES, {
        operations: answers.length + 1,
        faults: 1,
        violations: unclear.length,
        lost: untrue.length,
        blocked: next.length,
      }),
      problems: problems.map((text) => `${place} as a pipe: ${text}`),
    };
  } finally {
    await driver.kill();
  }
}
