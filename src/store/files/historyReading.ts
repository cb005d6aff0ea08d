/**
 * The history from a moment on, however long it is. Lines are appended in order of closing, so the file is its own index:
 * where to begin is found by halving, which takes some twenty looks of a block each at a file of a million lines.
 */

import { closeSync, fstatSync } from 'node:fs';
import type { Reservation } from '../../core/reservation';
import { instant, MINUTE_MS } from '../../core/time';
import { asProblem } from '../problem';
import type { ClosedPiece, HistoryReading } from '../store';
import { openHistory, parseLine, readAt } from './history';
import { Turns } from './turns';

const BLOCK_BYTES = 64 * 1024;
/** So much is read for one answer: some two thousand lines. */
const PIECE_BYTES = 512 * 1024;
/** A line that is longer is none of ours, and is passed over. */
const LONGEST_LINE_BYTES = 1024 * 1024;
/** Programs that take no lock, and clocks that are set, put lines out of order by less. */
const SLACK_MS = MINUTE_MS;
const NEWLINE = '\n'.charCodeAt(0);

const NOTHING: ClosedPiece = { closed: [], isLast: true, isAnew: false };

export class HistoryFileReading implements HistoryReading {
  private inode: number | undefined;
  /** Where the next line begins. */
  private offset = 0;
  private readonly turns = new Turns();

  constructor(
    private readonly path: string,
    private readonly since: Date,
  ) {}

  /** @throws StoreProblem */
  async next(): Promise<ClosedPiece> {
    const file = openHistory(this.path);
    if (file === undefined) {
      const isAnew = this.inode !== undefined;
      this.inode = undefined;
      return { ...NOTHING, isAnew };
    }
    try {
      const { ino, size } = fstatSync(file);
      const isAnew = this.inode !== undefined && (this.inode !== ino || size < this.offset);
      if (this.inode === undefined || isAnew) {
        this.offset = await this.beginning(file, size);
        this.inode = ino;
      }
      return { ...(await this.read(file, size)), isAnew };
    } catch (error) {
      throw asProblem(error, this.path, 'read');
    } finally {
      closeSync(file);
    }
  }

  private async read(file: number, size: number): Promise<Omit<ClosedPiece, 'isAnew'>> {
    const end = Math.min(size, this.offset + PIECE_BYTES);
    const bytes = readAt(file, this.offset, end - this.offset);
    const closed: Reservation[] = [];
    let start = 0;
    for (let newline = bytes.indexOf(NEWLINE); newline >= 0; newline = bytes.indexOf(NEWLINE, start)) {
      const entry = parseLine(bytes.toString('utf8', start, newline));
      if (entry) {
        closed.push(entry);
      }
      start = newline + 1;
      if (this.turns.areDue) {
        await this.turns.give();
      }
    }
    this.offset += start;
    const isAtEnd = end === size;
    if (start === 0 && !isAtEnd) {
      this.offset = await this.afterLine(file, size);
    }
    // What has no newline yet may still be written; once it has one, it is read.
    return { closed, isLast: isAtEnd };
  }

  /** The first byte of a line from which on nothing is missing that was closed since then. */
  private async beginning(file: number, size: number): Promise<number> {
    const since = this.since.getTime() - SLACK_MS;
    let [low, high] = [0, size];
    while (high - low > BLOCK_BYTES) {
      const middle = low + Math.floor((high - low) / 2);
      const found = await this.releasedAfter(file, middle, high);
      // Where nobody released anything until there, nothing tells the time: it may all be of interest.
      if (found !== undefined && found.at < since) {
        low = found.offset;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The first line from there on that says when it was written, and when: what expired may have been swept much later. */
  private async releasedAfter(
    file: number,
    from: number,
    to: number,
  ): Promise<{ readonly offset: number; readonly at: number } | undefined> {
    let rest: Buffer = Buffer.alloc(0);
    let isWhole = false;
    for (let offset = from; offset < to; ) {
      const read = readAt(file, offset, Math.min(BLOCK_BYTES, to - offset));
      const block = Buffer.concat([rest, read]);
      const begins = offset - rest.length;
      let start = 0;
      for (let newline = block.indexOf(NEWLINE); newline >= 0; newline = block.indexOf(NEWLINE, start)) {
        const entry = isWhole ? parseLine(block.toString('utf8', start, newline)) : undefined;
        if (entry?.released_at) {
          return { offset: begins + start, at: instant(entry.released_at) };
        }
        // The first one is cut off, since it began before.
        isWhole = true;
        start = newline + 1;
      }
      rest = block.length - start > LONGEST_LINE_BYTES ? Buffer.alloc(0) : block.subarray(start);
      offset += read.length;
      if (read.length === 0) {
        return undefined;
      }
      await this.takeTurns();
    }
    return undefined;
  }

  /** Where the line after one that is longer than a piece begins, or the end of the file. */
  private async afterLine(file: number, size: number): Promise<number> {
    for (let offset = this.offset; offset < size; offset += PIECE_BYTES) {
      const newline = readAt(file, offset, Math.min(PIECE_BYTES, size - offset)).indexOf(NEWLINE);
      if (newline >= 0) {
        return offset + newline + 1;
      }
      await this.takeTurns();
    }
    return size;
  }

  private async takeTurns(): Promise<void> {
    if (this.turns.areDue) {
      await this.turns.give();
    }
  }
}
