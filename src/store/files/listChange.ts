/** What has changed from one list to the next, and where, by the objects in them: pure. */

import { between, endsOf } from '../../core/differences';

export interface ListChange<T> {
  /** The places in the list before, rising, that are there no more. */
  readonly gone: readonly number[];
  /** What has come, each with its place in the list after, rising. */
  readonly come: readonly (readonly [index: number, item: T])[];
}

/** Undefined where what has stayed stands in another order. */
export function listChange<T extends object>(before: readonly T[], after: readonly T[]): ListChange<T> | undefined {
  const ends = endsOf(before, after);
  const { front } = ends;
  const old = between(before, ends);
  const now = between(after, ends);
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

/** The objects themselves, of a change of that list. */
export function objectsOf<T>(
  { gone, come }: ListChange<T>,
  before: readonly T[],
): { readonly gone: readonly T[]; readonly come: readonly T[] } {
  return {
    gone: gone.map((index) => before[index]).filter((item) => item !== undefined),
    come: come.map(([, item]) => item),
  };
}
