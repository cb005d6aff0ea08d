/**
 * A symbolic link in the place of every file and folder of a store, to a copy of what stood there or to nothing, each
 * outside. Whatever the store is then asked to do, it writes nothing out there, says what is in its way, and tells no
 * caller that something is done that is not.
 */

import { cpSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Driver } from '../../support/driver';
import { FILES } from '../../support/storeFiles';
import { add, NO_FIGURES, type Outcome } from '../scenario';
import { fingerprint } from './fingerprint';
import { EVERYTHING, falseAnswers, ONE_MORE, placesOf, seedFull, unclearAnswers, work } from './work';

/** What is behind a dangling link is not there to be read. */
const ABSENT = ['AGENT_NOT_FOUND', 'MESSAGE_NOT_FOUND', 'RESERVATION_NOT_FOUND', 'UNKNOWN_SENDER', 'UNKNOWN_RECIPIENT'];

export async function linkEverything(base: string, driver: Driver): Promise<Outcome> {
  const places = await placesOf(join(base, 'sample'), driver);
  const cases = places.flatMap((place) => [true, false].map((exists) => ({ place, exists })));
  // Side by side: where the lock itself is a link, callers wait for as long as they are ready to.
  const outcomes = await Promise.all(
    cases.map(({ place, exists }, index) => linkOne(join(base, String(index)), driver, place, exists)),
  );
  const isFound = await writesThrough(join(base, 'control'));
  const controls = add(NO_FIGURES, { controlsFound: isFound ? 1 : 0 });
  const figures = outcomes.reduce((sum, one) => add(sum, one.figures), controls);
  const notes = [
    `links: ${cases.length} in ${places.length} places (${places.map((place) => place || 'root').join(', ')})`,
  ];
  return { figures, problems: outcomes.flatMap(({ problems }) => problems), notes };
}

/** Whether a peer of beadboard's protocol, which knows no links, is seen to write through one. */
async function writesThrough(base: string): Promise<boolean> {
  const root = join(base, 'store');
  const outside = join(base, 'outside');
  mkdirSync(outside, { recursive: true });
  seedFull(root);
  renameSync(join(root, FILES.history), join(outside, 'target'));
  symlinkSync(join(outside, 'target'), join(root, FILES.history));
  const before = fingerprint(outside);
  const peer = await Driver.start('peer', root);
  try {
    await peer.call('release', { agent: 'agent-a', scope: 'mine' });
    return fingerprint(outside) !== before;
  } finally {
    await peer.kill();
  }
}

async function linkOne(base: string, driver: Driver, place: string, exists: boolean): Promise<Outcome> {
  const root = join(base, 'store');
  const outside = join(base, 'outside');
  mkdirSync(base, { recursive: true });
  seedFull(root);
  mkdirSync(outside);
  const path = join(root, place);
  const target = join(outside, 'target');
  const stood = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  if (exists && stood) {
    cpSync(path, target, { recursive: true });
  }
  if (stood) {
    renameSync(path, join(base, 'aside'));
  }
  symlinkSync(target, path);

  const before = fingerprint(outside);
  const answers = await work(driver, root, EVERYTHING, place === FILES.lock);
  const written = fingerprint(outside) !== before;

  const isLinkStill = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (isLinkStill) {
    rmSync(path);
    if (stood) {
      renameSync(join(base, 'aside'), path);
    }
  }
  const untrue = falseAnswers(root, answers).filter((text) => !isExcused(text, place, isLinkStill, exists));
  const unclear = unclearAnswers(root, answers, exists ? [] : ABSENT);
  const next = (await work(driver, root, ONE_MORE)).filter(({ answer }) => !answer.ok);
  const problems = [
    ...(written ? ['written through the link'] : []),
    ...untrue,
    ...unclear,
    ...next.map(({ answer }) => `and after it: ${JSON.stringify(answer.error)}`),
  ];
  return {
    figures: add(NO_FIGURES, {
      operations: answers.length + 1,
      faults: 1,
      violations: (written ? 1 : 0) + unclear.length,
      lost: untrue.length,
      blocked: next.length,
    }),
    problems: problems.map((text) => `${place || 'the root'} as a ${exists ? '' : 'dangling '}link: ${text}`),
  };
}

/** A dangling link in the place of a file hides what was in it: whoever starts anew there has not lost it. */
function isExcused(text: string, place: string, isLinkStill: boolean, exists: boolean): boolean {
  return !exists && !isLinkStill && place === FILES.active && text.startsWith('neither held');
}
