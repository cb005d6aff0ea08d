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

  /** The folders that a reservation may be about: those of its project, or all where it names none. */
  foldersOf({ project }: { readonly project?: string }): readonly vscode.WorkspaceFolder[] {
    const folders = vscode.workspace.workspaceFolders ?? [];
    return project === undefined ? folders : folders.filter(({ uri }) => uri.fsPath === project);
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private update(): void {
    this.current = new Set((vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath));
    this.changed.fire();
  }
}
