/** The commands for a store on a PostgreSQL server: its password, and its tables. */

import * as vscode from 'vscode';
import { tell } from '../notify';
import { serverVariables } from '../postgres/setting';
import { serverOf, splitPassword } from '../postgres/url';
import { postgresUrl, savePostgresUrl } from '../settings';
import { openSetting } from '../storeSource';
import type { CommandContext, Handler } from './context';

/** Of no text of anybody's: it is typed into a terminal, and the person presses Enter. */
const MIGRATE = 'agent-reservations postgres migrate';

/** Asks for the password, keeps it, and tries with it. */
export function enterPassword(context: CommandContext): Handler {
  return forServer(async (url) => {
    if (await context.passwords.ask(url, false)) {
      await context.live.retry();
    }
  });
}

export function forgetPassword(context: CommandContext): Handler {
  return forServer(async (url) => {
    await context.passwords.forget(url);
    tell(vscode.l10n.t('The password of {0} is forgotten. Connections that are open stay so.', serverOf(url)));
  });
}

/** What the settings hold of a password goes to the secret storage. To choose this is the person's consent. */
export function movePassword(context: CommandContext): Handler {
  return async () => {
    const { url, password } = splitPassword(postgresUrl());
    if (password !== undefined) {
      await context.passwords.set(url, password);
      await savePostgresUrl(url);
    }
  };
}

/** Opens a terminal for the server of this window, with the command in it that makes its tables. */
export function prepareServer(): Handler {
  return forServer(async () => {
    const terminal = vscode.window.createTerminal({
      name: vscode.l10n.t('Prepare the Database'),
      env: await serverVariables(),
    });
    terminal.show();
    terminal.sendText(MIGRATE, false);
  });
}

function forServer(work: (url: string) => Promise<unknown>): Handler {
  return async () => {
    const { url } = splitPassword(postgresUrl());
    if (url) {
      return await work(url);
    }
    tell(vscode.l10n.t('The store is in files: no PostgreSQL server is set.'), [
      { title: vscode.l10n.t('Open Settings'), run: () => openSetting('postgres.url') },
    ]);
    return undefined;
  };
}
