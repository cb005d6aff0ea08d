/** What the users of the extension get of the command. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { repoRoot } from '../support/paths';
import { importScript } from '../support/scripts';
import { useTempFolder } from '../support/tempFolder';

type SteadyZip = typeof import('../../scripts/lib/steadyZip.mjs');

interface Component {
  readonly name: string;
  readonly group?: string;
  readonly version?: string;
  readonly licenses: readonly unknown[];
}

describe('the package of the extension', () => {
  const temp = useTempFolder();
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

  it('starts it by links to the launcher, and from its own folder', () => {
    if (process.platform === 'win32') {
      return;
    }
    const launcher = join(repoRoot, 'bin', 'agent-reservations');
    symlinkSync(launcher, join(temp(), 'absolute'));
    symlinkSync('./absolute', join(temp(), 'relative'));
    for (const [program, args, cwd] of [
      [join(temp(), 'absolute'), [], '/'],
      [join(temp(), 'relative'), [], '/'],
      ['sh', ['agent-reservations'], dirname(launcher)],
    ] as const) {
      const out = execFileSync(program, [...args, '--version'], { encoding: 'utf8', cwd });
      assert.match(out, /^\d+\.\d+\.\d+\n$/);
    }
  });
});

describe('what goes to users', () => {
  const temp = useTempFolder();
  /** What is there of the repository, at another place. */
  const cloneAt = (name: string): string => {
    const clone = join(temp(), name);
    const out = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
      cwd: repoRoot,
    });
    for (const file of out.toString().split('\0').filter(Boolean)) {
      cpSync(join(repoRoot, file), join(clone, file));
    }
    symlinkSync(join(repoRoot, 'node_modules'), join(clone, 'node_modules'), 'junction');
    return clone;
  };
  const run = (clone: string, script: string, file: string, zone: string): Buffer => {
    const args = [join(clone, 'scripts', script), '--out', join(clone, file)];
    execFileSync(process.execPath, args, { cwd: clone, env: { ...process.env, TZ: zone } });
    return readFileSync(join(clone, file));
  };
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

  it('is the same to the byte, wherever, when and by whomever it is packaged', async () => {
    const before = process.umask(0o077);
    let first: Buffer;
    try {
      first = run(cloneAt('one'), 'package.mjs', 'a.vsix', 'Asia/Tokyo');
    } finally {
      process.umask(before);
    }
    const second = run(cloneAt('elsewhere/the second'), 'package.mjs', 'b.vsix', 'America/Los_Angeles');
    assert.equal(sha256(first), sha256(second));
    const { entriesOf } = await importScript<SteadyZip>('lib/steadyZip.mjs');
    const entries = await entriesOf(first);
    const names = entries.map(([name]) => name);
    assert.ok(
      names.includes('extension/dist/extension.js') && names.includes('extension/dist/THIRD_PARTY_NOTICES.txt'),
    );
    assert.deepEqual(
      names.filter((name) => /\.(?:ts|map)$|node_modules/.test(name)),
      [],
    );
    const manifest = JSON.parse(String(entries.find(([name]) => name === 'extension/package.json')?.[1]));
    const { scripts, devDependencies, ...ours } = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8'));
    assert.ok(scripts && devDependencies);
    assert.deepEqual(manifest, ours);
    // What is downloaded, and what every window loads.
    assert.ok(first.length <= 500_000, String(first.length));
    const extension = entries.find(([name]) => name === 'extension/dist/extension.js')?.[1];
    assert.ok(extension && extension.length <= 200_000, String(extension?.length));
  }).timeout(120_000);

  it('has a bill of materials that fits the schema, and the licence of everything on it', async () => {
    const clone = cloneAt('materials');
    const text = run(clone, 'sbom.mjs', 'bom.json', 'UTC').toString();
    assert.equal(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text), null);
    const notices = readFileSync(join(clone, 'dist', 'THIRD_PARTY_NOTICES.txt'), 'utf8');
    const components: readonly Component[] = JSON.parse(text).components;
    const listed = components.map(({ group, name }) => (group ? `${group}/${name}` : name));
    for (const [index, { version, licenses }] of components.entries()) {
      assert.equal(licenses.length, 1);
      const title = `${listed[index]}${version ? ` ${version}` : ''} (`;
      assert.ok(notices.includes(`\n${title}`), title);
    }
    // All that the extension says that it needs is bundled, and nothing that only builds it.
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(clone, 'package.json'), 'utf8'));
    assert.deepEqual(
      Object.keys(dependencies).filter((name) => !listed.includes(name)),
      [],
    );
    const carried = listed.filter((_, index) => components[index]?.version === undefined);
    assert.deepEqual(
      listed.filter((name) => name in devDependencies && !carried.includes(name)),
      [],
    );
    for (const words of ['Permission is hereby granted', 'Apache License', 'Permission to use, copy, modify']) {
      assert.ok(notices.includes(words), words);
    }
  }).timeout(60_000);
});
