/** What two lists do not have in common, told by the objects themselves: quick, where nearly all of them are the same. */

export interface Differences<T> {
  /** Only in the first, in its order. */
  readonly gone: readonly T[];
  /** Only in the second, in its order. */
  readonly come: readonly T[];
}

export function differences<T extends object>(before: readonly T[], after: readonly T[]): Differences<T> {
  const most = Math.min(before.length, after.length);
  let front = 0;
  while (front < most && before[front] === after[front]) {
    front++;
  }
  let back = 0;
  while (back < most - front && before[before.length - 1 - back] === after[after.length - 1 - back]) {
    back++;
  }
  const old = new Set(before.slice(front, before.length - back));
  const young = new Set(after.slice(front, after.length - back));
  return { gone: [...old].filter((one) => !young.has(one)), come: [...young].filter((one) => !old.has(one)) };
}
