/** The demo store, and the way back. */

import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { removeLeft } from '../../src/extension/demo/demo';
import { actAs, extension, run, STORE, startAnew, succeeded, type Tested, until } from './support';

describe('the demo store', () => {
  let tested: Tested;

  beforeEach(async () => {
    tested = await extension();
    await startAnew(tested);
  });

  afterEach(async () => {
    await run('leaveDemo');
  });

  it('shows agents at work on the files of this folder, and asks something of the person at once', async () => {
    const { internals, api } = tested;
    assert.equal(await run('tryDemo'), true);
    const { live, view, statusBar } = internals;
    assert.match(view.tree.description ?? '', /demo · as you/);
    assert.match(view.tree.message ?? '', /demo store/);
    assert.match(statusBar.item.text, /1 held \(demo\)/);
    assert.match(statusBar.item.accessibilityInformation?.label ?? '', /^Demo store\. Reservations: you hold 1 scope/);
    const { active, messages } = live.overview;
    const agents = new Set(active.map(({ reservation }) => reservation.agent_id));
    assert.ok(agents.has('you') && agents.has('claude-auth'), [...agents].join());
    assert.deepEqual(
      messages
        .filter(({ mine }) => mine)
        .map(({ message }) => message.from_agent)
        .toSorted(),
      ['claude-auth', 'codex-api'],
    );
    // Files that there are.
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    for (const { reservation } of active) {
      await vscode.workspace.fs.stat(vscode.Uri.joinPath(folder.uri, reservation.scope));
    }
    // Real rules: what another holds is refused.
    const held = active.find(({ reservation }) => reservation.agent_id === 'claude-auth')?.reservation;
    assert.ok(held);
    const refused = await api.reserve({ agent: 'you', scope: held.scope, bead: 'bd-1', project: held.project });
    assert.equal(refused.error?.code, 'RESERVATION_CONFLICT');
    await until(internals, 'an agent works by itself', () =>
      live.overview.active.some(({ reservation }) => /^co/.test(reservation.agent_id)),
    );
  });

  it('touches nothing of the person’s, and leaves nothing behind', async () => {
    const { internals, api } = tested;
    await actAs(tested, 'dana');
    succeeded(await api.reserve({ agent: 'dana', scope: 'src/mine.ts', bead: 'bd-7' }));
    await internals.live.refresh();
    const settings = () => JSON.stringify(vscode.workspace.getConfiguration('agentReservations'));
    const before = settings();
    await run('tryDemo');
    const store = internals.live.location;
    assert.notEqual(store, STORE);
    assert.ok(store.startsWith(internals.commands.storageUri.fsPath), store);
    assert.equal(settings(), before);
    assert.ok(internals.live.overview.active.every(({ reservation }) => reservation.scope !== 'src/mine.ts'));
    assert.equal(await run('tryDemo'), true);
    assert.equal(internals.live.location, store, 'asked for again, it is the same');

    assert.equal(await run('leaveDemo'), true);
    assert.equal(internals.live.location, STORE);
    assert.match(internals.view.tree.description ?? '', /^as dana/);
    assert.doesNotMatch(internals.statusBar.item.text, /demo/);
    assert.deepEqual(
      internals.live.overview.active.map(({ reservation }) => reservation.scope),
      ['src/mine.ts'],
    );
    assert.equal(settings(), before);
    assert.equal(existsSync(store), false);
    assert.equal(await run('leaveDemo'), false);
  });

  it('of a window that is gone is removed by the next one, and that of a living one is not', async () => {
    const storage = await mkdtemp(join(tmpdir(), 'agent-reservations-test-'));
    try {
      const dead = spawnSync(process.env['AGENT_RESERVATIONS_TEST_NODE'] ?? process.execPath, ['--version']).pid;
      for (const name of [`${dead}-aaaa`, `${process.pid}-bbbb`]) {
        await mkdir(join(storage, 'demo', name, 'reservations'), { recursive: true });
      }
      await removeLeft(vscode.Uri.file(storage));
      assert.deepEqual(await readdir(join(storage, 'demo')), [`${process.pid}-bbbb`]);
    } finally {
      await rm(storage, { recursive: true, force: true });
    }
  });
});
