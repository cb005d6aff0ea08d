import { strict as assert } from 'node:assert';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { MANY_FILES, type Preview } from '../../src/core/preview';
import { findGit } from '../../src/extension/git';
import { placeOf } from '../../src/extension/projects';
import { previewOf } from '../../src/extension/scopePreview';
import { useDrivers } from '../support/driver';
import { makeRepository } from '../support/gitRepository';
import {
  eventually,
  extension,
  inWorkspace,
  labels,
  pressingEnter,
  removeRepository,
  run,
  STORE,
  startAnew,
  type Tested,
  until,
} from './support';

describe('the preview of a scope', () => {
  const start = useDrivers();
  let tested: Tested;
  let folder: vscode.WorkspaceFolder;

  before(async () => {
    tested = await extension();
    const [first] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(first);
    folder = first;
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana', 'codex');
  });

  async function look(...scopes: readonly string[]): Promise<Preview> {
    const { token } = new vscode.CancellationTokenSource();
    const place = await placeOf(folder.uri);
    const targets = scopes.map((scope) => ({ scope, place }));
    const preview = await previewOf(tested.internals.live, targets, token);
    assert.ok(preview);
    return preview;
  }

  for (const [scope, expected] of [
    ['src/auth/login.ts', ['src/auth/login.ts']],
    ['src/auth', ['src/auth/login.ts', 'src/auth/session.ts']],
    ['src/*/l*.ts', ['src/auth/login.ts']],
    ['src/{api,auth}/[a-l]*', ['src/auth/login.ts']],
    ['**/*.md', ['README.md', 'docs/guide.md']],
    ['src/absent/**', []],
    ['kanban-surface', []],
  ] as const) {
    it(`finds the ${expected.length} files of ${scope}`, async () => {
      const { files, more } = await look(scope);
      assert.deepEqual(
        files.map(({ path }) => path),
        expected,
      );
      assert.equal(more, false);
    });
  }

  it('stops at so many files', async () => {
    const many = inWorkspace('many').fsPath;
    await mkdir(many);
    try {
      await Promise.all(
        Array.from({ length: MANY_FILES + 1 }, (_, index) => writeFile(join(many, `${index}.txt`), '')),
      );
      const { files, more } = await look('many/**');
      assert.equal(files.length, MANY_FILES);
      assert.equal(more, true);
    } finally {
      await rm(many, { recursive: true });
    }
  });

  it('says what another process holds of it', async () => {
    const [codex] = await start('ours', STORE);
    await codex?.call('reserve', { agent: 'codex', scope: 'src/auth/login.ts', bead: 'bd-1' });
    await until(tested.internals, 'it is seen', () => labels(tested.internals, 'active').length === 1);
    const { files, held } = await look('src/auth/login.ts', 'docs');
    assert.deepEqual(
      held.map(({ reservation, overlap }) => [reservation.agent_id, overlap]),
      [['codex', 'exact']],
    );
    assert.deepEqual(
      files.map(({ path, holders }) => [path, holders]),
      [
        ['src/auth/login.ts', ['codex']],
        ['docs/guide.md', []],
      ],
    );
  });

  it('says what is changed in Git, untracked files among them', async () => {
    makeRepository(folder.uri.fsPath);
    try {
      const git = await findGit();
      assert.ok(git, 'VS Code has its Git extension');
      await eventually('the repository is open', () => git.getRepository(folder.uri) !== null);
      await writeFile(inWorkspace('src/auth/new.ts').fsPath, '');
      await eventually('the new file is seen', async () =>
        (await look('src')).files.some(({ path, changed }) => path === 'src/auth/new.ts' && changed),
      );
      assert.deepEqual(
        (await look('src')).files.filter(({ changed }) => changed).map(({ path }) => path),
        ['src/auth/new.ts'],
      );
    } finally {
      await removeRepository();
      await rm(inWorkspace('src/auth/new.ts').fsPath, { force: true });
    }
  }).timeout(40_000);

  it('is no step of its own for a file or folder with which nothing is wrong', async () => {
    const { internals } = tested;
    await tested.api.reserve({ agent: 'codex', scope: 'theirs.ts', bead: 'bd-9' });
    await pressingEnter(run('reserveFile', inWorkspace('README.md')));
    assert.ok(labels(internals, 'active').includes('README.md'));
  });
});
