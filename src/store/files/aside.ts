/** Files that cannot be understood are kept, beside their place and under a name that nobody reads. */

import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { randomHex, syncFolder } from './durable';

export const ASIDE_ENDING = '.unreadable';

/** `active.json.20260213T220900.1f3a5c7e.unreadable`. */
export function asideName(path: string, now: Date): string {
  const time = now.toISOString().slice(0, 19).replace(/[-:]/g, '');
  return `${path}.${time}.${randomHex(4)}${ASIDE_ENDING}`;
}

/** Answers the new name. */
export async function putAside(path: string, now: Date): Promise<string> {
  const aside = asideName(path, now);
  renameSync(path, aside);
  await syncFolder(dirname(path));
  return aside;
}
