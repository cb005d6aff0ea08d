/** The command beside beadboard's `bb agent`. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Message } from '../../src/core/message';
import { Command } from '../support/cli';
import { makeRepository } from '../support/gitRepository';
import { createHeadPeer } from '../support/headPeer';
import { put, Surroundings } from '../support/hookedRepository';
import { repoRoot } from '../support/paths';
import { createPeer } from '../support/peer';
import { useTempFolder } from '../support/tempFolder';

describe('what beadboard sent, by the command', () => {
  const temp = useTempFolder();
  let command: Command;

  beforeEach(async () => {
    command = new Command(join(temp(), 'store'), temp());
    await command.register('agent-a', 'agent-b');
  });
  afterEach(() => command.end());

  it('is listed, counted, read and acknowledged by an id with milliseconds', async () => {
    // The id of a message of this time has a dot for sure.
    const peer = createPeer(command.store, { clock: () => new Date('2026-11-30T21:38:06.482Z') });
    const note = { from: 'agent-a', to: 'agent-b', bead: 'bd-1', category: 'HANDOFF', subject: 's', body: 'b' };
    const { message_id: id } = ((await peer.send(note)) as { data: Message }).data;
    assert.match(id, /^msg_20261130_213806\.482Z_/);
    const listed = await command.done<Message[]>(['inbox', '--agent', 'agent-b']);
    assert.deepEqual(
      listed.map(({ message_id, state }) => [message_id, state]),
      [[id, 'unread']],
    );
    const { unacked_required_messages: unacked } = await command.done<{ unacked_required_messages: Message[] }>([
      'status',
    ]);
    assert.equal(unacked[0]?.message_id, id);
    const acting = ['--agent', 'agent-b', '--message', id];
    assert.equal((await command.done<Message>(['read', ...acting])).state, 'read');
    assert.equal((await command.done<Message>(['ack', ...acting])).state, 'acked');
    const { out } = await command.call(['inbox', '--agent', 'agent-b']);
    assert.ok(out.includes(id), out);
  });
});

describe('what beadboard has reserved since March 2026', () => {
  const temp = useTempFolder();
  let command: Command;
  let shop: string;

  beforeEach(async () => {
    shop = join(temp(), 'shop');
    put(join(shop, 'src/lib/a.ts'), 'a');
    makeRepository(shop);
    command = new Command(join(temp(), 'store'), shop);
    await command.register('agent-a');
    const head = createHeadPeer(command.store, shop, new Map([['bd-agent', new Date()]]));
    const { ok } = (await head.reserve({ agent: 'bd-agent', scope: 'src/lib', bead: 'bd-9' })) as { ok: boolean };
    assert.ok(ok);
  });
  afterEach(() => command.end());

  it('is in the way of the command, from any folder, and told by check', async () => {
    const wanted = ['--agent', 'agent-a', '--bead', 'b', '--scope'];
    for (const [cwd, scope] of [
      [shop, 'src/lib'],
      [shop, 'src/**'],
      [shop, join(shop, 'src/lib/a.ts')],
      [join(shop, 'src'), './lib'],
    ] as const) {
      const { code, error } = await command.json(['reserve', ...wanted, scope], { cwd });
      assert.deepEqual([code, error?.code], [3, 'RESERVATION_CONFLICT'], scope);
    }
    for (const path of ['src/lib/a.ts', join(shop, 'src/lib/a.ts')]) {
      const check = await command.done<{ summary: { held: number } }>(['check', path]);
      assert.equal(check.summary.held, 1, path);
    }
    const { out } = await command.call(['status']);
    assert.match(out, /src\/lib +bd-agent/);
  });

  it('is guarded: a coding agent is kept from editing it, and git from committing it', async () => {
    const around = new Surroundings(join(temp(), 'home'), command.store);
    const launcher = join(repoRoot, 'bin', 'agent-reservations');
    const env = { BB_AGENT: 'agent-a' };
    const file = join(shop, 'src/lib/a.ts');
    const input = JSON.stringify({
      cwd: shop,
      hook_event_name: 'PreToolUse',
      tool_name: 'Write',
      tool_input: { file_path: file },
    });
    const asked = await around.run(launcher, ['hooks', 'run', '--for', 'claude-code'], { cwd: shop, env, input });
    assert.match(asked.out, /bd-agent/);
    assert.equal((await around.run(launcher, ['guard', 'install'], { cwd: shop })).code, 0);
    put(file, 'changed');
    await around.git(shop, ['add', '--all']);
    const commit = await around.git(shop, ['commit', '--quiet', '--message', 'x'], env);
    assert.notEqual(commit.code, 0);
    assert.match(commit.err, /bd-agent/);
  });
});
