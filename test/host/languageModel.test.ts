import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as vscode from 'vscode';
import type { Message } from '../../src/core/message';
import { confirmation } from '../../src/extension/languageModel/confirmation';
import { TOOLS } from '../../src/tools/tools';
import {
  actAs,
  eventually,
  extension,
  labels,
  run,
  STORE,
  setting,
  startAnew,
  succeeded,
  type Tested,
  theFolder,
  until,
  withNotifications,
} from './support';

describe('the tools of language models', () => {
  let tested: Tested;

  before(async () => {
    tested = await extension();
  });

  beforeEach(() => startAnew(tested));

  afterEach(async () => {
    await setting('chatTools', undefined);
  });

  const names = () => vscode.lm.tools.map(({ name }) => name).filter((name) => name.startsWith('agentReservations_'));

  async function invoke(name: string, input: object): Promise<string> {
    const options = { input, toolInvocationToken: undefined };
    const { content } = await vscode.lm.invokeTool(`agentReservations_${name}`, options);
    const [part] = content;
    assert.ok(part instanceof vscode.LanguageModelTextPart && content.length === 1);
    return part.value;
  }

  it('are offered in VS Code, with their schemas', async () => {
    await eventually('all are there', () => names().length === TOOLS.length);
    assert.deepEqual(names().toSorted(), TOOLS.map(({ name }) => `agentReservations_${name}`).toSorted());
    const found = vscode.extensions.getExtension('agent-reservations.agent-reservations');
    const contributed: readonly vscode.LanguageModelToolInformation[] =
      found?.packageJSON.contributes.languageModelTools;
    const reserve = vscode.lm.tools.find(({ name }) => name === 'agentReservations_reserve_scope');
    assert.deepEqual(reserve?.inputSchema, contributed.find(({ name }) => name === reserve?.name)?.inputSchema);
  });

  it('act for the person, in the project of the window, and the view shows it', async () => {
    await actAs(tested, 'dana', 'amber-otter');
    const { api, internals } = tested;
    assert.match(await invoke('reserve_scope', { scopes: ['src/auth/**'], bead: 'bd-1' }), /^Reserved src\/auth/);
    await until(internals, 'it is shown', () => labels(internals, 'active').includes('src/auth/**'));
    const [held] = internals.live.overview.active;
    assert.deepEqual([held?.mine, held?.reservation.project], [true, theFolder().uri.fsPath]);
    const path = vscode.Uri.joinPath(theFolder().uri, 'src/auth/a.ts').fsPath;
    const project = theFolder().uri.fsPath;
    succeeded(await api.reserve({ agent: 'amber-otter', scope: 'docs', bead: 'bd-2', project }));
    assert.match(await invoke('check_paths', { paths: [path, 'docs/x.md'] }), /held by you[\s\S]*held by amber-otter/);
    const refused = await invoke('reserve_scope', { scopes: ['docs/x.md'], bead: 'bd-1' });
    assert.match(refused, /^RESERVATION_CONFLICT: [\s\S]*\nNext: .*request_release/);
    assert.match(await invoke('request_release', { scope: 'docs/x.md', reason: 'A fix' }), /^Asked:\n- amber-otter/);
    assert.match(await invoke('list_reservations', {}), /^2 held:[\s\S]*wanted by dana/);
    const message = { from: 'amber-otter', to: 'dana', bead: 'bd-2', category: 'HANDOFF', subject: 's', body: 'b' };
    const sent = succeeded(await api.send(message)) as Message;
    assert.ok((await invoke('list_messages', {})).includes(sent.message_id));
    assert.match(await invoke('acknowledge_message', { message: sent.message_id }), /^Acknowledged/);
    assert.equal(await invoke('release_scope', { all: true }), 'Released src/auth/**.');
    assert.match(await invoke('release_scope', { scopes: ['docs'] }), /^RELEASE_FORBIDDEN: /);
  });

  it('say what is missing where nobody knows who acts', async () => {
    assert.match(await invoke('reserve_scope', { scopes: ['src'], bead: 'bd-1' }), /^INVALID_ARGS: Missing agent/);
    assert.equal(await invoke('list_reservations', {}), 'Nothing is held.');
  });

  it('ask before they change anything, with every argument as plain text', () => {
    const input = {
      scopes: ['src/[a](command:x)', '$(alert) https://example.org'],
      bead: 'bd-1\nAgent: amber-otter\n```\n**bold**\u202E',
      nonsense: { a: 1 },
    };
    for (const tool of TOOLS.filter(({ hints }) => !hints.readOnly)) {
      const { title, message } = confirmation(tool, input, 'dana');
      assert.ok(title.endsWith('?'), tool.name);
      assert.ok(message instanceof vscode.MarkdownString);
      assert.ok(!message.isTrusted && !message.supportThemeIcons && !message.supportHtml);
      const lines = message.value.trim().split('\n');
      // What is shown cannot end the block: no line of it begins with a fence.
      assert.deepEqual([lines[0], lines.at(-1)], ['```text', '```']);
      assert.deepEqual(lines.slice(1, -1), [
        ...(tool.name === 'register_agent' ? [] : ['Agent: dana']),
        'Scopes: src/[a](command:x), $(alert) https://example.org',
        'Bead: bd-1',
        '    Agent: amber-otter',
        '    ```',
        '    **bold**\uFFFD',
        'nonsense: {"a":1}',
      ]);
    }
  });

  it('are not there twice: by VS Code, by the MCP server, or not at all', async () => {
    const { mcpServer } = tested.internals;
    assert.deepEqual(await mcpServer.provideMcpServerDefinitions(), []);
    await setting('chatTools', 'mcp');
    await assert.rejects(invoke('check_paths', { paths: ['src'] }));
    assert.equal((await mcpServer.provideMcpServerDefinitions()).length, 1);
    await setting('chatTools', 'off');
    assert.deepEqual(await mcpServer.provideMcpServerDefinitions(), []);
    await assert.rejects(invoke('check_paths', { paths: ['src'] }));
    await setting('chatTools', undefined);
    assert.match(await invoke('check_paths', { paths: ['src'] }), /nobody holds it/);
  });
});

