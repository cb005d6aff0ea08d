import * as vscode from 'vscode';
import { inBackground } from '../util/background';

const known = new Map<string, string | boolean>();

/** Sets a context key for `when` clauses; a call that changes nothing costs nothing. */
export function setContext(key: string, value: string | boolean): void {
  if (known.get(key) !== value) {
    known.set(key, value);
    // What was not set is set the next time.
    inBackground(vscode.commands.executeCommand('setContext', key, value), () => known.delete(key));
  }
}
