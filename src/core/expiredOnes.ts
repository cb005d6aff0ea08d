/** What is over and still shown, newest first, and which of it can be taken over. */

import { heldWith } from './activeOrder';
import { isOfProject } from './meeting';
import type { ActiveItem, ExpiredItem } from './overview';
import { projectOf, type Reservation } from './reservation';
import { instant } from './time';

/** What is past its time but still in the active file, however old, and what history closed within the window. */
export function expiredOf(
  over: readonly Reservation[],
  closed: readonly Reservation[],
  now: Date,
  window: number,
): readonly Reservation[] {
  const byId = new Map<string, Reservation>();
  for (const entry of closed) {
    if (entry.state === 'expired' && instant(entry.expires_at) + window > now.getTime()) {
      byId.set(entry.reservation_id, entry);
    }
  }
  // Last, so that an entry which a crash left in both files is shown as the one that is still there.
  for (const entry of over) {
    byId.set(entry.reservation_id, entry);
  }
  return [...byId.values()].sort((left, right) => instant(right.expires_at) - instant(left.expires_at));
}

/** Of those of one scope and project, the newest can be taken over, unless somebody holds it again. */
export function markTakeable(
  expired: readonly Reservation[],
  live: readonly ActiveItem[],
  me: string | undefined,
): readonly ExpiredItem[] {
  const taken = new Map(expired.map(({ scope }) => [scope, [...heldWith(scope, live)]]));
  return expired.map((reservation) => {
    const sameText = taken.get(reservation.scope) ?? [];
    const canTakeOver = !sameText.some((entry) => isOfProject(entry, projectOf(reservation)));
    sameText.push(reservation);
    return { reservation, mine: reservation.agent_id === me, canTakeOver };
  });
}
