/** Work that nobody waits for: its failure is told, and what comes after it goes on. */

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCoordination } from '../../src/coordination/coordination';
import { LockQueue } from '../../src/store/files/queue';
import type { Store } from '../../src/store/store';
import { inBackground } from '../../src/util/background';
import { createMemoryStore } from '../support/memoryStore';

describe('work in the background', () => {
  it('tells what it failed with, once, and nothing where it did not', async () => {
    const told: unknown[] = [];
    const failure = new Error('failed');
    inBackground(Promise.reject(failure), (error) => told.push(error));
    inBackground(Promise.resolve(1), (error) => told.push(error));
    // A thenable of VS Code has no catch.
    // biome-ignore lint/suspicious/noThenProperty: it is what is tested.
    const thenable: PromiseLike<void> = { then: (done, failed) => Promise.reject(failure).then(done, failed) };
    inBackground(thenable, (error) => told.push(error));
    await sleep(1);
    assert.deepEqual(told, [failure, failure]);
  });

  it('ends nothing where what is told fails itself', async () => {
    const unhandled: unknown[] = [];
    const listen = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listen);
    try {
      inBackground(Promise.reject(new Error('one')), () => {
        throw new Error('two');
      });
      await sleep(5);
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', listen);
    }
  });
});

describe('the queue of a lock', () => {
  it('tells those who wait of what nobody foresaw, gives the lock back, and serves the next', async () => {
    let isBroken = true;
    let held = 0;
    const take = () => {
      held++;
      return Promise.resolve({
        assertHeld: () => undefined,
        release: () => {
          held--;
          return Promise.resolve();
        },
      });
    };
    const queue = new LockQueue<object>(take, {
      open: () => {
        if (isBroken) {
          throw new Error('unforeseen');
        }
        return {};
      },
      commit: () => Promise.resolve(),
    });
    await assert.rejects(
      queue.enqueue(() => 1, { needsCommit: true }),
      /unforeseen/,
    );
    assert.equal(held, 0);
    isBroken = false;
    assert.equal(await queue.enqueue(() => 2, { needsCommit: true }), 2);
    assert.equal(held, 0);
  });
});

describe('following a store', () => {
  it('goes on after a listener that throws', async () => {
    let changed: () => void = () => undefined;
    const store: Store = {
      ...createMemoryStore(() => new Date()),
      watch: (onChange) => {
        changed = () => onChange(new Set(['reservations']));
        return { dispose: () => undefined };
      },
    };
    let count = 0;
    const coordination = createCoordination(store, { random: () => '00000000', clock: () => new Date() });
    await coordination.register({ name: 'agent-a', role: 'tests' });
    const watched = await coordination.watch({
      onEvent: () => {
        count++;
        throw new Error('a listener that throws');
      },
    });
    assert.ok(watched.ok);
    for (const scope of ['one', 'two']) {
      const before = count;
      await coordination.reserve({ agent: 'agent-a', scope, bead: 'b' });
      changed();
      for (const end = Date.now() + 2_000; count === before; await sleep(5)) {
        assert.ok(Date.now() < end, `nothing was told of ${scope}`);
      }
    }
    watched.data.dispose();
  });
});
