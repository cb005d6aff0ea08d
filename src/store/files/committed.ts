/**
 * Which file our last commit has put in the place of the active one, and how far it knew the history: whoever finds just
 * that file needs not read the rest of the journal, of which this is the first line, to know whether another program has
 * rewritten it. Where the line is missing, torn or of another file, all of the journal is read.
 */

import { closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { NO_WAITING } from './json';
import { orUndefined } from './orUndefined';

export interface Committed {
  /** See {@link fingerprint}. */
  readonly fingerprint: string;
  /** How far the history had been read, in bytes: later closings are not in the file. */
  readonly historySize: number;
}

export const LINE_BYTES = 96;
const LINE = /^(?<fingerprint>\d+ \d+ \d+) (?<historySize>\d{1,15}) *\n$/;

/** The journal's first line, always as long: it is written by itself, right before the file comes into its place. */
export function committedLine(file: string | undefined, historySize: number): Buffer {
  return Buffer.from(`${`${file ?? 'none'} ${historySize}`.padEnd(LINE_BYTES - 1)}\n`);
}

/**
 * Tells a file from every other one that takes its place, by what a rename leaves alone: who rewrites the store makes a
 * new file, which has another inode or another time. Undefined where it cannot be looked at.
 */
export function fingerprint(path: string): string | undefined {
  const stats = orUndefined(() => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return stats && `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}

export function readCommitted(journal: string): Committed | undefined {
  return parseCommitted(orUndefined(() => readHead(journal)));
}

/** What the first bytes of a journal say. */
export function parseCommitted(head: Buffer | undefined): Committed | undefined {
  const found = LINE.exec(head?.toString('latin1') ?? '')?.groups;
  return found?.['fingerprint'] === undefined
    ? undefined
    : { fingerprint: found['fingerprint'], historySize: Number(found['historySize']) };
}

function readHead(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | NO_WAITING);
  try {
    const head = Buffer.alloc(LINE_BYTES);
    return head.subarray(0, readSync(file, head, 0, head.length, 0));
  } finally {
    closeSync(file);
  }
}
