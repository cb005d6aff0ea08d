// Runs the tests inside the oldest VS Code that can be had: of the desktop the one that `engines` names, of the web hosts the
// oldest that npm has since then. Usage: node scripts/testOldest.mjs
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonForWebHost } from './host/desktop.mjs';
import { oldestWebVscode } from './host/provision.mjs';
import { repoRoot } from './lib/paths.mjs';

const { engines } = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8'));
const oldest = reasonForWebHost() === undefined ? engines.vscode.replace('^', '') : oldestWebVscode;
process.env['AGENT_RESERVATIONS_TEST_VSCODE'] = oldest;
if (oldest === oldestWebVscode) {
  // npm's package of that web host has no terminals: they hang on a native module that an install script would build.
  process.env['AGENT_RESERVATIONS_TEST_WITHOUT'] = 'terminal';
}
console.log(`VS Code ${oldest}`);
process.argv.splice(2, process.argv.length, 'host');
await import('./test.mjs');
