/** Scopes that change hands by a message: as operations, beside beadboard, raced for by processes, and cut off by crashes. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import type { Taken } from '../../src/core/take';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { type Answer, useDrivers } from '../support/driver';
import { grantedData, refusal } from '../support/outcomes';
import { activeIn, historyIn, seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const A = { agent: 'agent-a', bead: 'bd-1', project: '/p' };
const LETTER = { from: 'agent-a', bead: 'bd-1', category: 'HANDOFF', subject: 'Yours', body: 'Half done.' };

describe('handing over over files', () => {
  const temp = useTempFolder();
  const start = useDrivers();
  let root: string;
  let operations: Coordination;

  const begin = () => createCoordination(new FileStore(root), { random: () => randomHex(4) });
  beforeEach(() => {
    root = seedStore(join(temp(), 'store'), { agents: ['agent-a', 'agent-b', 'agent-c'] });
    operations = begin();
  });

  async function handOver(to: string, ...scopes: readonly string[]): Promise<string> {
    const sent = await operations.send({ ...LETTER, to, handOver: { scopes, project: '/p' } });
    return grantedData(sent).message_id;
  }

  it('the recipient takes what is offered with its acknowledgement, and who waited is told', async () => {
    grantedData(await operations.reserve({ ...A, scope: 'src' }));
    grantedData(await operations.reserve({ ...A, scope: 'docs' }));
    grantedData(await operations.request({ from: 'agent-c', scope: 'src/a.ts', reason: 'r', project: '/p' }));
    const message = await handOver('agent-b', 'src', 'docs');
    assert.equal(
      activeIn(root).every(({ agent_id }) => agent_id === 'agent-a'),
      true,
      'sending moves nothing',
    );
    grantedData(await operations.release({ agent: 'agent-a', scope: 'docs' }));
    const acked = grantedData(await operations.ack({ agent: 'agent-b', message, take: true, project: '/p' }));
    assert.deepEqual([acked.state, acked.taken?.map(({ scope }) => scope)], ['acked', ['src']]);
    assert.deepEqual(
      acked.not_taken?.map(({ scope, code }) => [scope, code]),
      [['docs', 'RESERVATION_NOT_FOUND']],
    );
    assert.deepEqual(
      activeIn(root).map(({ agent_id, scope }) => [agent_id, scope]),
      [['agent-b', 'src']],
    );
    const over = historyIn(root).find(({ scope }) => scope === 'src');
    assert.deepEqual([over?.agent_id, over?.state, over?.handoff?.to], ['agent-a', 'released', 'agent-b']);
    const [told] = grantedData(await operations.inbox({ agent: 'agent-c' }));
    assert.deepEqual(told?.freed?.taken_by, 'agent-b');
  });

  it('a plain acknowledgement takes nothing, and taking may follow it', async () => {
    grantedData(await operations.reserve({ ...A, scope: 'src' }));
    const message = await handOver('agent-b', 'src');
    const acked = grantedData(await operations.ack({ agent: 'agent-b', message }));
    assert.deepEqual([acked.state, 'taken' in acked, activeIn(root)[0]?.agent_id], ['acked', false, 'agent-a']);
    assert.equal(grantedData(await operations.ack({ agent: 'agent-b', message, take: true })).taken?.length, 1);
    assert.equal(grantedData(await operations.ack({ agent: 'agent-b', message, take: true })).taken?.length, 1);
    assert.equal(historyIn(root).length, 1);
    refusal(await operations.ack({ agent: 'agent-c', message, take: true }), 'ACK_FORBIDDEN');
  });

  it('refuses to hand over what is not held, and sends nothing then', async () => {
    grantedData(await operations.reserve({ ...A, scope: 'src' }));
    const wrong = { ...LETTER, to: 'agent-b', handOver: { scopes: ['src', 'docs'] } };
    refusal(await operations.send(wrong), 'RESERVATION_NOT_FOUND');
    refusal(await operations.send({ ...wrong, to: 'broadcast', handOver: { all: true } }), 'INVALID_ARGS');
    refusal(await operations.send({ ...wrong, category: 'INFO', handOver: { all: true } }), 'INVALID_CATEGORY');
    assert.deepEqual(grantedData(await operations.inbox({ agent: 'agent-b' })), []);
  });

  it('beadboard acknowledges such a message and keeps what it offers', async () => {
    grantedData(await operations.reserve({ ...A, scope: 'src' }));
    const message = await handOver('agent-b', 'src');
    const [peer] = await start('peer', root);
    assert.equal((await peer?.call('ack', { agent: 'agent-b', message }))?.ok, true);
    const taken = grantedData(await operations.ack({ agent: 'agent-b', message, take: true }));
    assert.equal(taken.taken?.[0]?.agent_id, 'agent-b');
  });

  it('two recipients of one reservation, in processes of their own: one has it, every time', async () => {
    const drivers = await start('ours', root, 2);
    for (let round = 0; round < 10; round++) {
      grantedData(await operations.reserve({ ...A, scope: `src/${round}` }));
      const messages = [await handOver('agent-b', `src/${round}`), await handOver('agent-c', `src/${round}`)];
      const answers = await Promise.all(
        drivers.map((driver, index) =>
          driver.call<Answer>('ack', {
            agent: index === 0 ? 'agent-b' : 'agent-c',
            message: messages[index],
            take: true,
          }),
        ),
      );
      const taken = answers.map(({ data }) => (data as Taken).taken.length);
      assert.deepEqual(taken.toSorted(), [0, 1], `round ${round}`);
      const holders = activeIn(root).filter(({ scope }) => scope === `src/${round}`);
      assert.deepEqual(
        holders.map(({ agent_id }) => agent_id),
        [taken[0] === 1 ? 'agent-b' : 'agent-c'],
      );
    }
    const fences = activeIn(root).map(({ fence }) => fence);
    assert.equal(new Set(fences).size, 10);
  });

  it('a crash at any call never leaves it with both, and taking again ends it', async () => {
    let deaths = 0;
    const holders = new Set<string>();
    for (let step = 1; ; step++) {
      root = seedStore(join(temp(), `crash-${step}`), { agents: ['agent-a', 'agent-b'] });
      operations = begin();
      grantedData(await operations.reserve({ ...A, scope: 'src' }));
      const message = await handOver('agent-b', 'src');
      const [victim] = await start('ours', root);
      await victim?.call('dieAt', { call: step });
      const isOver = await victim?.call('ack', { agent: 'agent-b', message, take: true }).then(
        () => true,
        () => false,
      );
      await victim?.kill();
      const held = grantedData(await begin().status({ readOnly: true })).reservations;
      assert.ok(held.length <= 1, `killed before call ${step}: two hold it`);
      holders.add(held[0]?.agent_id ?? 'nobody');
      const acked = grantedData(await begin().ack({ agent: 'agent-b', message, take: true }));
      assert.deepEqual([acked.state, acked.taken?.length], ['acked', 1], `killed before call ${step}`);
      assert.deepEqual(
        activeIn(root).map(({ agent_id }) => agent_id),
        ['agent-b'],
      );
      assert.equal(historyIn(root).filter(({ state }) => state === 'released').length, 1, `killed before call ${step}`);
      if (isOver) {
        break;
      }
      deaths++;
    }
    assert.ok(deaths > 5, `it died only ${deaths} times`);
    // Between the line of the history and the list, it is over already and not granted yet.
    assert.deepEqual([...holders].toSorted(), ['agent-a', 'agent-b', 'nobody']);
  });
});
