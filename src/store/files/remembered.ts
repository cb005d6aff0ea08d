/**
 * A file of JSON around one long list of objects, read again and again while little of it changes: only what has changed
 * is parsed, and an item that is as it was stays the same object. Right by JSON's own grammar, whatever the content: where
 * the text before an item is the same, a parser is in the same state there.
 */

import { isUtf8 } from 'node:buffer';
import { spliced } from '../../core/differences';
import { bytesAsSource, readFully, type Source, samePrefix, sameSuffix } from './source';

/** How the list is laid out. What is laid out otherwise has to be read the plain way. */
export interface Layout {
  /** What begins the list, up to and with the brace of its first item. */
  readonly open: string;
  /** What lies between two items, with the braces of both. */
  readonly between: string;
  /** What ends the list, from the brace of its last item on. */
  readonly close: string;
  /** The list in the whole. */
  readonly listOf: (whole: unknown) => unknown;
}

export interface Remembered<T> {
  readonly items: readonly T[];
  /** The whole, with one text in the place of all items. */
  readonly around: unknown;
}

interface Known<T> {
  /** The text, and room behind it: what changes is put into its place, and no other buffer made for it. */
  readonly buffer: Buffer;
  readonly size: number;
  /** Where each item begins, and where one behind the last would. */
  readonly starts: Uint32Array;
  readonly remembered: Remembered<T>;
}

/** So much more than it needs has a buffer that is made anew. */
const ROOM_BYTES = 64 * 1024;
/** Stands for the items, in a file that does not hold it. */
const MARK = `items ${Math.random()}`;

export class RememberedList<T> {
  private known: Known<T> | undefined;
  /** From where an item ends to where the next one begins. */
  private readonly gap: number;

  /** `read` makes an item of a value, or answers undefined where it is none. */
  constructor(
    private readonly layout: Layout,
    private readonly read: (value: unknown) => T | undefined,
  ) {
    this.gap = layout.between.lastIndexOf('{') - layout.between.indexOf('}') - 1;
  }

  /** The text that is remembered; the next parsing may write over it. */
  get bytes(): Buffer | undefined {
    return this.known?.buffer.subarray(0, this.known.size);
  }

  /**
   * Undefined where the text is not UTF-8 or not laid out so, or an item is none: then nothing is remembered either. The same
   * object where nothing has changed.
   */
  parse(text: Buffer | Source): Remembered<T> | undefined {
    const source = Buffer.isBuffer(text) ? bytesAsSource(text) : text;
    this.known = (this.known && this.again(this.known, source)) ?? this.anew(source);
    return this.known?.remembered;
  }

  private anew(source: Source): Known<T> | undefined {
    const { open, close, listOf } = this.layout;
    const { size } = source;
    const buffer = Buffer.allocUnsafeSlow(size + ROOM_BYTES);
    const bytes = buffer.subarray(0, size);
    if (!readFully(source, bytes, 0) || !isUtf8(bytes)) {
      return undefined;
    }
    const opened = bytes.indexOf(open);
    const closed = opened < 0 ? -1 : bytes.indexOf(close, opened);
    if (closed < 0 || bytes.includes(MARK)) {
      return undefined;
    }
    const start = opened + open.length - 1;
    const end = closed + close.indexOf('}') + 1;
    const starts = Uint32Array.from(this.cut(bytes, start, end));
    const head = bytes.toString('utf8', 0, start);
    const tail = bytes.toString('utf8', end);
    const around = parsed(`${head}${JSON.stringify(MARK)}${tail}`);
    const list = listOf(around);
    // Elsewhere in the file there may be what only looks like it.
    const isTheList = Array.isArray(list) && list.length === 1 && list[0] === MARK;
    const items = isTheList ? this.itemsOf(this.textsOf(bytes, starts)) : undefined;
    return items && { buffer, size, starts, remembered: { items, around } };
  }

