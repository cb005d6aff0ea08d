/**
 * Runs the suites of the benchmarks inside VS Code: `node bench/vscode/run.mjs FIGURES`, where FIGURES is a file to which
 * each adds lines of JSON. `--changes` measures the changes beside 10,000 alone; `--profile NAME` does too, and leaves CPU profiles
 * of them in NAME.changes.cpuprofile and NAME.comeOrGone.cpuprofile, for bench/vscode/profileTable.mjs or a browser.
 * `--activations COUNT` measures so many activations alone; with `--profile NAME` each leaves NAME.activation-1.cpuprofile and so on.
 * `--idle SECONDS` says for how long nothing happens (12 unless told). Needs the production build and the compiled suites, as bench/run.mjs makes them.
 */

import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeSandbox } from '../../scripts/host/sandbox.mjs';
import { startWebSuites } from '../../scripts/host/webSuites.mjs';
import { outDir, repoRoot } from '../../scripts/lib/paths.mjs';

/** Each is an extension host of its own, so that none finds anything compiled. */
const ACTIVATIONS = 3;

const { values, positionals } = parseArgs({
  options: {
    changes: { type: 'boolean' },
    activations: { type: 'string' },
    profile: { type: 'string' },
    idle: { type: 'string', default: '12' },
  },
  allowPositionals: true,
});
const figures = resolve(positionals[0] ?? '');
const activationsOnly = values.activations !== undefined;
const changesOnly = !activationsOnly && (values.changes === true || values.profile !== undefined);
const sandbox = await makeSandbox();
try {
  const extension = await makeTimedExtension(join(sandbox.root, 'extension'));
  const env = {
    ...sandbox.env,
    AGENT_RESERVATIONS_BENCH_FIGURES: figures,
    AGENT_RESERVATIONS_BENCH_NODE: process.execPath,
    AGENT_RESERVATIONS_BENCH_EXTENSION: extension,
    AGENT_RESERVATIONS_BENCH_IDLE_SECONDS: values.idle,
    ...(changesOnly ? { AGENT_RESERVATIONS_BENCH_CHANGES: '1' } : {}),
    ...(values.profile === undefined ? {} : { AGENT_RESERVATIONS_BENCH_PROFILE: resolve(values.profile) }),
  };
  const suites = await startWebSuites({ sandbox, env, logFile: join(outDir, 'bench-vscode.log') });
  try {
    const activations = changesOnly ? 0 : Number(values.activations ?? ACTIVATIONS);
    for (let activation = 0; activation < activations; activation++) {
      await suites.run(join(outDir, 'bench', 'vscode', 'activation.suite.js'), extension);
    }
    if (!activationsOnly) {
      await suites.run(join(outDir, 'bench', 'vscode', 'live.suite.js'), extension);
    }
  } finally {
    await suites.stop();
  }
} finally {
  sandbox.remove();
}
process.exit(0);

/**
 * The extension as it is packaged, but for its entry: that takes the time of loading and of `activate`.
 * @param {string} folder
 * @returns {Promise<string>} the folder
 */
async function makeTimedExtension(folder) {
  await mkdir(folder);
  await cp(join(repoRoot, 'dist'), join(folder, 'dist'), { recursive: true });
  for (const name of ['bin', 'media', 'package.nls.json']) {
    await symlink(join(repoRoot, name), join(folder, name));
  }
  const manifest = JSON.parse(await readFile(join(repoRoot, 'package.json'), 'utf8'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, main: './timed.js' }));
  await cp(join(repoRoot, 'bench', 'vscode', 'timed.cjs'), join(folder, 'timed.js'));
  return folder;
}
