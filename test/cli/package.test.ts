/** What the users of the extension get of the command. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../support/paths';

describe('the package of the extension', () => {
  const needed = ['bin/agent-reservations', 'bin/agent-reservations.cmd', 'dist/cli.js', 'dist/cliMain.js'];

  it('has the command with all that it loads, and its launchers', () => {
    const vsce = join(repoRoot, 'node_modules', '@vscode', 'vsce', 'vsce');
    const list = execFileSync(process.execPath, [vsce, 'ls', '--no-dependencies'], { cwd: repoRoot, encoding: 'utf8' });
    const files = list.split('\n');
    const built = readdirSync(join(repoRoot, 'dist')).filter((name) => name.endsWith('.js'));
    assert.deepEqual(
      [...needed, ...built.map((name) => `dist/${name}`)].filter((file) => !files.includes(file)),
      [],
    );
  });

  it('has launchers that can be started', () => {
    // Windows knows what can be started by its name.
    if (process.platform !== 'win32') {
      assert.equal(statSync(join(repoRoot, 'bin', 'agent-reservations')).mode & 0o111, 0o111);
      assert.equal(statSync(join(repoRoot, 'dist', 'cli.js')).mode & 0o111, 0o111);
    }
  });

  it('starts it by the launcher, from a folder anywhere', () => {
    const launcher = join(
      repoRoot,
      'bin',
      process.platform === 'win32' ? 'agent-reservations.cmd' : 'agent-reservations',
    );
    const out = execFileSync(launcher, ['--version'], {
      encoding: 'utf8',
      shell: process.platform === 'win32',
      cwd: '/',
    });
    assert.match(out, /^\d+\.\d+\.\d+\r?\n$/);
  });
});
