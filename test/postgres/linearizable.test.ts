/** Recorded histories of several processes on one server, explained by one order or not. */

import assert from 'node:assert/strict';
import { createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { record } from '../faults/linearizable/recorder';
import { instantNow, type WorkerOptions } from '../faults/linearizable/recording';
import { judge } from '../faults/linearizable/verdicts';
import { seeded } from '../faults/random';
import { grantedData } from '../support/outcomes';
import { PATIENCE_MS } from '../support/patience';
import { useDatabase } from '../support/sharedPostgres';

const SCOPES = ['src', 'src/*', 'docs'];
const AGENTS = ['agent-a', 'agent-b', 'agent-c'];
const PROCESSES = 8;
const ROUND_ANSWERS = 250;
const WANTED = ['reserve ok', 'reserve RESERVATION_CONFLICT', 'release ok'];

describe('recorded histories of eight processes on PostgreSQL', function () {
  this.timeout(4 * PATIENCE_MS);
  const database = useDatabase();

  for (const [name, killEvery] of [
    ['at work', undefined],
    ['with kill -9 all the time', 40],
  ] as const) {
    it(`${name}: every answer is explained by one order, and nothing is lost`, async () => {
      const store = database().open();
      const coordination = createCoordination(store, { random: () => randomHex(4) });
      for (const agent of AGENTS) {
        grantedData(await coordination.register({ name: agent, role: 'backend' }));
      }
      const random = seeded(Date.now() % 2 ** 31);
      const workers = Array.from(
        { length: PROCESSES },
        (_, number): WorkerOptions => ({
          root: database().url,
          kind: 'ours',
          number,
          seed: random.below(2 ** 31),
          scopes: SCOPES,
          agents: AGENTS,
          chains: 2,
          pause: 4,
          statusShare: 0.2,
        }),
      );
      const { calls, kills } = await record({
        workers,
        random,
        ...(killEvery === undefined ? {} : { killEvery }),
        isEnough: ({ answered, answers }) => answered >= ROUND_ANSWERS && WANTED.every((one) => answers[one]),
      });
      // What a killed process had sent may still be done: the lock says when all of it is.
      grantedData(await coordination.reserve({ agent: 'agent-a', scope: 'afterwards', bead: 'bd-1' }));
      const [{ records: active }, history] = await Promise.all([store.readActive(), store.readClosed(new Date(0))]);
      const { violations, lost, blocked } = judge(calls, { active, history, at: instantNow() }, SCOPES);
      assert.deepEqual([violations, lost, blocked], [[], [], []]);
      assert.equal(kills > 0, killEvery !== undefined);
    });
  }
});
