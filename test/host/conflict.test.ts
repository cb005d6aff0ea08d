import { strict as assert } from 'node:assert';
import { realpath, rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Reservation } from '../../src/core/reservation';
import { Conflicts } from '../../src/extension/conflict/conflicts';
import { ConflictProblems } from '../../src/extension/conflict/problems';
import { failuresTo } from '../../src/extension/failures';
import { Holders } from '../../src/extension/holders';
import { type Driver, useDrivers } from '../support/driver';
import {
  eventually,
  extension,
  inWorkspace,
  labels,
  type Notification,
  run,
  STORE,
  setting,
  startAnew,
  type Tested,
  theFolder,
  until,
  withNotifications,
} from './support';

const OPTIONS = ['Ask to Release…', 'Open Reservation', 'Don’t Show for This One'];

describe('changing what another holds', () => {
  const start = useDrivers();
  let tested: Tested;
  let codex: Driver;
  let project: string;
  let uri: vscode.Uri;
  let name: string;
  let count = 0;

  before(async () => {
    tested = await extension();
    project = await realpath(theFolder().uri.fsPath);
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana', 'codex', 'claude');
    const [driver] = await start('ours', STORE);
    assert.ok(driver);
    codex = driver;
    // A file of its own for each test: what a window was told of a file is kept.
    name = `held-${count++}.ts`;
    uri = inWorkspace(name);
    await writeFile(uri.fsPath, 'export {};\n');
  });

  afterEach(async () => {
    await setting('onConflict', undefined);
    await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand('workbench.action.files.resetActiveEditorReadonlyInSession');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await rm(uri.fsPath, { force: true });
  });

  async function another(agent: string, command: string, args: Record<string, unknown>): Promise<void> {
    const { ok, error } = await codex.call(command, { agent, project, ...args });
    assert.ok(ok, error?.message);
  }

  async function hold(scope = name, agent = 'codex'): Promise<void> {
    await another(agent, 'reserve', { scope, bead: 'bd-9' });
    await until(tested.internals, `${scope} is seen`, () => labels(tested.internals, 'active').includes(scope));
  }

  async function free(scope = name): Promise<void> {
    await another('codex', 'release', { scope });
    await until(tested.internals, `${scope} is free`, () => !labels(tested.internals, 'active').includes(scope));
  }

  function problems(): readonly string[] {
    const ours = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Reservations');
    return ours.map(({ message }) => message);
  }

  async function type(text: string, file = uri): Promise<vscode.TextDocument> {
    const editor = await vscode.window.showTextDocument(file);
    // Not the command "type": that goes to whatever has the focus, which a busy machine may not have moved here yet.
    assert.ok(await editor.edit((edit) => edit.insert(editor.selection.active, text)));
    return editor.document;
  }

  it('warns at the first change, once, and keeps a problem until it is free', async () => {
    await hold();
    await withNotifications(async (seen) => {
      const document = await type('// mine');
      await eventually('it is told', () => seen.length === 1);
      assert.match(
        seen[0]?.text ?? '',
        new RegExp(`^You are changing ${name}, which codex holds until .+ \\(“${name}”\\)`),
      );
      assert.deepEqual(seen[0]?.actions, OPTIONS);
      assert.match(problems()[0] ?? '', /^You changed this file\. Held by codex for bd-9 until /);
      const [problem] = vscode.languages.getDiagnostics(uri);
      assert.equal(problem?.severity, vscode.DiagnosticSeverity.Warning);
      assert.equal(problem?.range.start.line, 0);

      await type(' and more');
      await document.save();
      await type(', once again');
      await another('codex', 'renew', { scope: name, ttl: 200 });
      await eventually('the problem says the new end', () => problems().length === 1);
      await free();
      await eventually('the problem is gone', () => problems().length === 0);
      assert.equal(seen.length, 1);

      // Held anew, and it is not saved: that is news.
      await hold();
      await eventually('it is told again', () => seen.length === 2);
      assert.equal(problems().length, 1);
    });
  });

  it('sees what was changed before the store had been read, as in a window that comes back with unsaved files', async () => {
    await hold();
    await withNotifications(async (seen) => {
      await type('// mine');
      await eventually('it is told', () => seen.length === 1);
      const { live, projects, memory, log } = tested.internals.commands;
      const holders = new Holders(live, projects);
      const own = new ConflictProblems();
      const anew = new Conflicts(holders, own, memory, failuresTo(log));
      try {
        await eventually('there is a problem of the new one too', () => problems().length === 2);
      } finally {
        vscode.Disposable.from(anew, own, holders).dispose();
      }
    });
  });

  it('tells of each holder, and of nothing that nobody else holds', async () => {
    await run('reserve', { scope: name, bead: 'bd-1' });
    await withNotifications(async (seen) => {
      await type('// mine');
      await another('claude', 'reserve', { scope: 'held-*.ts', bead: 'bd-9', onOverlap: 'warn' });
      await eventually('claude is told of', () => seen.length === 1);
      assert.match(seen[0]?.text ?? '', /which claude holds/);
      await another('codex', 'reserve', { scope: '*.ts', bead: 'bd-9', onOverlap: 'warn' });
      await eventually('codex is told of', () => seen.length === 2);
      assert.match(seen[1]?.text ?? '', /which codex holds/);
      assert.equal(problems().length, 2);
    });
  });

  it('says nothing of what another program changed on disk', async () => {
    await hold();
    await withNotifications(async (seen) => {
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document);
      await writeFile(uri.fsPath, 'export const changed = true;\n');
      await eventually('the editor has read it again', () => document.getText().includes('changed'));
      await free();
      assert.deepEqual(seen, []);
      assert.deepEqual(problems(), []);
    });
  });

  it('a reservation that one does not want to hear of is kept quiet for every file', async () => {
    await hold('held-*.ts');
    const other = inWorkspace('held-other.ts');
    await writeFile(other.fsPath, '\n');
    try {
      await withNotifications(
        async (seen) => {
          await type('// mine');
          await eventually('it is told', () => seen.length === 1);
          await type('// too', other);
          const isListed = () => vscode.languages.getDiagnostics(other).length === 1;
          await eventually('the other one is among the problems', isListed);
          assert.equal(seen.length, 1);
          await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
        },
        () => 'Don’t Show for This One',
      );
    } finally {
      await rm(other.fsPath, { force: true });
    }
  });

  it('what the notification and the problem offer does what it says', async () => {
    const { internals } = tested;
    await hold();
    await withNotifications(
      async (seen) => {
        await type('// mine');
        const isSelected = () => {
          const [node] = internals.view.tree.selection;
          return node !== undefined && 'reservation' in node && node.reservation.scope === name;
        };
        await eventually('its item is selected', isSelected);
        assert.equal(seen.length, 1);
      },
      () => 'Open Reservation',
    );
    const [problem] = vscode.languages.getDiagnostics(uri);
    assert.ok(problem);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      problem.range,
    );
    const [ask] = actions.filter(({ title }) => title === 'Ask codex to Release…');
    assert.ok(ask?.command);
    const [argument] = ask.command.arguments as [{ reservation: Reservation }];
    await withNotifications(async (seen) => {
      await vscode.commands.executeCommand(ask.command?.command ?? '', { ...argument, reason: 'For the form' });
      assert.equal(seen[0]?.text, 'codex was asked. You are told when it is free.');
    });
  });

  it('can be left to the badges', async () => {
    await setting('onConflict', 'badge');
    await hold();
    await withNotifications(async (seen) => {
      await type('// mine');
      await setting('onConflict', 'warn');
      await eventually('it is told as soon as the setting says so', () => seen.length === 1);
      await setting('onConflict', 'off');
      await eventually('the problem is gone', () => problems().length === 0);
    });
  });

  describe('read-only editors', () => {
    beforeEach(async () => {
      await setting('onConflict', 'readonly');
    });

    async function show(): Promise<vscode.TextDocument> {
      const { document } = await vscode.window.showTextDocument(uri);
      await (await tested.internals.commands.followers).readonlyEditors.look();
      return document;
    }

    it('until it is free', async () => {
      await hold();
      await withNotifications(async (seen) => {
        const document = await show();
        await type('no');
        assert.equal(document.isDirty, false);
        assert.match(seen[0]?.text ?? '', new RegExp(`^${name} is read-only here: codex holds it until`));
        assert.deepEqual(seen[0]?.actions, ['Edit Anyway', 'Ask to Release…', 'Open Reservation']);
        await free();
        await (await tested.internals.commands.followers).readonlyEditors.look();
        await type('yes');
        assert.equal(document.isDirty, true);
        assert.equal(seen.length, 1);
      });
    });

    it('can be overridden, which is told once and stands among the problems', async () => {
      await hold();
      const editAnyway = ({ text }: Notification) => (text.includes('read-only') ? 'Edit Anyway' : undefined);
      await withNotifications(async (seen) => {
        const document = await show();
        const isChanged = async () => {
          await type('yes');
          return document.isDirty;
        };
        await eventually('it can be changed', isChanged);
        await eventually('it is among the problems', () => problems().length === 1);
        assert.equal(seen.length, 1);
      }, editAnyway);
    });

    it('a file with unsaved changes is warned of instead', async () => {
      await withNotifications(async (seen) => {
        const document = await type('// mine');
        await hold();
        await eventually('it is told', () => seen.length === 1);
        assert.match(seen[0]?.text ?? '', /^You are changing /);
        const before = document.getText();
        await type('more');
        assert.notEqual(document.getText(), before);
      });
    });

    it('the command that overrides is in the palette as long as it can do something', async () => {
      await hold();
      const document = await show();
      await run('editAnyway');
      await type('yes');
      assert.equal(document.isDirty, true);
    });
  });
});
