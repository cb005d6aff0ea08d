/** What the extension costs inside VS Code: one VS Code for all these rows, started by the first of them that is asked for. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context, Row } from '../row';
import { median, quantile } from '../stats';
import type { Figures, Line } from '../vscode/figures';

const KB = 1_000;

export const inVscode: readonly Row[] = [
  {
    name: 'VS Code: a change on disk is in the tree, 1,000 active',
    unit: 'ms, p95',
    target: { 'p95 ms': { most: 50 } },
    async run(context) {
      const { delays } = await figures(context);
      const ours = quantile(delays, 0.95);
      const notes = [`p50 ${median(delays)} ms, at most ${Math.max(...delays)} ms, of ${delays.length}`];
      return { ours, peers: {}, ratio: { 'p95 ms': ours }, notes };
    },
  },
  {
    name: 'VS Code: one change beside 10,000 active and 10,000 messages',
    unit: 'ms of extension host time',
    target: { ms: { most: 20 }, 'items fired': { most: 1 } },
    async run(context) {
      const { busy, quiet, itemsFired, reads, comeOrGone, delays } = (await figures(context)).refresh;
      const ours = median(busy);
      return {
        ours,
        peers: { 'without a change': median(quiet) },
        ratio: { ms: ours, 'items fired': Math.max(...itemsFired) },
        notes: [
          `p95 ${ms(quantile(busy, 0.95))}, with all that VS Code does of it; told ${ms(median(delays))} after the change`,
          `files and folders read: ${median(reads)}; a scope that comes or goes: ${ms(median(comeOrGone))}`,
        ],
      };
    },
  },
  {
    name: 'VS Code: heartbeats of an agent, one each 100 ms',
    unit: 'refreshes',
    target: { refreshes: { most: 0 }, 'files read': { most: 0 } },
    async run(context) {
      const { count, refreshes, reads } = (await figures(context)).heartbeats;
      const notes = [`of ${count} heartbeats`];
      return { ours: refreshes, peers: {}, ratio: { refreshes, 'files read': reads }, notes };
    },
  },
  {
    name: 'VS Code: activation, own code',
    unit: 'ms',
    target: { ms: { most: 30 } },
    async run(context) {
      const { activations } = await figures(context);
      const whole = activations.map(({ load, activate }) => load + activate);
      const ours = median(whole);
      const notes = [
        `loading ${ms(median(activations.map(({ load }) => load)))}, activate ${ms(median(activations.map(({ activate }) => activate)))}; all: ${whole.map(ms).join(', ')}`,
      ];
      return { ours, peers: {}, ratio: { ms: ours }, notes };
    },
  },
  {
    name: 'VS Code: idle with 100 active',
    unit: 'wake-ups that nothing was due at',
    target: { 'wake-ups': { most: 0 }, 'files read': { most: 0 } },
    async run(context) {
      const { seconds, wakeUps, due, reads } = (await figures(context)).idle;
      const ours = wakeUps - due;
      const notes = [`in ${seconds} s, in which ${due} of them came to its end`];
      return { ours, peers: {}, ratio: { 'wake-ups': ours, 'files read': reads }, notes };
    },
  },
  {
    name: 'VS Code: size',
    unit: 'KB of dist/extension.js',
    target: { 'extension.js KB': { most: 200 }, 'VSIX KB': { most: 500 } },
    async run() {
      const [ours, vsix] = await Promise.all([
        sizeOf(join(process.env['BENCH_DIST'] ?? '', 'extension.js')),
        sizeOf(process.env['BENCH_VSIX'] ?? ''),
      ]);
      return { ours, peers: {}, ratio: { 'extension.js KB': ours, 'VSIX KB': vsix } };
    },
  },
];

let measured: Promise<Figures> | undefined;

function figures(context: Context): Promise<Figures> {
  measured ??= measure(context);
  return measured;
}

async function measure(context: Context): Promise<Figures> {
  const file = join(await context.folder('vscode'), 'figures.jsonl');
  const script = join(process.env['BENCH_DIST'] ?? '', '..', 'bench', 'vscode', 'run.mjs');
  // A whole minute of nothing only where nothing else is waited for.
  const args = context.isAskedFor ? ['--idle', '60'] : [];
  const [code] = await once(spawn(process.execPath, [script, file, ...args], { stdio: 'inherit' }), 'exit');
  if (code !== 0) {
    throw new Error('VS Code could not be measured.');
  }
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  const found = lines.map((line) => JSON.parse(line) as Line);
  const activations = found.flatMap((line) => ('activation' in line ? line.activation : []));
  const [live] = found.flatMap((line) => ('live' in line ? line.live : []));
  if (!live) {
    throw new Error('VS Code has left no figures.');
  }
  return { activations, ...live };
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file)).size / KB;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
