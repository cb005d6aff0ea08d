import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { type Contender, type Entry, entryFor } from '../contender';

/** Many times, so that nobody gives up: how long it takes is what is measured. */
const RETRIES = { retries: 1_000, factor: 1, minTimeout: 10, maxTimeout: 50, randomize: true };

/** A list behind the package's lock, with its defaults; nothing synced. */
export function lockfile(root: string): Contender {
  const folder = join(root, 'reservations');
  const active = join(folder, 'active.json');
  const history = join(folder, 'history.jsonl');

  async function locked(work: (entries: Entry[]) => Promise<Entry[]>): Promise<void> {
    const unlock = await lock(folder, { retries: RETRIES });
    try {
      const { reservations } = JSON.parse(await readFile(active, 'utf8')) as { reservations: Entry[] };
      const next = await work(reservations);
      const temporary = `${active}.${process.pid}.tmp`;
      await writeFile(temporary, `${JSON.stringify({ reservations: next }, null, 2)}\n`);
      await rename(temporary, active);
    } finally {
      await unlock();
    }
  }

  const reserve = (scope: string) =>
    locked((entries) => {
      if (entries.some((entry) => entry.scope === scope)) {
        throw new Error(`${scope} is taken`);
      }
      return Promise.resolve([...entries, entryFor(scope)]);
    });

  return {
    reserve,
    async cycle(scope) {
      await reserve(scope);
      await locked(async (entries) => {
        const entry = entries.find((one) => one.scope === scope);
        await appendFile(history, `${JSON.stringify({ ...entry, state: 'released' })}\n`);
        return entries.filter((one) => one !== entry);
      });
    },
    close() {},
  };
}
