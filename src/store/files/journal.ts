/**
 * What the store held after our last commit: our private memory beside beadboard's files, by which a rewrite that lost
 * or revived a reservation is noticed, and from which a broken active file is made anew.
 *
 * It is never needed to be right: it is written last and not synced, and where it is missing, torn or old, nothing is
 * repaired that would have been. Closings since then are found in the history from `historySize` on.
 */

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { buf as crc32 } from 'crc-32';
import * as v from 'valibot';
import type { Reservation } from '../../core/reservation';
import { readText } from './json';
import { reservationSchema } from './schema';
import type { SteadyEnds } from './steadyClock';

export interface Journal {
  /** The entries of the active file. */
  readonly live: readonly Reservation[];
  /** What history closed before its time, by identity, with that time: only this can be revived to any effect. */
  readonly closed: Readonly<Record<string, string>>;
  /** How far the history had been read, in bytes. */
  readonly historySize: number;
  /** When the entries end by the steady clock. */
  readonly steady: SteadyEnds;
  /** The highest fence that was given out; journals of earlier versions have none. */
  readonly fence?: number | undefined;
}

const size = v.pipe(v.number(), v.integer(), v.minValue(0));
const journalSchema = v.object({
  live: v.array(v.looseObject(reservationSchema.entries)),
  closed: v.record(v.string(), v.string()),
  historySize: size,
  steady: v.object({ boot: v.string(), ends: v.record(v.string(), v.number()) }),
  fence: v.optional(size),
});

const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

/** The journal, or undefined where there is none that can be trusted. @throws StoreProblem where it cannot be read */
export function readJournal(path: string): Journal | undefined {
  const text = readText(path);
  if (text === undefined) {
    return undefined;
  }
  const [expected, body = ''] = text.split('\n', 2);
  if (expected !== checksum(Buffer.from(body))) {
    return undefined;
  }
  const value: unknown = JSON.parse(body);
  return v.is(journalSchema, value) ? (value as Journal) : undefined;
}

/**
 * Written in place, since a torn one is told by its checksum and does no harm. The end of a longer one that a crash left
 * behind it comes after a newline, and is passed over.
 */
export async function writeJournal(path: string, journal: Journal): Promise<void> {
  const body = JSON.stringify(journal);
  const content = Buffer.from(`${checksum(Buffer.from(body))}\n${body}\n`);
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | NO_FOLLOW, 0o600);
  try {
    await file.write(content, 0, content.length, 0);
    await file.truncate(content.length);
  } finally {
    await file.close();
  }
}

/** Tells a torn journal from a whole one. Not against people: they could write the rest of the store as well. */
function checksum(body: Buffer): string {
  // Without Node's crypto, whose loading alone takes a reader several milliseconds.
  return (crc32(body) >>> 0).toString(16).padStart(8, '0');
}
