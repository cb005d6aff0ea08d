/** The command beside beadboard's `bb agent`. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Message } from '../../src/core/message';
import { Command } from '../support/cli';
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
