import { strict as assert } from 'node:assert';
import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Badges } from '../../src/extension/badges';
import { toJson } from '../../src/store/files/json';
import { type Driver, useDrivers } from '../support/driver';
import {
  ACTIVE,
  entry,
  eventually,
  extension,
  inWorkspace,
  labels,
  run,
  STORE,
  setting,
  startAnew,
  type Tested,
  theFolder,
  until,
  waiting,
  writeInStore,
} from './support';

const MINUTE = 60_000;

describe('badges of files and folders', () => {
  const start = useDrivers();
  let tested: Tested;
  let provider: Badges;
  let codex: Driver;
  let project: string;
  let fired: string[];
  let listening: vscode.Disposable;

  before(async () => {
    tested = await extension();
    provider = (await tested.internals.commands.followers).badges;
    project = await realpath(theFolder().uri.fsPath);
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana', 'codex');
    const [driver] = await start('ours', STORE);
    assert.ok(driver);
    codex = driver;
    fired = [];
    listening = provider.onDidChangeFileDecorations((uris) => {
      fired.push(...(uris?.map(({ path }) => path.slice(theFolder().uri.path.length + 1)) ?? ['all']));
    });
  });

  afterEach(async () => {
    listening.dispose();
    await setting('badges', undefined);
    await setting('onConflict', undefined);
  });

  async function codexCalls(command: string, args: Record<string, unknown>): Promise<void> {
    const { ok, error } = await codex.call(command, { agent: 'codex', project, ...args });
    assert.ok(ok, error?.message);
  }

  async function badge(path: string): Promise<string> {
    return (await provider.provideFileDecoration(inWorkspace(path)))?.badge ?? '';
  }

  async function badges(...paths: readonly string[]): Promise<readonly string[]> {
    return await Promise.all(paths.map(badge));
  }

  it('tell what others hold, what is theirs below a folder, and what is one’s own', async () => {
    const { internals } = tested;
    await codexCalls('reserve', { scope: 'src/auth/**', bead: 'bd-9' });
    await run('reserve', { scope: 'docs/*.md', bead: 'bd-1' });
    await until(internals, 'both are seen', () => labels(internals, 'active').length === 2);
    assert.deepEqual(
      await badges('src', 'src/auth', 'src/auth/login.ts', 'src/app.ts', 'docs', 'docs/a.md', 'docs/x/a.md'),
      ['•', '◆', '◆', '', '', '◇', ''],
    );
    const decoration = await provider.provideFileDecoration(inWorkspace('src/auth/login.ts'));
    assert.match(String(decoration?.tooltip), /^Held by codex for bd-9 until .+: src\/auth\/\*\*$/);
    const outside = vscode.Uri.file('/somewhere/else/a.md');
    assert.equal(await provider.provideFileDecoration(outside), undefined);
    assert.equal(await provider.provideFileDecoration(vscode.Uri.parse('untitled:src/auth/login.ts')), undefined);
  });

  it('fire for the files that a change touches, and for no others', async () => {
    const { internals } = tested;
    await badges('lib', 'lib/auth/login.ts', 'lib/app.ts', 'NOTES.md');
    await codexCalls('reserve', { scope: 'lib/auth/**', bead: 'bd-9' });
    await eventually('both are told of', () => fired.length === 2);
    assert.deepEqual(fired.sort(), ['lib', 'lib/auth/login.ts']);
    assert.deepEqual(await badges('lib', 'lib/auth/login.ts'), ['•', '◆']);

    fired.length = 0;
    await codexCalls('reserve', { scope: 'NOTES.md', bead: 'bd-9' });
    await eventually('it is told of', () => fired.length > 0);
    assert.deepEqual(fired, ['NOTES.md']);

    fired.length = 0;
    await codex.call('send', { from: 'codex', to: 'dana', bead: 'bd-1', category: 'BLOCKED', subject: 'x', body: 'y' });
    await until(internals, 'the message is seen', () => waiting(internals).length === 1);
    await codexCalls('release', { scope: 'lib/auth/**' });
    await eventually('both are told of', () => fired.length === 2);
    assert.deepEqual(fired.sort(), ['lib', 'lib/auth/login.ts']);
    assert.deepEqual(await badges('lib', 'lib/auth/login.ts', 'NOTES.md'), ['', '', '◆']);
  });

  it('say what ends soon, and forget what has ended', async () => {
    const { internals } = tested;
    await setting('autoRenew', false);
    try {
      const ending = { ...entry('mine.ts', 'dana', 5 * MINUTE), project };
      const brief = { ...entry('theirs.ts', 'codex', 1_500), project };
      await writeInStore(ACTIVE, toJson([ending, brief]));
      await until(internals, 'both are seen', () => labels(internals, 'active').length === 2);
      assert.deepEqual(await badges('mine.ts', 'theirs.ts'), ['◇!', '◆!']);
      await eventually('it is told that it ended', () => fired.includes('theirs.ts'));
      assert.deepEqual(await badges('mine.ts', 'theirs.ts'), ['◇!', '']);
    } finally {
      await setting('autoRenew', undefined);
    }
  });

  it('know what beadboard holds by an absolute path, of an agent that is registered elsewhere', async () => {
    const { internals } = tested;
    await writeInStore(ACTIVE, toJson([entry(`${project}/src/lib`, 'bd-agent', 60 * MINUTE)]));
    await until(internals, 'it is shown by its path in the project', () =>
      labels(internals, 'active').includes('src/lib'),
    );
    assert.deepEqual(await badges('src', 'src/lib', 'src/lib/a.ts', 'src/app.ts'), ['•', '◆', '◆', '']);
  });

  it('leave other projects alone, and know what names none as possibly this one', async () => {
    const { internals } = tested;
    const elsewhere = { ...entry('a.ts', 'codex', 60 * MINUTE), project: '/projects/other' };
    const unnamed = entry('b.ts', 'codex', 60 * MINUTE);
    await writeInStore(ACTIVE, toJson([elsewhere, unnamed]));
    await until(internals, 'both are seen', () => labels(internals, 'active').length === 2);
    assert.deepEqual(await badges('a.ts', 'b.ts'), ['', '◆']);
    const decoration = await provider.provideFileDecoration(inWorkspace('b.ts'));
    assert.match(String(decoration?.tooltip), /\(in a project that is not named\)$/);
  });

  it('follow a repository inside of the folder', async () => {
    const { internals } = tested;
    const inner = inWorkspace('inner');
    try {
      await mkdir(vscode.Uri.joinPath(inner, '.git').fsPath, { recursive: true });
      await writeFile(vscode.Uri.joinPath(inner, '.git', 'HEAD').fsPath, 'ref: refs/heads/main\n');
      const scope = 'a.ts';
      const outer = { ...entry(scope, 'codex', 60 * MINUTE), project };
      const own = { ...entry('b.ts', 'codex', 60 * MINUTE), project: await realpath(inner.fsPath) };
      await writeInStore(ACTIVE, toJson([outer, own]));
      await until(internals, 'both are seen', () => labels(internals, 'active').length === 2);
      assert.deepEqual(await badges('inner/a.ts', 'inner/b.ts'), ['', '◆']);
    } finally {
      await rm(inner.fsPath, { recursive: true, force: true });
    }
  });

  it('can be turned off, all of them or those of others', async () => {
    const { internals } = tested;
    await codexCalls('reserve', { scope: 'a.ts', bead: 'bd-9' });
    await run('reserve', { scope: 'b.ts', bead: 'bd-1' });
    await until(internals, 'both are seen', () => labels(internals, 'active').length === 2);
    assert.deepEqual(await badges('a.ts', 'b.ts'), ['◆', '◇']);
    await setting('onConflict', 'off');
    assert.deepEqual(await badges('a.ts', 'b.ts'), ['', '◇']);
    await setting('onConflict', undefined);
    fired.length = 0;
    await setting('badges', false);
    await eventually('VS Code is to ask again', () => fired.includes('all'));
    assert.deepEqual(await badges('a.ts', 'b.ts'), ['', '']);
  });

  it('of 20,000 files beside 1,000 reservations fire only those that changed', async () => {
    const { internals } = tested;
    const held = Array.from({ length: 1_000 }, (_, index) => ({
      ...entry(`pkg-${index}/src/**`, 'codex', 60 * MINUTE + index),
      project,
    }));
    await writeInStore(ACTIVE, toJson(held));
    await until(internals, 'all are seen', () => internals.live.overview.active.length === 1_000);
    const files = Array.from({ length: 20_000 }, (_, index) => `pkg-${index % 2_000}/src/file-${index}.ts`);
    const first = performance.now();
    const drawn = await badges(...files);
    const asking = performance.now() - first;
    assert.equal(drawn.filter((shape) => shape === '◆').length, 10_000);

    fired.length = 0;
    const second = performance.now();
    await codexCalls('reserve', { scope: 'pkg-1500/**', bead: 'bd-9' });
    await eventually('it is told of', () => fired.length > 0);
    const changing = performance.now() - second;
    assert.equal(fired.length, 10);
    assert.ok(fired.every((path) => path.startsWith('pkg-1500/src/')));
    console.log(
      `[suite]     20,000 files asked for in ${asking.toFixed(0)} ms, one change told of in ${changing.toFixed(0)} ms`,
    );
  });
});
