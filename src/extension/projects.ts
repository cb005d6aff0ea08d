/** The projects that the folders of this window belong to. */

import * as vscode from 'vscode';

export class Projects implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private current: ReadonlySet<string> = new Set();
  private readonly disposables: readonly vscode.Disposable[] = [
    this.changed,
    vscode.workspace.onDidChangeWorkspaceFolders(() => this.update()),
  ];

  constructor() {
    this.update();
  }

  /** Empty where no folder is open. */
  get known(): ReadonlySet<string> {
    return this.current;
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private update(): void {
    this.current = new Set((vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath));
    this.changed.fire();
  }
}
