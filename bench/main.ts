/** Runs the rows one after another, prints them, and with `--json` one object on the last line. */

import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endServer } from './postgres/server';
import { type Context, isMet, type Result, type Row } from './row';
import { burst } from './rows/burst';
import { cli } from './rows/cli';
import { contention } from './rows/contention';
import { cycles } from './rows/cycle';
import { history } from './rows/history';
import { hooks } from './rows/hooks';
import { overlap } from './rows/overlap';
import { postgresCosts } from './rows/postgres';
import { postgresClients } from './rows/postgresClients';
import { postgresReadings } from './rows/postgresReadings';
import { simulation } from './rows/simulation';
import { statuses } from './rows/status';
import { timeline } from './rows/timeline';
import { inVscode } from './rows/vscode';

const ROWS: readonly Row[] = [
  ...cycles,
  ...contention,
  burst,
  ...statuses,
  history,
  timeline,
  overlap,
  cli,
  hooks,
  ...postgresCosts,
  ...postgresReadings,
  postgresClients,
  simulation,
  ...inVscode,
];

const { json, only, seed } = parseArgs({
  options: { json: { type: 'boolean' }, only: { type: 'string' }, seed: { type: 'string', default: '1' } },
}).values;

async function main(): Promise<void> {
  if (!/^\d{1,9}$/.test(seed)) {
    console.error(`${JSON.stringify(seed)} is no seed. Give a whole number of at most 9 digits.`);
    process.exitCode = 2;
    return;
  }
  const chosen = ROWS.filter(({ name }) => only === undefined || name.includes(only));
  if (chosen.length === 0) {
    console.error(`No row has "${only}" in its name. There are: ${ROWS.map(({ name }) => name).join('; ')}.`);
    process.exitCode = 2;
    return;
  }
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, in ${tmpdir()}`);
  const results: [Row, Result][] = [];
  for (const row of chosen) {
    const started = performance.now();
    const result = await inFolders(row, (context) => row.run(context));
    results.push([row, result]);
    print(row, result);
    console.log(`    took ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  }
  const met = results.filter(([row, result]) => isMet(row, result)).length;
  console.log(`\n${met} of ${results.length} targets met`);
  if (json) {
    const object = results.map(([row, result]) => {
      const { ours, peers, ratio } = result;
      return [row.name, { ours, peers, ratio, target: row.target, met: isMet(row, result) }];
    });
    console.log(JSON.stringify(Object.fromEntries(object)));
  }
}

async function inFolders<T>({ name }: Row, work: (context: Context) => Promise<T>): Promise<T> {
  const made: string[] = [];
  try {
    return await work({
      seed: Number(seed),
      isAskedFor: only === name,
      folder: async (purpose) => {
        const path = await mkdtemp(join(tmpdir(), `agent-reservations-bench-${purpose}-`));
        made.push(path);
        return path;
      },
    });
  } finally {
    await Promise.all(made.map((path) => rm(path, { recursive: true, force: true })));
  }
}

function print(row: Row, result: Result): void {
  const { ours, peers, ratio, notes = [] } = result;
  console.log(`\n${isMet(row, result) ? '✔' : '✘'} ${row.name}: ${figure(ours)} ${row.unit}`);
  const beside = Object.entries(peers).map(([name, value]) => `${name} ${figure(value)}`);
  if (beside.length > 0) {
    console.log(`    beside: ${beside.join(', ')}`);
  }
  for (const [name, value] of Object.entries(ratio)) {
    const bound = row.target[name];
    const aim =
      bound === undefined
        ? ''
        : ` (${'most' in bound ? `at most ${figure(bound.most)}` : `at least ${figure(bound.least)}`})`;
    console.log(`    ${name}: ${figure(value)}${aim}`);
  }
  for (const note of notes) {
    console.log(`    ${note}`);
  }
}

function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}

async function mainAndEnd(): Promise<void> {
  try {
    await main();
  } finally {
    await endServer();
  }
}

mainAndEnd().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
