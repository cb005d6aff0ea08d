/**
 * Which file our last commit has put in the place of the active one, and how far it knew the history: whoever finds just
 * that file needs not ask the journal whether another program has rewritten it. Written right before it comes into its
 * place, unsynced: where it is missing, torn or of another file, the journal is asked.
 */

import { closeSync, constants, openSync, statSync, writeSync } from 'node:fs';
import { readText } from './json';

export interface Committed {
  /** See {@link fingerprint}. */
  readonly fingerprint: string;
  /** How far the history had been read, in bytes: later closings are not in the file. */
  readonly historySize: number;
}

/** Neither through a link, nor waiting for somebody who reads from a pipe. Windows has neither. */
const FLAGS = constants.O_WRONLY | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const LINE = /^(?<fingerprint>\d+ \d+ \d+) (?<historySize>\d{1,15})\n/;

/**
 * Tells a file from every other one that takes its place, by what a rename leaves alone: who rewrites the store makes a
 * new file, which has another inode or another time. Undefined where it cannot be looked at.
 */
export function fingerprint(path: string): string | undefined {
  const stats = orUndefined(() => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return stats && `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}

export function readCommitted(path: string): Committed | undefined {
  const found = LINE.exec(orUndefined(() => readText(path)) ?? '')?.groups;
  return found?.['fingerprint'] === undefined
    ? undefined
    : { fingerprint: found['fingerprint'], historySize: Number(found['historySize']) };
}

/** That this file is what is committed. Nothing depends on it: what cannot be written is left out. */
export function writeCommitted(path: string, file: string, historySize: number): void {
  try {
    const line = `${fingerprint(file)} ${historySize}\n`;
    const descriptor = openSync(path, FLAGS, 0o600);
    try {
      // What a longer line leaves behind comes after the newline.
      writeSync(descriptor, line, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Readers ask the journal then.
  }
}

/** What goes wrong here is told by who reads the store itself. */
export function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
