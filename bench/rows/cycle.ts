/** One process, one cycle after another: what a grant and its release cost. */

import type { Contender, Kind } from '../contender';
import { openContender, prepare } from '../contenders/all';
import type { Context, Result, Row, Target } from '../row';
import { median, spread, timed } from '../stats';

const KINDS = ['ours', 'floor', 'bb', 'lockfile', 'sqliteFull', 'sqliteNormal'] as const satisfies readonly Kind[];
const ROUNDS = 5;
const CYCLES = 12;

export const cycles: readonly Row[] = [
  cycleRow('cycle, 36 active', 36, { floor: { most: 1.25 }, bb: { most: 0.6 } }),
  cycleRow('cycle, 1,000 active', 1_000, { floor: { most: 1.5 }, bb: { most: 0.5 } }),
];

function cycleRow(name: string, active: number, target: Target): Row {
  return { name, unit: 'ms for a reserve and a release', target, run: (context) => run(context, active) };
}

async function run(context: Context, active: number): Promise<Result> {
  const stores: { kind: Kind; store: Contender; times: number[] }[] = [];
  for (const kind of KINDS) {
    const root = await context.folder(kind);
    await prepare(kind, root, active);
    const store = openContender(kind, root);
    await store.cycle('warm/up.ts');
    stores.push({ kind, store, times: [] });
  }
  // In turn, so that a machine that grows slow does so for all.
  for (let round = 0; round < ROUNDS; round++) {
    for (const { store, times } of stores) {
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        times.push(await timed(() => store.cycle(`src/round-${round}/file-${cycle}.ts`)));
      }
    }
  }
  for (const { store } of stores) {
    await store.close();
  }
  const medians = Object.fromEntries(stores.map(({ kind, times }) => [kind, median(times)])) as Record<Kind, number>;
  const { ours, ...peers } = medians;
  return {
    ours,
    peers,
    ratio: { floor: ours / peers.floor, bb: ours / peers.bb },
    notes: [`spread ${stores.map(({ kind, times }) => `${kind} ${(100 * spread(times)).toFixed(0)} %`).join(', ')}`],
  };
}
