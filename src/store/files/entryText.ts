/** The texts of entries in our files. Most of a list is what it was before: each is made once, for as long as it lives. */

import type { Reservation } from '../../core/reservation';
import { perEntry } from './perEntry';

const INDENT = '    ';

/** One line of JSON. */
export const compactText = perEntry((entry) => JSON.stringify(entry));

/** The same as bytes. */
export const compactBytes = perEntry((entry) => Buffer.from(compactText(entry)));

/** JSON as it stands in a list of two-space JSON. */
export const indentedBytes = perEntry((entry) =>
  Buffer.from(JSON.stringify(entry, null, 2).replaceAll('\n', `\n${INDENT}`)),
);

/** The texts with something between each two. */
export function joined(texts: readonly Buffer[], between: Buffer): Buffer {
  return Buffer.concat(texts.flatMap((text, index) => (index === 0 ? [text] : [between, text])));
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
