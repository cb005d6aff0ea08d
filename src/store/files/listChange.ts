/** What has changed from one list to the next, by the objects in them: pure. */

export interface ListChange<T> {
  /** The places in the list before, rising, that are there no more. */
  readonly gone: readonly number[];
  /** What has come, each with its place in the list after, rising. */
  readonly come: readonly (readonly [index: number, item: T])[];
}

/** Undefined where what has stayed stands in another order. */
export function listChange<T>(before: readonly T[], after: readonly T[]): ListChange<T> | undefined {
  const most = Math.min(before.length, after.length);
  let front = 0;
  while (front < most && before[front] === after[front]) {
    front++;
  }
  let back = 0;
  while (back < most - front && before[before.length - back - 1] === after[after.length - back - 1]) {
    back++;
  }
  const old = before.slice(front, before.length - back);
  const now = after.slice(front, after.length - back);
  const [were, are] = [new Set(old), new Set(now)];
  const stayed = old.filter((item) => are.has(item));
  const stay = now.filter((item) => were.has(item));
  if (stayed.length !== stay.length || stayed.some((item, index) => item !== stay[index])) {
    return undefined;
  }
  return {
    gone: old.flatMap((item, index) => (are.has(item) ? [] : [front + index])),
    come: now.flatMap((item, index): [number, T][] => (were.has(item) ? [] : [[front + index, item]])),
  };
}

/** The list after the change; undefined where that is not one of this list. */
export function applied<T>(before: readonly T[], { gone, come }: ListChange<T>): readonly T[] | undefined {
  if (gone.some((index, nth) => index >= before.length || index <= (gone[nth - 1] ?? -1))) {
    return undefined;
  }
  const leaving = new Set(gone);
  const stay = leaving.size === 0 ? before : before.filter((_, index) => !leaving.has(index));
  const after: T[] = [];
  let taken = 0;
  for (const [index, item] of come) {
    while (after.length < index && taken < stay.length) {
      after.push(stay[taken++] as T);
    }
    if (after.length !== index) {
      return undefined;
    }
    after.push(item);
  }
  return taken === 0 && come.length === 0 ? stay : [...after, ...stay.slice(taken)];
}
