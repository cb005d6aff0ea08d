// Runs the whole test command next to busy loops on two cores, as on a contributor's or CI's busy machine: what passes only on
// an idle one fails here. Usage: node scripts/testUnderLoad.mjs [--times N] [--loops N] [STAGE …]
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { repoRoot } from './lib/paths.mjs';
import { spawnTree, stopTree } from './lib/processes.mjs';

const CORES = '0,1';

/** @typedef {{ summary: string, failures: readonly string[], seconds: number, code: number | null }} Run */

const { values, positionals: stages } = parseArgs({
  options: { times: { type: 'string', default: '1' }, loops: { type: 'string', default: '2' } },
  allowPositionals: true,
});
const [times, loops] = [wholeNumber('times', values.times), wholeNumber('loops', values.loops, 0)];

/** @type {Run[]} */
const runs = [];
const busy = Array.from({ length: loops }, () => onTwoCores(process.execPath, ['-e', 'for (;;);'], 'ignore'));
try {
  for (let run = 0; run < times; run++) {
    runs.push(await test());
  }
} finally {
  await Promise.all(busy.map(stopTree));
}

console.log(`\nBeside ${loops} busy loops, on two cores:`);
for (const { summary, seconds, failures } of runs) {
  console.log(`${summary} in ${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`);
  for (const failure of failures) {
    console.log(`  ${failure}`);
  }
}
process.exitCode = runs.every(({ code }) => code === 0) ? 0 : 1;

/** @returns {Promise<Run>} */
function test() {
  const started = Date.now();
  const child = onTwoCores(process.execPath, [join(repoRoot, 'scripts', 'test.mjs'), ...stages], 'pipe');
  let summary = 'No summary';
  /** @type {string[]} */
  const failures = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) {
      createInterface(stream).on('line', (line) => {
        console.log(line);
        if (/^\d+ passed, \d+ failed$/.test(line)) {
          summary = line;
        } else if (/^\s+\d+\) /.test(line)) {
          failures.push(line.trim());
        }
      });
    }
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ summary, failures, seconds: (Date.now() - started) / 1000, code }));
  });
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {'ignore' | 'pipe'} output
 * @returns {import('node:child_process').ChildProcess}
 */
function onTwoCores(program, args, output) {
  // Elsewhere than on Linux a process cannot be held to some cores.
  const pinned = process.platform === 'linux' && cpus().length > 2 ? ['taskset', '-c', CORES] : [];
  const [command = program, ...rest] = [...pinned, program, ...args];
  return spawnTree(command, rest, { cwd: repoRoot, stdio: ['ignore', output, output] });
}

/**
 * @param {string} name
 * @param {string} text
 * @param {number} [least]
 * @returns {number}
 */
function wholeNumber(name, text, least = 1) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least) {
    console.error(`--${name} takes a whole number from ${least}, not "${text}".`);
    process.exit(2);
  }
  return number;
}
