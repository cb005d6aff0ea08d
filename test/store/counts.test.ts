/** What operations ask of the system, in numbers that do not depend on the machine: more than this is a step back. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { type Call, hookCalls, unhookCalls } from '../faults/calls/fsHooks';
import { grantedData } from '../support/outcomes';
import { reservation } from '../support/samples';
import { seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const FAR = '2999-01-01T00:00:00.000Z';
const A = { agent: 'agent-a', bead: 'b' };

interface Counts {
  readonly calls: number;
  readonly opened: number;
  readonly syncs: number;
  readonly written: number;
}

describe('what an operation asks of the system', () => {
  const temp = useTempFolder();

  afterEach(() => unhookCalls());

  /** A store with so many held, and one grant and release behind it. */
  async function warm(active: number): Promise<Coordination> {
    const held = Array.from({ length: active }, (_, index) =>
      reservation({ reservation_id: `res_${index}`, scope: `held/${index}`, expires_at: FAR }),
    );
    const store = new FileStore(seedStore(join(temp(), 'store'), { active: held }));
    const coordination = createCoordination(store, { random: () => randomHex(4) });
    await cycle(coordination, 'first');
    return coordination;
  }

  async function cycle(coordination: Coordination, scope: string): Promise<void> {
    grantedData(await coordination.reserve({ ...A, scope }));
    grantedData(await coordination.release({ agent: A.agent, scope }));
  }

  async function countsOf(work: () => Promise<unknown>): Promise<Counts> {
    const calls: Call[] = [];
    hookCalls(tmpdir(), {
      before: (call) => {
        calls.push(call);
        return undefined;
      },
      after: () => undefined,
    });
    await work();
    unhookCalls();
    const of = (kinds: readonly Call['kind'][]) => calls.filter(({ kind }) => kinds.includes(kind));
    const bytes = ({ name, args: [data, , length] }: Call) =>
      !name.startsWith('handle.write') ? 0 : typeof length === 'number' ? length : Buffer.from(data as string).length;
    return {
      calls: calls.length,
      opened: of(['openRead', 'openWrite']).length,
      syncs: of(['sync']).length,
      written: of(['write']).reduce((sum, call) => sum + bytes(call), 0),
    };
  }

  function atMost(counts: Counts, limits: Counts): void {
    for (const [name, limit] of Object.entries(limits)) {
      const count = counts[name as keyof Counts];
      assert.ok(count <= limit, `${name}: ${count}, at most ${limit} so far; if there is a reason, say so here`);
    }
  }

  for (const active of [36, 1_000]) {
    it(`beside ${active}: reserve and release, five syncs, and each file once`, async () => {
      const coordination = await warm(active);
      const counts = await countsOf(() => cycle(coordination, 'second'));
      // The list twice, of some 275 bytes for each entry, and what has changed for the journal and the history.
      atMost(counts, { calls: 82, opened: 14, syncs: 5, written: 2 * (active + 2) * 275 + 3_000 });
      assert.ok(counts.syncs === 5 && counts.calls > 50, JSON.stringify(counts));
    });

    it(`beside ${active}: a look writes nothing, and reads no more of many than of few`, async () => {
      const coordination = await warm(active);
      grantedData(await coordination.status());
      const counts = await countsOf(() => coordination.status());
      atMost(counts, { calls: 30, opened: 8, syncs: 0, written: 0 });
    });
  }

  it('beside 200 messages that are done: they are read once', async () => {
    const coordination = await warm(1);
    for (let index = 0; index < 200; index++) {
      const id = `msg_20260101_000000_${index.toString(16).padStart(8, '0')}`;
      const message = { message_id: id, requires_ack: false, state: 'read', category: 'INFO', subject: 's', body: 'b' };
      const rest = {
        thread_id: 't',
        bead_id: 'b',
        from_agent: 'agent-b',
        to_agent: 'agent-a',
        read_at: FAR,
        acked_at: null,
      };
      const text = JSON.stringify({ ...message, ...rest, created_at: FAR });
      writeFileSync(join(temp(), 'store', 'messages', 'index', `${id}.json`), text);
    }
    const first = await countsOf(() => coordination.status());
    assert.ok(first.opened > 200);
    atMost(await countsOf(() => coordination.status()), { calls: 30, opened: 8, syncs: 0, written: 0 });
  });

  it('500 at once: a few commits, not 500', async () => {
    const coordination = await warm(1);
    const scopes = Array.from({ length: 500 }, (_, index) => `scope-${index}`);
    const counts = await countsOf(() => Promise.all(scopes.map((scope) => coordination.reserve({ ...A, scope }))));
    atMost(counts, { calls: 60, opened: 15, syncs: 4, written: 400_000 });
  });
});
