/**
 * `npm run bench -- [--only NAME] [--seed N] [--json]`: how fast the store is, beside others that do the same, in one run.
 * `--seed` (1 unless told) is what the simulation draws from. With `--json` the last line is one object. Ends with 0 whether
 * or not a target is met: the figures say so.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildBench } from '../scripts/build.mjs';
import { ensureInstalled } from '../scripts/lib/install.mjs';
import { runNpm } from '../scripts/lib/npm.mjs';
import { outDir, repoRoot } from '../scripts/lib/paths.mjs';
import { providePostgres } from '../scripts/lib/postgres.mjs';
import { packageExtension } from '../scripts/package.mjs';

/** Compiled for the machine on its first use, in a minute or two: nothing that the extension or its tests need. */
const driver = 'better-sqlite3@12.11.1';
const modules = join(repoRoot, '.bench');

await ensureInstalled();
await buildBench();
// To pack is to build.
const vsix = await packageExtension(join(outDir, 'bench.vsix'));
await installDriver();
const { programs } = await providePostgres();
const { status } = spawnSync(process.execPath, [join(outDir, 'bench', 'main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: {
    ...process.env,
    BENCH_MODULES: modules,
    BENCH_DIST: join(repoRoot, 'dist'),
    BENCH_VSIX: vsix,
    AGENT_RESERVATIONS_POSTGRES: programs,
  },
});
process.exitCode = status ?? 1;

/** @returns {Promise<void>} */
async function installDriver() {
  const stamp = join(modules, 'installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === driver) {
    return;
  }
  console.log(`Installing ${driver}, to compare with …`);
  mkdirSync(modules, { recursive: true });
  writeFileSync(join(modules, 'package.json'), '{ "private": true }\n');
  await runNpm(['install', '--no-save', '--no-audit', '--no-fund', driver], modules);
  writeFileSync(stamp, driver);
}
