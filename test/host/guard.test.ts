/** Install Commit Guard…, in the repository of the window's folder. */

import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { access, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Envelope } from '../../src/core/envelope';
import type { GuardData } from '../../src/hooks/guardInstall';
import { makeRepository } from '../support/gitRepository';
import {
  eventually,
  extension,
  removeRepository,
  run,
  startAnew,
  succeeded,
  type Tested,
  theFolder,
  withNotifications,
} from './support';

describe('Install Commit Guard…', () => {
  let tested: Tested;
  let hooks: string;

  before(async () => {
    tested = await extension();
  });

  beforeEach(async () => {
    await startAnew(tested);
    const folder = theFolder().uri.fsPath;
    makeRepository(folder);
    hooks = execFileSync('git', ['rev-parse', '--path-format=absolute', '--git-path', 'hooks'], {
      cwd: folder,
      encoding: 'utf8',
    }).trim();
  });

  afterEach(() => removeRepository());

  async function isThere(hook: string): Promise<boolean> {
    return await access(join(hooks, hook)).then(
      () => true,
      () => false,
    );
  }

  it('asks first, in a question that must be answered; a person who closes it has nothing changed', async () => {
    await withNotifications(
      async (seen) => {
        assert.equal(await run('installGuard'), undefined);
        assert.deepEqual([seen.length, seen[0]?.modal], [1, true]);
        assert.match(seen[0]?.detail ?? '', /BB_AGENT.+AGENT_RESERVATIONS_BYPASS=1/);
      },
      () => undefined,
    );
    assert.ok(!(await isThere('pre-commit')));
  });

  it('guards what the person chooses, and takes it back where they want that', async () => {
    await withNotifications(
      async () => {
        const { hooks: made } = succeeded(await run<Envelope<GuardData>>('installGuard'));
        assert.deepEqual(
          made.map(({ hook }) => hook),
          ['pre-commit', 'pre-push'],
        );
        await eventually(
          'the guard is gone again',
          async () => !(await isThere('pre-commit')) && !(await isThere('pre-push')),
        );
      },
      ({ modal, actions }) => actions[modal ? 1 : 0],
    );
  });

  it('takes arguments, without a question, and names the launcher of this extension', async () => {
    const folder = theFolder().uri.fsPath;
    await withNotifications(
      async (seen) => {
        succeeded(await run<Envelope<GuardData>>('installGuard', { folder, skipConfirmation: true }));
        assert.ok(seen.every(({ modal }) => !modal));
      },
      () => undefined,
    );
    const text = await readFile(join(hooks, 'pre-commit'), 'utf8');
    const { extensionUri } = vscode.extensions.getExtension('agent-reservations.agent-reservations') ?? {};
    assert.ok(
      extensionUri && text.includes(vscode.Uri.joinPath(extensionUri, 'bin', 'agent-reservations').fsPath),
      text,
    );
    assert.ok(!(await isThere('pre-push')));
    await rm(join(hooks, 'pre-commit'));
  });

  it('says where it cannot be', async () => {
    await withNotifications(
      async (seen) => {
        const answer = await run<Envelope<GuardData>>('installGuard', { folder: '/', skipConfirmation: true });
        assert.equal(answer.error?.code, 'INVALID_ARGS');
        assert.match(seen[0]?.text ?? '', /is in no worktree of a Git repository/);
      },
      () => undefined,
    );
  });
});
