/**
 * The MCP server for the language models of this window, where the person prefers it to VS Code's own tools: never both, since
 * each tool would be there twice.
 */

import * as vscode from 'vscode';
import { CONFIGURATION, MCP_PROVIDER } from '../contributions';
import type { Passwords } from '../postgres/passwords';
import { serverVariables } from '../postgres/setting';
import { splitPassword } from '../postgres/url';
import { chatTools, personsAgent, personsPostgresUrl, personsStoreRoot } from '../settings';

export class McpServerProvider implements vscode.McpServerDefinitionProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeMcpServerDefinitions = this.changed.event;
  private readonly disposables: readonly vscode.Disposable[];

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly passwords: Passwords,
  ) {
    this.disposables = [
      this.changed,
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(CONFIGURATION)) {
          this.changed.fire();
        }
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.changed.fire()),
      vscode.lm.registerMcpServerDefinitionProvider(MCP_PROVIDER, this),
    ];
  }

  async provideMcpServerDefinitions(): Promise<vscode.McpStdioServerDefinition[]> {
    if (chatTools() !== 'mcp') {
      return [];
    }
    const { extension, extensionUri } = this.context;
    const server = new vscode.McpStdioServerDefinition(
      'Agent Reservations',
      process.execPath,
      [vscode.Uri.joinPath(extensionUri, 'dist', 'mcp.js').fsPath],
      {
        // VS Code itself is the Node that runs it.
        ELECTRON_RUN_AS_NODE: '1',
        AGENT_RESERVATIONS_STORE: personsStoreRoot(),
        ...(await serverVariables()),
        BB_AGENT: personsAgent() ?? null,
      },
      String(extension.packageJSON.version),
    );
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    if (folder?.uri.scheme === 'file') {
      server.cwd = folder.uri;
    }
    return [server];
  }

  /** The password of a server is told to the process alone that is started now: VS Code keeps what it was provided. */
  async resolveMcpServerDefinition(server: vscode.McpStdioServerDefinition): Promise<vscode.McpStdioServerDefinition> {
    const url = personsPostgresUrl();
    const password = url ? await this.passwords.get(splitPassword(url).url) : undefined;
    if (password !== undefined) {
      server.env = { ...server.env, PGPASSWORD: password };
    }
    return server;
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }
}
