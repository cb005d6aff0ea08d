/** What was closed of late, as the store on a server finds it. */

import assert from 'node:assert/strict';
import { createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { codeOf, grantedData } from '../support/outcomes';
import { useDatabase } from '../support/sharedPostgres';

describe('what was closed of late on PostgreSQL', () => {
  const database = useDatabase();

  it('holds a conflict against an agent once, also where others waited for what it then held', async () => {
    const store = database().open();
    const one = createCoordination(store, { random: () => randomHex(4) });
    for (const name of ['agent-a', 'agent-b', 'agent-c']) {
      grantedData(await one.register({ name, role: 'backend' }));
    }
    const by = (agent: string) => ({ agent, scope: 'src', bead: 'bd-1', project: '/p' });
    grantedData(await one.reserve(by('agent-a')));
    assert.equal(codeOf(await one.reserve(by('agent-b'))), 'RESERVATION_CONFLICT');
    grantedData(await one.release(by('agent-a')));
    assert.equal(grantedData(await one.reserve(by('agent-b'))).contested?.previous_agent, 'agent-a');
    assert.equal(codeOf(await one.reserve(by('agent-c'))), 'RESERVATION_CONFLICT');
    grantedData(await one.release(by('agent-b')));
    // It has worked there since, so it knows the files.
    assert.equal(grantedData(await one.reserve(by('agent-b'))).contested, undefined);
    grantedData(await one.release(by('agent-b')));
    assert.equal(grantedData(await one.reserve(by('agent-c'))).contested?.previous_agent, 'agent-b');
  });
});
