/** The server that the settings name, and what programs that are started from here are told of it. */

import * as vscode from 'vscode';
import { namespaceOf } from '../../project/sharedNames';
import { configuredNamespace, personsPostgresUrl } from '../settings';
import { splitPassword } from './url';

/** Whose reservations: as set, else those of all clones of the first folder's repository; undefined where it has no origin. */
export async function namespaceHere(): Promise<string | undefined> {
  const configured = configuredNamespace();
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (configured || folder?.uri.scheme !== 'file') {
    return configured || undefined;
  }
  return await namespaceOf(folder.uri.fsPath);
}

/** For the command and the MCP server; nothing where the store is in files. Never with the password. */
export async function serverVariables(): Promise<Readonly<Record<string, string>>> {
  const url = personsPostgresUrl();
  if (!url) {
    return {};
  }
  const namespace = await namespaceHere();
  return {
    AGENT_RESERVATIONS_STORE: splitPassword(url).url,
    ...(namespace === undefined ? {} : { AGENT_RESERVATIONS_NAMESPACE: namespace }),
  };
}
