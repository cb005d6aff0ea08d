/** A message is with all its recipients or with none, whatever stands in the way; and what was sent is never lost. */

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import type { Message } from '../../src/core/message';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { type FsCall, type Watched, watchFs } from '../support/fsCalls';
import { grantedData, refusal } from '../support/outcomes';
import { message } from '../support/samples';
import { seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const OUTBOX = 'messages/.outbox';
const AGENTS = ['agent-a', 'agent-b', 'agent-c', 'agent-d'];
const note = { from: 'agent-a', bead: 'bead-1', category: 'HANDOFF', subject: 'Over to you', body: 'All of it.' };
const left = message({ message_id: 'msg_20260213_220000_0a1b2c3d', to_agent: 'agent-b', requires_ack: true });

describe('sending', () => {
  const temp = useTempFolder();
  let root = '';
  let coordination: Coordination;
  let watched: Watched | undefined;

  beforeEach(() => {
    root = seedStore(join(temp(), 'store'), { agents: AGENTS });
    coordination = createCoordination(new FileStore(root), { random: () => randomHex(4) });
  });
  afterEach(() => {
    watched?.restore();
    watched = undefined;
  });

  function failAt(isHit: (call: FsCall) => boolean): void {
    watched = watchFs((call) => {
      if (isHit(call)) {
        throw Object.assign(new Error('EIO: injected'), { code: 'EIO' });
      }
    });
  }

  async function inboxOf(agent: string): Promise<readonly Message[]> {
    return grantedData(await coordination.inbox({ agent }));
  }

  const linesOf = (agent: string): number => {
    const path = join(root, 'messages', `${agent}.jsonl`);
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
  };

  async function assertNothingSent(): Promise<void> {
    assert.deepEqual(readdirSync(join(root, 'messages/index')), []);
    assert.ok(!existsSync(join(root, OUTBOX)), 'the outbox still has it');
    for (const agent of AGENTS) {
      assert.deepEqual(await inboxOf(agent), []);
    }
    assert.equal(grantedData(await coordination.status()).summary.unacked_required_messages, 0);
  }

  it('leaves no outbox behind', async () => {
    grantedData(await coordination.send({ ...note, to: 'broadcast' }));
    assert.ok(!existsSync(join(root, OUTBOX)));
    assert.deepEqual(AGENTS.map(linesOf), [0, 1, 1, 1]);
    assert.equal(readdirSync(join(root, 'messages/index')).length, 3);
  });

  it('to all, when the inbox of one cannot be written: refused with its path, and nobody has it', async () => {
    const blocked = join(root, 'messages/agent-c.jsonl');
    mkdirSync(blocked);
    const error = refusal(await coordination.send({ ...note, to: 'broadcast' }), 'INTERNAL_ERROR');
    assert.equal(error.details?.['path'], blocked);
    rmSync(blocked, { recursive: true });
    await assertNothingSent();
  });

  for (const nth of [1, 2, 3]) {
    it(`to all, when message file ${nth} of 3 cannot be renamed into place: refused, and nobody has it`, async () => {
      let count = 0;
      failAt(({ name, path }) => name === 'rename' && path.includes('index') && ++count === nth);
      refusal(await coordination.send({ ...note, to: 'broadcast' }), 'INTERNAL_ERROR');
      watched?.restore();
      assert.ok(count >= nth, 'the failure was not reached');
      await assertNothingSent();
    });
  }

  it('when the line cannot be written any more: sent, found by who reads, and finished by the next one', async () => {
    let count = 0;
    failAt(({ name, path }) => name === 'handle.write' && path.endsWith('agent-b.jsonl') && ++count > 0);
    const sent = grantedData(await coordination.send({ ...note, to: 'agent-b' }));
    watched?.restore();
    assert.ok(count > 0, 'the failure was not reached');
    assert.equal(linesOf('agent-b'), 0);
    assert.deepEqual(await inboxOf('agent-b'), [sent]);
    grantedData(await coordination.send({ ...note, to: 'agent-c' }));
    assert.equal(linesOf('agent-b'), 1);
    assert.ok(!existsSync(join(root, OUTBOX)));
    assert.deepEqual(await inboxOf('agent-b'), [sent]);
  });

  it('when the line is written and cannot be synced: sent, and there once', async () => {
    failAt(({ name, path }) => name === 'handle.sync' && path.endsWith('agent-b.jsonl'));
    const sent = grantedData(await coordination.send({ ...note, to: 'agent-b' }));
    watched?.restore();
    grantedData(await coordination.send({ ...note, to: 'agent-c' }));
    assert.equal(linesOf('agent-b'), 1);
    assert.deepEqual(await inboxOf('agent-b'), [sent]);
  });

  it('what a crash left in the outbox alone: in the inbox, in the status, and can be acknowledged', async () => {
    writeFileSync(join(root, OUTBOX), JSON.stringify([left]));
    assert.deepEqual(await inboxOf('agent-b'), [left]);
    assert.deepEqual(grantedData(await coordination.status()).unacked_required_messages, [left]);
    assert.deepEqual(grantedData(await coordination.showMessage({ message: left.message_id })), left);
    const acked = grantedData(await coordination.ack({ agent: 'agent-b', message: left.message_id }));
    assert.ok(!existsSync(join(root, OUTBOX)));
    assert.equal(linesOf('agent-b'), 1);
    assert.deepEqual(await inboxOf('agent-b'), [acked]);
  });

  for (const content of ['', '[{"message_id":"msg', '{}', '[{}]', Buffer.from([0xff, 0xfe])]) {
    it(`an outbox that cannot be understood (${JSON.stringify(String(content))}): put aside, and sending goes on`, async () => {
      writeFileSync(join(root, OUTBOX), content);
      assert.deepEqual(await inboxOf('agent-b'), []);
      const sent = grantedData(await coordination.send({ ...note, to: 'agent-b' }));
      assert.deepEqual(await inboxOf('agent-b'), [sent]);
      const aside = readdirSync(join(root, 'messages')).filter((name) => name.endsWith('.unreadable'));
      assert.equal(aside.length, 1);
      assert.deepEqual(readFileSync(join(root, 'messages', aside[0] ?? '')), Buffer.from(content));
    });
  }
});
