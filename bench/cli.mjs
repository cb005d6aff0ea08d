// How much longer a call of the command takes than Node itself: medians of pairs, since a machine is never quiet.
// Usage: node bench/cli.mjs [PAIRS]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildExtension } from '../scripts/build.mjs';
import { repoRoot } from '../scripts/lib/paths.mjs';

const pairs = Number(process.argv[2] ?? 60);
const cli = join(repoRoot, 'dist', 'cli.js');
const agents = ['amber-otter', 'cobalt-harbor'];
const scopes = 20;

await buildExtension({ production: true });
const store = mkdtempSync(join(tmpdir(), 'agent-reservations-bench-'));
try {
  fill();
  for (const args of [
    ['status', '--json'],
    ['status'],
    ['check', '--json', 'src/a.ts'],
    ['inbox', '--agent', 'cobalt-harbor', '--json'],
    ['heartbeat', '--agent', 'amber-otter', '--json'],
    ['--version'],
  ]) {
    report(args);
  }
} finally {
  rmSync(store, { recursive: true, force: true });
}

/** A store as a day's work leaves it. */
function fill() {
  for (const name of agents) {
    call(['register', '--name', name, '--role', 'bench']);
  }
  const [from = '', to = ''] = agents;
  for (let index = 0; index < scopes; index++) {
    call(['reserve', '--agent', from, '--scope', `src/${index}/**`, '--bead', 'bd-1']);
    const about = ['--bead', 'bd-1', '--category', 'HANDOFF', '--subject', 'Yours', '--body', 'Please go on.'];
    call(['send', '--from', from, '--to', to, ...about]);
  }
}

/** @param {string[]} args */
function report(args) {
  const node = [];
  const whole = [];
  const more = [];
  for (let pair = 0; pair < pairs; pair++) {
    const before = timed(['-e', '0']);
    const after = timed([cli, ...args]);
    node.push(before);
    whole.push(after);
    more.push(after - before);
  }
  const cells = [median(node), median(whole), median(more)].map((ms) => `${ms.toFixed(1).padStart(6)} ms`);
  console.log(`${args.join(' ').padEnd(36)}  node ${cells[0]}  call ${cells[1]}  more ${cells[2]}`);
}

/** @param {string[]} args */
function call(args) {
  const { status, stderr } = run([cli, ...args]);
  if (status !== 0) {
    throw new Error(`${args[0]} failed: ${stderr}`);
  }
}

/**
 * @param {string[]} args
 * @returns {number} ms
 */
function timed(args) {
  const started = performance.now();
  const { status, stderr } = run(args);
  const ms = performance.now() - started;
  if (status !== 0) {
    throw new Error(`${args.join(' ')} failed: ${stderr}`);
  }
  return ms;
}

/** @param {string[]} args */
function run(args) {
  const env = { ...process.env, AGENT_RESERVATIONS_STORE: store };
  return spawnSync(process.execPath, args, { encoding: 'utf8', env, cwd: repoRoot });
}

/** @param {number[]} values */
function median(values) {
  return values.sort((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}
