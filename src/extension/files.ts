/** Files and folders, and how they lie to each other. */

import { realpath } from 'node:fs/promises';
import * as vscode from 'vscode';

/** What is there, if there is anything. */
export function typeOf(uri: vscode.Uri): Thenable<'file' | 'folder' | undefined> {
  return vscode.workspace.fs.stat(uri).then(
    ({ type }) => ((type & vscode.FileType.Directory) === 0 ? 'file' : 'folder'),
    () => undefined,
  );
}

/** With `/` between names; undefined where it is not below it. Links on the way are followed only where need be. */
export async function pathBelow(root: vscode.Uri, uri: vscode.Uri): Promise<string | undefined> {
  const direct = relativeTo(root.path, uri.path);
  if (direct !== undefined || uri.scheme !== 'file') {
    return direct;
  }
  const real = await realpath(uri.fsPath).catch(() => uri.fsPath);
  return relativeTo(root.path, vscode.Uri.file(real).path);
}

function relativeTo(root: string, path: string): string | undefined {
  const prefix = root.replace(/\/$/, '');
  return path === prefix || path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1) : undefined;
}
