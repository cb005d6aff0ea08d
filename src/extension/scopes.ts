import * as vscode from 'vscode';
import { isAbsoluteScope, scopeOf } from '../core/scope/path';
import { isPattern, literalPrefix } from '../core/scope/prefix';

/** What is to be reserved: a scope, and the folder of the workspace that it is relative to. */
export interface Target {
  readonly scope: string;
  readonly folder: vscode.WorkspaceFolder | undefined;
}

/** The file or folder as a target; undefined where it is outside of the workspace. */
export function targetOfUri(uri: vscode.Uri, kind: 'file' | 'folder'): Target | undefined {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const scope = folder && scopeOf(uri.path.slice(folder.uri.path.replace(/\/$/, '').length), kind);
  return scope ? { scope, folder } : undefined;
}

/** Asks the file system which of the two it is. What is not there counts as a file. */
export async function targetOf(uri: vscode.Uri): Promise<Target | undefined> {
  const type = await vscode.workspace.fs.stat(uri).then(
    (found) => found.type,
    () => vscode.FileType.File,
  );
  return targetOfUri(uri, (type & vscode.FileType.Directory) === 0 ? 'file' : 'folder');
}

/** Each once: the same scope of two folders is two targets. */
export function distinct(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((target) => [`${target.folder?.uri}\n${target.scope}`, target])).values()];
}

/** The folder that a scope which is typed is most likely meant in. */
export function folderHere(): vscode.WorkspaceFolder | undefined {
  const uri = uriOfActiveEditor();
  return (uri && vscode.workspace.getWorkspaceFolder(uri)) ?? vscode.workspace.workspaceFolders?.[0];
}

/**
 * What a scope is about in these folders: the file or folder that it names, or the deepest folder above all that its
 * pattern covers; undefined where there is none.
 */
export async function uriOfScope(
  scope: string,
  folders: readonly vscode.WorkspaceFolder[],
): Promise<vscode.Uri | undefined> {
  const prefix = literalPrefix(scope);
  // A route of a web framework looks like a pattern, and is a name.
  const literal = prefix && isPattern(scope) ? [scope.replaceAll('\\', '/'), prefix.join('/')] : [prefix?.join('/')];
  for (const path of literal.filter((one) => one !== undefined)) {
    for (const folder of folders) {
      const uri = placed(path, folder, isAbsoluteScope(scope));
      if (uri && (await exists(uri))) {
        return uri;
      }
    }
  }
  return undefined;
}

/** Undefined where an absolute path is outside of the folder. */
function placed(path: string, folder: vscode.WorkspaceFolder, isAbsolute: boolean): vscode.Uri | undefined {
  if (!isAbsolute) {
    return vscode.Uri.joinPath(folder.uri, path);
  }
  const uri = folder.uri.with({ path: `/${path.replace(/^\/+/, '')}` });
  return vscode.workspace.getWorkspaceFolder(uri) === folder ? uri : undefined;
}

function exists(uri: vscode.Uri): Thenable<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

export function uriOfActiveEditor(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return vscode.window.activeTextEditor?.document.uri ?? (hasUri(input) ? input.uri : undefined);
}

/** Text, custom and notebook editors all name their file so. */
function hasUri(input: unknown): input is { readonly uri: vscode.Uri } {
  return typeof input === 'object' && input !== null && 'uri' in input && input.uri instanceof vscode.Uri;
}
