/** What is reserved from an editor or by a folder's name: the file that the active editor shows, whatever kind of editor that is. */

import { strict as assert } from 'node:assert';
import { rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { targetOf, uriOfActiveEditor } from '../../src/extension/scopes';
import { eventually, inWorkspace, run, withNotifications } from './support';

const CELL = { cell_type: 'code', source: ['1 + 1'], metadata: {}, outputs: [], execution_count: null };
const NOTEBOOK = { cells: [CELL], metadata: {}, nbformat: 4, nbformat_minor: 5 };

describe('the file of the active editor', () => {
  const uri = inWorkspace('sums.ipynb');

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(uri.fsPath, { force: true });
  });

  it('is the notebook, also while one of its cells is typed in', async () => {
    await writeFile(uri.fsPath, JSON.stringify(NOTEBOOK));
    await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(uri));
    await vscode.commands.executeCommand('notebook.focusTop');
    await vscode.commands.executeCommand('notebook.cell.edit');
    await eventually(
      'a cell is typed in',
      () => vscode.window.activeTextEditor?.document.uri.scheme === 'vscode-notebook-cell',
    );
    assert.equal(uriOfActiveEditor()?.toString(), uri.toString());
    assert.equal((await targetOf(uri))?.scope, 'sums.ipynb');
  });
});

describe('a folder to reserve', () => {
  it('that is asked for and not named is not told of', async () => {
    const window = vscode.window as unknown as { showOpenDialog: unknown };
    const real = window.showOpenDialog;
    window.showOpenDialog = () => Promise.resolve(undefined);
    try {
      await withNotifications(async (seen) => {
        assert.equal(await run('reserveFolder'), undefined);
        assert.deepEqual(seen, []);
      });
    } finally {
      window.showOpenDialog = real;
    }
  });
});
