/** Which store the settings name: a server where they give its URL, else files. */

import * as vscode from 'vscode';
import { COMMANDS } from './contributions';
import type { StoreSource } from './liveStore';
import { tellWarning } from './notify';
import type { Passwords } from './postgres/passwords';
import { ServerStore } from './postgres/serverStore';
import { configuredNamespace, postgresUrl, storeRoot } from './settings';
import { filesStore } from './windowStore';

export function storeSource(passwords: Passwords): StoreSource {
  return {
    key: () => {
      const url = postgresUrl();
      // Where nobody names a namespace, the first folder does.
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      return url ? JSON.stringify([url, configuredNamespace() || folder?.uri.toString()]) : storeRoot();
    },
    open: (options) => {
      const url = postgresUrl();
      return url
        ? new ServerStore({ ...options, url, passwords, onPasswordInUrl: tellPasswordInUrl })
        : filesStore(storeRoot(), options);
    },
  };
}

function tellPasswordInUrl(): void {
  tellWarning(
    vscode.l10n.t(
      'The setting of the PostgreSQL server holds a password, which whoever reads the settings can read. It is not used from there.',
    ),
    [
      {
        title: vscode.l10n.t('Move It to the Secret Storage'),
        run: () => vscode.commands.executeCommand(COMMANDS.movePassword),
      },
      { title: vscode.l10n.t('Open Settings'), run: () => openSetting('postgres.url') },
    ],
  );
}

export function openSetting(name: string): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.openSettings', `agentReservations.${name}`);
}
