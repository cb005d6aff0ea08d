import { strict as assert } from 'node:assert';
import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { MAX_LISTED_DRIFT } from '../../src/core/drift';
import type { Envelope } from '../../src/core/envelope';
import type { RequestData } from '../../src/core/request';
import type { Reserved } from '../../src/core/reserve';
import { findGit } from '../../src/extension/git';
import type { DriftNode } from '../../src/extension/view/driftItems';
import type { Node } from '../../src/extension/view/nodes';
import { type Driver, useDrivers } from '../support/driver';
import { git, makeRepository } from '../support/gitRepository';
import { useTempFolder } from '../support/tempFolder';
import {
  enableGit,
  eventually,
  extension,
  inWorkspace,
  labels,
  pressingEnter,
  removeRepository,
  run,
  STORE,
  setting,
  startAnew,
  succeeded,
  type Tested,
  theFolder,
  withNotifications,
} from './support';

describe('the section of what is changed but not yours', () => {
  const start = useDrivers();
  const elsewhere = useTempFolder();
  let tested: Tested;
  let codex: Driver;
  let project: string;
  let folder: string;

  before(async () => {
    tested = await extension();
    folder = theFolder().uri.fsPath;
    project = await realpath(folder);
    makeRepository(folder);
    const api = await findGit();
    assert.ok(api);
    await eventually('the repository is open', () => api.getRepository(theFolder().uri) !== null);
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana', 'codex');
    const [driver] = await start('ours', STORE);
    assert.ok(driver);
    codex = driver;
  });

  afterEach(() => {
    git(folder, 'reset', '--quiet', '--hard');
    git(folder, 'clean', '--quiet', '-ffd');
  });

  after(async () => {
    await removeRepository();
    await startAnew(tested);
  });

  const section = (): Node | undefined =>
    tested.internals.view.getChildren().find(({ kind }) => kind === 'driftSection');
  const nodes = (): readonly Node[] => tested.internals.view.getChildren(section() ?? ({ kind: 'drift' } as Node));
  const items = () => (section() ? nodes().map((node) => tested.internals.view.getTreeItem(node)) : []);
  const lines = () => items().map(({ label, description }) => (description ? `${label} ${description}` : `${label}`));
  const drift = (label: string): DriftNode => {
    const node = nodes().find((one) => one.kind === 'drift' && one.file.path.endsWith(label));
    assert.ok(node?.kind === 'drift', `${label} is listed`);
    return node;
  };

  function shows(...expected: readonly string[]): Promise<void> {
    return eventually(`drift is ${expected.join(', ')}`, () => lines().join('|') === expected.join('|')).catch(() =>
      assert.deepEqual(lines(), expected),
    );
  }

  async function codexHolds(scope: string, where = project): Promise<void> {
    const { ok, error } = await codex.call('reserve', { agent: 'codex', scope, bead: 'bd-9', project: where });
    assert.ok(ok, error?.message);
  }

  async function danaHolds(scope: string): Promise<void> {
    succeeded(await run<Envelope<Reserved>>('reserve', { scope, bead: 'bd-1' }));
  }

  const change = (path: string) => writeFile(inWorkspace(path).fsPath, `changed ${path}\n`);

  it('comes and goes by itself, with what another holds first, and is last', async () => {
    const { internals } = tested;
    await codexHolds('src/auth/**');
    await change('src/auth/login.ts');
    await change('README.md');
    await change('docs/guide.md');
    await shows('login.ts src/auth · codex');
    await danaHolds('docs');
    await shows('login.ts src/auth · codex', 'README.md nobody');
    const last = internals.view.getChildren().at(-1);
    assert.equal(last?.kind, 'driftSection');
    const { label, description, contextValue } = internals.view.getTreeItem(last);
    assert.deepEqual([label, description, contextValue], ['Changed but Not Yours', '2', 'section.driftFree']);
    assert.deepEqual(internals.view.getParent(drift('login.ts')), last);
    await codex.call('release', { agent: 'codex', scope: 'src/auth/**', project });
    await shows('README.md nobody', 'login.ts src/auth · nobody');
    git(folder, 'checkout', '--quiet', '.');
    await shows();
  });

  it('says it in words, with the file’s own icon, and nothing that could be Markdown', async () => {
    await codexHolds('src/auth/**');
    await change('src/auth/login.ts');
    await shows('login.ts src/auth · codex');
    const [item] = items();
    assert.equal(item?.contextValue, 'drift.held');
    assert.equal((item.iconPath as vscode.ThemeIcon).id, vscode.ThemeIcon.File.id);
    assert.equal(item.resourceUri?.path, inWorkspace('src/auth/login.ts').path);
    assert.equal(item.accessibilityInformation?.label, 'src/auth/login.ts, changed, held by codex');
    assert.match(String(item.tooltip), /\/src\/auth\/login\.ts\nHeld by codex for bd-9 until .+: src\/auth\/\*\*$/);
    assert.equal(typeof item.tooltip, 'string');
  });

  it('shows what others hold to who is no agent too', async () => {
    await danaHolds('docs');
    await codexHolds('src');
    await change('src/auth/login.ts');
    await change('README.md');
    await shows('login.ts src/auth · codex', 'README.md nobody');
    await setting('agent', undefined);
    await shows('login.ts src/auth · codex');
  });

  it('stays under every filter and grouping, and is no welcome text', async () => {
    const { internals } = tested;
    await codexHolds('src');
    await change('src/auth/login.ts');
    await shows('login.ts src/auth · codex');
    for (const choice of ['groupByHolder', 'groupByBead', 'filterProject', 'filterMine']) {
      await run(choice);
      assert.deepEqual(lines(), ['login.ts src/auth · codex'], choice);
    }
    assert.equal(internals.view.tree.message, 'What is not yours is left out.');
  });

  it('reserves one, several and all of those that nobody holds, each as exactly that file', async () => {
    const { internals } = tested;
    await danaHolds('lib');
    await codexHolds('src/api');
    const paths = ['README.md', 'docs/guide.md', 'docs/new.md', 'src/api/routes.ts', 'src/auth/login.ts'];
    await Promise.all(paths.map(change));
    await eventually('all are listed', () => lines().length === paths.length);
    await pressingEnter(run('reserveDrift', drift('README.md')));
    assert.deepEqual(labels(internals, 'active'), ['README.md', 'lib', 'src/api']);
    const selected = ['guide.md', 'routes.ts', 'new.md'].map(drift);
    const envelopes = await pressingEnter(run<readonly Envelope<Reserved>[]>('reserveDrift', selected[0], selected));
    assert.deepEqual(
      envelopes.map((envelope) => [succeeded(envelope).scope, succeeded(envelope).project]),
      [
        ['docs/guide.md', project],
        ['docs/new.md', project],
      ],
    );
    await shows('routes.ts src/api · codex', 'login.ts src/auth · nobody');
    await pressingEnter(run('reserveAllDrift', section()));
    await shows('routes.ts src/api · codex');
    await withNotifications(async (seen) => {
      await run('reserveAllDrift', section());
      assert.equal(seen[0]?.text, 'There is no changed file to reserve that nobody holds.');
    });
  });

  it('asks the holder for that file; for several of one reservation, for all of it, and once', async () => {
    await codexHolds('src/auth/**');
    await change('src/auth/login.ts');
    await change('src/auth/session.ts');
    await shows('login.ts src/auth · codex', 'session.ts src/auth · codex');
    const waiting = () => tested.internals.live.overview.active.map(({ reservation }) => reservation.waiting);
    await withNotifications(async (seen) => {
      const both = ['login.ts', 'session.ts'].map(drift);
      const asked = await run<Envelope<RequestData>>('askToRelease', { ...both[0], reason: 'I need it' });
      assert.equal(succeeded(asked).requests[0]?.scope, 'src/auth/**');
      assert.deepEqual(
        waiting().map((one) => one?.map(({ agent_id, scope }) => [agent_id, scope])),
        [[['dana', 'src/auth/login.ts']]],
      );
      await run('askToRelease', both[0], both);
      assert.match(seen.at(-1)?.text ?? '', /^You asked codex for “src\/auth\/\*\*” already/);
    });
  });

  it('opens the diff of what is changed, and a new file itself', async () => {
    await codexHolds('**');
    await change('src/auth/login.ts');
    await change('src/new.ts');
    await shows('login.ts src/auth · codex', 'new.ts src · codex');
    const input = () => vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    await run('openDrift', drift('login.ts'));
    await eventually('the diff is open', () => input() instanceof vscode.TabInputTextDiff);
    assert.equal((input() as vscode.TabInputTextDiff).modified.path, inWorkspace('src/auth/login.ts').path);
    await run('openDrift', drift('new.ts'));
    await eventually('the file is open', () => input() instanceof vscode.TabInputText);
    assert.equal((input() as vscode.TabInputText).uri.path, inWorkspace('src/new.ts').path);
  });

  it('knows a deleted file, both names of a renamed one, and opens what changed by either', async () => {
    await codexHolds('**');
    await rm(inWorkspace('docs/guide.md').fsPath);
    git(folder, 'mv', 'src/auth/login.ts', 'src/auth/sign-in.ts');
    await shows('guide.md docs · codex', 'login.ts src/auth · codex', 'sign-in.ts src/auth · codex');
    const title = () => vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? '';
    for (const name of ['login.ts', 'sign-in.ts']) {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await run('openDrift', drift(name));
      await eventually(`the change of ${name} is open`, () => title().includes('sign-in.ts'));
    }
    await run('openDrift', drift('guide.md'));
    await eventually('what was deleted is open', () => title().includes('guide.md'));
  });

  it('lists what a repository inside of this one has changed as its own', async () => {
    const inner = inWorkspace('vendor/lib').fsPath;
    await mkdir(inner, { recursive: true });
    await writeFile(inWorkspace('vendor/lib/a.ts').fsPath, '');
    makeRepository(inner);
    await codexHolds('**');
    await codexHolds('*.ts', await realpath(inner));
    await change('vendor/lib/a.ts');
    await vscode.commands.executeCommand('git.openRepository', inner);
    await change('README.md');
    await shows('README.md workspace · codex', 'a.ts lib · codex');
    const { file } = drift('a.ts');
    assert.equal(file.path, 'a.ts');
    assert.equal(file.place.project, await realpath(inner));
    await vscode.commands.executeCommand('git.close', vscode.Uri.file(inner));
    await shows('README.md codex');
  });

  it('lists what a submodule has changed as its own, and not the submodule too', async () => {
    const inner = inWorkspace('module');
    try {
      await writeFile(join(elsewhere(), 'b.ts'), '');
      makeRepository(elsewhere());
      git(folder, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', elsewhere(), 'module');
      await codexHolds('module');
      await codexHolds('*.ts', await realpath(inner.fsPath));
      await change('module/b.ts');
      await vscode.commands.executeCommand('git.openRepository', inner.fsPath);
      const changes = async () => (await findGit())?.getRepository(theFolder().uri)?.state.indexChanges ?? [];
      const isSeen = async () => (await changes()).some(({ uri }) => uri.path === inner.path);
      await eventually('the submodule is seen as changed', isSeen);
      await shows('b.ts module · codex');
      assert.equal(drift('b.ts').file.place.project, await realpath(inner.fsPath));
    } finally {
      await vscode.commands.executeCommand('git.close', inner);
      git(folder, 'reset', '--quiet', '--hard');
      await rm(inner.fsPath, { recursive: true, force: true });
      await rm(inWorkspace('.git/modules').fsPath, { recursive: true, force: true });
    }
  });

  it('lists a hundred, and says how many more there are', async () => {
    await codexHolds('many');
    await danaHolds('lib');
    await mkdir(inWorkspace('many').fsPath);
    await mkdir(inWorkspace('free').fsPath);
    for (let index = 0; index <= MAX_LISTED_DRIFT; index++) {
      await Promise.all([change(`many/${index}.ts`), change(`free/${index}.ts`)]);
    }
    await eventually('all are counted', () => lines().at(-1) === `and ${MAX_LISTED_DRIFT + 2} more`);
    assert.equal(lines().length, MAX_LISTED_DRIFT + 1);
    await withNotifications(async (seen) => {
      assert.deepEqual(await run('reserveAllDrift', section()), []);
      assert.equal(
        seen[0]?.text,
        '101 files are too many to reserve one by one. Reserve the folders that they are in.',
      );
    });
  });

  it('goes where Git is disabled, and comes back with it', async () => {
    await codexHolds('**');
    await change('README.md');
    await shows('README.md codex');
    try {
      await enableGit(false);
      await shows();
    } finally {
      await enableGit(undefined);
    }
    await shows('README.md codex');
  });
});
