/** What history closed of late, asked for again and again. */

import { fstatSync } from 'node:fs';
import type { Reservation } from '../../core/reservation';
import { entriesOf, readAt, withHistory } from './history';

/** Some three hundred lines: looked through on each grant, so it has to be quick whatever the history has become. */
const RECENT_BYTES = 128 * 1024;

/** The last lines of a file, as far as they have been read. */
interface LastLines {
  readonly inode: number;
  /** Where the last whole line ends. */
  readonly end: number;
  readonly lines: readonly Line[];
}

interface Line {
  /** Where it begins. */
  readonly start: number;
  readonly text: string;
}

/**
 * What was closed of late, as the last {@link RECENT_BYTES} tell. It is asked on each grant: what was read before is kept,
 * and only what was appended since is read.
 */
export class RecentlyClosed {
  private known: LastLines = { inode: 0, end: 0, lines: [] };

  constructor(private readonly path: string) {}

  /** Those that name the agent, newest first; nothing where nobody waited for any of what was closed. @throws StoreProblem */
  naming(agent: string): readonly Reservation[] {
    const lines = withHistory<readonly Line[]>(this.path, [], (file) => this.read(file));
    // To parse what nobody has waited for would be most of what a grant costs.
    if (!lines.some(({ text }) => text.includes('"waiting"'))) {
      return [];
    }
    const name = JSON.stringify(agent);
    return entriesOf(lines.map(({ text }) => text).filter((text) => text.includes(name))).toReversed();
  }

  private read(file: number): readonly Line[] {
    const { ino: inode, size } = fstatSync(file);
    const isLonger = inode === this.known.inode && size >= this.known.end;
    const known = isLonger ? this.known : { inode, end: 0, lines: [] };
    const oldest = size - RECENT_BYTES;
    // Where that is within a line, the line is no JSON, and is passed over like any other.
    const from = Math.max(known.end, oldest);
    const added = linesOf(readAt(file, from, size - from), from);
    const lines = [...known.lines.filter(({ start }) => start >= oldest), ...added.whole];
    this.known = { inode, end: added.end, lines };
    return added.last ? [...lines, added.last] : lines;
  }
}

/** Cut at newline bytes. The last one may not be whole yet, or only lack its newline. */
function linesOf(
  bytes: Buffer,
  offset: number,
): { readonly whole: Line[]; readonly last?: Line; readonly end: number } {
  const whole: Line[] = [];
  let start = 0;
  for (let newline = bytes.indexOf('\n'); newline >= 0; newline = bytes.indexOf('\n', start)) {
    whole.push({ start: offset + start, text: bytes.toString('utf8', start, newline) });
    start = newline + 1;
  }
  const end = offset + start;
  return start < bytes.length
    ? { whole, last: { start: end, text: bytes.toString('utf8', start) }, end }
    : { whole, end };
}
