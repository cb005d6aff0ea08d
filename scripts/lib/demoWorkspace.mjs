import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** @type {Record<string, string>} */
const committed = {
  'README.md': '# Shop\n\nWhat several agents work on in the demo.\n',
  'CHANGELOG.md': '# Changelog\n',
  'docs/api.md': '# API\n\nA token is valid for 15 minutes.\n',
  'docs/guide.md': '# Guide\n\n1. Sign in.\n2. Order.\n',
  'docs/install.md': '# Install\n',
  'src/api/limits.ts': 'export const ordersPerMinute = 60;\n',
  'src/api/routes.ts': "export const routes = ['/login', '/orders'];\n",
  'src/api/v2/orders.ts': "export const path = '/v2/orders';\n",
  'src/app/main.ts': "import { route } from './router';\n\nroute(location.pathname);\n",
  'src/app/router.ts': "export function route(path: string): string {\n  return path === '/' ? 'home' : path;\n}\n",
  'src/auth/login/rules.yml': 'password:\n  length: 8\n  tries: 5\nsession:\n  minutes: 30\n',
  'src/auth/login/validate.ts': 'export function isValid(user: string): boolean {\n  return user.length > 2;\n}\n',
  'src/auth/session.ts': 'export const sessionMinutes = 30;\n',
  'src/auth/tokens.ts': 'export const tokenMinutes = 30;\n',
  'src/billing/invoice.ts': 'export const currency = "EUR";\n',
  'src/shared/clock.ts': 'export const now = () => new Date();\n',
  'src/styles/theme.css': 'body {\n  color: #222;\n}\n',
  'test/api/routes.test.ts': "import '../../src/api/routes';\n",
  'test/auth/login.test.ts': "import '../../src/auth/login/validate';\n",
};

/**
 * What the person has changed since: one file that it holds, one that an agent holds, and two that nobody does.
 * @type {Record<string, string>}
 */
const changed = {
  'README.md': '# Shop\n\nWhat several agents and you work on in the demo.\n',
  'src/app/router.ts': "export function route(path: string): string {\n  return path === '/' ? 'shop' : path;\n}\n",
  'src/auth/login/rules.yml': 'password:\n  length: 12\n  tries: 5\n  phrase: true\nsession:\n  minutes: 30\n',
  'src/styles/theme.css': 'body {\n  color: #111;\n  background: #fff;\n}\n',
};

/**
 * Makes the folder that the demo opens: a small project in Git, with uncommitted changes. Where there is no Git it goes
 * without.
 * @param {string} folder
 * @returns {Promise<void>}
 */
export async function makeDemoWorkspace(folder) {
  await write(folder, committed);
  const author = [
    '-c',
    'user.name=Demo',
    '-c',
    'user.email=demo@example.org',
    '-c',
    'commit.gpgsign=false',
    '-c',
    'init.defaultBranch=main',
  ];
  try {
    for (const args of [
      ['init', '--quiet'],
      ['add', '--all'],
      ['commit', '--quiet', '--message', 'A shop'],
    ]) {
      execFileSync('git', [...author, ...args], { cwd: folder, stdio: 'ignore' });
    }
  } catch {
    console.log('Git cannot be run: the demo shows no uncommitted changes.');
  }
  await write(folder, changed);
}

/**
 * @param {string} folder
 * @param {Record<string, string>} files
 */
async function write(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
