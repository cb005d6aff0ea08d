/** Whose ready files count as waiting for the lock, and whose are removed. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LockOwner, serializeOwner, thisOwner } from '../../src/store/files/owner';
import { readyPath } from '../../src/store/files/readyFile';
import { Waiters } from '../../src/store/files/waiters';
import { endedPid } from '../support/doctored';
import { type Driver, useDrivers } from '../support/driver';
import { eventually } from '../support/patience';
import { FILES, seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const DEAD = 200;
const RESERVE = { agent: 'agent-a', scope: 'src', bead: 'b' };

describe('the ready files beside a lock', () => {
  const temp = useTempFolder();
  const start = useDrivers();
  let root: string;
  let lock: string;
  const now = () => BigInt(Date.now()) * 1_000_000n;
  const isOf = (pid: number | undefined) => (name?: string) => name?.includes(`.${pid}.`) === true;
  const ready = () => readdirSync(join(root, 'reservations')).filter((name) => name.endsWith('.ready'));

  beforeEach(() => {
    root = seedStore(join(temp(), 'store'));
    lock = join(root, FILES.lock);
  });

  /** As a process leaves it that is killed while it waits. */
  function plant(fields: Partial<LockOwner> = {}, content?: string, ageMs = 0): string {
    const token = Math.random().toString(16).slice(2).padEnd(16, '0');
    const owner = { ...thisOwner(token), ...fields };
    const path = readyPath(lock, owner.pid, token);
    writeFileSync(path, content ?? serializeOwner(owner));
    const then = new Date(Date.now() - ageMs);
    utimesSync(path, then, then);
    return path;
  }

  async function killedWhileWaiting(count: number): Promise<void> {
    const waiters = await start('ours', root, count);
    for (const waiter of waiters) {
      waiter.call('reserve', RESERVE).catch(() => undefined);
    }
    // An empty one is of somebody who is about to write it, and counts for a while.
    const written = () => ready().filter((name) => statSync(join(root, 'reservations', name)).size > 0);
    await eventually('all of them wait', () => written().length === count);
    await Promise.all(waiters.map((waiter) => waiter.kill()));
  }

  it('of processes that were killed while they waited: none counts, and the next that waits removes them', async () => {
    const [peer] = (await start('peer', root)) as [Driver];
    await peer.call('hold');
    await killedWhileWaiting(4);
    assert.equal(ready().length, 4);
    const [next] = (await start('ours', root)) as [Driver];
    const waiting = next.call('reserve', RESERVE);
    await eventually('its own is the only one', () => ready().length === 1 && isOf(next.pid)(ready()[0]));
    await peer.call('drop');
    assert.ok((await waiting).ok);
  });

  it(`${DEAD} of the dead make nobody's wait longer`, () => {
    const pid = endedPid();
    for (let count = 0; count < DEAD; count++) {
      plant({ pid });
    }
    const waiters = new Waiters(lock);
    plant();
    assert.equal(waiters.count(now), 1);
    assert.equal(ready().length, 1);
  });

  it('of a stopped process: it counts, and stays', async () => {
    const [holder, waiter] = (await start('ours', root, 2)) as [Driver, Driver];
    await holder.call('hold');
    const waiting = waiter.call('reserve', RESERVE);
    await eventually('it waits', () => ready().some(isOf(waiter.pid)));
    waiter.signal('SIGSTOP');
    const waiters = new Waiters(lock);
    const before = ready();
    assert.equal(waiters.count(now), before.length);
    // Longer than a verdict holds, so that its proof is looked for.
    await sleep(1_100);
    assert.equal(waiters.count(now), before.length);
    assert.deepEqual(ready(), before);
    waiter.signal('SIGCONT');
    await holder.call('drop');
    await waiting;
  });

  const cases: readonly (readonly [string, () => string, { readonly counts: boolean; readonly stays: boolean }])[] = [
    ['of a living process', () => plant(), { counts: true, stays: true }],
    ['of one that ended', () => plant({ pid: endedPid() }), { counts: false, stays: false }],
    ['of one whose pid another has by now', () => plant({ started: '1' }), { counts: false, stays: false }],
    ['of an earlier boot', () => plant({ boot: 'another' }), { counts: false, stays: false }],
    ['of another host', () => plant({ host: 'elsewhere', pid: endedPid() }), { counts: true, stays: true }],
    ['of another pid namespace', () => plant({ namespace: 'pid:[1]', pid: endedPid() }), { counts: true, stays: true }],
    [
      'of another host, and older than anybody waits',
      () => plant({ host: 'elsewhere', pid: endedPid() }, undefined, 11_000),
      { counts: false, stays: true },
    ],
    ['that is empty still', () => plant({ pid: endedPid() }, ''), { counts: true, stays: true }],
    ['that is empty for good', () => plant({ pid: endedPid() }, '', 11_000), { counts: false, stays: false }],
  ];
  for (const [what, make, { counts, stays }] of cases) {
    it(`${what}: it ${counts ? 'counts' : 'does not count'}, and ${stays ? 'stays' : 'is removed'}`, async () => {
      const path = make();
      const waiters = new Waiters(lock);
      waiters.count(now);
      // A pid that runs is believed at first, and looked into after a while.
      await sleep(1_100);
      assert.equal(waiters.count(now), counts ? 1 : 0);
      assert.equal(existsSync(path), stays);
    });
  }

  it('of who was about to claim a dead lock: it never counts, and goes with its process', () => {
    const name = (number: number) => `${lock}.1-2.break.1.${number}.ready`;
    writeFileSync(name(1), serializeOwner(thisOwner('a')));
    writeFileSync(name(2), serializeOwner({ ...thisOwner('b'), pid: endedPid() }));
    assert.equal(new Waiters(lock).count(now), 0);
    assert.deepEqual([existsSync(name(1)), existsSync(name(2))], [true, false]);
  });
});