  /** Undefined where more than items has changed. */
  private again(known: Known<T>, source: Source): Known<T> | undefined {
    const { starts, size, remembered } = known;
    const old = known.buffer.subarray(0, size);
    const same = samePrefix(old, source);
    if (same === source.size && same === size) {
      return known;
    }
    const sameAtEnd = size - sameSuffix(old, source, same);
    const count = starts.length - 1;
    const endOf = (item: number) => (starts[item + 1] ?? 0) - this.gap;
    // Up to the brace of an item, or from its last one on, with nothing but what is the same before or behind.
    const front = firstOf(count, (item) => (starts[item] ?? 0) >= same) - 1;
    if (front < 0 || endOf(count - 1) < sameAtEnd) {
      return undefined;
    }
    const back =
      Math.max(
        front,
        firstOf(count, (item) => endOf(item) >= sameAtEnd),
      ) + 1;
    const shift = source.size - size;
    const [from, oldTo] = [starts[front] ?? 0, endOf(back - 1)];
    // What lies around it ends and begins with a character of one byte.
    const part = Buffer.allocUnsafe(oldTo + shift - from);
    if (!readFully(source, part, from) || !isUtf8(part)) {
      return undefined;
    }
    const ends = { front, back: count - back };
    const cuts = this.cut(part, 0, part.length);
    const before = new Map(
      this.textsOf(old, starts.subarray(front, back + 1)).map((text, index) => [
        text,
        remembered.items[front + index] as T,
      ]),
    );
    const items = this.itemsOf(this.textsOf(part, cuts), before);
    return (
      items && {
        buffer: replaced(known, from, oldTo, part),
        size: source.size,
        starts: moved(starts, ends, cuts, { from, shift }),
        remembered: { items: spliced(remembered.items, ends, items), around: remembered.around },
      }
    );
  }

  /** Where each item begins between those two places, and where one behind the last would. */
  private cut(bytes: Buffer, from: number, to: number): number[] {
    const { between: separator } = this.layout;
    const brace = separator.indexOf('}') + 1;
    const starts = [from];
    for (let at = bytes.indexOf(separator, from); at >= 0 && at + brace < to; ) {
      const start = at + brace + this.gap;
      starts.push(start);
      at = bytes.indexOf(separator, start);
    }
    starts.push(to + this.gap);
    return starts;
  }

  private textsOf(bytes: Buffer, starts: ArrayLike<number>): string[] {
    return Array.from({ length: starts.length - 1 }, (_, item) =>
      bytes.toString('utf8', starts[item], (starts[item + 1] ?? 0) - this.gap),
    );
  }

  private itemsOf(texts: readonly string[], before?: Map<string, T>): T[] | undefined {
    const items: T[] = [];
    for (const text of texts) {
      const item = before?.get(text) ?? this.read(parsed(text));
      if (item === undefined) {
        return undefined;
      }
      // An object stands for one item, also where two have the same text.
      before?.delete(text);
      items.push(item);
    }
    return items;
  }
}

/** The first number below `count` of which it is true, or `count`: what is true of one has to be true of all behind it. */
function firstOf(count: number, isTrue: (at: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isTrue(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/** The buffer with that part in the place of what stood between `from` and `to`. */
function replaced({ buffer, size }: Known<unknown>, from: number, to: number, part: Buffer): Buffer {
  const end = from + part.length;
  const needed = end + size - to;
  let into = buffer;
  if (needed > buffer.length) {
    into = Buffer.allocUnsafeSlow(needed + ROOM_BYTES);
    buffer.copy(into, 0, 0, from);
  }
  if (into !== buffer || end !== to) {
    buffer.copy(into, end, to, size);
  }
  part.copy(into, from);
  return into;
}

/** The same for where items begin; `cuts` counts from `from` on. */
function moved(
  starts: Uint32Array,
  { front, back }: { readonly front: number; readonly back: number },
  cuts: readonly number[],
  { from, shift }: { readonly from: number; readonly shift: number },
): Uint32Array {
  const rest = starts.subarray(starts.length - 1 - back);
  const after = new Uint32Array(front + cuts.length - 1 + rest.length);
  after.set(starts.subarray(0, front));
  after.set(
    cuts.slice(0, -1).map((cut) => from + cut),
    front,
  );
  after.set(shift === 0 ? rest : rest.map((start) => start + shift), front + cuts.length - 1);
  return after;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
