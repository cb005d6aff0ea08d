import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const commands = ['code', 'code-insiders', 'codium'];

/**
 * Finds a desktop VS Code, or one of its kin.
 * @returns {string | undefined} its command or executable
 */
export function findInstalledVscode() {
  const named = process.env['VSCODE_EXECUTABLE'];
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) {
      throw new Error(`VSCODE_EXECUTABLE names ${named}, which does not exist.`);
    }
    return named;
  }
  return [...onPath(), ...usualPlaces()].find(isFile);
}

/** @returns {string[]} */
function onPath() {
  // In a terminal of a remote window, "code" talks to that window and cannot load an extension under development.
  if (process.env['VSCODE_IPC_HOOK_CLI'] !== undefined) {
    return [];
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const suffix = process.platform === 'win32' ? '.cmd' : '';
  return commands.flatMap((command) => folders.map((folder) => join(folder, command + suffix)));
}

/** @returns {string[]} */
function usualPlaces() {
  if (process.platform === 'darwin') {
    const apps = [
      ['Visual Studio Code.app', 'code'],
      ['Visual Studio Code - Insiders.app', 'code'],
      ['VSCodium.app', 'codium'],
    ];
    return ['/Applications', join(homedir(), 'Applications')].flatMap((folder) =>
      apps.map(([app = '', command = '']) => join(folder, app, 'Contents', 'Resources', 'app', 'bin', command)),
    );
  }
  if (process.platform === 'win32') {
    const programs = [
      join(process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Programs'),
      process.env['ProgramFiles'] ?? 'C:\\Program Files',
    ];
    const apps = [
      ['Microsoft VS Code', 'code.cmd'],
      ['Microsoft VS Code Insiders', 'code-insiders.cmd'],
      ['VSCodium', 'codium.cmd'],
    ];
    return programs.flatMap((folder) => apps.map(([app = '', command = '']) => join(folder, app, 'bin', command)));
  }
  return [];
}

/**
 * @param {string} path
 * @returns {boolean}
 */
function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
