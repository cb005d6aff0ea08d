import * as vscode from 'vscode';

const known = new Map<string, string | boolean>();

/** Sets a context key for `when` clauses; a call that changes nothing costs nothing. */
export function setContext(key: string, value: string | boolean): void {
  if (known.get(key) !== value) {
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
