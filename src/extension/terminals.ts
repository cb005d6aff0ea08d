/**
 * The command of agents in VS Code's terminals: on the PATH by itself, with the store of this window (of a server never the
 * password), and acting as the
 * person only where the person says so, since every agent that is started there would.
 */

import { delimiter } from 'node:path';
import * as vscode from 'vscode';
import { inBackground, type OnFailure } from '../util/background';
import { CONFIGURATION } from './contributions';
import { serverVariables } from './postgres/setting';
import { configuredStore, offersTerminalCommand, personsAgent, sharesIdentity } from './settings';

type Environment = vscode.GlobalEnvironmentVariableCollection;

/** What is put before the PATH, and what other variables are set to. */
interface Wanted {
  readonly path: string | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export class Terminals implements vscode.Disposable {
  private readonly environment: Environment;
  private readonly folder: string;
  private readonly subscription = vscode.Disposable.from(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(CONFIGURATION)) {
        this.updateSoon();
      }
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => this.updateSoon()),
  );

  constructor(
    { environmentVariableCollection, extensionUri }: vscode.ExtensionContext,
    private readonly onFailure: OnFailure,
  ) {
    this.environment = environmentVariableCollection;
    this.folder = vscode.Uri.joinPath(extensionUri, 'bin').fsPath;
    this.updateSoon();
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private updateSoon(): void {
    inBackground(this.update(), this.onFailure);
  }

  private async update(): Promise<void> {
    const server = await serverVariables();
    const offers = offersTerminalCommand();
    this.environment.description = offers
      ? vscode.l10n.t('The command `agent-reservations`, for agents that are started in a terminal')
      : vscode.l10n.t('The agent that you act as, for agents that are started in a terminal');
    apply(this.environment, {
      path: offers ? this.folder + delimiter : undefined,
      variables: {
        // For machines without a Node of their own: see bin/agent-reservations.
        AGENT_RESERVATIONS_NODE: offers ? process.execPath : undefined,
        AGENT_RESERVATIONS_STORE: offers ? (server['AGENT_RESERVATIONS_STORE'] ?? configuredStore()) : undefined,
        AGENT_RESERVATIONS_NAMESPACE: offers ? server['AGENT_RESERVATIONS_NAMESPACE'] : undefined,
        BB_AGENT: sharesIdentity() ? personsAgent() : undefined,
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
