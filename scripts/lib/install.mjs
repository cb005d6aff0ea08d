// Runs before node_modules exists, so it may use nothing but Node itself.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from './npm.mjs';
import { repoRoot } from './paths.mjs';

const modulesDir = join(repoRoot, 'node_modules');
const stampFile = join(modulesDir, '.agent-reservations-lock-hash');

/**
 * Runs `npm ci` unless node_modules was installed from exactly this package-lock.json.
 * Call it before importing anything that lives in node_modules.
 * @returns {Promise<void>}
 */
export async function ensureInstalled() {
  const lockHash = createHash('sha256')
    .update(readFileSync(join(repoRoot, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockHash) {
    return;
  }
  console.log('Installing dependencies (npm ci) …');
  await runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], repoRoot);
  writeFileSync(stampFile, lockHash);
}
