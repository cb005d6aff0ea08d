import * as vscode from 'vscode';
import { scopeOf } from '../core/scope';

/** The workspace-relative scope of a file or folder; undefined where it is outside of the workspace. */
export function scopeOfUri(uri: vscode.Uri, kind: 'file' | 'folder'): string | undefined {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (!folder) {
    return undefined;
  }
  const inside = uri.path.slice(folder.uri.path.replace(/\/$/, '').length);
  const scope = scopeOf(inside, kind);
  return scope || undefined;
}

export function uriOfActiveEditor(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return vscode.window.activeTextEditor?.document.uri ?? (hasUri(input) ? input.uri : undefined);
}

/** Text, custom and notebook editors all name their file so. */
function hasUri(input: unknown): input is { readonly uri: vscode.Uri } {
  return typeof input === 'object' && input !== null && 'uri' in input && input.uri instanceof vscode.Uri;
}
