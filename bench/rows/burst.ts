/** Two thousand reserves at once in one process: all are granted, by few commits. */

import { openContender, prepare } from '../contenders/all';
import type { Row } from '../row';
import { median, timed } from '../stats';

const RESERVES = 2_000;
const ROUNDS = 3;

export const burst: Row = {
  name: '2,000 reserves at once',
  unit: 'grants/s',
  target: { 'beside SQLite FULL': { least: 1 } },
  async run(context) {
    const rates = { ours: [] as number[], sqliteFull: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const kind of ['ours', 'sqliteFull'] as const) {
        const root = await context.folder(kind);
        await prepare(kind, root, 0);
        const store = openContender(kind, root);
        const ms = await timed(() =>
          Promise.all(Array.from({ length: RESERVES }, (_, index) => store.reserve(`src/file-${index}.ts`))),
        );
        rates[kind].push((1_000 * RESERVES) / ms);
        await store.close();
      }
    }
    const [ours, sqliteFull] = [median(rates.ours), median(rates.sqliteFull)];
    return { ours, peers: { sqliteFull }, ratio: { 'beside SQLite FULL': ours / sqliteFull } };
  },
};
