/**
 * Work that comes out wrong when two do it at once: it leaves marks of who was inside when, and counts with a plain
 * read and write.
 */

import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

/** To be called while holding the lock. */
export async function guarded(folder: string): Promise<void> {
  const counter = join(folder, 'counter');
  appendFileSync(join(folder, 'marks'), `enter ${process.pid}\n`);
  const before = existsSync(counter) ? Number(readFileSync(counter, 'utf8')) : 0;
  await setImmediate();
  writeFileSync(counter, String(before + 1));
  appendFileSync(join(folder, 'marks'), `exit ${process.pid}\n`);
}

export interface Visits {
  /** What the counter says. */
  readonly counted: number;
  /** The pid of each visit, in order. */
  readonly pids: readonly number[];
}

/** @throws Error where two were inside at once */
export function visitsIn(folder: string): Visits {
  const lines = readFileSync(join(folder, 'marks'), 'utf8').trimEnd().split('\n');
  const pids: number[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    const pid = Number(lines[index]?.split(' ')[1]);
    if (lines[index] !== `enter ${pid}` || lines[index + 1] !== `exit ${pid}`) {
      throw new Error(`two were inside at once: ${lines.slice(Math.max(0, index - 2), index + 4).join(', ')}`);
    }
    pids.push(pid);
  }
  return { counted: Number(readFileSync(join(folder, 'counter'), 'utf8')), pids };
}
