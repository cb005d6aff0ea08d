/**
 * What shows that two were inside a lock at once: each leaves a mark as it enters and as it exits, in the order in which
 * they come to the file; and each adds one to a counter in a way that loses a step where two do it at once.
 */

import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const marksFile = (folder: string) => join(folder, 'marks');
const counterFile = (folder: string) => join(folder, 'counter');

/** Marks the entry; answers what the counter says now, for {@link leave} to add one to. */
export function enter(folder: string): number {
  appendFileSync(marksFile(folder), `enter ${process.pid}\n`);
  return countIn(folder);
}

export function leave(folder: string, seen: number): void {
  writeFileSync(counterFile(folder), String(seen + 1));
  appendFileSync(marksFile(folder), `exit ${process.pid}\n`);
}

export interface Evidence {
  /** How many were inside at once, at most. */
  readonly mostInside: number;
  readonly entered: number;
  readonly counted: number;
}

export function evidenceIn(folder: string): Evidence {
  const marks = existsSync(marksFile(folder)) ? readFileSync(marksFile(folder), 'utf8').trimEnd().split('\n') : [];
  let inside = 0;
  let mostInside = 0;
  for (const mark of marks) {
    inside += mark.startsWith('enter') ? 1 : -1;
    mostInside = Math.max(mostInside, inside);
  }
  const entered = marks.filter((mark) => mark.startsWith('enter')).length;
  return { mostInside, entered, counted: countIn(folder) };
}

/** Makes ready for another round. */
export function clearEvidence(folder: string): void {
  rmSync(marksFile(folder), { force: true });
  rmSync(counterFile(folder), { force: true });
}

function countIn(folder: string): number {
  return existsSync(counterFile(folder)) ? Number(readFileSync(counterFile(folder), 'utf8')) : 0;
}
