/** What the simulation finds fault with, on accounts that are wrong in one way each. */

import assert from 'node:assert/strict';
import { judge, type Stored } from '../../../bench/simulation/judge';
import { emptyLog, type Holding, type Log } from '../../../bench/simulation/log';
import type { Message } from '../../../src/core/message';
import type { Reservation } from '../../../src/core/reservation';

const at = (minute: number) => Date.UTC(2026, 0, 1, 9, minute);
const iso = (minute: number) => new Date(at(minute)).toISOString();

function closed(id: string, agent: string, scope: string, from: number, to: number): Reservation {
  const times = { created_at: iso(from), expires_at: iso(from + 20), released_at: iso(to) };
  return { reservation_id: id, scope, agent_id: agent, bead_id: 'bd-1', state: 'released', ...times };
}

function held(id: string, agent: string, scope: string, from: number, to: number): Holding {
  return { id, agent, scope, from: at(from), to: at(to), released: true };
}

const FIRST = closed('res_1', 'amber-otter', 'src/**', 0, 5);
const SECOND = closed('res_2', 'cobalt-harbor', 'src/a.ts', 5, 8);
const MESSAGE = { message_id: 'msg_1', state: 'acked' } as Message;
const SOUND: Stored = { active: [], history: [FIRST, SECOND], messages: [MESSAGE] };

function seen(some: Partial<Log> = {}): Log {
  const holdings = [held('res_1', 'amber-otter', 'src/**', 1, 5), held('res_2', 'cobalt-harbor', 'src/a.ts', 6, 8)];
  return { ...emptyLog(), holdings, sent: ['msg_1'], acked: ['msg_1'], ...some };
}

describe('The judge of the simulation', () => {
  it('finds nothing where one begins in the moment in which the other ends', () => {
    assert.deepEqual(judge(SOUND, seen()), { heldTwice: [], seenTwice: [], lost: [] });
  });

  it('finds two that the store let hold what overlaps, and leaves one agent its own', () => {
    const early = closed('res_2', 'cobalt-harbor', 'src/a.ts', 4, 8);
    assert.equal(judge({ ...SOUND, history: [FIRST, early] }, seen()).heldTwice.length, 1);
    assert.equal(judge({ ...SOUND, history: [FIRST], active: [early] }, seen({ holdings: [] })).heldTwice.length, 1);
    assert.deepEqual(
      judge({ ...SOUND, history: [FIRST, { ...early, agent_id: 'amber-otter' }] }, seen()).heldTwice,
      [],
    );
  });

  it('takes a lease for over at its end, whenever it was closed', () => {
    const late = { ...FIRST, state: 'expired' as const, released_at: null };
    const beside = (from: number) => closed('res_2', 'cobalt-harbor', 'src/a.ts', from, from + 2);
    assert.equal(judge({ ...SOUND, history: [late, beside(19)] }, seen({ holdings: [] })).heldTwice.length, 1);
    assert.deepEqual(judge({ ...SOUND, history: [late, beside(20)] }, seen({ holdings: [] })).heldTwice, []);
  });

  it('finds two that both took a scope for theirs, though the store tells it otherwise', () => {
    const holdings = [held('res_1', 'amber-otter', 'src/**', 1, 7), held('res_2', 'cobalt-harbor', 'src/a.ts', 6, 8)];
    assert.equal(judge(SOUND, seen({ holdings })).seenTwice.length, 1);
  });

  it('misses a grant, a release and a message that were acknowledged', () => {
    const lost = (stored: Partial<Stored>) => judge({ ...SOUND, ...stored }, seen()).lost;
    assert.match(lost({ history: [FIRST] }).join(), /^res_2 src\/a\.ts of cobalt-harbor was released/);
    assert.match(lost({ history: [FIRST, { ...SECOND, state: 'expired' }] }).join(), /^res_2 .* was released/);
    assert.match(lost({ messages: [] }).join(), /msg_1 was sent.*msg_1 was acknowledged/);
    assert.match(lost({ messages: [{ ...MESSAGE, state: 'read' }] }).join(), /^msg_1 was acknowledged/);
    const granted = [{ ...held('res_3', 'amber-otter', 'docs', 9, 10), released: false }];
    assert.match(judge(SOUND, seen({ holdings: granted })).lost.join(), /^res_3 docs of amber-otter was granted/);
  });

  it('finds what is closed twice, or closed and active', () => {
    assert.match(judge({ ...SOUND, history: [FIRST, FIRST, SECOND] }, seen()).lost.join(), /closed twice/);
    assert.match(judge({ ...SOUND, active: [SECOND] }, seen()).lost.join(), /closed and active/);
  });
});
