import * as vscode from 'vscode';

/** Calls back each time the person comes back to this window. VS Code also tells of a person who only pauses. */
export function onDidGainFocus(listener: () => void): vscode.Disposable {
  let { focused } = vscode.window.state;
  return vscode.window.onDidChangeWindowState((state) => {
    const hasCome = state.focused && !focused;
    focused = state.focused;
    if (hasCome) {
      listener();
    }
  });
}
