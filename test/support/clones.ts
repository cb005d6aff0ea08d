/** Clones of one repository in folders of different names: what two machines that share a store have. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './gitRepository';
import { put } from './hookedRepository';

export const ORIGIN = 'git@example.org:acme/shop.git';
/** What the clones are called where a store is shared. */
export const SHARED_ORIGIN = 'example.org/acme/shop';

/** Makes an empty clone; what it was cloned from exists as a name only. */
export function makeClone(folder: string, origin = ORIGIN): string {
  mkdirSync(folder, { recursive: true });
  git(folder, 'init', '--quiet');
  git(folder, 'remote', 'add', 'origin', origin);
  put(join(folder, 'src', 'login.ts'), 'export {};\n');
  return folder;
}
