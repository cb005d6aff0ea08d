/** The MCP server as its users have it: the built command as a process, and a client of the protocol's own library. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Answer } from './driver';
import { repoRoot } from './paths';

export const MCP = join(repoRoot, 'dist', 'mcp.js');
export const MODERN = '2026-07-28';

export interface ConnectOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The file that Node is started with, and its arguments; the command's verb unless told. */
  readonly start?: readonly string[];
  /** File URIs of the folders that the client works in. */
  readonly roots?: readonly string[];
  /** Speaks the protocol of 2026; that of 2025 unless told. */
  readonly modern?: boolean;
}

export interface ToolResult extends Answer {
  readonly isError: boolean;
  readonly text: string;
}

export class Connection {
  private constructor(
    readonly client: Client,
    readonly transport: StdioClientTransport,
    private readonly errors: string[],
  ) {}

  static async open(store: string, { cwd, env = {}, start, roots, modern }: ConnectOptions): Promise<Connection> {
    const transport = new StdioClientTransport({
      command: process.env['AGENT_RESERVATIONS_TEST_NODE'] ?? process.execPath,
      args: [...(start ?? [join(repoRoot, 'dist', 'cli.js'), 'mcp'])],
      cwd,
      env: { PATH: process.env['PATH'] ?? '', AGENT_RESERVATIONS_STORE: store, ...env },
      stderr: 'pipe',
    });
    const errors: string[] = [];
    transport.stderr?.on('data', (text) => errors.push(String(text)));
    const client = new Client(
      { name: 'test', version: '1.0.0' },
      {
        ...(roots ? { capabilities: { roots: {} } } : {}),
        ...(modern ? { versionNegotiation: { mode: { pin: MODERN } } } : {}),
      },
    );
    if (roots) {
      client.setRequestHandler('roots/list', () => ({ roots: roots.map((uri) => ({ uri })) }));
    }
    await client.connect(transport);
    return new Connection(client, transport, errors);
  }

  /** What the server has written to standard error. */
  get stderr(): string {
    return this.errors.join('');
  }

  get pid(): number {
    assert.ok(this.transport.pid, 'the server runs');
    return this.transport.pid;
  }

  async call(name: string, args: Record<string, unknown> = {}): Promise<ToolResult> {
    const { content, structuredContent, isError } = await this.client.callTool({ name, arguments: args });
    const [first] = content;
    assert.ok(first?.type === 'text' && content.length === 1);
    const answer = structuredContent as unknown as Answer;
    assert.deepEqual(Object.keys(answer), ['ok', 'command', 'data', 'error']);
    assert.equal(isError ?? false, !answer.ok);
    return { ...answer, isError: isError ?? false, text: first.text };
  }

  /** Calls what must be done; answers its data. */
  async done<T = unknown>(name: string, args: Record<string, unknown> = {}): Promise<T> {
    const { ok, data, text } = await this.call(name, args);
    assert.ok(ok, text);
    return data as T;
  }

  /** The code of what must be refused, and the text of it. */
  async refused(name: string, args: Record<string, unknown> = {}): Promise<{ code: string; text: string }> {
    const { error, text } = await this.call(name, args);
    assert.ok(error, `${name} was not refused: ${text}`);
    assert.ok(text.startsWith(`${error.code}: `), text);
    return { code: error.code, text };
  }
}

/** Opens connections for one test; what is left of them is closed after it. */
export function useConnections(): (store: string, options: ConnectOptions) => Promise<Connection> {
  const opened: Connection[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ client }) => client.close()));
  });
  return async (store, options) => {
    const connection = await Connection.open(store, options);
    opened.push(connection);
    return connection;
  };
}
