import { strict as assert } from 'node:assert';
import { homedir } from 'node:os';
import * as vscode from 'vscode';

describe('the host of these tests', () => {
  it('has the throw-away workspace open', () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.equal(folder?.uri.fsPath, process.env['AGENT_RESERVATIONS_TEST_WORKSPACE']);
  });

  it('takes a throw-away folder for the home of the user', () => {
    assert.equal(homedir(), process.env['HOME']);
    assert.equal(process.env['USERPROFILE'], process.env['HOME']);
    assert.match(homedir(), /agent-reservations-run-/);
    assert.equal(process.env['BB_AGENT'], undefined);
  });

  it('loads the extension under test', async () => {
    const extension = vscode.extensions.getExtension('agent-reservations.agent-reservations');
    assert.ok(extension);
    await extension.activate();
    assert.ok(extension.isActive);
  });
});
