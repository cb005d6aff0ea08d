/** Wall clocks that are set: leases end when as much time has passed as they were granted for, and the lock goes on. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { grantedData, refusal } from '../support/outcomes';
import { activeIn, historyIn, scopesOf, seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A machine whose clocks a test can turn: `pass` moves both, `set` only the one on the wall. */
class Machine {
  private wall = Date.parse('2026-02-13T22:09:00.000Z');
  private up = 3 * DAY;
  boot = 'boot-1';

  pass(ms: number): void {
    this.wall += ms;
    this.up += ms;
  }

  set(ms: number): void {
    this.wall += ms;
  }

  restart(): void {
    this.boot = 'boot-2';
    this.up = MINUTE;
  }

  /** A process that starts now: nothing but the files is remembered. */
  operations(root: string) {
    const clock = () => new Date(this.wall);
    const store = new FileStore(root, { clock, steady: () => ({ boot: this.boot, ms: this.up }) });
    return createCoordination(store, { random: () => randomHex(4), clock });
  }
}

describe('a clock that is set', () => {
  const temp = useTempFolder();
  const mine = { agent: 'agent-a', scope: 'src/app', bead: 'b', ttl: 120 };
  const theirs = { ...mine, agent: 'agent-b', takeoverStale: true };
  let root: string;
  let machine: Machine;

  beforeEach(async () => {
    root = seedStore(join(temp(), 'store'));
    machine = new Machine();
    grantedData(await machine.operations(root).reserve(mine));
    machine.pass(10 * MINUTE);
  });

  it('forward by a day: nobody takes the lease over, and no sweep closes it, until its time has passed', async () => {
    machine.set(DAY);
    refusal(await machine.operations(root).reserve(theirs), 'RESERVATION_CONFLICT');
    assert.equal(grantedData(await machine.operations(root).status()).summary.expired, 0);
    assert.deepEqual(scopesOf(activeIn(root)), ['src/app']);
    assert.deepEqual(historyIn(root), []);
    machine.pass(107 * MINUTE);
    refusal(await machine.operations(root).reserve(theirs), 'RESERVATION_CONFLICT');
    machine.pass(3 * MINUTE);
    assert.equal(grantedData(await machine.operations(root).reserve(theirs)).agent_id, 'agent-b');
  });

  it('forward by a day: its holder can release it still', async () => {
    machine.set(DAY);
    assert.equal(grantedData(await machine.operations(root).release(mine)).state, 'released');
  });

  it('forward by a day: what is granted after that ends by the new clock', async () => {
    machine.set(DAY);
    grantedData(await machine.operations(root).reserve({ ...mine, scope: 'later', ttl: 30 }));
    machine.pass(30 * MINUTE);
    refusal(await machine.operations(root).reserve({ ...mine, scope: 'later' }), 'RESERVATION_STALE_FOUND');
  });

  it('back by a day: the lease goes on, and the store can be written', async () => {
    machine.set(-DAY);
    refusal(await machine.operations(root).reserve(theirs), 'RESERVATION_CONFLICT');
    grantedData(await machine.operations(root).reserve({ ...theirs, scope: 'other' }));
    grantedData(await machine.operations(root).release(mine));
  });

  it('forward and back again: as if nothing had been', async () => {
    machine.set(DAY);
    grantedData(await machine.operations(root).reserve({ ...theirs, scope: 'other' }));
    machine.set(-DAY);
    machine.pass(109 * MINUTE);
    refusal(await machine.operations(root).reserve(theirs), 'RESERVATION_CONFLICT');
    machine.pass(MINUTE);
    grantedData(await machine.operations(root).reserve(theirs));
  });

  it('control: without a jump the lease ends at the very instant', async () => {
    machine.pass(110 * MINUTE - 1);
    refusal(await machine.operations(root).reserve(theirs), 'RESERVATION_CONFLICT');
    machine.pass(1);
    grantedData(await machine.operations(root).reserve(theirs));
  });

  it('control: after a restart only the clock on the wall is left to go by', async () => {
    machine.restart();
    machine.set(DAY);
    grantedData(await machine.operations(root).reserve(theirs));
  });
});
