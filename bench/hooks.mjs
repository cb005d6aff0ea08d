// How long a coding agent waits for its hook, beside Node itself: medians of pairs, since a machine is never quiet. What is
// timed is the line as it stands in the settings, run by a shell, with the input of an edit that is let through and of one
// that is denied.
// Usage: node bench/hooks.mjs [PAIRS]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { buildExtension } from '../scripts/build.mjs';
import { repoRoot } from '../scripts/lib/paths.mjs';

const pairs = Number(process.argv[2] ?? 60);
const scopes = 20;
const cli = join(repoRoot, 'dist', 'cli.js');

await buildExtension({ production: true });
const root = mkdtempSync(join(tmpdir(), 'agent-reservations-bench-'));
const shop = join(root, 'shop');
const env = {
  ...process.env,
  AGENT_RESERVATIONS_STORE: join(root, 'store'),
  BB_AGENT: 'amber-otter',
  PATH: [join(repoRoot, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter),
};
try {
  mkdirSync(shop);
  run('git', ['init', '--quiet']);
  run(process.execPath, [cli, 'register', '--name', 'amber-otter', '--role', 'bench']);
  const wanted = Array.from({ length: scopes }, (_, index) => ['--scope', `src/${index}/**`]).flat();
  run(process.execPath, [cli, 'reserve', '--bead', 'bd-1', ...wanted]);
  run(process.execPath, [cli, 'hooks', 'install', '--for', 'claude-code']);
  const settings = JSON.parse(readFileSync(join(shop, '.claude', 'settings.json'), 'utf8'));
  const line = settings.hooks.PreToolUse[0].hooks[0].command;
  report('let through', line, 'docs/a.ts', '');
  report('denied', line, 'src/1/a.ts', '"deny"');
} finally {
  rmSync(root, { recursive: true, force: true });
}

/**
 * @param {string} name
 * @param {string} line
 * @param {string} path
 * @param {string} expected what it must print
 */
function report(name, line, path, expected) {
  const call = { session_id: 's', cwd: shop, tool_name: 'Write', tool_input: { file_path: path, content: 'x' } };
  const input = JSON.stringify(call);
  const node = [];
  const whole = [];
  for (let pair = 0; pair < pairs; pair++) {
    node.push(timed(process.execPath, ['-e', '0'], '', ''));
    whole.push(timed('sh', ['-c', line], input, expected));
  }
  console.log(`${name.padEnd(12)}  node ${median(node).toFixed(1)} ms  hook ${median(whole).toFixed(1)} ms`);
}

/**
 * @param {string} file
 * @param {string[]} args
 * @param {string} input
 * @param {string} expected
 * @returns {number} ms
 */
function timed(file, args, input, expected) {
  const started = performance.now();
  const out = run(file, args, { ...env, BB_AGENT: 'cobalt-harbor' }, input);
  const ms = performance.now() - started;
  if (expected === '' ? out !== '' : !out.includes(expected)) {
    throw new Error(`The hook answered ${JSON.stringify(out)}.`);
  }
  return ms;
}

/**
 * @param {string} file
 * @param {string[]} args
 */
function run(file, args, environment = env, input = '') {
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', env: environment, cwd: shop, input });
  if (status !== 0) {
    throw new Error(`${file} ${args.join(' ')} failed: ${stderr}`);
  }
  return stdout;
}

/** @param {number[]} values */
function median(values) {
  return values.sort((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}
