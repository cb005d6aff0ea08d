/**
 * The command of agents in VS Code's terminals: on the PATH by itself, with the store of this window, and acting as the
 * person only where the person says so, since every agent that is started there would.
 */

import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import { CONFIGURATION } from './contributions';
import { configuredAgent, configuredStore, offersTerminalCommand, sharesIdentity } from './settings';

type Environment = vscode.GlobalEnvironmentVariableCollection;

/** What is put before the PATH, and what other variables are set to. */
interface Wanted {
  readonly path: string | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export class Terminals implements vscode.Disposable {
  private readonly environment: Environment;
  private readonly folder: string;
  private readonly subscription = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(CONFIGURATION)) {
      this.update();
    }
  });

  constructor({ environmentVariableCollection, extensionUri }: vscode.ExtensionContext) {
    this.environment = environmentVariableCollection;
    this.folder = vscode.Uri.joinPath(extensionUri, 'bin').fsPath;
    this.update();
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private update(): void {
    const offers = offersTerminalCommand();
    this.environment.description = offers
      ? vscode.l10n.t('The command `agent-reservations`, for agents that are started in a terminal')
      : vscode.l10n.t('The agent that you act as, for agents that are started in a terminal');
    apply(this.environment, {
      path: offers ? this.folder + delimiter : undefined,
      variables: {
        // For machines without a Node of their own: see bin/agent-reservations.
        AGENT_RESERVATIONS_NODE: offers ? process.execPath : undefined,
        AGENT_RESERVATIONS_STORE: offers ? configuredStore() : undefined,
        BB_AGENT: sharesIdentity() ? configuredAgent() : undefined,
      },
    });
  }
}

/** Changes nothing that is right already: VS Code asks to start terminals anew for each change. */
function apply(environment: Environment, { path, variables }: Wanted): void {
  // Start-up files of a shell may set the PATH anew.
  const options = { applyAtProcessCreation: true, applyAtShellIntegration: true };
  for (const [name, value] of Object.entries({ ...variables, PATH: path })) {
    const known = environment.get(name);
    if (value === undefined) {
      environment.delete(name);
    } else if (known?.value !== value) {
      if (name === 'PATH') {
        environment.prepend(name, value, options);
      } else {
        environment.replace(name, value);
      }
    }
  }
}
