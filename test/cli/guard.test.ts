/** The guard among git's hooks, in real repositories: what it refuses, and what becomes of the hooks that were there. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Command } from '../support/cli';
import { makeRepository } from '../support/gitRepository';
import { put, Surroundings } from '../support/hookedRepository';
import { repoRoot } from '../support/paths';
import { useTempFolder } from '../support/tempFolder';

const LAUNCHER = join(repoRoot, 'bin', 'agent-reservations');
const ME = { BB_AGENT: 'cobalt-harbor' };

describe('the guard', () => {
  const temp = useTempFolder();
  let around: Surroundings;
  let command: Command;
  let shop: string;

  beforeEach(async () => {
    shop = join(temp(), "it's a shop");
    put(join(shop, 'src/a.ts'), 'a\n');
    put(join(shop, 'docs/a.md'), 'a\n');
    makeRepository(shop);
    around = new Surroundings(join(temp(), 'home'), join(temp(), 'store'));
    command = new Command(around.store, shop);
    await command.register('amber-otter', 'cobalt-harbor');
    await command.done(['reserve', '--agent', 'amber-otter', '--bead', 'bd-1', '--scope', 'src/**']);
  });
  afterEach(() => command.end());

  async function guard(...args: readonly string[]): Promise<string> {
    const { code, out, err } = await around.run(LAUNCHER, ['guard', ...args], { cwd: shop });
    assert.deepEqual([code, err], [0, '']);
    return out;
  }

  /** Stages everything in the folder and commits; what git wrote to standard error, where it was refused. */
  async function commit(env: NodeJS.ProcessEnv = ME, cwd = shop): Promise<{ refused: boolean; err: string }> {
    await around.git(cwd, ['add', '--all']);
    const { code, err } = await around.git(cwd, ['commit', '--quiet', '--message', 'x'], env);
    return { refused: code !== 0, err };
  }

  function hook(name = 'pre-commit'): string {
    return join(shop, '.git/hooks', name);
  }

  function hooksThere(): readonly string[] {
    return readdirSync(join(shop, '.git/hooks')).filter((name) => !name.endsWith('.sample'));
  }

  describe('of commits', () => {
    beforeEach(() => guard('install'));

    it('refuses what another holds, and says who, until when, how to ask and how to go on', async () => {
      put(join(shop, 'src/a.ts'), 'b\n');
      put(join(shop, 'docs/a.md'), 'b\n');
      const { refused, err } = await commit();
      assert.ok(refused);
      assert.match(err, /refused to commit a file that another agent holds/);
      assert.match(err, /^ {2}src\/a\.ts: held by "amber-otter" until \d{4}-\S+Z \(scope "src\/\*\*", bd-1\)$/m);
      assert.match(err, /agent-reservations request --from cobalt-harbor --scope src\/a\.ts/);
      assert.match(err, /AGENT_RESERVATIONS_BYPASS=1 git commit/);
      assert.doesNotMatch(err, /docs/);
    });

    it('lets pass its own, what nobody holds, and what is not staged', async () => {
      put(join(shop, 'docs/a.md'), 'b\n');
      assert.deepEqual(await commit(), { refused: false, err: '' });
      put(join(shop, 'src/a.ts'), 'b\n');
      assert.deepEqual(await commit({ BB_AGENT: 'amber-otter' }), { refused: false, err: '' });
      put(join(shop, 'src/a.ts'), 'c\n');
      const { code } = await around.git(shop, ['commit', '--quiet', '--allow-empty', '-m', 'x'], ME);
      assert.equal(code, 0);
      assert.ok((await around.git(shop, ['commit', '--quiet', '-am', 'x'], ME)).code);
      assert.ok((await around.git(shop, ['commit', '--quiet', '-m', 'x', '--', 'src/a.ts'], ME)).code);
    });

    it('only warns where it is told to, and where it does not know the agent; passed by, it says nothing', async () => {
      for (const env of [{}, { BB_AGENT: '' }, { BB_AGENT: 'No Agent' }, { ...ME, AGENT_RESERVATIONS_GUARD: 'warn' }]) {
        put(join(shop, 'src/a.ts'), `${JSON.stringify(env)}\n`);
        const { refused, err } = await commit(env);
        assert.ok(!refused);
        assert.match(err, /warning: this commit has .+\n.+held by "amber-otter"/);
      }
      put(join(shop, 'src/a.ts'), 'passed by\n');
      const passed = await commit({ ...ME, AGENT_RESERVATIONS_BYPASS: '1' });
      assert.deepEqual(passed, { refused: false, err: '' });
    });

    it('knows both names of a file that is renamed, and one that is deleted', async () => {
      await around.git(shop, ['mv', 'src/a.ts', 'docs/moved.ts']);
      assert.match((await commit()).err, /^ {2}src\/a\.ts: held/m);
      await around.git(shop, ['reset', '--quiet', '--hard']);
      await around.git(shop, ['mv', 'docs/a.md', 'src/moved.md']);
      assert.match((await commit()).err, /^ {2}src\/moved\.md: held/m);
      await around.git(shop, ['reset', '--quiet', '--hard']);
      rmSync(join(shop, 'src/a.ts'));
      assert.match((await commit()).err, /^ {2}src\/a\.ts: held/m);
    });

    it('knows files by whatever name', async () => {
      const names = ['a\nb', "it's", '"x"', '-n', 'ä ö', '[id]', '{a,b}', '*', '$(touch taken)', '\u001B[2J'];
      for (const name of names) {
        put(join(shop, 'src', name), 'x');
      }
      const bytes = Buffer.concat([Buffer.from(join(shop, 'src/')), Buffer.from([0x62, 0xff, 0xfe])]);
      // Some file systems refuse such a name.
      const hasBytes = ((): boolean => {
        try {
          writeFileSync(bytes, 'x');
          return true;
        } catch {
          return false;
        }
      })();
      const { refused, err } = await commit();
      assert.ok(refused);
      const told = [...err.matchAll(/: held by "amber-otter"/g)].length;
      const [, more = '0'] = /and (\d+) more/.exec(err) ?? [];
      assert.equal(told + Number(more), names.length + (hasBytes ? 1 : 0));
      assert.ok(!err.includes('\u001B'));
      assert.ok(!existsSync(join(shop, 'taken')));
    });

    it('is not led astray by settings of git, nor by the folder that one is in', async () => {
      for (const [key, value] of [
        ['diff.relative', 'true'],
        ['diff.noprefix', 'true'],
        ['diff.renames', 'copies'],
        ['core.quotePath', 'true'],
      ] as const) {
        await around.git(shop, ['config', key, value]);
      }
      put(join(shop, 'src/ü.ts'), 'x');
      await around.git(shop, ['add', '--all']);
      const { code, err } = await around.git(join(shop, 'docs'), ['commit', '-m', 'x'], ME);
      assert.notEqual(code, 0);
      assert.match(err, /src\/ü\.ts: held/);
    });

    it('guards the worktrees of the repository too', async () => {
      const tree = join(temp(), 'tree');
      await around.git(shop, ['worktree', 'add', '--quiet', tree]);
      put(join(tree, 'src/a.ts'), 'b\n');
      assert.match((await commit(ME, tree)).err, /src\/a\.ts: held/);
      const { out } = await around.run(LAUNCHER, ['guard', 'install'], { cwd: tree });
      assert.match(out, /has the guard already/);
    });

    it('does not hold a merge to what others have committed', async () => {
      await around.git(shop, ['branch', 'theirs']);
      put(join(shop, 'docs/a.md'), 'ours\n');
      assert.ok(!(await commit()).refused);
      await around.git(shop, ['switch', '--quiet', 'theirs']);
      put(join(shop, 'docs/a.md'), 'theirs\n');
      put(join(shop, 'src/a.ts'), 'theirs\n');
      assert.ok(!(await commit({ BB_AGENT: 'amber-otter' })).refused);
      await around.git(shop, ['switch', '--quiet', '-']);
      assert.notEqual((await around.git(shop, ['merge', 'theirs'], ME)).code, 0);
      put(join(shop, 'docs/a.md'), 'both\n');
      assert.deepEqual(await commit(), { refused: false, err: '' });
      await around.git(shop, ['reset', '--quiet', '--hard', 'HEAD^']);
      await around.git(shop, ['merge', 'theirs'], ME);
      put(join(shop, 'docs/a.md'), 'both\n');
      put(join(shop, 'src/a.ts'), 'both, and ours\n');
      assert.match((await commit()).err, /src\/a\.ts: held/);
    });

    it('goes on with a warning where the store cannot be read, or the command is not found', async () => {
      put(join(shop, 'src/a.ts'), 'b\n');
      const broken = join(temp(), 'broken');
      put(join(broken, 'reservations/active.json'), 'no JSON');
      const { refused, err } = await commit({ ...ME, AGENT_RESERVATIONS_STORE: broken });
      assert.ok(!refused);
      assert.match(err, /not checked, and git goes on\..+active\.json/);
      const without = new Surroundings(join(temp(), 'other home'), around.store, false);
      put(join(shop, 'src/a.ts'), 'c\n');
      const text = readFileSync(hook(), 'utf8');
      writeFileSync(hook(), text.replaceAll(repoRoot, '/nowhere').replaceAll("'\\''", ''));
      const { code, err: said } = await without.git(shop, ['commit', '--quiet', '-am', 'x'], ME);
      assert.equal(code, 0);
      assert.match(said, /agent-reservations was not found/);
    });

    it('lets git continue after its time limit, two seconds by default, whatever hangs', async () => {
      put(join(shop, 'src/a.ts'), 'b\n');
      await around.git(shop, ['add', '--all']);
      // A git that never answers: only the guard is to meet it.
      const slow = join(temp(), 'slow');
      put(join(slow, 'git'), '#!/bin/sh\nexec sleep 60\n', 0o755);
      const PATH = `${slow}:${around.env['PATH']}`;
      const run = (limit: string) => {
        const env = { ...ME, PATH, AGENT_RESERVATIONS_GUARD_TIMEOUT: limit };
        return around.run(LAUNCHER, ['guard', 'run', '--hook', 'pre-commit'], { cwd: shop, env });
      };
      for (const [limit, expected] of [
        ['', /longer than 2 s\. Set AGENT_RESERVATIONS_GUARD_TIMEOUT/],
        ['1', /longer than 1 s/],
        ['two', /AGENT_RESERVATIONS_GUARD_TIMEOUT must be a number of seconds, 1 to 600/],
        ['0', /must be a number of seconds/],
      ] as const) {
        const { code, err } = await run(limit);
        assert.equal(code, 0, limit);
        assert.match(err, expected, limit);
      }
    });
  });

  describe('of pushes', () => {
    let remote: string;

    beforeEach(async () => {
      remote = join(temp(), 'remote.git');
      execFileSync('git', ['init', '--quiet', '--bare', remote]);
      await around.git(shop, ['remote', 'add', 'origin', remote]);
      await around.git(shop, ['push', '--quiet', 'origin', 'HEAD:main']);
      await guard('install', '--pre-push');
    });

    async function change(path: string, text: string, env: NodeJS.ProcessEnv): Promise<void> {
      put(join(shop, path), text);
      assert.ok(!(await commit(env)).refused);
    }

    function push(...refs: readonly string[]) {
      return around.git(shop, ['push', '--quiet', 'origin', ...refs], ME);
    }

    it('refuses commits with what another holds, for a branch that is there and for a new one', async () => {
      await change('docs/a.md', 'b\n', ME);
      assert.equal((await push('HEAD:main')).code, 0);
      await change('src/a.ts', 'b\n', { BB_AGENT: 'amber-otter' });
      await change('docs/a.md', 'c\n', ME);
      for (const ref of ['HEAD:main', 'HEAD:new', 'HEAD:refs/tags/v1']) {
        const { code, err } = await push(ref);
        assert.notEqual(code, 0);
        assert.match(err, /refused to push a file[\s\S]+src\/a\.ts: held by "amber-otter"[\s\S]+BYPASS=1 git push/);
      }
      const bypass = { ...ME, AGENT_RESERVATIONS_BYPASS: '1' };
      assert.equal((await around.git(shop, ['push', '--quiet', 'origin', 'HEAD:new'], bypass)).code, 0);
      // What a remote has already is nobody's news, and to delete a branch brings no commit.
      assert.deepEqual(await push('HEAD:main', 'HEAD:another'), { code: 0, out: '', err: '' });
      assert.deepEqual(await push(':new'), { code: 0, out: '', err: '' });
    });

    it('hands on to the hook that was there what git tells it', async () => {
      await guard('uninstall');
      put(hook('pre-push'), '#!/bin/sh\ncat >"$PWD/.git/seen"; echo "$1" >>"$PWD/.git/seen"\n', 0o755);
      assert.match(await guard('install', '--pre-push'), /pre-push, before what was there/);
      await change('docs/a.md', 'b\n', ME);
      assert.equal((await push('HEAD:main')).code, 0);
      assert.match(
        readFileSync(join(shop, '.git/seen'), 'utf8'),
        /^HEAD [0-9a-f]{40} refs\/heads\/main [0-9a-f]{40}\norigin\n$/,
      );
    });
  });

  describe('beside the hooks that are there', () => {
    async function installedTwice(): Promise<void> {
      assert.match(await guard('install'), /^The guard is in /);
      const text = readFileSync(hook());
      assert.match(await guard('install'), /has the guard already/);
      assert.deepEqual(readFileSync(hook()), text);
    }

    /** Refused where another holds it; else what was there has run, and may refuse as well. */
    async function bothWork(): Promise<void> {
      await around.git(shop, ['add', '--all']);
      await around.git(shop, ['commit', '--quiet', '--no-verify', '-m', 'The hooks']);
      put(join(shop, 'src/a.ts'), 'b\n');
      assert.match((await commit()).err, /held by "amber-otter"/);
      await around.git(shop, ['reset', '--quiet', '--hard']);
      put(join(shop, 'docs/a.md'), 'b\n');
      assert.match((await commit()).err, /theirs refuses/);
      put(join(shop, 'docs/a.md'), 'please\n');
      assert.ok(!(await commit()).refused);
    }

    const THEIRS = 'if ! grep -q please docs/a.md; then echo theirs refuses >&2; exit 1; fi\n';

    for (const [name, text] of [
      ['a shell script', `#!/bin/sh\n${THEIRS}exit 0\n`],
      ['a script that replaces itself', `#!/usr/bin/env bash\nset -euo pipefail\nexec sh -c '${THEIRS}'\n`],
      [
        'a script in another language',
        `#!/usr/bin/env node\nif (!require("fs").readFileSync("docs/a.md", "utf8").includes("please")) { console.error("theirs refuses"); process.exit(1); }\n`,
      ],
    ] as const) {
      it(`lets ${name} run too, and leaves it as it was`, async () => {
        put(hook(), text, 0o755);
        await installedTwice();
        await bothWork();
        assert.match(await guard('uninstall'), /Took the guard out of/);
        assert.equal(readFileSync(hook(), 'utf8'), text);
        assert.equal(statSync(hook()).mode & 0o777, 0o755);
        assert.deepEqual(hooksThere(), ['pre-commit']);
        assert.match(await guard('uninstall'), /There is no guard/);
      });
    }

    it('leaves a hook alone that is a link, and what it leads to', async () => {
      put(join(shop, 'tools/check.sh'), `#!/bin/sh\n${THEIRS}`, 0o755);
      mkdirSync(join(shop, '.git/hooks'), { recursive: true });
      symlinkSync('../../tools/check.sh', hook());
      await installedTwice();
      await bothWork();
      await guard('uninstall');
      assert.equal(readFileSync(join(shop, 'tools/check.sh'), 'utf8'), `#!/bin/sh\n${THEIRS}`);
      assert.deepEqual(hooksThere(), ['pre-commit']);
      assert.equal(readFileSync(hook(), 'utf8'), `#!/bin/sh\n${THEIRS}`);
    });

    it('does not make a hook run that git passes over', async () => {
      put(hook(), '#!/bin/sh\nexit 1\n', 0o644);
      await installedTwice();
      put(join(shop, 'docs/a.md'), 'b\n');
      assert.ok(!(await commit()).refused);
      await guard('uninstall');
      assert.equal(statSync(hook()).mode & 0o777, 0o644);
      assert.deepEqual(hooksThere(), ['pre-commit']);
    });

    it('takes Windows line ends', async () => {
      // What sh makes of such lines is their author's to see to: these have a comment at each end, as ours has.
      const text = '#!/bin/sh\r\ngrep -q please docs/a.md || { echo theirs refuses >&2; exit 1; } #\r\n';
      put(hook(), text, 0o755);
      await guard('install');
      assert.deepEqual(readFileSync(hook(), 'utf8').match(/(?<!\r)\n/g), null);
      // Git on Linux starts no hook whose first line ends so; sh itself, as on Windows, does.
      put(join(shop, 'src/a.ts'), 'b\n');
      await around.git(shop, ['add', '--all']);
      const run = (env: NodeJS.ProcessEnv) => around.run('sh', [hook()], { cwd: shop, env });
      assert.match((await run(ME)).err, /held by "amber-otter"/);
      assert.match((await run({ BB_AGENT: 'amber-otter' })).err, /^theirs refuses/);
      await guard('uninstall');
      assert.equal(readFileSync(hook(), 'utf8'), text);
    });

    it('goes where husky looks, so that its next install leaves it there', async () => {
      // As husky 9 lays it out.
      const h = [
        '#!/usr/bin/env sh',
        'n=$(basename "$0")',
        's=$(dirname "$(dirname "$0")")/$n',
        '[ ! -f "$s" ] && exit 0',
      ];
      put(join(shop, '.husky/_/h'), [...h, 'sh -e "$s" "$@"', 'exit $?', ''].join('\n'), 0o755);
      const own = '#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n';
      put(join(shop, '.husky/_/pre-commit'), own, 0o755);
      put(join(shop, '.husky/pre-commit'), THEIRS);
      await around.git(shop, ['config', '--local', 'core.hooksPath', '.husky/_']);
      const out = await guard('install');
      assert.match(out, /\.husky\/pre-commit, before what was there\.\n.+shared by all/);
      const text = readFileSync(join(shop, '.husky/pre-commit'), 'utf8');
      assert.ok(!text.includes(repoRoot));
      assert.equal(readFileSync(join(shop, '.husky/_/pre-commit'), 'utf8'), own);
      await bothWork();
      // As git checks it out on Windows.
      writeFileSync(
        join(shop, '.husky/pre-commit'),
        text.replaceAll('\n', '\r\n').replace('exit 1; fi\r', 'exit 1; fi #\r'),
      );
      put(join(shop, 'src/a.ts'), 'windows\n');
      assert.match((await commit()).err, /held by "amber-otter"/);
      writeFileSync(join(shop, '.husky/pre-commit'), text);
      await guard('uninstall');
      assert.equal(readFileSync(join(shop, '.husky/pre-commit'), 'utf8'), THEIRS);
    });

    it('goes where the hooks of this repository are, and is shared where they are', async () => {
      await around.git(shop, ['config', '--local', 'core.hooksPath', 'tools/hooks']);
      assert.match(await guard('install'), /tools\/hooks\/pre-commit\.\n.+shared by all/);
      assert.deepEqual(hooksThere(), []);
      put(join(shop, 'src/a.ts'), 'b\n');
      assert.match((await commit()).err, /held by "amber-otter"/);
      await guard('uninstall');
      assert.ok(!existsSync(join(shop, 'tools/hooks/pre-commit')));
    });

    it('refuses hooks that other repositories have too', async () => {
      const everywhere = join(temp(), 'hooks');
      mkdirSync(everywhere);
      const refuse = async () => {
        const { code, err } = await around.run(LAUNCHER, ['guard', 'install'], { cwd: shop });
        assert.equal(code, 2);
        assert.match(
          err,
          /^INVALID_SETTINGS: core\.hooksPath \(".+hooks", (?:global|local)\).+git config --local core\.hooksPath/,
        );
        assert.deepEqual(readdirSync(everywhere), []);
      };
      await around.git(shop, ['config', '--global', 'core.hooksPath', everywhere]);
      await refuse();
      await around.git(shop, ['config', '--local', 'core.hooksPath', everywhere]);
      await refuse();
      await around.git(shop, ['config', '--local', 'core.hooksPath', join(shop, '.git/hooks')]);
      assert.match(await guard('install'), /^The guard is in /);
    });

    it('refuses to lose a hook that was moved aside before', async () => {
      put(hook(), '#!/usr/bin/env node\n', 0o755);
      await guard('install');
      renameSync(hook(), join(shop, 'ours'));
      put(hook(), '#!/usr/bin/env python3\n', 0o755);
      const { code, err } = await around.run(LAUNCHER, ['guard', 'install'], { cwd: shop });
      assert.equal(code, 2);
      assert.match(err, /^INVALID_SETTINGS: ".+pre-commit\.before-guard" is in the way/);
      assert.equal(readFileSync(hook(), 'utf8'), '#!/usr/bin/env python3\n');
    });

    it('is nowhere but in a worktree', async () => {
      const plain = join(temp(), 'plain');
      mkdirSync(plain);
      const { code, err } = await around.run(LAUNCHER, ['guard', 'install', '--worktree', plain], { cwd: shop });
      assert.equal(code, 2);
      assert.match(err, /^INVALID_ARGS: ".+plain" is in no worktree of a git repository/);
      assert.deepEqual(readdirSync(plain), []);
      const gone = await around.run(LAUNCHER, ['guard', 'install', '--worktree', join(plain, 'x')], { cwd: shop });
      assert.equal(gone.code, 2);
      assert.match(gone.err, /^INVALID_ARGS: There is no folder/);
    });
  });
});
