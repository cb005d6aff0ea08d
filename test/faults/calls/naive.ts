/**
 * Writers that do it wrong, each in one known way. The harness has to find what they lose: if it does not, it would not
 * find it in ours either.
 */

import { constants } from 'node:fs';
import { appendFile, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { internalError } from '../../../src/coordination/answers';
import type { Coordination } from '../../../src/coordination/coordination';
import { envelope, granted } from '../../../src/core/envelope';
import type { Reservation } from '../../../src/core/reservation';
import { FILES } from '../../support/storeFiles';

/**
 * `inPlace` overwrites the list where it stands; `activeFirst` takes an entry off the list before history has it;
 * `unsynced` renames a file into place that was never synced.
 */
export type NaiveWriter = 'inPlace' | 'activeFirst' | 'unsynced';

/** Only release works. */
export function naiveCoordination(root: string, writer: NaiveWriter): Coordination {
  const active = join(root, FILES.active);
  const history = join(root, FILES.history);

  async function replace(text: string): Promise<void> {
    if (writer === 'inPlace') {
      await writeFile(active, text);
      return;
    }
    await write(`${active}.naive.tmp`, text, writer !== 'unsynced');
    await rename(`${active}.naive.tmp`, active);
  }

  const release: Coordination['release'] = async ({ scope }) => {
    try {
      return envelope('agent release', granted(await close(scope)));
    } catch (error) {
      return envelope('agent release', internalError(error));
    }
  };

  async function close(scope: string): Promise<Reservation> {
    const { reservations } = JSON.parse(await readFile(active, 'utf8')) as { reservations: Reservation[] };
    const target = reservations.find((entry) => entry.scope === scope);
    if (!target) {
      throw new Error(`nobody holds ${scope}`);
    }
    const released: Reservation = { ...target, state: 'released', released_at: new Date().toISOString() };
    const steps = [
      () => appendFile(history, `${JSON.stringify(released)}\n`),
      () => replace(`${JSON.stringify({ reservations: reservations.filter((entry) => entry !== target) })}\n`),
    ];
    for (const step of writer === 'activeFirst' ? steps.reverse() : steps) {
      await step();
    }
    return released;
  }
  return { release } as Coordination;
}

async function write(path: string, text: string, sync: boolean): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC);
  try {
    await file.writeFile(text);
    if (sync) {
      await file.sync();
    }
  } finally {
    await file.close();
  }
}
