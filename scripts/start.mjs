import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildDemo, buildExtension } from './build.mjs';
import { cleanHostEnv } from './host/hostEnv.mjs';
import { findInstalledVscode } from './host/installedVscode.mjs';
import { quietSettings, writeDesktopSettings } from './host/settings.mjs';
import { installVsix, startWebHost } from './host/webHost.mjs';
import { prepareDemo } from './lib/demo.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { hostCacheDir, repoRoot } from './lib/paths.mjs';
import { spawnTree } from './lib/processes.mjs';
import { packageExtension } from './package.mjs';

/** @typedef {import('./lib/demo.mjs').Demo} Demo */

const { values } = parseArgs({
  options: { demo: { type: 'boolean' }, web: { type: 'boolean' }, port: { type: 'string' } },
});
const port = Number(values.port ?? 0);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port is "${values.port}"; it must be a number up to 65535.`);
  process.exit(2);
}
// npm moves to the repository; the folder to open is the one it was called in.
const folderHere = process.env['INIT_CWD'] ?? process.cwd();

// Ctrl+C is how this is meant to end. Leaving here runs the clean-up that processes.mjs has registered.
process.once('SIGINT', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));

try {
  await ensureInstalled();
  await buildExtension({ production: false });
  const demo = values.demo ? await prepareDemo() : undefined;
  if (demo !== undefined) {
    await buildDemo();
  }
  const vscode = values.web ? undefined : findInstalledVscode();
  await (vscode === undefined ? runInBrowser(demo) : runOnDesktop(vscode, demo));
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

/**
 * @param {string} vscode
 * @param {Demo | undefined} demo
 * @returns {Promise<void>}
 */
async function runOnDesktop(vscode, demo) {
  const args = [`--extensionDevelopmentPath=${repoRoot}`];
  if (demo !== undefined) {
    const userDataDir = join(demo.root, 'user-data');
    await writeDesktopSettings(userDataDir, { ...quietSettings, ...demo.settings });
    // Its folders are removed when the command returns, so that must not be before the window is closed.
    args.push('--wait', `--user-data-dir=${userDataDir}`, `--extensions-dir=${join(demo.root, 'extensions')}`);
  }
  const folder = demo?.folder ?? folderHere;
  args.push(folder);
  console.log(`Opening ${folder} in ${vscode} …`);
  demo?.startAgents();
  const isWindows = process.platform === 'win32';
  // Only a shell can start a .cmd file, and it needs the quotes.
  const quote = (/** @type {string} */ text) => (isWindows ? `"${text}"` : text);
  const child = spawnTree(quote(vscode), args.map(quote), { env: cleanHostEnv(), shell: isWindows, stdio: 'inherit' });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new Error(`${vscode} ended with ${code}.`);
  }
}

/**
 * @param {Demo | undefined} demo
 * @returns {Promise<void>}
 */
async function runInBrowser(demo) {
  const startDir = join(hostCacheDir, 'start');
  await mkdir(startDir, { recursive: true });
  const vsixPath = await packageExtension(join(startDir, 'agent-reservations.vsix'));
  const root = demo?.root ?? startDir;
  const dirs = { dataDir: join(root, 'data'), extensionsDir: join(root, 'extensions') };
  await installVsix({ vsixPath, ...dirs });
  const settings = demo === undefined ? {} : { settings: { ...quietSettings, ...demo.settings } };
  const host = await startWebHost({ ...dirs, ...settings, port, withToken: true });
  demo?.startAgents();
  console.log(
    `\nVS Code runs at this address, for this machine only. Ctrl+C ends it.\n\n${host.url({ folder: demo?.folder ?? folderHere })}\n`,
  );
  await host.ended;
  throw new Error(`VS Code's server has ended. Its log: ${host.logFile}`);
}
