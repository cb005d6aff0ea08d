import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { toJson } from '../../src/store/files/json';
import {
  ACTIVE,
  entry,
  extension,
  inWorkspace,
  run,
  shown,
  startAnew,
  type Tested,
  until,
  withNotifications,
  writeInStore,
} from './support';

const HOUR = 3_600_000;

describe('what can be done with any reservation', () => {
  let tested: Tested;

  before(async () => {
    tested = await extension();
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana');
  });

  it('copy scope copies one, or all that are selected, as they are', async () => {
    const { internals } = tested;
    const scopes = ['$(trash)/*.ts', 'src/a.ts'];
    await writeInStore(
      ACTIVE,
      toJson([...scopes.map((scope) => entry(scope, 'codex', HOUR)), entry('b', 'codex', -HOUR)]),
    );
    await until(internals, 'all is shown', () => shown(internals, 'active').length === 2);
    const [first, second] = shown(internals, 'active').map(({ node }) => node);
    const [section] = internals.view.getChildren();
    const copied = await withClipboard(async () => {
      assert.equal(await run('copyScope', first, [section, first, second]), scopes.join('\n'));
      await run('copyScope', shown(internals, 'expired')[0]?.node);
      await run('copyScope', { scope: 'typed/**' });
    });
    assert.deepEqual(copied, [scopes.join('\n'), 'b', 'typed/**']);
  });

  for (const [scope, path] of [
    ['src/auth/login.ts', 'src/auth/login.ts'],
    ['src/auth', 'src/auth'],
    ['src/auth/**/*.ts', 'src/auth'],
    ['src/{auth,api}/**', 'src'],
    ['**', ''],
  ] as const) {
    it(`reveal shows ${path || 'the workspace'} for ${scope}`, async () => {
      const uri = await run<vscode.Uri>('revealInExplorer', { scope });
      assert.equal(uri?.path.replace(/\/$/, ''), inWorkspace(path).path.replace(/\/$/, ''));
    });
  }

  for (const scope of ['src/absent/**', '../../etc', '/etc/passwd', 'kanban-surface']) {
    it(`reveal says that nothing here belongs to ${scope}`, async () => {
      await withNotifications(async (seen) => {
        assert.equal(await run('revealInExplorer', { scope }), undefined);
        assert.deepEqual(
          seen.map(({ text }) => text),
          [`Nothing in this workspace belongs to “${scope}”.`],
        );
      });
    });
  }

  it('reveal shows an absolute scope that is in the workspace, and none of another project', async () => {
    const uri = inWorkspace('src/auth');
    assert.equal((await run<vscode.Uri>('revealInExplorer', { scope: uri.path }))?.path, uri.path);
    await withNotifications(async (seen) => {
      await run('revealInExplorer', { reservation: { ...entry('src/auth', 'codex', HOUR), project: '/nowhere' } });
      assert.equal(seen.length, 1);
    });
  });
});

/** A browser lets no program reach the clipboard without a person: what is written there is kept here instead. */
async function withClipboard(work: () => Promise<void>): Promise<readonly string[]> {
  const written: string[] = [];
  const real = Object.getOwnPropertyDescriptor(vscode.env, 'clipboard') ?? {};
  const writeText = (text: string) => Promise.resolve(void written.push(text));
  Object.defineProperty(vscode.env, 'clipboard', { configurable: true, value: { writeText } });
  await work().finally(() => Object.defineProperty(vscode.env, 'clipboard', real));
  return written;
}
