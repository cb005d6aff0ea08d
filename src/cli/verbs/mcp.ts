/** Serving the tools of language models. */

import { join } from 'node:path';
import { envelope, granted } from '../../core/envelope';
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
  run: async (given, { coordination, agent, here, log }) => {
    const { worktree, folder } = await here(true);
    const { serve } = await import('../../mcp/main');
    serve({ coordination, cwd: join(worktree, folder), agent: given.text('agent')?.trim() || agent, log });
    return { envelope: envelope('agent mcp', granted(null)), lines: () => [], isWritten: true };
  },
};
