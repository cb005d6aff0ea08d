import assert from 'node:assert/strict';
import { type Before, contestedBy } from '../../../src/core/contested';
import type { Reservation } from '../../../src/core/reservation';
import { at, NOW, reservation } from '../../support/samples';

const P = '/p';
const created = reservation({ reservation_id: 'res_new', project: P, created_at: NOW.toISOString() });
const wanted = { scope: 'src/app', project: P };
const waiting = [{ agent_id: 'agent-a', scope: 'src/app', since: at(-30) }];
/** Of another agent, who released it five minutes ago, and because of whom agent-a had been refused. */
const ended = (fields: Partial<Reservation> = {}) =>
  reservation({
    agent_id: 'agent-b',
    scope: 'src',
    project: P,
    state: 'released',
    released_at: at(-5),
    waiting,
    ...fields,
  });
const judge = (before: Partial<Before>) =>
  contestedBy(created, wanted, { takenOver: [], active: [created], closed: [], ...before });

describe('contestedBy', () => {
  it("a takeover of another's, with what to do", () => {
    const contested = judge({ takenOver: [reservation({ agent_id: 'agent-b' })] });
    assert.deepEqual([contested?.because, contested?.previous_agent], ['takeover', 'agent-b']);
    assert.match(contested?.message ?? '', /read the files again/);
  });

  it('the first grant after a refusal', () => {
    const contested = judge({ closed: [ended()] });
    assert.deepEqual([contested?.because, contested?.previous_agent], ['after_conflict', 'agent-b']);
    assert.match(contested?.message ?? '', /"agent-b" held "src"/);
  });

  it('of several it names the last', () => {
    const closed = [ended({ released_at: at(-9) }), ended({ agent_id: 'agent-c', released_at: at(-3) }), ended()];
    assert.equal(judge({ closed })?.previous_agent, 'agent-c');
  });

  const calm: readonly (readonly [string, Partial<Before>])[] = [
    ['nothing has happened', {}],
    ['a takeover of its own', { takenOver: [reservation()] }],
    ['it was not refused', { closed: [ended({ waiting: [{ agent_id: 'agent-c', scope: 's', since: at(-30) }] })] }],
    ['it was elsewhere', { closed: [ended({ scope: 'docs' })] }],
    ['it was in another project', { closed: [ended({ project: '/q' })] }],
    ['it was a day ago', { closed: [ended({ released_at: at(-24 * 60) })] }],
    ['it expired a day ago', { closed: [ended({ state: 'expired', released_at: null, expires_at: at(-24 * 60) })] }],
    [
      'it holds a part of it since',
      { closed: [ended()], active: [reservation({ project: P, created_at: at(-5) }), created] },
    ],
    [
      'it had a part of it since',
      { closed: [ended(), reservation({ scope: 'src/app/x', project: P, created_at: at(-4), state: 'released' })] },
    ],
    ['it ended only afterwards', { closed: [ended({ released_at: at(1) })] }],
    ['it was its own', { closed: [ended({ agent_id: 'agent-a' })] }],
  ];
  for (const [name, before] of calm) {
    it(`not where ${name}`, () => assert.equal(judge(before), undefined));
  }

  it('still, where its other grants were before, or elsewhere', () => {
    const own = [
      reservation({ project: P, created_at: at(-6), state: 'released' }),
      reservation({ scope: 'docs', project: P, created_at: at(-1), state: 'released' }),
    ];
    assert.equal(judge({ closed: [ended(), ...own] })?.because, 'after_conflict');
  });
});
