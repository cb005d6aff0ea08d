/** Eight processes on one store: how many cycles they get done together, and how long the unlucky ones wait. */

import type { Kind } from '../contender';
import { prepare } from '../contenders/all';
import { type Processes, withProcesses } from '../processes';
import type { Context, Result, Row, Target } from '../row';
import { median, quantile } from '../stats';
import type { Done, Work } from '../worker.process';

const KINDS = ['ours', 'bb', 'lockfile', 'sqliteFull', 'sqliteNormal'] as const satisfies readonly Kind[];
const PROCESSES = 8;
const ROUNDS = 3;
const ROUND_MS = 900;
const ACTIVE = 36;

export const contention: readonly Row[] = [
  contentionRow('8 processes, closed loop', 0, {
    'cycles/s beside bb': { least: 2 },
    'p99 beside bb': { most: 0.5 },
    failures: { most: 0 },
  }),
  contentionRow('8 processes, 0 to 10 ms of thought', 10, {
    'cycles/s beside bb': { least: 2.5 },
    'p99 beside bb': { most: 1 / 6 },
    failures: { most: 0 },
  }),
];

function contentionRow(name: string, thinkMs: number, target: Target): Row {
  return { name, unit: 'cycles/s', target, run: (context) => run(context, thinkMs) };
}

interface Measured {
  readonly rates: number[];
  readonly times: number[];
  failures: number;
}

async function run(context: Context, thinkMs: number): Promise<Result> {
  const measured = {} as Record<(typeof KINDS)[number], Measured>;
  await withProcesses<Work, Done, void>('worker.process.js', PROCESSES, async (processes) => {
    for (let round = 0; round < ROUNDS; round++) {
      for (const kind of KINDS) {
        measured[kind] ??= { rates: [], times: [], failures: 0 };
        const done = await race(context, processes, kind, thinkMs);
        const times = done.flatMap((one) => one.times);
        measured[kind].rates.push((1_000 * times.length) / ROUND_MS);
        measured[kind].times.push(...times);
        measured[kind].failures += done.reduce((sum, { failures }) => sum + failures, 0);
      }
    }
  });
  const rate = (kind: keyof typeof measured) => median(measured[kind].rates);
  const p99 = (kind: keyof typeof measured) => quantile(measured[kind].times, 0.99);
  return {
    ours: rate('ours'),
    peers: Object.fromEntries(KINDS.slice(1).map((kind) => [kind, rate(kind)])),
    ratio: {
      'cycles/s beside bb': rate('ours') / rate('bb'),
      'p99 beside bb': p99('ours') / p99('bb'),
      'cycles/s beside SQLite FULL': rate('ours') / rate('sqliteFull'),
      failures: measured.ours.failures,
    },
    notes: [
      `p50 and p99 in ms: ${KINDS.map((kind) => `${kind} ${quantile(measured[kind].times, 0.5).toFixed(1)} ${p99(kind).toFixed(0)}`).join(', ')}`,
      `failures: ${KINDS.map((kind) => `${kind} ${measured[kind].failures}`).join(', ')}`,
    ],
  };
}

async function race(
  context: Context,
  processes: Processes<Work, Done>,
  kind: Kind,
  thinkMs: number,
): Promise<readonly Done[]> {
  const root = await context.folder(kind);
  await prepare(kind, root, ACTIVE);
  const work: Work = { kind, root, ms: ROUND_MS, thinkMs };
  return await processes.run(Array.from({ length: PROCESSES }, () => work));
}
