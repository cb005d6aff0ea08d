import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled } from './lib/install.mjs';
import { isMain } from './lib/isMain.mjs';
import { outDir, repoRoot } from './lib/paths.mjs';

/**
 * Packages the extension, as it goes to its users: the same bytes for the same source and the same Node. Throws when vsce
 * warns: what it warns about reaches them too.
 * @param {string} [file] default: agent-reservations-<version>.vsix in the repository
 * @returns {Promise<string>} the package's path
 */
export async function packageExtension(file) {
  const { name, version } = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8'));
  const vsix = file ?? join(repoRoot, `${name}-${version}.vsix`);
  const args = [
    join(repoRoot, 'node_modules', '@vscode', 'vsce', 'vsce'),
    'package',
    // Everything is in the bundle.
    '--no-dependencies',
    // The repository has no public address yet, so relative links cannot be made absolute.
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--readme-path',
    relative(repoRoot, await readmeWithoutPictures()),
    '--out',
    vsix,
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: repoRoot, encoding: 'utf8' });
  const output = `${stdout}${stderr}`;
  if (status !== 0 || output.includes('WARNING')) {
    throw new Error(`The extension could not be packaged without warnings:\n${output.trim()}`);
  }
  // Only now: it is installed by what calls this.
  const { steadyZip } = await import('./lib/steadyZip.mjs');
  writeFileSync(vsix, await steadyZip(readFileSync(vsix)));
  return vsix;
}

/**
 * Pictures would be a third of the package, and without a public address there is nowhere else from which they could be shown.
 * @returns {Promise<string>} the path of a README that reads as well without them
 */
async function readmeWithoutPictures() {
  const readme = await readFile(join(repoRoot, 'README.md'), 'utf8');
  const path = join(outDir, 'package', 'README.md');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, readme.replace(/^!\[[^\]]*\]\(media\/[^)]*\)\n\n/gm, ''));
  return path;
}

if (isMain(import.meta.url)) {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  await ensureInstalled();
  try {
    const vsix = await packageExtension(values.out === undefined ? undefined : resolve(values.out));
    console.log(`${relative(process.cwd(), vsix)}: ${(statSync(vsix).size / 1024).toFixed(1)} KiB`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
