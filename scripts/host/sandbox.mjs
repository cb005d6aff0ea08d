import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeTempDir, removeTempDir } from '../lib/processes.mjs';

/** @type {Record<string, string>} */
const workspaceFiles = {
  'README.md': '# Example shop\n\nA small workspace for several agents.\n',
  'docs/guide.md': '# Guide\n\n1. Sign in.\n2. Order.\n',
  'src/api/routes.ts': "import { login } from '../auth/login';\n\nexport const routes = { '/login': login };\n",
  'src/auth/login.ts':
    "import { openSession } from './session';\n\nexport function login(user: string): string {\n  return openSession(user);\n}\n",
  'src/auth/session.ts': "export function openSession(user: string): string {\n  return 'session of ' + user;\n}\n",
};

/**
 * @typedef {object} Sandbox
 * @property {string} root
 * @property {string} homeDir stands in for the user's home, so that the real one is never touched
 * @property {string} workspaceDir
 * @property {string} dataDir
 * @property {string} extensionsDir
 * @property {NodeJS.ProcessEnv} env makes a program take homeDir for the user's home
 * @property {() => void} remove
 */

/**
 * Makes throw-away folders for one run of VS Code, with a small workspace in them.
 * @returns {Promise<Sandbox>}
 */
export async function makeSandbox() {
  const root = await makeTempDir('run');
  const homeDir = join(root, 'home');
  const workspaceDir = join(root, 'workspace');
  await mkdir(homeDir);
  for (const [name, text] of Object.entries(workspaceFiles)) {
    const file = join(workspaceDir, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return {
    root,
    homeDir,
    workspaceDir,
    dataDir: join(root, 'data'),
    extensionsDir: join(root, 'extensions'),
    env: { HOME: homeDir, USERPROFILE: homeDir },
    remove: () => removeTempDir(root),
  };
}
