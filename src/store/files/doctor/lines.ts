/** Files of lines, read forward in bounded memory, with where each line stands. */

import type { FileHandle } from 'node:fs/promises';

const CHUNK_BYTES = 256 * 1024;
/** No line of a store is near this long; one that is longer is not read, only passed over. */
const LONGEST_LINE_BYTES = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

export interface Line {
  /** Its bytes without the newline; undefined where it is too long to be one of ours. */
  readonly bytes: Buffer | undefined;
  /** Byte offsets in the file; `end` is after the newline, where it has one. */
  readonly start: number;
  readonly end: number;
  /** Whether its newline is there: the last line's may be missing, torn off by a crash or still to come. */
  readonly isWhole: boolean;
}

/** The lines from a byte offset up to another, as many at a time as one reading of the disk brings. */
export async function* linesOf(file: FileHandle, from: number, to: number): AsyncGenerator<readonly Line[]> {
  let rest: Buffer = Buffer.alloc(0);
  let isTooLong = false;
  let start = from;
  let position = from;
  while (position < to) {
    const { buffer, bytesRead } = await file.read(
      Buffer.allocUnsafe(Math.min(CHUNK_BYTES, to - position)),
      0,
      Math.min(CHUNK_BYTES, to - position),
      position,
    );
    if (bytesRead === 0) {
      break;
    }
    position += bytesRead;
    const block = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    const lines: Line[] = [];
    let read = 0;
    for (let newline = block.indexOf(NEWLINE); newline >= 0; newline = block.indexOf(NEWLINE, read)) {
      const end = position - block.length + newline + 1;
      lines.push({ bytes: isTooLong ? undefined : block.subarray(read, newline), start, end, isWhole: true });
      isTooLong = false;
      start = end;
      read = newline + 1;
    }
    rest = block.subarray(read);
    if (rest.length > LONGEST_LINE_BYTES) {
      rest = Buffer.alloc(0);
      isTooLong = true;
    }
    yield lines;
  }
  if (start < position) {
    yield [{ bytes: isTooLong ? undefined : rest, start, end: position, isWhole: false }];
  }
}
