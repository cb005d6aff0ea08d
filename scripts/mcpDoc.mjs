// Writes the table and the examples of the MCP tools in docs/agents.md: a session with the built server, as it went.
// Usage: node scripts/mcpDoc.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { agentsDoc, newSession, steady, withExamples } from './agentsDoc.mjs';
import { buildExtension } from './build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { isMain } from './lib/isMain.mjs';
import { repoRoot } from './lib/paths.mjs';
import { makeTempDir, removeTempDir } from './lib/processes.mjs';

export const mcpMarks = ['<!-- tools: node scripts/mcpDoc.mjs -->', '<!-- end of tools -->'];

/** @typedef {{ tool: string, args: Record<string, unknown>, structured?: boolean }} Step */

const harbor = { agent: 'cobalt-harbor' };

/**
 * The calls, in the order of the page; the server acts for amber-otter. {message} is the last message's id.
 * @type {readonly Step[]}
 */
const session = [
  { tool: 'register_agent', args: { name: 'amber-otter', role: 'backend' } },
  { tool: 'register_agent', args: { name: 'cobalt-harbor', role: 'ui' } },
  { tool: 'reserve_scope', args: { scopes: ['src/auth/**', 'test/auth'], bead: 'bd-41', ttl: 60 } },
  { tool: 'reserve_scope', args: { scopes: ['src/auth/login.ts'], bead: 'bd-42', ...harbor }, structured: true },
  { tool: 'check_paths', args: { paths: ['src/auth/login.ts', 'docs/guide.md'], ...harbor } },
  { tool: 'request_release', args: { scope: 'src/auth/login.ts', reason: 'A fix for bd-42', ...harbor } },
  { tool: 'list_reservations', args: {} },
  { tool: 'list_messages', args: { state: 'unread' } },
  { tool: 'acknowledge_message', args: { message: '{message}' } },
  { tool: 'renew_scope', args: { scope: 'test/auth', ttl: 90 } },
  {
    tool: 'send_message',
    args: {
      ...{ to: 'cobalt-harbor', bead: 'bd-41', category: 'HANDOFF', subject: 'Login is yours', body: 'Half done.' },
      hand_over: ['test/auth'],
    },
  },
  { tool: 'acknowledge_message', args: { message: '{message}', take: true, ...harbor } },
  { tool: 'release_scope', args: { all: true } },
];

/**
 * What stands between the marks.
 * @returns {Promise<string>}
 */
export async function mcpExamples() {
  const root = await makeTempDir('mcp-doc');
  const client = new Client({ name: 'docs', version: '1.0.0' });
  try {
    const at = newSession(root);
    const env = { PATH: process.env['PATH'] ?? '', BB_AGENT: 'amber-otter' };
    await client.connect(
      new StdioClientTransport({
        command: process.env['AGENT_RESERVATIONS_TEST_NODE'] ?? process.execPath,
        args: [join(repoRoot, 'dist', 'cli.js'), 'mcp', '--store', join(root, 'store')],
        cwd: at.folder,
        env,
      }),
    );
    const { tools } = await client.listTools();
    const rows = tools.map(({ name, description = '', annotations, inputSchema }) => {
      const [what = ''] = description.split(/(?<=[.:]) /);
      const required = inputSchema.required ?? [];
      const names = Object.keys(inputSchema.properties ?? {});
      const shown = names.map((one) => (required.includes(one) ? `**${one}**` : one)).join(', ');
      return `| ${name} | ${what.replace(/:$/, '.')} | ${shown} | ${annotations?.readOnlyHint ? '' : 'yes'} |`;
    });
    const table = ['| tool | what it does | arguments | writes |', '| --- | --- | --- | --- |', ...rows].join('\n');
    const shown = [];
    for (const { tool, args, structured } of session) {
      const message = [...at.ids.keys()].filter((id) => id.startsWith('msg_')).at(-1) ?? '';
      const given = JSON.stringify(args);
      const result = await client.callTool({ name: tool, arguments: JSON.parse(given.replace('{message}', message)) });
      const [first] = result.content;
      const text = first?.type === 'text' ? first.text : '';
      shown.push(`> ${tool} ${given.replace('{message}', at.ids.get(message) ?? '')}`, steady(at, text));
      if (structured) {
        shown.push('structuredContent:', steady(at, JSON.stringify(result.structuredContent, null, 2)));
      }
    }
    return `${table}\n\n\`\`\`text\n${shown.join('\n')}\n\`\`\`\n`;
  } finally {
    await client.close();
    removeTempDir(root);
  }
}

if (isMain(import.meta.url)) {
  await ensureInstalled();
  await buildExtension({ production: true });
  writeFileSync(agentsDoc, withExamples(await mcpExamples(), readFileSync(agentsDoc, 'utf8'), mcpMarks));
}
