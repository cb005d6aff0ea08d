/** The active ones in the order in which they are shown, mine first: put in, taken out and found without looking through all. */

import { spliced } from './differences';
import type { ActiveItem } from './overview';
import type { Reservation } from './reservation';

/** More than these are not put in one by one. */
const MOST_PUT_IN = 100;

/** A list in order, without some of them and with others: only what lies between these is looked through. */
export function replaced(
  list: readonly ActiveItem[],
  out: readonly ActiveItem[],
  more: readonly ActiveItem[],
): readonly ActiveItem[] {
  const all = [...out, ...more];
  if (all.length === 0) {
    return list;
  }
  if (all.length > MOST_PUT_IN) {
    const gone = new Set(out);
    return merged(
      list.filter((item) => !gone.has(item)),
      more,
    );
  }
  const from = Math.min(...all.map((item) => placeBefore(item, list)));
  const to = Math.max(...all.map((item) => placeOf(item, list, from)));
  const stay = list.slice(from, to).filter((item) => !out.includes(item));
  return spliced(list, { front: from, back: list.length - to }, merged(stay, more));
}

/** A list in order, with more of them. */
export function merged(list: readonly ActiveItem[], more: readonly ActiveItem[]): readonly ActiveItem[] {
  if (more.length === 0) {
    return list;
  }
  if (more.length > MOST_PUT_IN) {
    return [...list, ...more].sort(mineFirstThenScope);
  }
  const parts: (readonly ActiveItem[])[] = [];
  let at = 0;
  for (const item of more.toSorted(mineFirstThenScope)) {
    const place = placeOf(item, list, at);
    parts.push(list.slice(at, place), [item]);
    at = place;
  }
  // Many times as quick as flat() for long lists.
  return ([] as ActiveItem[]).concat(...parts, list.slice(at));
}

/** Where the item belongs in a list in order, behind its like; it comes behind the first `from`. */
function placeOf(item: ActiveItem, list: readonly ActiveItem[], from: number): number {
  return firstFrom(from, list, (there) => mineFirstThenScope(there, item) > 0);
}

/** Where the first stands that is no less than the item. */
function placeBefore(item: ActiveItem, list: readonly ActiveItem[]): number {
  return firstFrom(0, list, (there) => mineFirstThenScope(there, item) >= 0);
}

/** The place of the first of which it is true, from there on; what is true of one has to be true of all behind it. */
function firstFrom(from: number, list: readonly ActiveItem[], isTrue: (item: ActiveItem) => boolean): number {
  let [low, high] = [from, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = list[middle];
    if (there && isTrue(there)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/** Those of exactly that scope, of a list in order. */
export function* heldWith(scope: string, live: readonly ActiveItem[]): Generator<Reservation> {
  for (const mine of [true, false]) {
    const isFrom = (item: ActiveItem) =>
      Number(mine) - Number(item.mine) > 0 || (item.mine === mine && item.reservation.scope >= scope);
    for (let at = firstFrom(0, live, isFrom); ; at++) {
      const item = live[at];
      if (item?.mine !== mine || item.reservation.scope !== scope) {
        break;
      }
      yield item.reservation;
    }
  }
}

function mineFirstThenScope(left: ActiveItem, right: ActiveItem): number {
  return (
    Number(right.mine) - Number(left.mine) ||
    compare(left.reservation.scope, right.reservation.scope) ||
    compare(left.reservation.reservation_id, right.reservation.reservation_id)
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