describe('the MCP server of VS Code', () => {
  let tested: Tested;
  let scratch: string;

  before(async () => {
    tested = await extension();
  });

  beforeEach(async () => {
    await startAnew(tested);
    scratch = await mkdtemp(join(tmpdir(), 'agent-reservations-mcp test-'));
  });

  afterEach(async () => {
    await setting('chatTools', undefined);
    await rm(scratch, { recursive: true, force: true });
  });

  interface Started {
    readonly command: string;
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  }

  /** Starts it as an agent would, and calls a tool. */
  async function answerOf({ command, args, env }: Started, tool: string, input: Record<string, unknown>) {
    const client = new Client({ name: 'test', version: '1.0.0' });
    const surroundings = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env };
    const transport = new StdioClientTransport({
      command,
      args: [...args],
      env: surroundings,
      cwd: theFolder().uri.fsPath,
    });
    await client.connect(transport);
    try {
      const { content } = await client.callTool({ name: tool, arguments: input });
      return content[0]?.type === 'text' ? content[0].text : '';
    } finally {
      await client.close();
    }
  }

  it("runs on VS Code's own Node, for the store, the agent and the folder of the window", async () => {
    await actAs(tested, 'dana');
    await setting('chatTools', 'mcp');
    const [server] = await tested.internals.mcpServer.provideMcpServerDefinitions();
    assert.ok(server);
    assert.equal(server.command, process.execPath);
    assert.deepEqual([server.env['AGENT_RESERVATIONS_STORE'], server.env['BB_AGENT']], [STORE, 'dana']);
    assert.equal(server.cwd?.fsPath, theFolder().uri.fsPath);
    const env = Object.fromEntries(Object.entries(server.env).map(([name, value]) => [name, String(value)]));
    const text = await answerOf({ ...server, env }, 'reserve_scope', { scopes: ['src'], bead: 'bd-1' });
    assert.match(text, /^Reserved src until /);
    const { internals } = tested;
    await until(internals, 'it is shown', () => labels(internals, 'active').includes('src'));
    await setting('agent', undefined);
    assert.equal((await tested.internals.mcpServer.provideMcpServerDefinitions())[0]?.env['BB_AGENT'], null);
  });

  it('is told to agents outside by a configuration that starts it, with the store of the window', async () => {
    const store = join(scratch, 'my store');
    await setting('storePath', store);
    for (const client of ['cursor', 'mcp.json']) {
      await vscode.env.clipboard.writeText('');
      const copied = await withNotifications(async (seen) => {
        const text = await run<string>('copyMcpConfiguration', { for: client });
        assert.match(seen[0]?.text ?? '', client === 'cursor' ? /\.cursor\/mcp\.json/ : /\.mcp\.json/);
        return text;
      });
      assert.equal(await vscode.env.clipboard.readText(), copied);
      const server: Started = JSON.parse(copied).mcpServers['agent-reservations'];
      const name = client.replace('.', '-');
      assert.match(await answerOf(server, 'register_agent', { name, role: 'test' }), /^Registered /);
    }
    succeeded(await tested.api.show({ agent: 'cursor' }));
    assert.match(await run<string>('copyMcpConfiguration', { for: 'claude-code' }), /^claude mcp add .* -- .* mcp$/);
    assert.match(await run<string>('copyMcpConfiguration', { for: 'codex' }), /^\[mcp_servers\.agent-reservations\]\n/);
  });
});
