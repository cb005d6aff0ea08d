/** A process whose connections are all at work. */

import assert from 'node:assert/strict';
import { Client } from 'pg';
import { createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { StoreProblem } from '../../src/store/problem';
import { grantedData } from '../support/outcomes';
import { useDatabase } from '../support/sharedPostgres';

describe('a process whose connections are all at work', () => {
  const database = useDatabase();

  it('says so to who wants one more, and gives it to who comes when one is free', async () => {
    const store = database().open({ limits: { poolSize: 1, connectMs: 200, lockMs: 2_000 } });
    const one = createCoordination(store, { random: () => randomHex(4) });
    grantedData(await one.register({ name: 'agent-a', role: 'backend' }));
    const other = new Client({ connectionString: database().url });
    await other.connect();
    try {
      await other.query('begin; lock table agent_reservations.reservation in access exclusive mode');
      const slow = store.readClosed(new Date(0));
      const more = await Promise.allSettled(Array.from({ length: 20 }, () => store.readAgent('agent-a')));
      for (const answer of more) {
        assert.ok(answer.status === 'rejected' && answer.reason instanceof StoreProblem);
        assert.equal(answer.reason.kind, 'STORE_UNREACHABLE');
        assert.match(answer.reason.message, /^None of the 1 connections to .* Nothing was changed\. Try again/);
      }
      await other.query('rollback');
      assert.deepEqual(await slow, []);
      // At once: nobody has to wait for a server that was there all the time.
      grantedData(await one.reserve({ agent: 'agent-a', scope: 's', bead: 'bd-1', project: '/p' }));
    } finally {
      await other.end();
    }
  });
});
