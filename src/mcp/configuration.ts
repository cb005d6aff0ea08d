/** How agents are told to start the MCP server, each in the form that it reads. Pure: nothing is written. */

export const MCP_CLIENTS = ['claude-code', 'codex', 'cursor', 'mcp.json'] as const;
export type McpClient = (typeof MCP_CLIENTS)[number];

const NAME = 'agent-reservations';
/** What says who acts, and on which store. */
const PASSED_ON = ['BB_AGENT', 'AGENT_RESERVATIONS_STORE'];

/** How the server is started. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Where the configuration goes: a command to run, or the file that it is part of. */
export function destinationOf(client: McpClient): string {
  return {
    'claude-code': 'claude mcp add',
    codex: '~/.codex/config.toml',
    cursor: '.cursor/mcp.json',
    'mcp.json': '.mcp.json',
  }[client];
}

/** @param isWindows whether the shell is PowerShell; else it is one like sh */
export function configurationFor(client: McpClient, launch: Launch, isWindows = false): string {
  switch (client) {
    case 'claude-code':
      return claudeCommand(launch, isWindows);
    case 'codex':
      return codexTable(launch);
    case 'cursor':
      return servers(launch);
    case 'mcp.json':
      return servers({ type: 'stdio', ...launch });
  }
}

/** What may be given several times must not stand right before the name: it would take it, too. */
function claudeCommand({ command, args, env }: Launch, isWindows: boolean): string {
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const words = ['claude', 'mcp', 'add', ...variables, '--transport', 'stdio', NAME, '--', command, ...args];
  return words.map((word) => quotedForShell(word, isWindows)).join(' ');
}

/** Between single quotes nothing means anything, in both kinds of shell. */
function quotedForShell(word: string, isWindows: boolean): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) {
    return word;
  }
  return `'${word.replaceAll("'", isWindows ? "''" : `'\\''`)}'`;
}

function codexTable({ command, args, env }: Launch): string {
  const variables = Object.entries(env).map(([name, value]) => `${name} = ${tomlString(value)}`);
  return [
    `[mcp_servers.${NAME}]`,
    `command = ${tomlString(command)}`,
    `args = [${args.map(tomlString).join(', ')}]`,
    // Codex passes on nothing else of the environment.
    `env_vars = [${PASSED_ON.map(tomlString).join(', ')}]`,
    ...(variables.length > 0 ? ['', `[mcp_servers.${NAME}.env]`, ...variables] : []),
    '',
  ].join('\n');
}

/** A string of JSON is one of TOML, but for one character. */
function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll('\u007F', '\\u007F');
}

function servers(server: object): string {
  return `${JSON.stringify({ mcpServers: { [NAME]: server } }, null, 2)}\n`;
}
