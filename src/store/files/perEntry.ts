/** What is made of an entry again and again, and is always the same. */

import type { Reservation } from '../../core/reservation';

/** The same function, made to work once for each entry: what it answers is kept for as long as the entry lives. */
export function perEntry<T extends NonNullable<unknown>>(make: (entry: Reservation) => T): (entry: Reservation) => T {
  const made = new WeakMap<Reservation, T>();
  return (entry) => {
    let one = made.get(entry);
    if (one === undefined) {
      one = make(entry);
      made.set(entry, one);
    }
    return one;
  };
}
