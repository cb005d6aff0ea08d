/**
 * The MCP server on standard input and output. The command loads this for its verb `mcp`, which sees to the store and who
 * acts; started by itself, it is that command.
 */

import { createRequire } from 'node:module';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createServer, type Served } from './server';

/** Serves until standard input is closed; then nothing of it keeps the process from ending. */
export function serve(served: Omit<Served, 'version'>): void {
  const { version } = createRequire(__filename)('../package.json') as { readonly version: string };
  serveStdio(({ era }) => createServer({ ...served, version }, era), {
    onerror: ({ message }) => served.log(message),
  });
}

if (require.main === module) {
  process.argv.splice(2, 0, 'mcp');
  createRequire(__filename)('./cliMain.js');
}
