/** Asking a holder to release, what those who asked are told, and grants that follow on somebody else's work. */

import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import type { Message } from '../../src/core/message';
import { HOUR_MS, MINUTE_MS } from '../../src/core/time';
import { FileStore } from '../../src/store/files/fileStore';
import { useDrivers } from '../support/driver';
import { grantedData, refusal } from '../support/outcomes';
import { NOW, reservation } from '../support/samples';
import { activeIn, FILES, historyIn, seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const A = { agent: 'agent-a', bead: 'bd-1', project: '/p' };
const B = { agent: 'agent-b', bead: 'bd-2', project: '/p' };
const ASK = { from: 'agent-b', scope: 'src/a.ts', reason: 'a fix', project: '/p' };

describe('requests over files', () => {
  const temp = useTempFolder();
  const start = useDrivers();
  let root: string;
  let now: number;
  let operations: Coordination;

  beforeEach(() => {
    root = seedStore(join(temp(), 'store'), { agents: ['agent-a', 'agent-b', 'agent-c'] });
    now = NOW.getTime();
    operations = begin();
  });

  /** A process that starts now, with a clock that stands still until it is moved. */
  function begin(): Coordination {
    let ids = 0;
    const clock = () => new Date(now);
    return createCoordination(new FileStore(root, { clock }), {
      clock,
      random: () => (++ids).toString(16).padStart(8, '0'),
    });
  }

  const inbox = async (agent: string): Promise<readonly Message[]> =>
    grantedData(await operations.inbox({ agent, limit: 500 })).toReversed();
  const told = async (agent: string) => (await inbox(agent)).map(({ from_agent, subject }) => [from_agent, subject]);

  describe('asking', () => {
    beforeEach(async () => {
      grantedData(await operations.reserve({ ...A, scope: 'src/*' }));
    });

    it('writes to the holder once, in the thread of its bead', async () => {
      const { requests, already } = grantedData(await operations.request({ ...ASK, bead: 'bd-2' }));
      const [message, ...more] = await inbox('agent-a');
      assert.deepEqual(more, []);
      assert.deepEqual(
        [message?.message_id, message?.thread_id, message?.category, message?.requires_ack, already],
        [requests[0]?.message_id, 'bead:bd-1', 'BLOCKED', true, false],
      );
      const [entry] = activeIn(root);
      assert.equal(entry?.waiting?.[0]?.message_id, message?.message_id);
      assert.deepEqual(message?.request, { reservation_id: entry?.reservation_id, scope: 'src/*', wanted: 'src/a.ts' });
      assert.deepEqual(
        grantedData(await operations.status()).unacked_required_messages.map(({ message_id }) => message_id),
        [message?.message_id],
      );
    });

    it('again, and from another process, answers with the same message and writes nothing', async () => {
      const first = grantedData(await operations.request(ASK));
      const files = [FILES.active, 'messages/agent-a.jsonl'].map((name) => join(root, name));
      const before = files.map((path) => readFileSync(path, 'utf8'));
      for (const one of [operations, begin()]) {
        const again = grantedData(await one.request({ ...ASK, reason: 'still' }));
        assert.deepEqual([again.already, again.requests[0]?.message_id], [true, first.requests[0]?.message_id]);
      }
      assert.deepEqual(
        files.map((path) => readFileSync(path, 'utf8')),
        before,
      );
    });

    it('many times at once is asking once', async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => operations.request(ASK)));
      assert.equal(new Set(answers.map((answer) => grantedData(answer).requests[0]?.message_id)).size, 1);
      assert.equal((await inbox('agent-a')).length, 1);
      assert.equal(
        readFileSync(join(root, 'messages', 'agent-a.jsonl'), 'utf8').split('\n').length,
        2,
        'it is there twice',
      );
    });

    it('a message that was acknowledged stays so when it is asked again', async () => {
      const [one] = grantedData(await operations.request(ASK)).requests;
      grantedData(await operations.ack({ agent: 'agent-a', message: one?.message_id ?? '' }));
      grantedData(await operations.request(ASK));
      assert.equal((await inbox('agent-a'))[0]?.state, 'acked');
    });

    it('after the reservation is over, a new one is asked for anew', async () => {
      grantedData(await operations.request(ASK));
      grantedData(await operations.release({ ...A, scope: 'src/*' }));
      refusal(await operations.request(ASK), 'RESERVATION_NOT_FOUND');
      grantedData(await operations.reserve({ ...A, scope: 'src' }));
      assert.equal(grantedData(await operations.request(ASK)).already, false);
      assert.equal((await inbox('agent-a')).length, 2);
    });
  });

  it('a crash at any call between the note and the message: asked again, there is one message', async () => {
    let deaths = 0;
    let repeated = 0;
    for (let step = 1; ; step++) {
      root = seedStore(join(temp(), `crash-${step}`));
      operations = begin();
      now = Date.now();
      grantedData(await operations.reserve({ ...A, scope: 'src/*' }));
      const [victim] = await start('ours', root);
      await victim?.call('dieAt', { call: step });
      const isOver = await victim?.call('request', ASK).then(
        () => true,
        () => false,
      );
      await victim?.kill();
      const again = grantedData(await begin().request(ASK));
      repeated += Number(again.already);
      const ids = (await inbox('agent-a')).map(({ message_id }) => message_id);
      assert.deepEqual(ids, [again.requests[0]?.message_id], `killed before call ${step}`);
      assert.equal(grantedData(await operations.showMessage({ message: ids[0] ?? '' })).to_agent, 'agent-a');
      if (isOver) {
        break;
      }
      deaths++;
    }
    assert.ok(deaths > 5 && repeated > 2 && repeated < deaths, `${deaths} deaths, ${repeated} of them after the note`);
  });

  describe('who had asked is told', () => {
    beforeEach(async () => {
      grantedData(await operations.reserve({ ...A, scope: 'src/*', ttl: 5 }));
      grantedData(await operations.request(ASK));
      refusal(await operations.reserve({ ...B, agent: 'agent-c', scope: 'src/b.ts' }), 'RESERVATION_CONFLICT');
    });

    const free = [['agent-a', '"src/*" is free now']];

    it('of a release; who was only refused is not', async () => {
      const released = grantedData(await operations.release({ ...A, scope: 'src/*' }));
      assert.ok(!('untold' in released));
      assert.deepEqual([await told('agent-b'), await told('agent-c')], [free, []]);
      const [message] = await inbox('agent-b');
      assert.deepEqual(message?.freed, { reservation_id: released.reservation_id, scope: 'src/*' });
      assert.equal(message?.thread_id, 'bead:bd-1');
    });

    it('of a sweep, once, whoever sweeps', async () => {
      now += 5 * MINUTE_MS;
      await Promise.all([operations.status(), begin().status(), operations.status()]);
      assert.deepEqual(await told('agent-b'), free);
    });

    it('of a release that came too late', async () => {
      now += 5 * MINUTE_MS;
      refusal(await operations.release({ ...A, scope: 'src/*' }), 'RESERVATION_NOT_FOUND');
      assert.deepEqual(await told('agent-b'), free);
    });

    it('of a takeover, by whom; who takes over is not', async () => {
      now += 5 * MINUTE_MS;
      grantedData(await operations.reserve({ ...B, agent: 'agent-c', scope: 'src/*', takeoverStale: true }));
      assert.deepEqual(await told('agent-b'), [['agent-a', '"src/*" was taken over by "agent-c"']]);
      grantedData(await operations.request(ASK));
      now += 120 * MINUTE_MS;
      grantedData(await operations.reserve({ ...B, scope: 'src/*', takeoverStale: true }));
      assert.equal((await told('agent-b')).length, 1);
    });

    it('of a force release, and so is the former holder', async () => {
      const [entry] = activeIn(root);
      const force = { reservation: entry?.reservation_id ?? '', by: 'agent-c', reason: 'gone home' };
      const released = grantedData(await operations.forceRelease(force));
      assert.deepEqual([released.released_by, released.reason], ['agent-c', 'gone home']);
      assert.deepEqual(historyIn(root), [released]);
      assert.deepEqual(await told('agent-b'), free);
      const letters = (await inbox('agent-a')).filter(({ forced }) => forced);
      assert.deepEqual(
        letters.map(({ from_agent, category, forced }) => [from_agent, category, forced?.scope]),
        [['agent-c', 'INFO', 'src/*']],
      );
    });

    it('where that cannot be delivered, the release stands, and the answer says who was not told', async () => {
      mkdirSync(join(root, 'messages', 'agent-b.jsonl'));
      const { untold, ...released } = grantedData(await operations.release({ ...A, scope: 'src/*' }));
      assert.deepEqual([untold?.agents, untold?.code], [['agent-b'], 'INTERNAL_ERROR']);
      assert.deepEqual([activeIn(root), historyIn(root)], [[], [released]]);
    });
  });

  describe('a contested grant', () => {
    it('after a refusal, the first one says to read the files again; the entry does not', async () => {
      grantedData(await operations.reserve({ ...A, scope: 'src/*' }));
      refusal(await operations.reserve({ ...B, scope: 'src/a.ts' }), 'RESERVATION_CONFLICT');
      now += MINUTE_MS;
      grantedData(await operations.release({ ...A, scope: 'src/*' }));
      const { contested, ...entry } = grantedData(await begin().reserve({ ...B, scope: 'src/a.ts' }));
      assert.deepEqual([contested?.because, contested?.previous_agent], ['after_conflict', 'agent-a']);
      assert.deepEqual(activeIn(root), [entry]);
      grantedData(await operations.release({ ...B, scope: 'src/a.ts' }));
      assert.ok(!('contested' in grantedData(await operations.reserve({ ...B, scope: 'src/a.ts' }))));
      assert.ok(!('contested' in grantedData(await operations.reserve({ ...A, scope: 'docs' }))));
    });

    it('a takeover', async () => {
      grantedData(await operations.reserve({ ...A, scope: 's', ttl: 5 }));
      now += 5 * MINUTE_MS;
      const taken = grantedData(await operations.reserve({ ...B, scope: 's', takeoverStale: true }));
      assert.deepEqual([taken.contested?.because, taken.contested?.previous_agent], ['takeover', 'agent-a']);
    });

    it('is found at the end of a long history, and a history that cannot be read takes no grant back', async () => {
      const old = reservation({ agent_id: 'agent-b', state: 'released', released_at: NOW.toISOString() });
      writeFileSync(join(root, FILES.history), `${JSON.stringify(old)}\n`.repeat(20_000));
      const waiting = [{ agent_id: 'agent-b', scope: 's', since: NOW.toISOString() }];
      const last = { ...old, agent_id: 'agent-a', scope: 's', waiting };
      appendFileSync(join(root, FILES.history), `${JSON.stringify(last)}\n{"torn`);
      const { contested } = grantedData(await operations.reserve({ ...B, scope: 's' }));
      assert.equal(contested?.because, 'after_conflict');
      rmSync(join(root, FILES.history));
      mkdirSync(join(root, FILES.history));
      const store = new FileStore(root);
      await assert.rejects(store.readRecentlyClosed('agent-b'));
    });

    it('of a history that grows long in between, only the end is looked at', async () => {
      const waiting = [{ agent_id: 'agent-b', scope: 's', since: NOW.toISOString() }];
      const closed = reservation({ scope: 's', state: 'released', released_at: NOW.toISOString() });
      const others = JSON.stringify({ ...closed, agent_id: 'agent-c' });
      writeFileSync(join(root, FILES.history), `${JSON.stringify({ ...closed, waiting })}\n`);
      const found = async () => (await new FileStore(root).readRecentlyClosed('agent-b')).length;
      assert.equal(await found(), 1);
      appendFileSync(join(root, FILES.history), `${others}\n`.repeat(2_000));
      assert.equal(await found(), 0);
    });
  });

  it('between processes: one asks, the other releases, the first is told and granted', async () => {
    const [one, two] = await start('ours', root, 2);
    assert.ok((await one?.call('reserve', { ...A, scope: 'src' }))?.ok);
    assert.equal((await two?.call('reserve', { ...B, scope: 'src/a.ts' }))?.error?.code, 'RESERVATION_CONFLICT');
    assert.ok((await two?.call('request', ASK))?.ok);
    assert.ok((await one?.call('release', { ...A, scope: 'src' }))?.ok);
    now = Date.now() + HOUR_MS;
    assert.deepEqual(await told('agent-b'), [['agent-a', '"src" is free now']]);
    const granted = (await two?.call('reserve', { ...B, scope: 'src/a.ts' }))?.data as { contested?: object };
    assert.ok(granted.contested);
  });
});
