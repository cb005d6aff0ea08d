import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { hostCacheDir, repoRoot } from '../lib/paths.mjs';
import { foreignEnvNames } from './hostEnv.mjs';
import { newestVscode } from './provision.mjs';
import { quietSettings, writeDesktopSettings } from './settings.mjs';

/** @typedef {{ kind: 'web', reason: string } | { kind: 'desktop', executable: string }} HostChoice */

/**
 * Whether a desktop VS Code is out of the question, known without trying to download one.
 * @returns {string | undefined} why it is
 */
export function reasonForWebHost() {
  const forced = process.env['AGENT_RESERVATIONS_TEST_HOST'];
  if (forced === 'web') {
    return 'AGENT_RESERVATIONS_TEST_HOST asks for it';
  }
  if (forced === 'desktop') {
    return undefined;
  }
  if (forced !== undefined && forced !== '') {
    throw new Error(`AGENT_RESERVATIONS_TEST_HOST is "${forced}"; it may be "web" or "desktop".`);
  }
  const hasDisplay = Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
  return process.platform === 'linux' && !hasDisplay ? 'there is no display' : undefined;
}

/**
 * Chooses between a desktop VS Code and the web host, downloading the former if it is not there yet.
 * @returns {Promise<HostChoice>}
 */
export async function chooseHost() {
  const reason = reasonForWebHost();
  if (reason !== undefined) {
    return { kind: 'web', reason };
  }
  const named = process.env['VSCODE_EXECUTABLE'];
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) {
      throw new Error(`VSCODE_EXECUTABLE names ${named}, which does not exist.`);
    }
    return { kind: 'desktop', executable: named };
  }
  try {
    const { downloadAndUnzipVSCode, SilentReporter } = await import('@vscode/test-electron');
    const executable = await downloadAndUnzipVSCode({
      // What the web host carries, so that both kinds of run test the same VS Code.
      version: process.env['AGENT_RESERVATIONS_TEST_VSCODE'] || newestVscode,
      cachePath: hostCacheDir,
      reporter: new SilentReporter(),
    });
    return { kind: 'desktop', executable };
  } catch (error) {
    if (process.env['AGENT_RESERVATIONS_TEST_HOST'] === 'desktop') {
      throw error;
    }
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'web', reason: `VS Code could not be downloaded (${message.split('\n')[0]})` };
  }
}

/**
 * Runs a compiled suite in a desktop VS Code. Rejects when the suite fails.
 * @param {string} executable
 * @param {string} suite
 * @param {import('./sandbox.mjs').Sandbox} sandbox
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<void>}
 */
export async function runDesktopSuite(executable, suite, sandbox, env) {
  const { runTests } = await import('@vscode/test-electron');
  await writeDesktopSettings(sandbox.dataDir, quietSettings);
  const removed = Object.fromEntries(foreignEnvNames().map((name) => [name, undefined]));
  await runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: repoRoot,
    extensionTestsPath: suite,
    extensionTestsEnv: { ...removed, ...displayEnv(), ...env },
    launchArgs: [
      sandbox.workspaceDir,
      `--user-data-dir=${sandbox.dataDir}`,
      `--extensions-dir=${sandbox.extensionsDir}`,
      '--disable-workspace-trust',
      '--skip-welcome',
      '--skip-release-notes',
      '--password-store=basic',
      '--use-mock-keychain',
    ],
  });
}

/**
 * X11 looks for its key in the home folder, which the run replaces.
 * @returns {NodeJS.ProcessEnv}
 */
function displayEnv() {
  const key = join(homedir(), '.Xauthority');
  return process.env['XAUTHORITY'] === undefined && existsSync(key) ? { XAUTHORITY: key } : {};
}
