/** Waiting beside many who work: few looks, and yet nothing is missed. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCoordination } from '../../src/coordination/coordination';
import { untilGranted } from '../../src/coordination/waiting';
import { granted, type Outcome, refused } from '../../src/core/envelope';
import { FileStore } from '../../src/store/files/fileStore';
import { grantedData } from '../support/outcomes';
import { seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const A = { agent: 'agent-a', bead: 'b', project: '/p' };
const LOOK_MS = 10;
/** A fiftieth of its time it looks; timers may fire a little early. */
const REST_MS = 50 * LOOK_MS - 20;

describe('waiting', () => {
  const temp = useTempFolder();
  let store: FileStore;
  let isFree: boolean;
  let looks: number;
  let changes: number;

  beforeEach(() => {
    store = new FileStore(seedStore(join(temp(), 'store')));
    isFree = false;
    looks = 0;
    changes = 0;
  });

  function wait(seconds: number, signal?: AbortSignal): Promise<Outcome<string>> {
    const conflicts = [{ agent_id: 'agent-b', expires_at: '2999-01-01T00:00:00.000Z' }];
    const outcome = (): Outcome<string> =>
      isFree ? granted('done') : refused('RESERVATION_CONFLICT', 'Taken.', { conflicts });
    return untilGranted(() => Promise.resolve(outcome()), {
      look: async () => {
        looks++;
        await sleep(LOOK_MS);
        return outcome();
      },
      agent: A.agent,
      seconds,
      store,
      clock: () => new Date(),
      signal,
    });
  }

  /** Others at work, until told to stop. */
  async function work(until: () => boolean): Promise<void> {
    const others = createCoordination(new FileStore(store.location), { random: () => '0123abcd' });
    while (!until()) {
      grantedData(await others.reserve({ ...A, scope: `src/${changes++}.ts` }));
    }
  }

  it('looks for a small part of its time, however much is changed', async () => {
    const started = performance.now();
    const waiting = wait(2).then(() => performance.now() - started);
    let isOver = false;
    const [ms] = await Promise.all([waiting.finally(() => (isOver = true)), work(() => isOver)]);
    assert.ok(looks > 1, 'changes did not have it look');
    assert.ok(looks <= 1 + ms / REST_MS, `${looks} looks in ${ms} ms`);
  });

  it('is granted what was freed by a single change while it rested', async () => {
    const waiting = wait(60);
    await work(() => looks > 0);
    await sleep(2 * LOOK_MS);
    isFree = true;
    await work(once());
    assert.deepEqual(await waiting, granted('done'));
  });

  it('ends at once where it is given up, also while it rests', async () => {
    const given = new AbortController();
    const waiting = wait(60, given.signal);
    await work(() => looks > 0);
    given.abort();
    const answer = await waiting;
    assert.equal(answer.ok, false);
  });
});

/** True from the second time on. */
function once(): () => boolean {
  let asked = 0;
  return () => asked++ > 0;
}
