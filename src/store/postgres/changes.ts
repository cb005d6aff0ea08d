/** What a decision did to the list that it was given. */

import type { Reservation } from '../../core/reservation';

export interface Differences {
  /** What is another object now, beside what it was before. */
  readonly replaced: readonly { readonly was: Reservation; readonly is: Reservation }[];
  readonly removed: readonly Reservation[];
  readonly added: readonly Reservation[];
}

/**
 * Compares objects, not what is in them: decisions leave alone what they do not change, and mostly its place. An entry
 * is told from another by its id and scope.
 */
export function differences(before: readonly Reservation[], after: readonly Reservation[]): Differences {
  const replaced: { was: Reservation; is: Reservation }[] = [];
  const removed = new Map<string, Reservation>();
  const added: Reservation[] = [];
  let next = 0;
  for (const was of before) {
    const is = after[next];
    if (is === was) {
      next++;
    } else if (is && keyOf(is) === keyOf(was)) {
      replaced.push({ was, is });
      next++;
    } else {
      removed.set(keyOf(was), was);
    }
  }
  for (const is of after.slice(next)) {
    const was = removed.get(keyOf(is));
    removed.delete(keyOf(is));
    if (!was) {
      added.push(is);
    } else if (was !== is) {
      replaced.push({ was, is });
    }
  }
  return { replaced, removed: [...removed.values()], added };
}

export function keyOf({ reservation_id, scope }: Reservation): string {
  return `${reservation_id} ${scope}`;
}
