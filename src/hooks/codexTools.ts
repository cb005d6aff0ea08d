/** Whether Codex has been given our MCP server. */

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const SERVER_TABLE = /^[ \t]*\[[ \t]*mcp_servers[ \t]*\.[ \t]*["']?agent[-_]reservations["']?[ \t]*\]/m;

/** By its settings, those of the person and those of the project; a server of another name is not found. */
export async function hasMcpServer(env: NodeJS.ProcessEnv, worktree: string): Promise<boolean> {
  const home = env['CODEX_HOME'] || join(homedir(), '.codex');
  const texts = await Promise.all(
    [home, join(worktree, '.codex')].map((folder) => readFile(join(folder, 'config.toml'), 'utf8').catch(() => '')),
  );
  return texts.some((text) => SERVER_TABLE.test(text));
}
