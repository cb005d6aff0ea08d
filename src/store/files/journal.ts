/**
 * What the store held after our last commit: our private memory beside beadboard's files, by which a rewrite that lost
 * or revived a reservation is noticed, and from which a broken active file is made anew.
 *
 * It is never needed to be right: it is written last and not synced, and where it is missing, torn or old, nothing is
 * repaired that would have been. Closings since then are found in the history from `historySize` on.
 */

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import * as z from 'zod/mini';
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

const journalSchema = z.object({
  live: z.array(z.looseObject(reservationSchema.shape)),
  closed: z.record(z.string(), z.string()),
  historySize: z.int().check(z.nonnegative()),
  steady: z.object({ boot: z.string(), ends: z.record(z.string(), z.number()) }),
  fence: z.optional(z.int().check(z.nonnegative())),
});

const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

/** The journal, or undefined where there is none that can be trusted. @throws StoreProblem where it cannot be read */
export function readJournal(path: string): Journal | undefined {
  const text = readText(path);
  if (text === undefined) {
    return undefined;
  }
  const [expected, body = ''] = text.split('\n', 2);
  if (expected !== digest(body)) {
    return undefined;
  }
  const parsed = journalSchema.safeParse(JSON.parse(body));
  return parsed.success ? (parsed.data as Journal) : undefined;
}

/**
 * Written in place, since a torn one is told by its digest and does no harm. The end of a longer one that a crash left
 * behind it comes after a newline, and is passed over.
 */
export async function writeJournal(path: string, journal: Journal): Promise<void> {
  const body = JSON.stringify(journal);
  const content = Buffer.from(`${digest(body)}\n${body}\n`);
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | NO_FOLLOW, 0o600);
  try {
    await file.write(content, 0, content.length, 0);
    await file.truncate(content.length);
  } finally {
    await file.close();
  }
}

function digest(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 32);
}
