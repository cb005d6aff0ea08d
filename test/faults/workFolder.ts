/** Folders for scenarios, gone when their work is over. */

import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Linux keeps files in memory: a sync costs nothing there, so that much more happens in the same time. */
const MEMORY = '/dev/shm';

/** `memory` where nothing is asked of the disk itself; without such a place, it is the disk after all. */
export async function withFolder<T>(where: 'disk' | 'memory', work: (folder: string) => Promise<T>): Promise<T> {
  const above = where === 'memory' && isUsable(MEMORY) ? MEMORY : tmpdir();
  const folder = mkdtempSync(join(above, 'agent-reservations-faults-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function isUsable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
