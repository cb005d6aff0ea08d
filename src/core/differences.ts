/** What two lists do not have in common, told by the objects themselves: quick, where nearly all of them are the same. */

export interface Differences<T> {
  /** Only in the first, in its order. */
  readonly gone: readonly T[];
  /** Only in the second, in its order. */
  readonly come: readonly T[];
}

/** How many objects two lists have in common at their beginnings, and behind that at their ends: not always all of them. */
export interface Ends {
  readonly front: number;
  readonly back: number;
}

/** Of lists that were made from others: several ask how these two differ, each time that there is a new one. */
const known = new WeakMap<readonly unknown[], { readonly before: WeakRef<readonly unknown[]>; readonly ends: Ends }>();

/** The list, with others in the place of those between its ends. */
export function spliced<T>(list: readonly T[], ends: Ends, between: readonly T[]): readonly T[] {
  const after = list.slice(0, ends.front).concat(between, list.slice(list.length - ends.back));
  known.set(after, { before: new WeakRef(list), ends });
  return after;
}

/** Those of a list that lie between its ends. */
export function between<T>(list: readonly T[], { front, back }: Ends): readonly T[] {
  return list.slice(front, list.length - back);
}

export function endsOf(before: readonly object[], after: readonly object[]): Ends {
  const found = known.get(after);
  if (found?.before.deref() === before) {
    return found.ends;
  }
  const ends = compared(before, after);
  known.set(after, { before: new WeakRef(before), ends });
  return ends;
}

function compared(before: readonly object[], after: readonly object[]): Ends {
  const most = Math.min(before.length, after.length);
  let front = 0;
  while (front < most && before[front] === after[front]) {
    front++;
  }
  let back = 0;
  while (back < most - front && before[before.length - 1 - back] === after[after.length - 1 - back]) {
    back++;
  }
  return { front, back };
}

export function differences<T extends object>(before: readonly T[], after: readonly T[]): Differences<T> {
  const ends = endsOf(before, after);
  const old = new Set(between(before, ends));
  const young = new Set(between(after, ends));
  return { gone: [...old].filter((one) => !young.has(one)), come: [...young].filter((one) => !old.has(one)) };
}
