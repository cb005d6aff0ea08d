import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repoRoot } from '../lib/paths.mjs';

/** @typedef {Readonly<Record<string, unknown>>} Settings */

/**
 * Settings with which VS Code asks nothing, suggests nothing and sends nothing.
 * @type {Settings}
 */
export const quietSettings = {
  'security.workspace.trust.enabled': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'window.commandCenter': false,
  'git.openRepositoryInParentFolders': 'never',
};

/**
 * Writes the settings of a VS Code on this machine's desktop.
 * @param {string} userDataDir
 * @param {Settings} settings
 * @returns {Promise<void>}
 */
export async function writeDesktopSettings(userDataDir, settings) {
  await writeSettings(join(userDataDir, 'User', 'settings.json'), settings);
}

/**
 * Writes the settings of a VS Code in the browser. It takes those that belong to a machine from another file than the
 * user's, and ignores them there.
 * @param {string} dataDir
 * @param {Settings} settings
 * @returns {Promise<void>}
 */
export async function writeWebSettings(dataDir, settings) {
  const machineNames = machineSettingNames();
  const entries = Object.entries(settings);
  const machine = entries.filter(([name]) => machineNames.has(name));
  const user = entries.filter(([name]) => !machineNames.has(name));
  await writeSettings(join(dataDir, 'Machine', 'settings.json'), Object.fromEntries(machine));
  await writeSettings(join(dataDir, 'User', 'settings.json'), Object.fromEntries(user));
}

/** @returns {Set<string>} names of this extension's settings that belong to a machine */
function machineSettingNames() {
  /** @type {{ contributes: { configuration: { properties: Record<string, { scope?: string }> } } }} */
  const { contributes } = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8'));
  const properties = Object.entries(contributes.configuration.properties);
  return new Set(properties.filter(([, { scope }]) => scope?.startsWith('machine')).map(([name]) => name));
}

/**
 * @param {string} file
 * @param {Settings} settings
 * @returns {Promise<void>}
 */
async function writeSettings(file, settings) {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(settings, null, 2));
}
