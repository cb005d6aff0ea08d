/**
 * What the reservations are, when the active file and our memory of it disagree: pure, and the same for readers, who
 * only look, and for writers, who store it.
 *
 * Beadboard's `status` rewrites the active file without the lock. A rewrite from an old reading drops what was reserved
 * since, and revives what was released since. History tells the difference: what it closed is closed, and what it did
 * not close is not.
 */

import { meet } from '../../core/meeting';
import { isRenewedLater } from '../../core/renew';
import { type HasEnded, projectOf, type Reservation } from '../../core/reservation';
import { instant } from '../../core/time';
import { mergedWaiters } from '../../core/waiting';
import { StoreProblem } from '../problem';
import type { Journal } from './journal';
import { perEntry } from './perEntry';

export interface Recovered {
  /** The reservations that hold now; the very list that was given, where nothing is wrong with it. */
  readonly entries: readonly Reservation[];
  /** Expired ones that a sweep took out of the active file and never wrote to history. */
  readonly unrecorded: readonly Reservation[];
  /** What was set right, or could not be: kind FOREIGN_REWRITE. */
  readonly notices: readonly StoreProblem[];
}

/**
 * Tells one reservation from another. The id alone does not: it has the second and four hex digits that beadboard draws,
 * which two scopes can share, and one scope that is released and reserved anew within that second.
 */
export const identity = perEntry(({ reservation_id, scope, created_at }) =>
  JSON.stringify([reservation_id, scope, created_at]),
);

/**
 * `closedSince` is what history closed after the journal was written, and what it had closed before of those entries that
 * are not in the journal.
 */
export function recover(
  found: readonly Reservation[],
  journal: Journal | undefined,
  closedSince: readonly Reservation[],
  hasEnded: HasEnded,
  path: string,
): Recovered {
  const live = new Map((journal?.live ?? []).map((entry) => [identity(entry), entry]));
  const closings = closedSince.filter((entry) => !isOutlived(entry, live.get(identity(entry))));
  const closed = new Set(closings.map(identity));
  const revived = found.filter((entry) => closed.has(identity(entry)));
  const standing = revived.length > 0 ? found.filter((entry) => !closed.has(identity(entry))) : found;
  const outdated = standing.filter((entry) => upToDate(entry, live.get(identity(entry))) !== entry);
  const present = new Set(found.map(identity));
  const missing = [...live.values()].filter((entry) => !present.has(identity(entry)) && !closed.has(identity(entry)));
  const unrecorded = missing.filter(hasEnded);
  const dropped = missing.filter((entry) => !hasEnded(entry));
  // Whoever was granted the scope in the meantime was told so: that cannot be taken back.
  const isRegranted = (entry: Reservation) =>
    meet(standing, { scope: entry.scope, project: projectOf(entry) }).same.some((other) => !hasEnded(other));
  const restored = dropped.filter((entry) => !isRegranted(entry));
  const current = outdated.length > 0 ? standing.map((entry) => upToDate(entry, live.get(identity(entry)))) : standing;
  return {
    entries: restored.length > 0 ? [...current, ...restored] : current,
    unrecorded,
    notices: [
      ...revived.filter((entry) => !hasEnded(entry)).map((entry) => notice(path, entry, 'REVIVED')),
      ...outdated.map((entry) => notice(path, entry, 'OUTDATED')),
      ...dropped.map((entry) => notice(path, entry, restored.includes(entry) ? 'DROPPED' : 'REGRANTED')),
    ],
  };
}

/** Whether a line of history tells the end of a lease that had been renewed: a sweep that went by an old reading wrote it. */
function isOutlived(closed: Reservation, remembered: Reservation | undefined): boolean {
  return (
    closed.state === 'expired' &&
    remembered !== undefined &&
    instant(remembered.expires_at) > instant(closed.expires_at)
  );
}

/** The entry with all that either reading knows of renewals and of who waits; the one that was found, where it has it all. */
function upToDate(found: Reservation, remembered: Reservation | undefined): Reservation {
  if (!remembered) {
    return found;
  }
  const lasting = isRenewedLater(remembered, found) ? remembered : found;
  const waiting = mergedWaiters(found, remembered);
  if (lasting === found && waiting === undefined) {
    return found;
  }
  const { expires_at, renewed_at } = lasting;
  return { ...found, expires_at, ...(renewed_at ? { renewed_at } : {}), ...(waiting ? { waiting } : {}) };
}

const WHAT_HAPPENED = {
  REVIVED: 'had been closed, and another program brought it back; it is closed again',
  DROPPED: 'was still held, and another program dropped it; it is held again',
  OUTDATED: 'was written back by another program as it had been before it was renewed or wanted; that is set right',
  REGRANTED: 'was still held, and another program dropped it and granted its scope again; that stands',
} as const;

function notice(path: string, entry: Reservation, what: keyof typeof WHAT_HAPPENED): StoreProblem {
  const { reservation_id, scope, agent_id } = entry;
  return new StoreProblem(
    'FOREIGN_REWRITE',
    path,
    `Reservation ${reservation_id} of ${JSON.stringify(scope)} by ${JSON.stringify(agent_id)} ${WHAT_HAPPENED[what]}.`,
    { facts: { what, reservation_id, scope, agent_id } },
  );
}
