/**
 * Runs every fault scenario for as long as asked: `npm run soak -- --minutes N [--seed S] [--only NAME[,NAME]]`.
 * The last line is one JSON object of figures. Ends with 1 where anything was violated, lost or blocked, where a known
 * fault of another store was not found, and where a scenario did not come to its end.
 */

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildTests } from './build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { outDir, repoRoot } from './lib/paths.mjs';
import { providePostgres } from './lib/postgres.mjs';
import { spawnTree, stopTree } from './lib/processes.mjs';

/** @typedef {{ name: string, title: string, share: number, controls: number }} Listed */
/** @typedef {import('../test/faults/scenario.ts').Outcome} Outcome */
/** @typedef {Listed & { outcome: Outcome, seconds: number }} Row */

/** Side by side: each scenario is several processes, of which many wait. */
const lanes = 2;
/** What a round that began before the deadline may still take, on a busy machine: this only catches what hangs. */
const graceMs = 15 * 60_000;
/** For a scenario that comes when the time is over: enough to show something. */
const shortestMs = 5_000;
const keys = /** @type {const} */ (['operations', 'kills', 'faults', 'violations', 'lost', 'blocked', 'controlsFound']);

const options = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
}).values;
const minutes = Number(options.minutes ?? 5);
const seed = Number(options.seed ?? Date.now() % 2 ** 31);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('Usage: npm run soak -- --minutes N [--seed S] [--only NAME[,NAME]]');
  process.exit(2);
}

await ensureInstalled();
await buildTests();
const all = /** @type {Listed[]} */ (await ask(['list'], 60_000));
const only = options.only?.split(',').map((name) => name.trim());
const unknown = (only ?? []).filter((name) => !all.some((one) => one.name === name));
if (unknown.length > 0) {
  console.error(`No such scenario: ${unknown.join(', ')}. There are: ${all.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const chosen = all.filter(({ name }) => !only || only.includes(name));
if (chosen.some(({ name }) => name.startsWith('postgres'))) {
  const { programs, source } = await providePostgres();
  console.log(`PostgreSQL: ${source}`);
  process.env['AGENT_RESERVATIONS_POSTGRES'] = programs;
}

console.log(`${chosen.length} scenarios, ${minutes} min, seed ${seed}`);
const rows = await runAll(chosen);
report(rows);

/**
 * The lanes take one scenario after the other. Each is given its part of what is left then: one that overstays takes
 * from all that follow, not from the last alone.
 * @param {readonly Listed[]} listed
 * @returns {Promise<readonly Row[]>}
 */
async function runAll(listed) {
  // The longest first, so that no lane is left alone with one at the end.
  const waiting = listed.toSorted((left, right) => right.share - left.share);
  const end = Date.now() + minutes * 60_000;
  /** @type {Row[]} */
  const done = [];
  /** @type {Set<number>} the deadlines of what runs now */
  const running = new Set();
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const started = Date.now();
      const parts = waiting.reduce((sum, { share }) => sum + share, next.share);
      const taken = [...running].reduce((sum, deadline) => sum + Math.max(0, deadline - started), 0);
      const left = (end - started) * Math.min(lanes, waiting.length + running.size + 1) - taken;
      const budget = Math.min(end - started, (left * next.share) / parts);
      const deadline = started + Math.max(budget, shortestMs);
      running.add(deadline);
      const outcome = await run(next, deadline);
      running.delete(deadline);
      const row = { ...next, outcome, seconds: (Date.now() - started) / 1000 };
      done.push(row);
      tell(row);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return done;
}

/**
 * @param {Listed} listed
 * @param {number} deadline
 * @returns {Promise<Outcome>}
 */
async function run({ name }, deadline) {
  try {
    const left = deadline - Date.now() + graceMs;
    return /** @type {Outcome} */ (await ask(['run', name, String(seed), String(deadline)], left));
  } catch (error) {
    const figures = { operations: 0, kills: 0, faults: 0, lost: 0, blocked: 0, controlsFound: 0 };
    const reason = error instanceof Error ? error.message : String(error);
    // Whatever it found is unknown, so it counts as a failure.
    return { figures: { ...figures, violations: 1 }, problems: [`${name} did not come to its end: ${reason}`] };
  }
}

/**
 * @param {string[]} args
 * @param {number} timeoutMs
 * @returns {Promise<unknown>} the last line that the process wrote
 */
function ask(args, timeoutMs) {
  const env = {
    ...process.env,
    AGENT_RESERVATIONS_TEST_NODE: process.execPath,
    AGENT_RESERVATIONS_TEST_OUT: join(outDir, 'test'),
  };
  const script = join(outDir, 'test', 'faults', 'soak.process.js');
  const child = spawnTree(process.execPath, ['--enable-source-maps', script, ...args], {
    cwd: repoRoot,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      stopTree(child).catch(reject);
    }, timeoutMs);
    child.stdout?.on('data', (chunk) => {
      output += String(chunk);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) {
        resolve(JSON.parse(output.trimEnd().split('\n').at(-1) ?? ''));
      } else {
        reject(new Error(isLate ? `stopped after ${Math.round(timeoutMs / 1000)} s` : `ended with ${code ?? signal}`));
      }
    });
  });
}

/** @param {Row} row */
function tell({ name, title, outcome, seconds, controls }) {
  const { figures, problems, notes = [] } = outcome;
  const told = keys.filter((key) => figures[key] > 0).map((key) => `${key} ${figures[key]}`);
  console.log(`\n${name} (${title}), ${seconds.toFixed(0)} s: ${told.join(', ') || 'nothing'}`);
  for (const note of notes) {
    console.log(`  ${note}`);
  }
  for (const problem of problems.slice(0, 20)) {
    console.log(`  PROBLEM: ${problem}`);
  }
  if (figures.controlsFound < controls) {
    console.log(`  PROBLEM: ${controls} known faults should have been found, ${figures.controlsFound} were`);
  }
}

/** @param {readonly Row[]} rows */
function report(rows) {
  const sum = Object.fromEntries(
    keys.map((key) => [key, rows.reduce((total, { outcome }) => total + outcome.figures[key], 0)]),
  );
  const isMissed = rows.some(({ outcome, controls }) => outcome.figures.controlsFound < controls);
  const isBad = rows.some(({ outcome: { figures, problems } }) => {
    return figures.violations + figures.lost + figures.blocked > 0 || problems.length > 0;
  });
  process.exitCode = isMissed || isBad ? 1 : 0;
  console.log(`\n${JSON.stringify({ ...sum, minutes, seed })}`);
}
