/**
 * Files and folders whose modes or owners are not what we gave them, worked on by a process to which they apply. It
 * must not read around them or replace what it could not read, must say which file it is, and must leave no lock.
 */

import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serializeOwner, thisOwner } from '../../../src/store/files/owner';
import type { Driver } from '../../support/driver';
import { FILES } from '../../support/storeFiles';
import { isKeptReady, listBelow } from '../../support/tempFolder';
import { add, NO_FIGURES, type Outcome } from '../scenario';
import { stamp } from './fingerprint';
import { EVERYTHING, falseAnswers, ONE_MORE, seedFull, unclearAnswers, work } from './work';

/** Nobody's user and group id. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

const FILE_PLACES = [
  FILES.active,
  FILES.history,
  'agents/agent-a.json',
  'agents/agent-d.json',
  'messages/agent-b.jsonl',
  'messages/index/msg_20260213_220000_0a1b2c3d.json',
];
const FOLDER_PLACES = ['', 'agents', 'messages', 'messages/index', 'reservations'];

interface Case {
  readonly place: string;
  readonly name: string;
  /** Makes the place as it should not be. */
  readonly spoil: (path: string) => void;
  /** Everyone has to wait, and is refused: all at once, so that it is waited for once. */
  readonly atOnce?: boolean;
}

function cases(): readonly Case[] {
  const modes = (places: readonly string[], all: readonly number[]): Case[] =>
    places.flatMap((place) =>
      all.map((mode) => ({
        place,
        name: `0${mode.toString(8).padStart(3, '0')}`,
        spoil: (path: string) => chmodSync(path, mode),
      })),
    );
  const byMode = [...modes(FILE_PLACES, [0, 0o400, 0o200, 0o666]), ...modes(FOLDER_PLACES, [0, 0o500, 0o300, 0o777])];
  if (!isRoot) {
    return byMode;
  }
  const owned = [...FILE_PLACES, ...FOLDER_PLACES.slice(1)].map((place) => ({
    place,
    name: "another user's",
    spoil: (path: string) => {
      chownSync(path, 0, 0);
      chmodSync(path, FILE_PLACES.includes(place) ? 0o600 : 0o700);
    },
  }));
  const lock = (mode: number): Case => ({
    place: FILES.lock,
    name: `held by another user's process, 0${mode.toString(8)}`,
    spoil: (path) => writeFileSync(path, serializeOwner(thisOwner('another')), { mode }),
    atOnce: true,
  });
  return [...byMode, ...owned, lock(0o600), lock(0o644)];
}

export async function spoilModes(base: string, driver: Driver): Promise<Outcome> {
  if (isRoot) {
    chmodSync(base, 0o711);
    await driver.call('dropRights');
  }
  const all = cases();
  const outcomes = await Promise.all(all.map((one, index) => spoilOne(join(base, String(index)), driver, one)));
  const figures = outcomes.reduce((sum, one) => add(sum, one.figures), NO_FIGURES);
  const refusing = outcomes.filter(({ refused }) => refused > 0).length;
  if (refusing < all.length / 2) {
    throw new Error('the modes did not apply to the process that worked: nothing was shown');
  }
  const owners = isRoot ? 'other owners too' : 'other owners need root, and were not tried';
  return {
    figures,
    problems: outcomes.flatMap(({ problems }) => problems),
    notes: [`modes: ${all.length} cases, something refused in ${refusing} of them; ${owners}`],
  };
}

async function spoilOne(base: string, driver: Driver, one: Case): Promise<Outcome & { refused: number }> {
  const root = join(base, 'store');
  mkdirSync(base);
  seedFull(root);
  give(base);
  const path = join(root, one.place);
  one.spoil(path);
  const isFile = statSync(path).isFile();
  const before = stamp(path);

  const answers = await work(driver, root, EVERYTHING, one.atOnce);

  const touched = isFile && before !== stamp(path) && isClosed(one, path);
  const widened = one.place === FILES.active && answers[0]?.answer.ok && (statSync(path).mode & 0o777) !== 0o600;
  restore(root, one.place);
  const untrue = falseAnswers(root, answers);
  const unclear = unclearAnswers(root, answers);
  const litter = readdirSync(join(root, 'reservations')).filter(
    (name) => /^\.lock|\.tmp$/.test(name) && !isKeptReady(name),
  );
  const next = (await work(driver, root, ONE_MORE)).filter(({ answer }) => !answer.ok);
  const problems = [
    ...(touched ? ['it was written, though closed to us'] : []),
    ...(widened ? ['it was written anew, and not as 0600'] : []),
    ...untrue,
    ...unclear,
    ...(litter.length > 0 ? [`left behind: ${litter.join(', ')}`] : []),
    ...next.map(({ answer }) => `and after it: ${JSON.stringify(answer.error)}`),
  ];
  return {
    refused: answers.filter(({ answer }) => !answer.ok).length,
    figures: add(NO_FIGURES, {
      operations: answers.length + 1,
      faults: 1,
      violations: (touched ? 1 : 0) + (widened ? 1 : 0) + unclear.length,
      lost: untrue.length,
      blocked: next.length + litter.length,
    }),
    problems: problems.map((text) => `${one.place || 'the root'}, ${one.name}: ${text}`),
  };
}

/** What cannot be read must not be replaced: nobody knows what would be lost by it. */
function isClosed(one: Case, path: string): boolean {
  const stats = statSync(path);
  return (stats.mode & 0o400) === 0 || (isRoot && stats.uid === 0 && one.place !== FILES.lock);
}

/** All that is below is the worker's, as if it had made it. */
function give(folder: string): void {
  if (isRoot) {
    for (const name of ['', ...listBelow(folder)]) {
      chownSync(join(folder, name), NOBODY, NOBODY);
    }
  }
}

function restore(root: string, place: string): void {
  const path = join(root, place);
  if (place === FILES.lock) {
    rmSync(path);
  } else {
    chmodSync(path, statSync(path).isFile() ? 0o600 : 0o700);
  }
  give(root);
}
