/** The texts of entries in our files. Most of a list is what it was before: each is made once, for as long as it lives. */

import type { Reservation } from '../../core/reservation';

const INDENT = '    ';
const compact = new WeakMap<Reservation, string>();
const indented = new WeakMap<Reservation, string>();

/** One line of JSON. */
export function compactText(entry: Reservation): string {
  return remembered(compact, entry, () => JSON.stringify(entry));
}

/** JSON as it stands in a list of two-space JSON. */
export function indentedText(entry: Reservation): string {
  return remembered(indented, entry, () => JSON.stringify(entry, null, 2).replaceAll('\n', `\n${INDENT}`));
}

/** Entries that are known to be right, by id; an id can stand for several, of which one is enough here. */
export type KnownEntries = ReadonlyMap<string, Reservation>;

export function knownEntries(...lists: readonly (readonly Reservation[])[]): KnownEntries {
  return new Map(lists.flat().map((entry) => [entry.reservation_id, entry]));
}

/** The very entry that is known already, where this is the same in every respect. */
export function recognised(value: unknown, known: KnownEntries): Reservation | undefined {
  const entry = known.get((value as Partial<Reservation> | null)?.reservation_id ?? '');
  return entry && compactText(entry) === JSON.stringify(value) ? entry : undefined;
}

function remembered(texts: WeakMap<Reservation, string>, entry: Reservation, make: () => string): string {
  const known = texts.get(entry);
  if (known !== undefined) {
    return known;
  }
  const text = make();
  texts.set(entry, text);
  return text;
}
