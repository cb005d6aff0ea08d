/** The passwords of servers: in VS Code's secret storage, by server and user, and nowhere else. */

import * as vscode from 'vscode';
import { withoutLinks } from '../../core/display';
import { serverOf } from './url';

export class Passwords implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when one was entered or forgotten, here or in another window. */
  readonly onDidChange = this.changed.event;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly secrets: vscode.SecretStorage) {
    this.subscription = secrets.onDidChange(({ key }) => key.startsWith(PREFIX) && this.changed.fire());
  }

  get(url: string): Thenable<string | undefined> {
    return this.secrets.get(keyOf(url));
  }

  set(url: string, password: string): Thenable<void> {
    return this.secrets.store(keyOf(url), password);
  }

  forget(url: string): Thenable<void> {
    return this.secrets.delete(keyOf(url));
  }

  /** Asks the person, and keeps what they enter; false where they enter nothing. */
  async ask(url: string, wasRefused: boolean): Promise<boolean> {
    const server = withoutLinks(serverOf(url));
    const password = await vscode.window.showInputBox({
      title: vscode.l10n.t('Password of {0}', server),
      prompt: wasRefused
        ? vscode.l10n.t('The server refused the password. Enter it again; it is kept in the secret storage of VS Code.')
        : vscode.l10n.t('It is kept in the secret storage of VS Code, and is not put into settings or terminals.'),
      password: true,
      ignoreFocusOut: true,
    });
    if (!password) {
      return false;
    }
    await this.set(url, password);
    return true;
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}

const PREFIX = 'postgres:';

function keyOf(url: string): string {
  return `${PREFIX}${serverOf(url)}`;
}
