/** Project identity, with repositories that git itself made. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProject, REMEMBERED_MS } from '../../src/project/findProject';
import { useTempFolder } from '../support/tempFolder';

describe('findProject', () => {
  const temp = useTempFolder();

  function git(folder: string, ...args: string[]): void {
    const settings = [
      'user.name=t',
      'user.email=t@example.com',
      'protocol.file.allow=always',
      'init.defaultBranch=main',
    ];
    const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: join(temp(), 'none'), HOME: temp() };
    execFileSync('git', [...settings.flatMap((one) => ['-c', one]), ...args], { cwd: folder, env, stdio: 'pipe' });
  }

  /** A repository with one commit; answers its folder. */
  function repository(name: string, ...options: string[]): string {
    const folder = at(name);
    mkdirSync(folder, { recursive: true });
    git(folder, 'init', '-q', ...options);
    mkdirSync(join(folder, 'src', 'deep'), { recursive: true });
    writeFileSync(join(folder, 'src', 'a.ts'), '');
    git(folder, 'add', '.');
    git(folder, 'commit', '-qm', 'one');
    return folder;
  }

  const at = (...names: string[]) => join(temp(), ...names);
  const found = async (folder: string) => {
    const { project, worktree } = await findProject(folder);
    return { project, worktree };
  };

  it('a repository, from its root, from below, and from a file in it', async () => {
    const main = repository('main');
    for (const folder of [main, join(main, 'src', 'deep'), join(main, 'src', 'a.ts'), join(main, 'not', 'there')]) {
      assert.deepEqual(await found(folder), { project: main, worktree: main }, folder);
    }
  });

  it('worktrees of one repository share the project, wherever they are', async () => {
    const main = repository('main');
    git(main, 'worktree', 'add', '-q', '../other', '-b', 'other');
    git(main, 'worktree', 'add', '-q', 'inside/third', '-b', 'third');
    assert.deepEqual(await found(at('other', 'src')), { project: main, worktree: at('other') });
    assert.deepEqual(await found(join(main, 'inside', 'third')), {
      project: main,
      worktree: join(main, 'inside', 'third'),
    });
  });

  it('a submodule is a project of its own, and so are its worktrees with it', async () => {
    const library = repository('library');
    const main = repository('main');
    git(main, 'submodule', 'add', '-q', library, 'vendor/lib');
    const sub = join(main, 'vendor', 'lib');
    assert.deepEqual(await found(join(sub, 'src')), { project: sub, worktree: sub });
    git(sub, 'worktree', 'add', '-q', at('sub-wt'), '-b', 'wt');
    assert.deepEqual(await found(at('sub-wt')), { project: sub, worktree: at('sub-wt') });
    assert.equal((await found(library)).project, library);
  });

  it('worktrees of a bare repository share it', async () => {
    const main = repository('main');
    git(temp(), 'clone', '-q', '--bare', main, 'bare.git');
    git(at('bare.git'), 'worktree', 'add', '-q', at('one'), '-b', 'one');
    git(at('bare.git'), 'worktree', 'add', '-q', at('two'), '-b', 'two');
    assert.deepEqual(await found(at('one')), { project: at('bare.git'), worktree: at('one') });
    assert.deepEqual(await found(at('two', 'src')), { project: at('bare.git'), worktree: at('two') });
  });

  it('a repository whose git folder is elsewhere shares it with its worktrees', async () => {
    const main = repository('main', `--separate-git-dir=${at('elsewhere')}`);
    git(main, 'worktree', 'add', '-q', '../other', '-b', 'other');
    assert.equal(statSync(join(main, '.git')).isFile(), true);
    assert.equal((await found(main)).project, at('elsewhere'));
    assert.equal((await found(at('other'))).project, at('elsewhere'));
  });

  it('through a symbolic link it is the same project', async () => {
    const main = repository('main');
    symlinkSync(main, at('link'));
    symlinkSync(join(main, 'src'), at('deep-link'));
    for (const folder of [at('link'), at('link', 'src'), at('deep-link', 'deep')]) {
      assert.deepEqual(await found(folder), { project: main, worktree: main }, folder);
    }
  });

  it('a plain folder is its own project; so is one beside a `.git` that is no repository', async () => {
    mkdirSync(at('plain', 'sub'), { recursive: true });
    mkdirSync(at('plain', '.git'));
    assert.deepEqual(await found(at('plain', 'sub')), { project: at('plain', 'sub'), worktree: at('plain', 'sub') });
    writeFileSync(at('plain', 'sub', '.git'), 'nonsense');
    assert.equal((await found(at('plain', 'sub', 'x'))).project, at('plain', 'sub', 'x'));
  });

  it('a worktree whose repository is gone is its own project', async () => {
    const main = repository('main');
    git(main, 'worktree', 'add', '-q', '../other', '-b', 'other');
    rmSync(main, { recursive: true });
    assert.deepEqual(await found(at('other', 'src')), { project: at('other'), worktree: at('other') });
  });

  it('remembers for a while, and then looks again', async () => {
    mkdirSync(at('later'));
    const folder = at('later', 'src');
    const start = process.uptime() * 1000;
    assert.equal((await findProject(folder, start)).project, folder);
    repository('later');
    assert.equal((await findProject(folder, start + REMEMBERED_MS - 1)).project, folder);
    assert.equal((await findProject(folder, start + REMEMBERED_MS)).project, at('later'));
    renameSync(at('later'), at('moved'));
    assert.equal((await findProject(at('moved', 'src'))).project, at('moved'));
  });

  it('tells whether case folds by what the file system says', async () => {
    const main = repository('main');
    mkdirSync(at('Plain'));
    const folds = (one: string, other: string) => {
      try {
        return statSync(one).ino === statSync(other).ino;
      } catch {
        return false;
      }
    };
    assert.equal((await findProject(main)).foldCase, folds(main, at('MAIN')));
    assert.equal((await findProject(at('Plain'))).foldCase, folds(at('Plain'), at('plain')));
  });

  it('a file system that folds case is told by a second name of the same folder', async () => {
    // As such a file system would answer: both names lead to one folder.
    const main = repository('main');
    symlinkSync('.git', join(main, '.GIT'));
    assert.equal((await findProject(main)).foldCase, true);
    mkdirSync(at('other'));
    mkdirSync(at('OTHER'));
    assert.equal((await findProject(at('other'))).foldCase, false);
    mkdirSync(at('third'));
    symlinkSync('third', at('THIRD'));
    assert.equal((await findProject(at('third'))).foldCase, true);
  });
});
