/**
 * `npm run demo`: three agents at work on one repository, each in a process of its own, told as a story. Nothing is played:
 * all that is printed has happened, on a store that is gone afterwards. `--built` takes what is built already.
 */

import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs, styleText } from 'node:util';
import { buildDemo, buildExtension } from './build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { outDir, repoRoot } from './lib/paths.mjs';
import { makeTempDir, spawnTree } from './lib/processes.mjs';

/** @typedef {import('./demo/story.process').Part} Part */

const agents = /** @type {const} */ ({ 'claude-auth': 'magenta', 'codex-api': 'cyan', 'copilot-docs': 'green' });
const gone = 'nightly-docs';
const width = Math.max(...[...Object.keys(agents), gone].map((name) => name.length));
const isColoured = process.stdout.isTTY && !process.env['NO_COLOR'];

const { values } = parseArgs({ options: { built: { type: 'boolean' } } });
await ensureInstalled();
if (!values.built) {
  await buildExtension({ production: true });
  await buildDemo();
}

const root = await makeTempDir('story');
const folder = join(root, 'shop');
await mkdir(folder);
const cli = join(repoRoot, 'dist', 'cli.js');
const env = {
  ...process.env,
  AGENT_RESERVATIONS_STORE: join(root, 'store'),
  DEMO_CLI: cli,
  BB_AGENT: '',
  NO_COLOR: '1',
};

console.log(
  'Three agents share a repository. Each is a process of its own; they meet only in the store of reservations.',
);
const isToldWhole = (await play(gone)) && (await Promise.all(Object.keys(agents).map(play))).every(Boolean);
if (isToldWhole) {
  console.log('\nWhat is left of it:');
  show('', '$ agent-reservations status');
  show('', command('status'));
  show('', '$ agent-reservations history');
  show('', command('history'));
}
process.exitCode = isToldWhole ? 0 : 1;

/**
 * Lets an agent do its part, and tells it.
 * @param {string} agent
 * @returns {Promise<boolean>} whether it came to its end
 */
function play(agent) {
  const script = join(outDir, 'demo', 'story.process.js');
  const child = spawnTree(process.execPath, [script, agent], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const { stdout, stderr } = child;
  if (stdout) {
    createInterface({ input: stdout }).on('line', (line) => tell(JSON.parse(line)));
  }
  if (stderr) {
    createInterface({ input: stderr }).on('line', (line) => show(agent, line));
  }
  return new Promise((resolve) => child.once('close', (code) => resolve(code === 0)));
}

/** @param {Part} part */
function tell({ agent, says, command: line, output }) {
  console.log('');
  if (says !== undefined) {
    show(agent, says, 'italic');
  }
  if (line !== undefined) {
    show(agent, `$ ${line}`, 'bold');
  }
  if (output) {
    show(agent, output);
  }
}

/**
 * @param {string} agent '' for nobody
 * @param {string} text
 * @param {'bold' | 'italic'} [style]
 */
function show(agent, text, style) {
  const colour = Object.entries(agents).find(([name]) => name === agent)?.[1] ?? 'gray';
  for (const line of text.split('\n')) {
    const name = `${agent.padEnd(width)} │`;
    console.log(isColoured ? `${styleText(colour, name)} ${style ? styleText(style, line) : line}` : `${name} ${line}`);
  }
}

/** @param {string} verb */
function command(verb) {
  return spawnSync(process.execPath, [cli, verb], { cwd: folder, env, encoding: 'utf8' }).stdout.trimEnd();
}
