/** A server's store beside what a server costs in any case, and beside the store in files. */

import type { Contender, Kind } from '../contender';
import { openContender, prepare } from '../contenders/all';
import { database } from '../postgres/server';
import { withProcesses } from '../processes';
import type { Context, Result, Row, Target } from '../row';
import { median, quantile, spread, timed } from '../stats';
import type { Done, Work } from '../worker.process';

const KINDS = ['postgres', 'postgresFloor', 'postgresFloorLocked', 'ours'] as const satisfies readonly Kind[];
type OneKind = (typeof KINDS)[number];

const CYCLE_ROUNDS = 5;
const CYCLES = 12;
const PROCESSES = 8;
const RACE_ROUNDS = 2;
const RACE_MS = 800;
const BURST = 2_000;
/** The floor's are one after the other: so many tell its rate. */
const FLOOR_BURST = 300;
const BURST_ROUNDS = 2;

export const postgresCosts: readonly Row[] = [
  cycleRow('postgres, cycle, 36 active', 36, { floor: { most: 3 } }),
  cycleRow('postgres, cycle, 1,000 active', 1_000, { floor: { most: 3 } }),
  {
    name: 'postgres, 8 processes, closed loop',
    unit: 'cycles/s',
    target: { 'cycles/s beside the locked floor': { least: 0.33 }, failures: { most: 0 } },
    run: race,
  },
  {
    name: 'postgres, 2,000 reserves at once',
    unit: 'grants/s',
    target: { floor: { least: 1 } },
    run: burst,
  },
];

function cycleRow(name: string, active: number, target: Target): Row {
  return { name, unit: 'ms for a reserve and a release', target, run: (context) => cycles(context, active) };
}

/** A folder or a database, made ready. */
async function place(context: Context, kind: OneKind, active: number): Promise<string> {
  const root = kind === 'ours' ? await context.folder(kind) : await database();
  await prepare(kind, root, active);
  return root;
}

async function cycles(context: Context, active: number): Promise<Result> {
  const stores: { kind: OneKind; store: Contender; times: number[] }[] = [];
  for (const kind of KINDS) {
    const store = openContender(kind, await place(context, kind, active));
    for (let warm = 0; warm < CYCLES; warm++) {
      await store.cycle('warm/up.ts');
    }
    stores.push({ kind, store, times: [] });
  }
  for (let round = 0; round < CYCLE_ROUNDS; round++) {
    for (const { store, times } of stores) {
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        times.push(await timed(() => store.cycle(`src/round-${round}/file-${cycle}.ts`)));
      }
    }
  }
  await Promise.all(stores.map(({ store }) => store.close()));
  const of = Object.fromEntries(stores.map(({ kind, times }) => [kind, median(times)])) as Record<OneKind, number>;
  return {
    ours: of.postgres,
    peers: { floor: of.postgresFloor, 'floor, locked': of.postgresFloorLocked, files: of.ours },
    ratio: {
      floor: of.postgres / of.postgresFloor,
      'floor, locked': of.postgres / of.postgresFloorLocked,
      files: of.postgres / of.ours,
    },
    notes: [`spread ${stores.map(({ kind, times }) => `${kind} ${(100 * spread(times)).toFixed(0)} %`).join(', ')}`],
  };
}

async function race(context: Context): Promise<Result> {
  const rates = Object.fromEntries(KINDS.map((kind) => [kind, [] as number[]])) as Record<OneKind, number[]>;
  const times = Object.fromEntries(KINDS.map((kind) => [kind, [] as number[]])) as Record<OneKind, number[]>;
  const failures: Record<string, number> = {};
  await withProcesses<Work, Done, void>('worker.process.js', PROCESSES, async (processes) => {
    for (let round = 0; round < RACE_ROUNDS; round++) {
      for (const kind of KINDS) {
        const root = await place(context, kind, 36);
        const work: Work = { kind, root, ms: RACE_MS, thinkMs: 0 };
        const done = await processes.run(Array.from({ length: PROCESSES }, () => work));
        const all = done.flatMap((one) => one.times);
        rates[kind].push((1_000 * all.length) / RACE_MS);
        times[kind].push(...all);
        failures[kind] = (failures[kind] ?? 0) + done.reduce((sum, one) => sum + one.failures, 0);
      }
    }
  });
  const rate = (kind: OneKind) => median(rates[kind]);
  const ms = (kind: OneKind, share: number) => quantile(times[kind], share).toFixed(0);
  return {
    ours: rate('postgres'),
    peers: { floor: rate('postgresFloor'), 'floor, locked': rate('postgresFloorLocked'), files: rate('ours') },
    ratio: {
      'cycles/s beside the floor': rate('postgres') / rate('postgresFloor'),
      'cycles/s beside the locked floor': rate('postgres') / rate('postgresFloorLocked'),
      'cycles/s beside files': rate('postgres') / rate('ours'),
      failures: failures['postgres'] ?? 0,
    },
    notes: [
      `a cycle, p50 and p99 in ms: ${KINDS.map((kind) => `${kind} ${ms(kind, 0.5)} ${ms(kind, 0.99)}`).join(', ')}`,
      `failures: ${KINDS.map((kind) => `${kind} ${failures[kind]}`).join(', ')}`,
    ],
  };
}

async function burst(context: Context): Promise<Result> {
  const kinds = ['postgres', 'postgresFloor', 'ours'] as const;
  const rates = { postgres: [] as number[], postgresFloor: [] as number[], ours: [] as number[] };
  for (let round = 0; round < BURST_ROUNDS; round++) {
    for (const kind of kinds) {
      const count = kind === 'postgresFloor' ? FLOOR_BURST : BURST;
      const store = openContender(kind, await place(context, kind, 0));
      await store.cycle('warm/up.ts');
      const all = Array.from({ length: count }, (_, index) => `src/file-${index}.ts`);
      const ms = await timed(() => Promise.all(all.map((scope) => store.reserve(scope))));
      rates[kind].push((1_000 * count) / ms);
      await store.close();
    }
  }
  const [ours, floor, files] = kinds.map((kind) => median(rates[kind])) as [number, number, number];
  return { ours, peers: { floor, files }, ratio: { floor: ours / floor, files: ours / files } };
}
