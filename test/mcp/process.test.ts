/** The MCP server as a process: what it writes, when it ends, and what is left then. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLI } from '../support/cli';
import { MCP, useConnections } from '../support/mcp';
import { eventually, PATIENCE_MS } from '../support/patience';
import { activeIn, historyIn, seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};
const INITIALIZED = { jsonrpc: '2.0', method: 'notifications/initialized' };

describe('the process of the MCP server', () => {
  const temp = useTempFolder();
  const connect = useConnections();
  let store: string;
  const running: ChildProcess[] = [];

  beforeEach(() => {
    store = seedStore(join(temp(), 'store'));
  });
  afterEach(() => {
    for (const child of running.splice(0)) {
      child.kill('SIGKILL');
    }
  });

  function start() {
    const node = process.env['AGENT_RESERVATIONS_TEST_NODE'] ?? process.execPath;
    const child = spawn(node, [CLI, 'mcp'], {
      cwd: temp(),
      env: { ...process.env, AGENT_RESERVATIONS_STORE: store, BB_AGENT: 'agent-a' },
    });
    const written = { out: '', err: '' };
    child.stdout.on('data', (text) => {
      written.out += text;
    });
    child.stderr.on('data', (text) => {
      written.err += text;
    });
    const say = (message: object | string) =>
      child.stdin.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
    const lines = () => written.out.split('\n').filter(Boolean);
    const heard = async (id: number) => {
      for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(10)) {
        const found = lines()
          .map((line) => JSON.parse(line))
          .find((message) => message.id === id);
        if (found) {
          return found;
        }
      }
      throw new Error(`no answer to ${id}: ${JSON.stringify(written)}`);
    };
    running.push(child);
    return { child, written, say, lines, heard };
  }

  const call = (id: number, name: string, args: object) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name, arguments: args },
  });

  it('writes nothing but the protocol to standard output, whatever it is told', async () => {
    const server = start();
    server.say('this is no JSON');
    server.say({ jsonrpc: '2.0', id: 7 });
    server.say(INITIALIZE);
    await server.heard(1);
    server.say(INITIALIZED);
    server.say('[');
    server.say({ jsonrpc: '2.0', id: 2, method: 'no/such/method' });
    assert.equal((await server.heard(2)).error.code, -32601);
    server.say(call(3, 'reserve_scope', { scopes: ['src'], bead: 'bd-1' }));
    assert.equal((await server.heard(3)).result.structuredContent.ok, true);
    for (const line of server.lines()) {
      assert.equal(JSON.parse(line).jsonrpc, '2.0');
    }
    assert.match(server.written.err, /^agent-reservations: /);
  });

  it('ends when standard input is closed, with its watching, and exits 0', async () => {
    const server = start();
    server.say(INITIALIZE);
    await server.heard(1);
    server.say(INITIALIZED);
    server.say(call(2, 'reserve_scope', { scopes: ['src'], bead: 'bd-1' }));
    await server.heard(2);
    server.say({
      jsonrpc: '2.0',
      id: 3,
      method: 'resources/subscribe',
      params: { uri: 'agent-reservations://reservations' },
    });
    await server.heard(3);
    const ended = once(server.child, 'close');
    server.child.stdin.end();
    assert.deepEqual(await ended, [0, null]);
    assert.equal(server.written.err, '');
    assert.equal(activeIn(store).length, 1);
  });

  it('ends at once though a call waits, which is not granted afterwards', async () => {
    const holder = await connect(store, { cwd: temp(), env: { BB_AGENT: 'agent-b' } });
    await holder.done('reserve_scope', { scopes: ['src'], bead: 'bd-1' });
    const server = start();
    server.say(INITIALIZE);
    await server.heard(1);
    server.say(INITIALIZED);
    server.say(call(2, 'reserve_scope', { scopes: ['src/a.ts'], bead: 'bd-2', wait: 3_600 }));
    await waiting();
    const ended = once(server.child, 'close');
    server.child.stdin.end();
    assert.deepEqual(await ended, [0, null]);
    await holder.done('release_scope', { all: true });
    assert.deepEqual(activeIn(store), []);
  });

  it('gives a wait up when the client cancels it, and goes on', async () => {
    const [holder, waiter] = await Promise.all([
      connect(store, { cwd: temp(), env: { BB_AGENT: 'agent-b' } }),
      connect(store, { cwd: temp(), env: { BB_AGENT: 'agent-a' } }),
    ]);
    await holder.done('reserve_scope', { scopes: ['src'], bead: 'bd-1' });
    const abort = new AbortController();
    const args = { scopes: ['src/a.ts'], bead: 'bd-2', wait: 3_600 };
    const cancelled = waiter.client.callTool({ name: 'reserve_scope', arguments: args }, { signal: abort.signal });
    const rejected = assert.rejects(cancelled);
    await waiting();
    abort.abort();
    await rejected;
    await holder.done('release_scope', { all: true });
    await waiter.done('reserve_scope', { scopes: ['docs'], bead: 'bd-2' });
    assert.deepEqual(
      activeIn(store).map(({ scope }) => scope),
      ['docs'],
    );
  });

  it('waits until the holder releases, in another process', async () => {
    const [holder, waiter] = await Promise.all([
      connect(store, { cwd: temp(), env: { BB_AGENT: 'agent-b' } }),
      connect(store, { cwd: temp(), env: { BB_AGENT: 'agent-a' }, modern: true }),
    ]);
    await holder.done('reserve_scope', { scopes: ['src'], bead: 'bd-1' });
    const granted = waiter.call('reserve_scope', { scopes: ['src/a.ts'], bead: 'bd-2', wait: 60 });
    await waiting();
    await holder.done('release_scope', { scopes: ['src'] });
    assert.match((await granted).text, /^Reserved src\/a\.ts until .*\n"agent-b" held "src" before you/);
  });

  it('shares one store with others at the same moment: each scope goes to one of them', async () => {
    const connections = await Promise.all(
      ['agent-a', 'agent-b'].map((agent) => connect(store, { cwd: temp(), env: { BB_AGENT: agent } })),
    );
    const scopes = Array.from({ length: 25 }, (_, index) => `src/${index}.ts`);
    const answers = await Promise.all(
      scopes.flatMap((scope) => connections.map((one) => one.call('reserve_scope', { scopes: [scope], bead: 'bd-1' }))),
    );
    assert.equal(answers.filter(({ ok }) => ok).length, scopes.length);
    assert.ok(answers.every(({ ok, error }) => ok || error?.code === 'RESERVATION_CONFLICT'));
    assert.deepEqual(
      activeIn(store)
        .map(({ scope }) => scope)
        .toSorted(),
      scopes.toSorted(),
    );
  });

  it('leaves a store that goes on after it was killed in the middle of its work', async () => {
    const server = start();
    server.say(INITIALIZE);
    await server.heard(1);
    server.say(INITIALIZED);
    for (let id = 2; id < 40; id++) {
      server.say(call(id, 'reserve_scope', { scopes: [`src/${id}.ts`], bead: 'bd-1' }));
    }
    await server.heard(2);
    const ended = once(server.child, 'close');
    server.child.kill('SIGKILL');
    await ended;
    const told = server
      .lines()
      .map((line) => JSON.parse(line))
      .filter(({ id }) => id >= 2).length;
    const next = await connect(store, { cwd: temp(), env: { BB_AGENT: 'agent-b' } });
    await next.done('reserve_scope', { scopes: ['docs'], bead: 'bd-1' });
    assert.ok(activeIn(store).length > told, 'what was answered is there');
    await next.done('release_scope', { all: true });
    assert.equal(historyIn(store).length, 1);
  });

  it('can be started by its own file too, with the options of the command', async () => {
    const other = seedStore(join(temp(), 'other'));
    const start = [MCP, '--store', other, '--agent', 'agent-b'];
    const connection = await connect(store, { cwd: temp(), start });
    await connection.done('reserve_scope', { scopes: ['src'], bead: 'bd-1' });
    assert.deepEqual([activeIn(store).length, activeIn(other)[0]?.agent_id], [0, 'agent-b']);
    assert.equal(connection.client.getServerVersion()?.name, 'agent-reservations');
  });

  /** Until somebody waits for what agent-b holds. */
  async function waiting(): Promise<void> {
    await eventually('somebody waits', () => activeIn(store).some(({ waiting = [] }) => waiting.length > 0));
  }

  describe('outlives what it is not told and cannot read, and answers', () => {
    const TOOLS = 10;
    /** What fails in the background has failed by then. */
    const SOON_MS = 300;

    for (const modern of [true, false]) {
      const protocol = modern ? '2026' : '2025';

      it(`an agent that nobody registered, in the protocol of ${protocol}`, async () => {
        const connection = await connect(store, { cwd: temp(), modern, env: { BB_AGENT: 'nobody-knows-me' } });
        assert.equal((await connection.client.listTools()).tools.length, TOOLS);
        await sleep(SOON_MS);
        assert.equal((await connection.client.listTools()).tools.length, TOOLS);
        assert.equal(
          (await connection.refused('reserve_scope', { scopes: ['src'], bead: 'b' })).code,
          'AGENT_NOT_FOUND',
        );
        assert.equal(/AGENT_NOT_FOUND/.test(connection.stderr), modern, connection.stderr);
      });

      it(`a store that cannot be read, in the protocol of ${protocol}`, async () => {
        const file = join(temp(), 'file');
        writeFileSync(file, 'no store');
        const connection = await connect(file, { cwd: temp(), modern, env: { BB_AGENT: 'agent-a' } });
        assert.equal((await connection.client.listTools()).tools.length, TOOLS);
        await sleep(SOON_MS);
        assert.equal((await connection.refused('list_reservations')).code, 'INTERNAL_ERROR');
        assert.equal((await connection.client.listTools()).tools.length, TOOLS);
        await assert.rejects(connection.client.readResource({ uri: 'agent-reservations://reservations' }));
        assert.equal((await connection.client.listTools()).tools.length, TOOLS);
      });
    }

    it('an agent that registers itself is told of its messages from then on', async () => {
      const connection = await connect(store, { cwd: temp(), modern: true, env: { BB_AGENT: 'agent-new' } });
      const updated: string[] = [];
      connection.client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
        updated.push(params.uri);
      });
      const inbox = 'agent-reservations://messages/agent-new';
      await connection.client.listen({ resourceSubscriptions: [inbox] });
      await connection.done('register_agent', { name: 'agent-new', role: 'tests' });
      await sleep(SOON_MS);
      const sender = await connect(store, { cwd: temp(), env: { BB_AGENT: 'agent-a' } });
      await sender.done('send_message', { to: 'agent-new', bead: 'b', category: 'INFO', subject: 's', body: 'b' });
      for (const end = Date.now() + 10_000; !updated.includes(inbox); await sleep(10)) {
        assert.ok(Date.now() < end, `told only of ${updated}`);
      }
    });

    it('a promise that nobody awaited', async () => {
      const preload = join(temp(), 'preload.cjs');
      writeFileSync(preload, "setTimeout(() => Promise.reject(new Error('nobody awaited me')), 300);");
      const env = { BB_AGENT: 'agent-a', NODE_OPTIONS: `--require "${preload.replaceAll('\\', '/')}"` };
      const connection = await connect(store, { cwd: temp(), env });
      for (const end = Date.now() + 10_000; !connection.stderr.includes('nobody awaited me'); await sleep(10)) {
        assert.ok(Date.now() < end, 'nothing was said of it');
      }
      assert.match(connection.stderr, /^agent-reservations: Something failed in the background: nobody awaited me\n$/);
      await connection.done('reserve_scope', { scopes: ['src'], bead: 'b' });
      assert.equal(activeIn(store).length, 1);
    });

    it('a standard error that nobody reads', async () => {
      const server = start();
      server.child.stderr.destroy();
      server.say('this is no JSON');
      server.say('nor is this');
      server.say(INITIALIZE);
      assert.equal((await server.heard(1)).result.serverInfo.name, 'agent-reservations');
    });
  });
});
