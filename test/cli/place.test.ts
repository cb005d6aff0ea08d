/** Which project a call is about, and what its paths and scopes mean in a folder of it. */

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckData } from '../../src/core/check';
import type { Reservation } from '../../src/core/reservation';
import { Command } from '../support/cli';
import { git, makeRepository } from '../support/gitRepository';
import { useTempFolder } from '../support/tempFolder';

describe('where the command is called', () => {
  const temp = useTempFolder();
  let command: Command;
  let shop: string;

  beforeEach(async () => {
    shop = join(temp(), 'the shop');
    for (const folder of ['src/auth', 'docs']) {
      mkdirSync(join(shop, folder), { recursive: true });
      writeFileSync(join(shop, folder, 'a.ts'), '');
    }
    makeRepository(shop);
    command = new Command(join(temp(), 'store'), shop);
    await command.register('agent-a', 'agent-b');
  });
  afterEach(() => command.end());

  async function reserved(scope: string, cwd: string, ...more: readonly string[]): Promise<Reservation> {
    const args = ['reserve', '--agent', 'agent-a', '--bead', 'bd-1', '--scope', scope, ...more];
    return await command.done<Reservation>(args, { cwd });
  }

  async function holders(paths: readonly string[], cwd: string, ...more: readonly string[]) {
    const { paths: found } = await command.done<CheckData>(['check', ...more, ...paths], { cwd });
    return found.map(({ path, held_by }) => [path, held_by.map(({ scope }) => scope).join()]);
  }

  it('is of the project and worktree that the folder is in', async () => {
    const { project, worktree, scope } = await reserved('src', join(shop, 'docs'));
    assert.deepEqual([project, worktree, scope], [shop, shop, 'src']);
  });

  it('means a scope from the root, and from the folder where it begins with a dot', async () => {
    const cwd = join(shop, 'src');
    for (const [typed, stored] of [
      ['docs/**', 'docs/**'],
      ['./auth/*', 'src/auth/*'],
      ['../docs/a.ts', 'docs/a.ts'],
      ['.', 'src'],
      [join(shop, 'src/auth/b.ts'), 'src/auth/b.ts'],
      ['kanban-surface', 'kanban-surface'],
    ] as const) {
      assert.equal((await reserved(typed, cwd)).scope, stored);
    }
    await command.done(['renew', '--agent', 'agent-a', '--scope', './auth/*', '--ttl', '300'], { cwd });
    await command.done(['release', '--agent', 'agent-a', '--scope', './auth/*', '--scope', '.'], { cwd });
    const out = await command.json(['reserve', '--agent', 'agent-a', '--bead', 'b', '--scope', '../../x'], { cwd });
    assert.equal(out.error?.code, 'INVALID_ARGS');
    const elsewhere = join(temp(), 'elsewhere', 'x');
    assert.equal((await reserved(elsewhere, cwd)).scope, elsewhere);
  });

  it('means a path from the folder, and answers for it as it was typed', async () => {
    await reserved('src/auth/**', shop);
    const paths = ['auth/a.ts', './auth', '../docs/a.ts', join(shop, 'src/auth/new.ts'), '../src/auth/../auth/a.ts'];
    assert.deepEqual(await holders(paths, join(shop, 'src')), [
      ['auth/a.ts', 'src/auth/**'],
      ['./auth', 'src/auth/**'],
      ['../docs/a.ts', ''],
      [join(shop, 'src/auth/new.ts'), 'src/auth/**'],
      ['../src/auth/../auth/a.ts', 'src/auth/**'],
    ]);
    assert.deepEqual(await holders(['src/auth/a.ts'], shop), [['src/auth/a.ts', 'src/auth/**']]);
  });

  it('refuses an absolute path in another repository, where nobody would look for it', async () => {
    const other = join(temp(), 'the other');
    mkdirSync(join(other, 'src'), { recursive: true });
    writeFileSync(join(other, 'src', 'a.ts'), '');
    makeRepository(other);
    await reserved('src/**', other);
    const cwd = shop;
    for (const args of [
      ['check', join(other, 'src', 'a.ts')],
      ['reserve', '--agent', 'agent-b', '--bead', 'bd-1', '--scope', join(other, 'src', '*.ts')],
      ['reserve', '--agent', 'agent-b', '--bead', 'bd-1', '--scope', other],
    ]) {
      const { error } = await command.json(args, { cwd });
      assert.equal(error?.code, 'INVALID_ARGS');
      assert.ok(error.message.includes(`--worktree ${JSON.stringify(other)}`), error.message);
    }
    assert.deepEqual(await holders(['src/a.ts'], cwd, '--worktree', other), [['src/a.ts', 'src/**']]);
    assert.deepEqual(await holders([join(temp(), 'loose.txt')], cwd), [[join(temp(), 'loose.txt'), '']]);
  });

  it('knows an absolute path also by a link on the way', async () => {
    const link = join(temp(), 'link');
    symlinkSync(shop, link);
    await reserved(join(link, 'src/auth/**'), shop);
    assert.deepEqual(await holders([join(link, 'src/auth/a.ts')], join(link, 'docs')), [
      [join(link, 'src/auth/a.ts'), 'src/auth/**'],
    ]);
  });

  it('knows a folder by a link in the worktree as where it is, as hooks do', async () => {
    symlinkSync(join(shop, 'src'), join(shop, 'linked'));
    const made = await reserved('linked/auth/**', shop);
    assert.equal(made.scope, 'src/auth/**');
    assert.deepEqual(await holders(['linked/auth/a.ts', 'src/auth/a.ts'], shop), [
      ['linked/auth/a.ts', 'src/auth/**'],
      ['src/auth/a.ts', 'src/auth/**'],
    ]);
    await command.done(['release', '--agent', 'agent-a', '--scope', 'linked/auth/**'], { cwd: shop });
    // What is no folder, and what leads out of the worktree, is named as it was.
    symlinkSync(temp(), join(shop, 'out'));
    for (const scope of ['kanban-surface', 'out/x', 'no/such/folder']) {
      assert.equal((await reserved(scope, shop)).scope, scope);
    }
  });

  it('refuses what lies in a repository or worktree of its own, where hooks would not look for it', async () => {
    const tree = join(shop, 'trees/one');
    git(shop, 'worktree', 'add', '--quiet', tree);
    mkdirSync(join(shop, 'vendor/lib'), { recursive: true });
    writeFileSync(join(shop, 'vendor/lib/a.ts'), '');
    makeRepository(join(shop, 'vendor/lib'));
    for (const [scope, within, inside] of [
      ['trees/one/src/a.ts', 'trees/one', 'src/a.ts'],
      [join(tree, 'src/*.ts'), 'trees/one', 'src/*.ts'],
      ['vendor/lib/src/{a,b}', 'vendor/lib', 'src/{a,b}'],
    ] as const) {
      for (const args of [
        ['reserve', '--agent', 'agent-a', '--bead', 'b', '--scope', scope],
        ['request', '--from', 'agent-a', '--reason', 'r', '--scope', scope],
        ['check', scope],
      ]) {
        const { code, error } = await command.json(args, { cwd: shop });
        assert.deepEqual([code, error?.code], [2, 'INVALID_ARGS'], args.join(' '));
        assert.ok(error?.message.includes(`lies in "${within}"`), error?.message);
        assert.ok(error?.message.includes(`name it as "${inside}", with --worktree "${join(shop, within)}"`));
      }
    }
    const named = await reserved('src/a.ts', shop, '--worktree', tree);
    assert.deepEqual([named.project, named.worktree, named.scope], [shop, tree, 'src/a.ts']);
    for (const scope of ['vendor', 'vendor/lib', 'trees/one/**']) {
      assert.equal((await reserved(scope, shop)).scope, scope);
    }
  });

  it('keeps two projects apart, and the worktrees of one together', async () => {
    const [other, tree] = [join(temp(), 'other'), join(temp(), 'tree')];
    mkdirSync(other);
    makeRepositoryWithFile(other);
    git(shop, 'worktree', 'add', '--quiet', tree);
    await reserved('src', shop);
    const reserve = ['reserve', '--agent', 'agent-b', '--bead', 'bd-2', '--scope', 'src/auth'];
    assert.equal((await command.json(reserve, { cwd: other })).code, 0);
    assert.equal((await command.json(reserve, { cwd: tree })).code, 3);
    const made = await reserved('docs', tree);
    assert.deepEqual([made.project, made.worktree], [shop, tree]);
  });

  it('is of the project, or in the folder, that is named', async () => {
    const outside = temp();
    const inside = await reserved('./auth', outside, '--worktree', 'the shop/src');
    assert.deepEqual([inside.project, inside.worktree, inside.scope], [shop, shop, 'src/auth']);
    const named = await reserved('docs', outside, '--project', 'the shop/docs');
    assert.deepEqual([named.project, named.worktree, named.scope], [shop, shop, 'docs']);
    assert.deepEqual(await holders(['auth/a.ts'], outside, '--worktree', join(shop, 'src')), [
      ['auth/a.ts', 'src/auth'],
    ]);
    const clone = join(temp(), 'clone');
    git(temp(), 'clone', '--quiet', shop, clone);
    const both = await reserved('README', outside, '--worktree', clone, '--project', shop);
    assert.deepEqual([both.project, both.worktree], [shop, clone]);
  });

  it('shows all projects, or the one that is named', async () => {
    const other = join(temp(), 'other');
    mkdirSync(other);
    await reserved('src', shop);
    await reserved('notes', other);
    const scopes = async (...args: readonly string[]) =>
      (await command.done<{ reservations: Reservation[] }>(['status', ...args])).reservations.map(({ scope }) => scope);
    assert.deepEqual(await scopes(), ['src', 'notes']);
    assert.deepEqual(await scopes('--project', '.'), ['src']);
    assert.deepEqual(await scopes('--project', other), ['notes']);
    await command.done(['release', '--agent', 'agent-a', '--all'], { cwd: other });
    assert.deepEqual(await scopes(), ['src']);
    const closed = async (project: string) => (await command.done<unknown[]>(['history', '--project', project])).length;
    assert.deepEqual([await closed(other), await closed(shop)], [1, 0]);
  });

  function makeRepositoryWithFile(folder: string): void {
    writeFileSync(join(folder, 'README'), '');
    makeRepository(folder);
  }
});
