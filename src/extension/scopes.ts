import * as vscode from 'vscode';
import { isAbsoluteScope, scopeOf } from '../core/scope/path';
import { isPattern, literalPrefix } from '../core/scope/prefix';
import { pathBelow, typeOf } from './files';
import { type Place, placeIn, placeOf } from './projects';

const CELL_SCHEME = 'vscode-notebook-cell';

/** What is to be reserved: a scope, and where it is meant; nowhere in particular where no folder is open. */
export interface Target {
  readonly scope: string;
  readonly place: Place | undefined;
}

/** The file or folder as a target; undefined where it is outside of the workspace. What is not there counts as a file. */
export async function targetOf(uri: vscode.Uri): Promise<Target | undefined> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (!folder) {
    return undefined;
  }
  const kind = (await typeOf(uri)) === 'folder' ? 'folder' : 'file';
  const place = await placeIn(folder, kind === 'folder' ? uri : vscode.Uri.joinPath(uri, '..'));
  const path = (await pathBelow(place.root, uri)) ?? '';
  const scope = scopeOf(path, kind);
  return scope ? { scope, place } : undefined;
}

/** Each once: the same scope of two projects is two targets. */
export function distinct(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((target) => [`${target.place?.root}\n${target.scope}`, target])).values()];
}

/** The folder that a scope which is typed is most likely meant in. */
export function folderHere(): vscode.WorkspaceFolder | undefined {
  const uri = uriOfActiveEditor();
  return (uri && vscode.workspace.getWorkspaceFolder(uri)) ?? vscode.workspace.workspaceFolders?.[0];
}

export async function placeHere(): Promise<Place | undefined> {
  const folder = folderHere();
  return folder && (await placeOf(folder.uri));
}

/**
 * What a scope is about in these places: the file or folder that it names, or the deepest folder above all that its
 * pattern covers; undefined where there is none.
 */
export async function uriOfScope(scope: string, places: readonly Place[]): Promise<vscode.Uri | undefined> {
  const prefix = literalPrefix(scope);
  // A route of a web framework looks like a pattern, and is a name.
  const literal = prefix && isPattern(scope) ? [scope.replaceAll('\\', '/'), prefix.join('/')] : [prefix?.join('/')];
  for (const path of literal.filter((one) => one !== undefined)) {
    for (const { root } of places) {
      const uri = isAbsoluteScope(scope) ? root.with({ path: `/${path.replace(/^\/+/, '')}` }) : below(root, path);
      if (vscode.workspace.getWorkspaceFolder(uri) && (await typeOf(uri))) {
        return uri;
      }
    }
  }
  return undefined;
}

function below(root: vscode.Uri, path: string): vscode.Uri {
  return path === '' ? root : vscode.Uri.joinPath(root, path);
}

export function uriOfActiveEditor(): vscode.Uri | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  // A cell of a notebook is a document of its own, and no file.
  if (uri && uri.scheme !== CELL_SCHEME) {
    return uri;
  }
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return hasUri(input) ? input.uri : undefined;
}

/** Text, custom and notebook editors all name their file so. */
function hasUri(input: unknown): input is { readonly uri: vscode.Uri } {
  return typeof input === 'object' && input !== null && 'uri' in input && input.uri instanceof vscode.Uri;
}
