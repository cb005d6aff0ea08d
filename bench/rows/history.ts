/** The last of a long history: read from its end, whatever its length. */

import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { createCoordination } from '../../src/coordination/coordination';
import { FileStore } from '../../src/store/files/fileStore';
import { entryFor } from '../contender';
import type { Context, Row } from '../row';
import { median, timed } from '../stats';

const LIMIT = 200;
const ROUNDS = 30;
const LINES_AT_ONCE = 10_000;

export const history: Row = {
  name: 'last 200 of 1,000,000 closed',
  unit: 'ms',
  target: { ms: { most: 2 }, 'beside 1,000 closed': { most: 1.25 } },
  async run(context) {
    const stores = await Promise.all([opened(context, 1_000), opened(context, 1_000_000)]);
    const times: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, store] of stores.entries()) {
        times[index]?.push(
          await timed(async () => {
            const { ok, data } = await store.history({ limit: LIMIT });
            if (!ok || data.length !== LIMIT) {
              throw new Error('The history is not what was written.');
            }
          }),
        );
      }
    }
    const [short, ours] = [median(times[0]), median(times[1])];
    return { ours, peers: { 'of 1,000': short }, ratio: { ms: ours, 'beside 1,000 closed': ours / short } };
  },
};

async function opened(context: Context, lines: number) {
  return createCoordination(new FileStore(await written(context, lines)), { random: () => '0123abcd' });
}

/** A store with so many closed, a second apart until now; answers its folder. */
export async function written(context: Context, lines: number): Promise<string> {
  const root = await context.folder('history');
  const folder = join(root, 'reservations');
  await mkdir(folder, { recursive: true });
  const file = await open(join(folder, 'history.jsonl'), 'w');
  const now = Date.now();
  for (let line = 0; line < lines; line += LINES_AT_ONCE) {
    const part = Array.from({ length: Math.min(LINES_AT_ONCE, lines) }, (_, index) => {
      const at = new Date(now - (lines - line - index) * 1_000);
      const closed = {
        ...entryFor(`src/file-${line + index}.ts`, at),
        state: 'released',
        released_at: at.toISOString(),
      };
      return JSON.stringify(closed);
    });
    await file.write(`${part.join('\n')}\n`);
  }
  await file.close();
  return root;
}
