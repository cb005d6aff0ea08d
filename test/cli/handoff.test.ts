/** Handing scopes over and taking them, by the command. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Message } from '../../src/core/message';
import type { Taken } from '../../src/core/take';
import { Command } from '../support/cli';
import { activeIn } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const SEND = ['send', '--from', 'agent-a', '--bead', 'bd-1', '--category', 'HANDOFF', '--subject', 's', '--body', 'b'];

describe('handing over by the command', () => {
  const temp = useTempFolder();
  let command: Command;

  beforeEach(async () => {
    command = new Command(join(temp(), 'store'), temp());
    await command.register('agent-a', 'agent-b');
    await command.done(['reserve', '--agent', 'agent-a', '--bead', 'bd-1', '--scope', 'src', '--scope', 'docs']);
  });
  afterEach(() => command.end());

  const holders = () => activeIn(command.store).map(({ agent_id, scope }) => `${agent_id} ${scope}`);

  it('names scopes as release does, and the recipient takes them with --take', async () => {
    const { message_id, handoff, body } = await command.done<Message>([
      ...SEND,
      '--to',
      'agent-b',
      '--scope',
      './src/',
    ]);
    assert.deepEqual(
      handoff?.scopes.map(({ scope }) => scope),
      ['src'],
    );
    assert.match(body, /^b\n\n"agent-a" holds these.*\n- src \(held until /s);
    const about = ['ack', '--agent', 'agent-b', '--message', message_id];
    assert.equal((await command.json([...about, '--take', '--ttl', '1'])).code, 2);
    assert.deepEqual(holders().toSorted(), ['agent-a docs', 'agent-a src']);
    const { taken, not_taken, state } = await command.done<Message & Taken>([...about, '--take', '--ttl', '30']);
    assert.deepEqual([taken[0]?.scope, taken[0]?.worktree, not_taken, state], ['src', temp(), [], 'acked']);
    assert.deepEqual(holders().toSorted(), ['agent-a docs', 'agent-b src']);
  });

  it('says in words what is handed over, taken, and not taken any more', async () => {
    const { out } = await command.call([...SEND, '--to', 'agent-b', '--all']);
    assert.match(out, /^Sent msg_\S+ to agent-b\.\n(Hands over (src|docs), once it is taken\.\n){2}$/);
    const [, id = ''] = /(msg_\S+)/.exec(out) ?? [];
    await command.done(['release', '--agent', 'agent-a', '--scope', 'docs']);
    const taken = await command.call(['ack', '--agent', 'agent-b', '--message', id, '--take']);
    assert.equal(taken.code, 0);
    assert.match(taken.out, /Reserved src for 2 h \(res_\S+\)\.\n"agent-a" does not hold "docs" any more/);
  });

  it('hands over only by HANDOFF, to one, what is held', async () => {
    const refused = async (words: readonly string[]) => (await command.json(words)).error?.code;
    assert.equal(await refused([...SEND, '--to', 'broadcast', '--all']), 'INVALID_ARGS');
    assert.equal(await refused([...SEND, '--to', 'agent-b', '--scope', 'test']), 'RESERVATION_NOT_FOUND');
    const info = SEND.map((word) => (word === 'HANDOFF' ? 'INFO' : word));
    assert.equal(await refused([...info, '--to', 'agent-b', '--all']), 'INVALID_CATEGORY');
  });
});
