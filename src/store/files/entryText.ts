/** The texts of entries in our files. Most of a list is what it was before: each is made once, for as long as it lives. */

import type { Reservation } from '../../core/reservation';

const INDENT = '    ';

interface Texts {
  compact?: string;
  compactBytes?: Buffer;
  indentedBytes?: Buffer;
}

const kept = new WeakMap<Reservation, Texts>();

/** One line of JSON. */
export function compactText(entry: Reservation): string {
  const texts = textsOf(entry);
  texts.compact ??= JSON.stringify(entry);
  return texts.compact;
}

/** The same as bytes. */
export function compactBytes(entry: Reservation): Buffer {
  const texts = textsOf(entry);
  texts.compactBytes ??= Buffer.from(compactText(entry));
  return texts.compactBytes;
}

/** JSON as it stands in a list of two-space JSON. */
export function indentedBytes(entry: Reservation): Buffer {
  const texts = textsOf(entry);
  texts.indentedBytes ??= Buffer.from(JSON.stringify(entry, null, 2).replaceAll('\n', `\n${INDENT}`));
  return texts.indentedBytes;
}

/** The texts with something between each two. */
export function joined(texts: readonly Buffer[], between: Buffer): Buffer {
  return Buffer.concat(texts.flatMap((text, index) => (index === 0 ? [text] : [between, text])));
}

function textsOf(entry: Reservation): Texts {
  let texts = kept.get(entry);
  if (!texts) {
    texts = {};
    kept.set(entry, texts);
  }
  return texts;
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
