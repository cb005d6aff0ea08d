import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { outDir, repoRoot } from './paths.mjs';
import { providePostgres } from './postgres.mjs';
import { makeTempDir, removeTempDir, runNodeScript } from './processes.mjs';

/** @typedef {{ passed: number, failed: number }} Counts */
/** @typedef {import('./processes.mjs').Print} Print */
/** @typedef {'processes' | 'server' | 'window'} Lane */
/** @typedef {{ run: (print?: Print) => Promise<Counts>, compiled: boolean, needsWebHost?: true, lane: Lane }} Stage */

const modules = join(repoRoot, 'node_modules');
const minute = 60_000;
/** A stage that prints nothing for so long has hung. It is longer than any test may take, so that a test is named first. */
const idleMs = 12 * minute;
/**
 * How long a single test may take before it counts as hung. This is no measure of speed: on a busy machine with two cores a test
 * may take twenty times as long as alone.
 */
const testTimeoutMs = 5 * minute;

/**
 * The stages of the test run, in their order. `compiled` ones need the build. Lanes run next to each other: VS Code, a
 * browser and a PostgreSQL server mostly wait. With `print`, a stage gives its output to that.
 * @type {Record<string, Stage>}
 */
export const stages = {
  lint: { run: runLint, compiled: false, lane: 'processes' },
  typecheck: { run: runTypecheck, compiled: false, lane: 'processes' },
  unit: { run: (print) => runMocha('unit', { print }), compiled: true, lane: 'processes' },
  store: { run: (print) => runMocha('store', { print }), compiled: true, lane: 'processes' },
  postgres: { run: runPostgres, compiled: true, lane: 'server' },
  cli: { run: (print) => runMocha('cli', { print }), compiled: true, lane: 'server' },
  mcp: { run: (print) => runMocha('mcp', { print }), compiled: true, lane: 'server' },
  faults: {
    run: (print) => runMocha('faults', { print }),
    compiled: true,
    lane: 'processes',
  },
  host: { run: runHost, compiled: true, needsWebHost: true, lane: 'window' },
  ui: { run: runUi, compiled: true, needsWebHost: true, lane: 'window' },
};

/**
 * Biome knows no types, so promises that nobody awaits are for another.
 * @param {Print} [print]
 * @returns {Promise<Counts>}
 */
async function runLint(print) {
  const [biome, promises] = [
    await runTool('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.'], print),
    await runTool('oxlint/bin/oxlint', ['--deny-warnings', '.'], print),
  ];
  return { passed: biome.passed + promises.passed, failed: biome.failed + promises.failed };
}

/**
 * What runs in a page knows other things than what runs in Node, and is checked by itself.
 * @param {Print} [print]
 * @returns {Promise<Counts>}
 */
async function runTypecheck(print) {
  const [main, page] = [
    await runTool('typescript/bin/tsc', ['--noEmit'], print),
    await runTool('typescript/bin/tsc', ['--noEmit', '-p', 'src/timelinePage'], print),
  ];
  return { passed: main.passed + page.passed, failed: main.failed + page.failed };
}

/**
 * A tool without tests of its own counts as one.
 * @param {string} bin below node_modules
 * @param {string[]} args
 * @param {Print} [print]
 * @returns {Promise<Counts>}
 */
async function runTool(bin, args, print) {
  const { code } = await runNodeScript(join(modules, bin), args, { cwd: repoRoot, idleMs, print });
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * @param {string} name
 * @param {{ print: Print | undefined, more?: readonly string[] }} options `more` are options of Mocha
 * @returns {Promise<Counts>}
 */
function runMocha(name, { print, more = [] }) {
  const args = ['--no-config', '--forbid-only', '--forbid-pending', '--timeout', String(testTimeoutMs), ...more];
  args.push('--reporter', join(repoRoot, 'scripts', 'lib', 'countReporter.cjs'));
  args.push('--enable-source-maps', `out/test/${name}/**/*.test.js`);
  return runCounted(join(modules, 'mocha', 'bin', 'mocha.js'), args, print);
}

/**
 * @param {Print} [print]
 * @returns {Promise<Counts>}
 */
async function runPostgres(print) {
  await tellOfPostgres(print);
  return await runMocha('postgres', { print });
}

/** @type {ReturnType<typeof providePostgres> | undefined} */
let postgres;

/**
 * Tells the tests where PostgreSQL is. Stages of several lanes ask at the same time, and it is fetched once.
 * @param {Print} [print]
 */
async function tellOfPostgres(print = (text) => process.stdout.write(text)) {
  postgres ??= providePostgres({ log: (line) => print(`${line}\n`) });
  const { programs, source } = await postgres;
  print(`PostgreSQL: ${source}\n`);
  process.env['AGENT_RESERVATIONS_POSTGRES'] = programs;
}

/**
 * @param {Print} [print]
 * @returns {Promise<Counts>}
 */
async function runHost(print) {
  await tellOfPostgres(print);
  return await runCounted(join(repoRoot, 'scripts', 'host', 'runHostTests.mjs'), [], print);
}

/**
 * @param {Print} [print]
 * @returns {Promise<Counts>}
 */
async function runUi(print) {
  await tellOfPostgres(print);
  // Each file has a VS Code of its own, which mostly waits.
  const more = availableParallelism() >= 4 ? ['--parallel', '--jobs', '2'] : [];
  return await runMocha('ui', { print, more });
}

/**
 * Runs a script that writes its counts to AGENT_RESERVATIONS_TEST_RESULTS.
 * @param {string} script
 * @param {string[]} args
 * @param {Print} [print]
 * @returns {Promise<Counts>}
 */
async function runCounted(script, args, print) {
  const dir = await makeTempDir('results');
  const resultsFile = join(dir, 'results.json');
  const env = {
    ...process.env,
    AGENT_RESERVATIONS_TEST_NODE: process.execPath,
    AGENT_RESERVATIONS_TEST_OUT: join(outDir, 'test'),
    AGENT_RESERVATIONS_TEST_RESULTS: resultsFile,
  };
  const { code, hung } = await runNodeScript(script, args, { cwd: repoRoot, env, idleMs, print });
  const { passed, failed, running } = readResults(resultsFile);
  removeTempDir(dir);
  if (hung) {
    const where = running === undefined ? '' : ` in "${running}"`;
    console.error(`Stopped after ${idleMs / minute} minutes without any output${where}.`);
    return { passed, failed: failed + 1 };
  }
  if (passed + failed === 0) {
    console.error('No test reported a result.');
    return { passed: 0, failed: 1 };
  }
  // All tests passed and yet the run failed: it crashed during or after them.
  const crashed = failed === 0 && code !== 0;
  if (crashed) {
    console.error(`The run ended with ${code}${running === undefined ? '' : ` in "${running}"`}.`);
  }
  return { passed, failed: failed + (crashed ? 1 : 0) };
}

/**
 * @param {string} file
 * @returns {Counts & { running?: string }} all zero where nothing was written
 */
function readResults(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, failed: 0 };
}
