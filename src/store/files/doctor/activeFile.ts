/** `active.json`: put aside where it cannot be understood, and freed of entries that cannot. */

import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { asExpired } from '../../../core/reservation';
import { isNotUnderstood, type StoreProblem } from '../../problem';
import { parseActive, readActiveFile } from '../active';
import { asideName, putAside } from '../aside';
import { syncFolder, writeNew } from '../durable';
import { readJournal } from '../journalFile';
import { readExactText, toJson } from '../json';
import type { HeldLock } from '../lock';
import { type ReservationState, readReservations } from '../reading';
import { commitReservations } from '../reservations';
import {
  busy,
  type Check,
  type Done,
  type Found,
  finding,
  gone,
  isFile,
  isUnusable,
  outOfReach,
  repaired,
  unreadableOf,
  type Ward,
} from './check';

export const activeCheck: Check = {
  kinds: ['UNREADABLE_FILE', 'BAD_ENTRY'],
  async find(ward) {
    if (!(await isFile(ward.paths.active))) {
      return [];
    }
    const broken = await brokenIn(ward.paths.active);
    if (!broken) {
      return badEntries(ward);
    }
    return [isUnusable(broken) ? unreadable(ward, broken) : outOfReach(ward.paths, broken, broken.path)];
  },
};

async function brokenIn(path: string): Promise<StoreProblem | undefined> {
  return (await unreadableOf([path], (key) => key, readActiveFile)).get(path);
}

function unreadable(ward: Ward, broken: StoreProblem): Found {
  const { paths } = ward;
  const isCopied = readJournal(paths.journal) !== undefined;
  const repair = isCopied
    ? 'Put the file aside, and go on from the last good copy.'
    : 'Put the file aside, and go on from nothing: there is no good copy, so nothing is reserved any more.';
  return {
    finding: finding(paths, 'UNREADABLE_FILE', paths.active, {
      message: broken.message,
      repair,
      risky: !isCopied,
      facts: { ...broken.facts, cause: broken.kind, copy: isCopied },
    }),
    repair: () => ward.locked(paths.reservations, (lock) => replaceBroken(ward, lock, isCopied)),
  };
}

async function replaceBroken(ward: Ward, lock: HeldLock, wasCopied: boolean): Promise<Done> {
  const { paths } = ward;
  const broken = await brokenIn(paths.active);
  if (!isUnusable(broken)) {
    return gone(paths.active);
  }
  const isCopied = readJournal(paths.journal) !== undefined;
  if (wasCopied && !isCopied) {
    return busy('The last good copy has gone in the meantime. Look again.');
  }
  if (isCopied && isNotUnderstood(broken)) {
    return holdAgain(await commit(ward, lock, readReservations(paths, ward.moment)));
  }
  lock.assertHeld();
  const aside = await putAside(paths.active, ward.moment().now);
  if (!isCopied) {
    return repaired(`Put the file aside as ${aside}; nothing is reserved.`, aside);
  }
  // One that is too large to be read at all stands in the way of the copy: without it, everything counts as dropped.
  return holdAgain({ ...(await commit(ward, lock, readReservations(paths, ward.moment))), aside });
}

interface Committed {
  /** Where the broken file is now; '' where none was. */
  readonly aside: string;
  /** How many reservations hold. */
  readonly holding: number;
}

function holdAgain({ aside, holding }: Committed): Done {
  return repaired(`Put the file aside as ${aside}; ${holding} reservations hold again.`, aside);
}

/** Commits what was read. */
async function commit(ward: Ward, lock: HeldLock, state: ReservationState): Promise<Committed> {
  const { entries, unrecorded } = state.recovered;
  const changes = { state, entries, closed: unrecorded.map(asExpired), fence: state.fence };
  let aside = '';
  for (const notice of await commitReservations(ward.paths, lock, changes)) {
    if (notice.kind === 'PUT_ASIDE') {
      aside = String(notice.facts['aside']);
    } else {
      ward.onNotice(notice);
    }
  }
  return { aside, holding: entries.length };
}

function badEntries(ward: Ward): readonly Found[] {
  const path = ward.paths.active;
  const { strange, problems } = parseActive(readExactText(path) ?? '[]', path);
  return strange.map((value, index) => {
    const identity = `reservations/active.json:${digest(value)}`;
    return {
      finding: finding(ward.paths, 'BAD_ENTRY', path, {
        message: problems[index]?.message ?? '',
        repair: 'Move the entry into a file of its own beside it.',
        facts: problems[index]?.facts ?? {},
        identity,
      }),
      repair: () => ward.locked(ward.paths.reservations, (lock) => takeOut(ward, lock, digest(value))),
    };
  });
}

async function takeOut(ward: Ward, lock: HeldLock, wanted: string): Promise<Done> {
  const path = ward.paths.active;
  const state = readReservations(ward.paths, ward.moment);
  const taken = state.file.strange.filter((value) => digest(value) === wanted);
  if (taken.length === 0) {
    return gone(path);
  }
  const aside = asideName(path, state.moment.now);
  await writeNew(aside, toJson(taken), { sync: true });
  await syncFolder(dirname(aside));
  const strange = state.file.strange.filter((value) => !taken.includes(value));
  await commit(ward, lock, { ...state, file: { ...state.file, strange } });
  return repaired(`Moved the entry to ${aside}.`, aside);
}

/** Tells one entry from another wherever it stands in the list. */
function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
