/** How agents are told to start the MCP server: read again as the agents read it. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { configurationFor, type Launch } from '../../src/mcp/configuration';

const LAUNCH: Launch = {
  command: '/projects/it\'s "here" $HOME/`bin`/agent-reservations',
  args: ['mcp', '--agent', 'a b'],
  env: { AGENT_RESERVATIONS_STORE: "/projects/the store/it's \\ \u007F", EMPTY: '' },
};

describe('the configuration for MCP', () => {
  it('of Claude Code is a line of which a shell makes these words', () => {
    const line = configurationFor('claude-code', LAUNCH);
    if (process.platform !== 'win32') {
      const out = execFileSync('/bin/sh', ['-c', `claude() { printf '%s\\0' "$@"; }; ${line}`], { encoding: 'utf8' });
      assert.deepEqual(out.split('\0').slice(0, -1), [
        ...['mcp', 'add'],
        ...Object.entries(LAUNCH.env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
        ...['--transport', 'stdio', 'agent-reservations', '--', LAUNCH.command, ...LAUNCH.args],
      ]);
    }
    assert.ok(configurationFor('claude-code', LAUNCH, true).includes(`'/projects/it''s "here" $HOME/\`bin\``));
  });

  for (const client of ['cursor', 'mcp.json'] as const) {
    it(`of ${client} is JSON that means the same`, () => {
      const { mcpServers } = JSON.parse(configurationFor(client, LAUNCH));
      const { type, ...server } = mcpServers['agent-reservations'];
      assert.deepEqual([server, type], [LAUNCH, client === 'cursor' ? undefined : 'stdio']);
    });
  }

  it('of Codex is a table of TOML, with nothing in its strings that TOML does not take', () => {
    const text = configurationFor('codex', LAUNCH);
    assert.deepEqual(text.split('\n'), [
      '[mcp_servers.agent-reservations]',
      `command = ${JSON.stringify(LAUNCH.command)}`,
      'args = ["mcp", "--agent", "a b"]',
      'env_vars = ["BB_AGENT", "AGENT_RESERVATIONS_STORE"]',
      '',
      '[mcp_servers.agent-reservations.env]',
      `AGENT_RESERVATIONS_STORE = "/projects/the store/it's \\\\ \\u007F"`,
      'EMPTY = ""',
      '',
    ]);
    assert.doesNotMatch(configurationFor('codex', { ...LAUNCH, env: {} }), /\.env\]/);
  });
});
