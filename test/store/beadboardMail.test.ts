/** Messages beside beadboard's `bb agent`: whatever it sends, everything of ours shows, counts, reads and acknowledges. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import type { Envelope } from '../../src/core/envelope';
import { isMessageId, type Message } from '../../src/core/message';
import { FileStore } from '../../src/store/files/fileStore';
import { useDrivers } from '../support/driver';
import { grantedData, refusal } from '../support/outcomes';
import { createPeer } from '../support/peer';
import { peerId } from '../support/peerFiles';
import { seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const NOTE = { from: 'agent-a', to: 'agent-b', bead: 'b', category: 'BLOCKED', subject: 's', body: 'b' };

describe('messages that beadboard sends', () => {
  const temp = useTempFolder();
  const start = useDrivers();
  let root: string;
  let operations: Coordination;

  beforeEach(() => {
    root = seedStore(join(temp(), 'store'), { agents: ['agent-a', 'agent-b', 'agent-c'] });
    operations = createCoordination(new FileStore(root), { random: () => '0123abcd' });
  });

  it('200 of a process of its own are all listed, counted, read and acknowledged, and the doctor finds nothing', async () => {
    const [peer] = await start('peer', root);
    const sent: Message[] = [];
    for (let count = 0; count < 200; count++) {
      sent.push((await peer?.call('send', NOTE))?.data as Message);
    }
    const ids = new Set(sent.map(({ message_id }) => message_id));
    assert.ok(
      [...ids].some((id) => id.includes('.')),
      'the peer is kinder than the real program',
    );
    const inbox = grantedData(await operations.inbox({ agent: 'agent-b', limit: 500 }));
    assert.deepEqual(new Set(inbox.map(({ message_id }) => message_id)), ids);
    assert.equal(grantedData(await operations.status()).summary.unacked_required_messages, ids.size);
    const followed = await new FileStore(root).readInbox('agent-b');
    assert.deepEqual([followed.records.length, followed.problems], [ids.size, []]);
    // beadboard's files can be read by other users, which the doctor says; of the messages it has nothing to say.
    const findings = grantedData(await operations.doctor()).findings.filter(({ kind }) => kind !== 'WRONG_MODE');
    assert.deepEqual(findings, []);
    for (const message of ids) {
      assert.equal(grantedData(await operations.read({ agent: 'agent-b', message })).state, 'read');
      assert.equal(grantedData(await operations.ack({ agent: 'agent-b', message })).state, 'acked');
    }
    assert.equal(grantedData(await operations.status()).summary.unacked_required_messages, 0);
    const shown = (await peer?.call('inbox', { agent: 'agent-b', limit: 500 }))?.data as Message[];
    const states = shown.map(({ state }) => state);
    assert.deepEqual(new Set(states), new Set(['acked']));
    assert.deepEqual(readdirSync(join(root, 'messages', 'index')).sort(), [...ids].map((id) => `${id}.json`).sort());
  });

  it('ids of every length of the random part are taken', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        random,
        fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }),
        (part, at) => {
          const id = peerId('msg', at.toISOString(), part);
          for (const one of [id, `${id}_${'a'.repeat(48)}`]) {
            assert.match(one, /^msg_\d{8}_\d{6}(\.\d{3}Z)?_/);
            assert.ok(isMessageId(one), one);
          }
        },
      ),
    );
  });

  /** Random work on one store by both, one after the other: each sees the very same messages after each step. */
  it('both show the same inboxes, whichever sends, reads and acknowledges', async () => {
    const agents = ['agent-a', 'agent-b', 'agent-c'];
    const step = fc.record({
      by: fc.constantFrom('ours', 'peer'),
      from: fc.constantFrom(...agents),
      to: fc.constantFrom(...agents, 'broadcast', 'role:backend', 'role:none'),
      category: fc.constantFrom('HANDOFF', 'BLOCKED', 'DECISION', 'INFO'),
      after: fc.constantFrom('none', 'read', 'ack'),
    });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const store = seedStore(join(temp(), `run-${number++}`), { agents });
        let time = Date.parse('2026-11-30T21:38:06.000Z');
        const clock = () => new Date(time);
        const peer = createPeer(store, { clock });
        let random = 0;
        const ours = createCoordination(new FileStore(store, { clock }), {
          random: () => (random++).toString(16).padStart(8, '0'),
          clock,
        });
        for (const { by, after, ...what } of steps) {
          time += 1 + (number % 7) * 250;
          const input = { ...NOTE, ...what };
          const answer = (await (by === 'ours' ? ours : peer).send(input)) as Envelope<Message>;
          if (answer.ok && after !== 'none') {
            const { to_agent: agent, message_id: message } = answer.data;
            grantedData(await ours[after]({ agent, message }));
          }
          for (const agent of agents) {
            const theirs = ((await peer.inbox({ agent })) as { data: Message[] }).data;
            assert.deepEqual(byId(grantedData(await ours.inbox({ agent }))), byId(theirs));
          }
          const unacked = ((await peer.status()) as { data: { unacked_required_messages: Message[] } }).data;
          assert.deepEqual(
            byId(grantedData(await ours.status()).unacked_required_messages),
            byId(unacked.unacked_required_messages),
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it('to a role: every agent with it but the sender; nobody with it is UNKNOWN_RECIPIENT', async () => {
    grantedData(await operations.register({ name: 'agent-q', role: 'qa' }));
    const sent = grantedData(await operations.send({ ...NOTE, to: 'role:backend' }));
    assert.equal(sent.to_agent, 'agent-b');
    for (const [agent, count] of [
      ['agent-a', 0],
      ['agent-b', 1],
      ['agent-c', 1],
      ['agent-q', 0],
    ] as const) {
      assert.equal(grantedData(await operations.inbox({ agent })).length, count, agent);
    }
    refusal(await operations.send({ ...NOTE, to: 'role:none' }), 'UNKNOWN_RECIPIENT');
    refusal(await operations.send({ ...NOTE, from: 'agent-q', to: 'role:qa' }), 'UNKNOWN_RECIPIENT');
    refusal(await operations.send({ ...NOTE, to: 'role:' }), 'UNKNOWN_RECIPIENT');
  });
});

const byId = (messages: readonly Message[]) =>
  [...messages].sort((left, right) => (left.message_id < right.message_id ? -1 : 1));
