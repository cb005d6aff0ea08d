/**
 * What the reservations are, when the active file and our memory of it disagree: pure, and the same for readers, who
 * only look, and for writers, who store it.
 *
 * Beadboard's `status` rewrites the active file without the lock. A rewrite from an old reading drops what was reserved
 * since, and revives what was released since. History tells the difference: what it closed is closed, and what it did
 * not close is not.
 */

import type { HasEnded, Reservation } from '../../core/reservation';
import { instant } from '../../core/time';
import { StoreProblem } from '../problem';
import type { Journal } from './journal';

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
export function identity({ reservation_id, scope, created_at }: Reservation): string {
  return JSON.stringify([reservation_id, scope, created_at]);
}

/** `closedSince` is what history closed after the journal was written. */
export function recover(
  found: readonly Reservation[],
  journal: Journal | undefined,
  closedSince: readonly Reservation[],
  hasEnded: HasEnded,
  path: string,
): Recovered {
  const closed = new Set([...Object.keys(journal?.closed ?? {}), ...closedSince.map(identity)]);
  const revived = found.filter((entry) => closed.has(identity(entry)));
  const standing = revived.length > 0 ? found.filter((entry) => !closed.has(identity(entry))) : found;
  const present = new Set(found.map(identity));
  const missing = (journal?.live ?? []).filter(
    (entry) => !present.has(identity(entry)) && !closed.has(identity(entry)),
  );
  const unrecorded = missing.filter(hasEnded);
  const dropped = missing.filter((entry) => !hasEnded(entry));
  // Whoever was granted the scope in the meantime was told so: that cannot be taken back.
  const regranted = new Set(standing.filter((entry) => !hasEnded(entry)).map((entry) => entry.scope));
  const restored = dropped.filter((entry) => !regranted.has(entry.scope));
  return {
    entries: restored.length > 0 ? [...standing, ...restored] : standing,
    unrecorded,
    notices: [
      ...revived.filter((entry) => !hasEnded(entry)).map((entry) => notice(path, entry, 'REVIVED')),
      ...dropped.map((entry) => notice(path, entry, restored.includes(entry) ? 'DROPPED' : 'REGRANTED')),
    ],
  };
}

/** What to remember as closed: those whose time is not over, since only they can be revived to any effect. */
export function rememberClosed(
  journal: Journal | undefined,
  closed: readonly Reservation[],
  now: Date,
): Readonly<Record<string, string>> {
  const remembered = { ...journal?.closed };
  for (const entry of closed) {
    remembered[identity(entry)] = entry.expires_at;
  }
  return Object.fromEntries(Object.entries(remembered).filter(([, expiresAt]) => instant(expiresAt) > now.getTime()));
}

const WHAT_HAPPENED = {
  REVIVED: 'had been closed, and another program brought it back; it is closed again',
  DROPPED: 'was still held, and another program dropped it; it is held again',
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
