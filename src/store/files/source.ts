/** Bytes that are read in pieces, and compared with those that are known: what is the same needs no memory of its own. */

import { readSync } from 'node:fs';

export interface Source {
  /** In bytes. */
  readonly size: number;
  /** Fills the buffer with what stands from there on; answers how many bytes there are of it. */
  read(into: Buffer, from: number): number;
}

/** More at a time is no quicker; less is more calls, and a list of a thousand should be one. */
const CHUNK_BYTES = 512 * 1024;
/** One for all: nothing of it is kept. */
const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
/** So few bytes are compared one by one. */
const FEW_BYTES = 64;

export function bytesAsSource(bytes: Buffer): Source {
  return { size: bytes.length, read: (into, from) => bytes.copy(into, 0, from) };
}

/** An open file. @throws what the system says, as it is read */
export function fileAsSource(file: number, size: number): Source {
  return { size, read: (into, from) => readSync(file, into, 0, into.length, from) };
}

/** Fills the buffer, or answers false where there are not as many bytes. */
export function readFully(source: Source, into: Buffer, from: number): boolean {
  for (let done = 0; done < into.length; ) {
    const read = source.read(into.subarray(done), from + done);
    if (read === 0) {
      return false;
    }
    done += read;
  }
  return true;
}

/** How many bytes are the same from the beginning on. */
export function samePrefix(known: Buffer, source: Source): number {
  const most = Math.min(known.length, source.size);
  for (let same = 0; same < most; same += CHUNK_BYTES) {
    const piece = chunk.subarray(0, Math.min(CHUNK_BYTES, most - same));
    if (!readFully(source, piece, same)) {
      return same;
    }
    const alike = sameAtBeginning(known.subarray(same, same + piece.length), piece);
    if (alike < piece.length) {
      return same + alike;
    }
  }
  return most;
}

/** How many bytes are the same from the end back, of what lies behind the prefix in both. */
export function sameSuffix(known: Buffer, source: Source, prefix: number): number {
  const most = Math.min(known.length, source.size) - prefix;
  for (let same = 0; same < most; same += CHUNK_BYTES) {
    const piece = chunk.subarray(0, Math.min(CHUNK_BYTES, most - same));
    if (!readFully(source, piece, source.size - same - piece.length)) {
      return same;
    }
    const end = known.length - same;
    const alike = sameAtEnd(known.subarray(end - piece.length, end), piece);
    if (alike < piece.length) {
      return same + alike;
    }
  }
  return most;
}

/** Both are as long. */
function sameAtBeginning(left: Buffer, right: Buffer): number {
  if (left.equals(right)) {
    return left.length;
  }
  let [same, length] = [0, left.length];
  while (length > FEW_BYTES) {
    const half = length >> 1;
    if (left.subarray(same, same + half).equals(right.subarray(same, same + half))) {
      same += half;
      length -= half;
    } else {
      length = half;
    }
  }
  while (left[same] === right[same]) {
    same++;
  }
  return same;
}

/** Both are as long. */
function sameAtEnd(left: Buffer, right: Buffer): number {
  if (left.equals(right)) {
    return left.length;
  }
  let [end, length] = [left.length, left.length];
  while (length > FEW_BYTES) {
    const half = length >> 1;
    if (left.subarray(end - half, end).equals(right.subarray(end - half, end))) {
      end -= half;
      length -= half;
    } else {
      length = half;
    }
  }
  while (left[end - 1] === right[end - 1]) {
    end--;
  }
  return left.length - end;
}
