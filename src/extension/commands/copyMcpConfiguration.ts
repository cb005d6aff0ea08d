/** Copy MCP Configuration…: what an agent outside of VS Code is told to start the MCP server by. */

import * as vscode from 'vscode';
import { configurationFor, destinationOf, type Launch, MCP_CLIENTS, type McpClient } from '../../mcp/configuration';
import { tell } from '../notify';
import { serverVariables } from '../postgres/setting';
import { askPick } from '../quickInput';
import { configuredStore } from '../settings';
import { type CommandContext, type Handler, text } from './context';

/** `{ for: 'claude-code' | 'codex' | 'cursor' | 'mcp.json' }`, else the person picks. Answers what was copied. */
export function copyMcpConfiguration({ extensionUri }: CommandContext): Handler {
  return async (argument) => {
    const named = text(argument, 'for');
    const client = MCP_CLIENTS.find((one) => one === named) ?? (await pickClient());
    if (!client) {
      return undefined;
    }
    const isWindows = process.platform === 'win32';
    const copied = configurationFor(client, await launch(extensionUri, isWindows), isWindows);
    await vscode.env.clipboard.writeText(copied);
    tell(
      client === 'claude-code'
        ? vscode.l10n.t(
            'Copied. Run it in a terminal, in the project. Each agent needs its own id: set BB_AGENT for it.',
          )
        : vscode.l10n.t(
            'Copied. It belongs in {0}. Each agent needs its own id: set BB_AGENT for it.',
            destinationOf(client),
          ),
    );
    return copied;
  };
}

async function pickClient(): Promise<McpClient | undefined> {
  const labels: Record<McpClient, string> = {
    'claude-code': 'Claude Code',
    codex: 'Codex',
    cursor: 'Cursor',
    'mcp.json': '.mcp.json',
  };
  const picked = await askPick<McpClient>({
    title: vscode.l10n.t('Copy MCP Configuration'),
    placeholder: vscode.l10n.t('Choose the agent that it is for'),
    choices: () =>
      MCP_CLIENTS.map((value) => ({
        value,
        label: labels[value],
        // A name that is a file already says where it goes.
        ...(labels[value] === destinationOf(value) ? {} : { description: destinationOf(value) }),
      })),
  });
  return MCP_CLIENTS.find((one) => one === picked);
}

/**
 * By the launcher, which finds the machine's Node; on Windows, where not every program can start such a file, by VS Code's own
 * Node.
 */
async function launch(extensionUri: vscode.Uri, isWindows: boolean): Promise<Launch> {
  const path = (...names: readonly string[]) => vscode.Uri.joinPath(extensionUri, ...names).fsPath;
  const store = configuredStore();
  const env = { ...(store === undefined ? {} : { AGENT_RESERVATIONS_STORE: store }), ...(await serverVariables()) };
  return isWindows
    ? { command: process.execPath, args: [path('dist', 'mcp.js')], env: { ELECTRON_RUN_AS_NODE: '1', ...env } }
    : {
        command: path('bin', 'agent-reservations'),
        args: ['mcp'],
        env: { AGENT_RESERVATIONS_NODE: process.execPath, ...env },
      };
}
