/** Serving the tools of language models. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { envelope, granted } from '../../core/envelope';
import type { serve } from '../../mcp/main';
import type { Verb } from '../verb';

export const mcp: Verb = {
  name: 'mcp',
  command: 'agent mcp',
  summary: 'Serve the tools of language models by MCP, on standard input and output.',
  options: {
    agent: { value: 'ID', help: 'Who acts where a call does not say; BB_AGENT unless told.' },
    worktree: { value: 'DIR', help: 'Act as if started in this folder.' },
  },
  notes: ['For the configuration of an agent: it starts this itself, and ends it by closing standard input.'],
  example: 'mcp',
  run: async (given, { coordination, agent, here }) => {
    const { worktree, folder } = await here();
    // A bundle of its own, several times as large as the command.
    const server = createRequire(__filename)('./mcp.js') as { readonly serve: typeof serve };
    server.serve({ coordination, cwd: join(worktree, folder), agent: given.text('agent')?.trim() || agent });
    return { envelope: envelope('agent mcp', granted(null)), lines: () => [], isWritten: true };
  },
};
