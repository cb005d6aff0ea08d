/**
 * A file of JSON around one long list of objects, read again and again while little of it changes: only what has changed
 * is parsed, and an item that is as it was stays the same object. Right by JSON's own grammar, whatever the content: where
 * the text before an item is the same, a parser is in the same state there.
 */

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

interface Known<T> extends Remembered<T> {
  readonly bytes: Buffer;
  /** Where each item begins and ends in the bytes. */
  readonly spans: readonly Span[];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const CHUNK_BYTES = 64 * 1024;
/** Stands for the items, in a file that does not hold it. */
const MARK = `items ${Math.random()}`;

export class RememberedList<T> {
  private known: Known<T> | undefined;

  /** `read` makes an item of a value, or answers undefined where it is none. */
  constructor(
    private readonly layout: Layout,
    private readonly read: (value: unknown) => T | undefined,
  ) {}

  /** Undefined where the text is not laid out so, or an item is none: then nothing is remembered either. */
  parse(bytes: Buffer): Remembered<T> | undefined {
    this.known = (this.known && this.again(this.known, bytes)) ?? this.anew(bytes);
    return this.known;
  }

  private anew(bytes: Buffer): Known<T> | undefined {
    const { open, close, listOf } = this.layout;
    const opened = bytes.indexOf(open);
    const closed = opened < 0 ? -1 : bytes.indexOf(close, opened);
    if (closed < 0 || bytes.includes(MARK)) {
      return undefined;
    }
    const start = opened + open.length - 1;
    const spans = this.cut(bytes, start, closed + close.indexOf('}') + 1);
    const head = bytes.toString('utf8', 0, start);
    const tail = bytes.toString('utf8', spans.at(-1)?.end);
    const around = parsed(`${head}${JSON.stringify(MARK)}${tail}`);
    const list = listOf(around);
    // Elsewhere in the file there may be what only looks like it.
    const isTheList = Array.isArray(list) && list.length === 1 && list[0] === MARK;
    const items = isTheList ? this.itemsOf(bytes, spans) : undefined;
    return items && { bytes, spans, items, around };
  }

  /** Undefined where more than items has changed. */
  private again(known: Known<T>, bytes: Buffer): Known<T> | undefined {
    const { spans, items, around } = known;
    const same = samePrefix(known.bytes, bytes);
    if (same === bytes.length && same === known.bytes.length) {
      return known;
    }
    const sameAtEnd = known.bytes.length - sameSuffix(known.bytes, bytes, same);
    const last = spans.at(-1)?.end ?? 0;
    // Up to the brace of an item, or from its last one on, with nothing but what is the same before or behind.
    const front = spans.findLastIndex(({ start }) => start < same);
    if (front < 0 || last < sameAtEnd) {
      return undefined;
    }
    const firstBack = spans.findIndex((_, index) => index > front && (spans[index - 1]?.end ?? 0) >= sameAtEnd);
    const back = firstBack < 0 ? spans.length : firstBack;
    const shift = bytes.length - known.bytes.length;
    const from = spans[front]?.start ?? 0;
    const to = (spans[back - 1]?.end ?? last) + shift;
    const between = this.cut(bytes, from, to);
    const before = new Map(
      spans
        .slice(front, back)
        .map(({ start, end }, index) => [known.bytes.toString('utf8', start, end), items[front + index]]),
    );
    const changed = this.itemsOf(bytes, between, before);
    return (
      changed && {
        bytes,
        around,
        items: [...items.slice(0, front), ...changed, ...items.slice(back)],
        spans: [
          ...spans.slice(0, front),
          ...between,
          ...spans.slice(back).map(({ start, end }) => ({ start: start + shift, end: end + shift })),
        ],
      }
    );
  }

  private cut(bytes: Buffer, from: number, to: number): Span[] {
    const { between } = this.layout;
    const brace = between.indexOf('}') + 1;
    const spans: Span[] = [];
    let start = from;
    for (let at = bytes.indexOf(between, start); at >= 0 && at + brace < to; at = bytes.indexOf(between, start)) {
      spans.push({ start, end: at + brace });
      start = at + between.lastIndexOf('{');
    }
    spans.push({ start, end: to });
    return spans;
  }

  private itemsOf(bytes: Buffer, spans: readonly Span[], before?: ReadonlyMap<string, T | undefined>): T[] | undefined {
    const items: T[] = [];
    for (const { start, end } of spans) {
      const text = bytes.toString('utf8', start, end);
      const item = before?.get(text) ?? this.read(parsed(text));
      if (item === undefined) {
        return undefined;
      }
      items.push(item);
    }
    return items;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function samePrefix(left: Buffer, right: Buffer): number {
  const most = Math.min(left.length, right.length);
  let same = 0;
  while (same + CHUNK_BYTES <= most && isSame(left, same, right, same)) {
    same += CHUNK_BYTES;
  }
  while (same < most && left[same] === right[same]) {
    same++;
  }
  return same;
}

/** Of what lies behind the prefix in both. */
function sameSuffix(left: Buffer, right: Buffer, prefix: number): number {
  const most = Math.min(left.length, right.length) - prefix;
  let same = 0;
  while (
    same + CHUNK_BYTES <= most &&
    isSame(left, left.length - same - CHUNK_BYTES, right, right.length - same - CHUNK_BYTES)
  ) {
    same += CHUNK_BYTES;
  }
  while (same < most && left[left.length - same - 1] === right[right.length - same - 1]) {
    same++;
  }
  return same;
}

function isSame(left: Buffer, at: number, right: Buffer, there: number): boolean {
  return left.compare(right, there, there + CHUNK_BYTES, at, at + CHUNK_BYTES) === 0;
}
