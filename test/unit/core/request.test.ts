import assert from 'node:assert/strict';
import { hasSafeIds } from '../../../src/core/message';
import {
  type Asked,
  askersOf,
  checkRequest,
  composeForced,
  composeFreed,
  composeRequest,
  decideRequest,
  type ReleaseRequested,
  type RequestInput,
} from '../../../src/core/request';
import type { Reservation } from '../../../src/core/reservation';
import { MAX_WAITING } from '../../../src/core/waiting';
import { grantedData, refusal } from '../../support/outcomes';
import { at, moment, NOW, reservation } from '../../support/samples';

const P = '/p';
const request: ReleaseRequested = { from: 'agent-a', scope: 'src/app', reason: 'a fix', bead: 'bd-9', project: P };
const held = (fields: Partial<Reservation> = {}) => reservation({ agent_id: 'agent-b', project: P, ...fields });
const decide = (active: readonly Reservation[], random = '0123abcd') =>
  decideRequest(active, request, moment(), random);
const FIRST = 'msg_20260213_220900_0123abcd';

describe('checkRequest', () => {
  it('asks who it is, then for scope and reason, then whether the scope compiles', () => {
    refusal(checkRequest({ from: 'nobody', scope: '', reason: '' }, false), 'AGENT_NOT_FOUND');
    for (const [input, missing] of [
      [{}, ['scope', 'reason']],
      [{ scope: 's' }, ['reason']],
      [{ scope: ' ', reason: 'r' }, ['scope']],
    ] as const) {
      assert.deepEqual(refusal(checkRequest(input as unknown as RequestInput, true), 'INVALID_ARGS').details, {
        missing,
      });
    }
    refusal(checkRequest({ from: 'agent-a', scope: '../x', reason: 'r' }, true), 'INVALID_ARGS');
    const input = { from: ' agent-a ', scope: './src/app/', reason: ' a fix ', bead: ' bd-9 ', project: P };
    assert.deepEqual(grantedData(checkRequest(input, true)), request);
  });
});

describe('decideRequest', () => {
  it('notes on each entry in the way by which message its holder is asked', () => {
    const [same, wider] = [held(), held({ reservation_id: 'res_2', scope: 'src', agent_id: 'agent-c' })];
    const others = [held({ scope: 'docs' }), held({ agent_id: 'agent-a', scope: 'src' }), held({ expires_at: at(0) })];
    const { active, closed, answer } = decide([same, wider, ...others]);
    const { requests, total, already } = grantedData(answer);
    assert.deepEqual(
      requests.map((one) => [one.agent_id, one.overlap, one.message_id, one.already]),
      [
        ['agent-b', 'exact', FIRST, false],
        ['agent-c', 'contains', `${FIRST}_2`, false],
      ],
    );
    assert.deepEqual([total, already], [2, false]);
    const waiter = { agent_id: 'agent-a', scope: 'src/app', since: NOW.toISOString() };
    assert.deepEqual(active, [
      { ...same, waiting: [{ ...waiter, message_id: FIRST }] },
      { ...wider, waiting: [{ ...waiter, message_id: `${FIRST}_2` }] },
      ...others,
    ]);
    assert.deepEqual(closed, []);
  });

  it('asked again, answers with the same messages and changes nothing', () => {
    const first = decide([held()]);
    const again = decide(first.active, 'ffffffff');
    assert.equal(again.active, first.active);
    const { requests, already } = grantedData(again.answer);
    assert.deepEqual([requests[0]?.message_id, requests[0]?.already, already], [FIRST, true, true]);
  });

  it('a new entry in the way is asked for, beside the one that had been', () => {
    const [first] = decide([held()]).active;
    const { requests, already } = grantedData(
      decide([first as Reservation, held({ reservation_id: 'res_2', scope: 'src' })], 'ffffffff').answer,
    );
    assert.deepEqual(
      requests.map((one) => one.already),
      [true, false],
    );
    assert.equal(already, false);
  });

  it('who had been refused keeps its place and the time', () => {
    const waiting = [
      { agent_id: 'agent-a', scope: 'src', since: at(-5) },
      { agent_id: 'agent-c', scope: 'src', since: at(-4) },
    ];
    const [entry] = decide([held({ waiting })]).active;
    assert.deepEqual(
      entry?.waiting?.find(({ agent_id }) => agent_id === 'agent-a'),
      {
        agent_id: 'agent-a',
        scope: 'src/app',
        since: at(-5),
        message_id: FIRST,
      },
    );
    assert.equal(entry?.waiting?.length, 2);
  });

  it('a full list forgets a refusal for it; where all on it have asked, the holder is not asked', () => {
    const waiters = Array.from({ length: MAX_WAITING }, (_, n) => ({
      agent_id: `agent-${n}x`,
      scope: 's',
      since: at(-5),
      message_id: `msg_${n}`,
    }));
    const full = [held({ waiting: waiters })];
    const refused = decide(full);
    assert.equal(refused.active, full);
    assert.deepEqual(
      grantedData(refused.answer).requests.map((one) => one.message_id),
      [null],
    );
    const { message_id: _, ...mere } = waiters[7] as (typeof waiters)[number];
    const [entry] = decide([held({ waiting: waiters.with(7, mere as (typeof waiters)[number]) })]).active;
    assert.equal(entry?.waiting?.length, MAX_WAITING);
    assert.ok(!entry?.waiting?.some(({ agent_id }) => agent_id === 'agent-7x'));
  });

  for (const [name, active] of [
    ['nobody holds it', [held({ scope: 'docs' })]],
    ['only the one who asks', [held({ agent_id: 'agent-a' })]],
    ['only an expired one', [held({ expires_at: at(0) })]],
    ['another project', [held({ project: '/q' })]],
  ] as const) {
    it(`${name}: RESERVATION_NOT_FOUND, it can simply be reserved`, () => {
      const decision = decide(active);
      assert.match(refusal(decision.answer, 'RESERVATION_NOT_FOUND').message, /can simply be reserved/);
      assert.equal(decision.active, active);
    });
  }
});

describe('the messages', () => {
  it('the holder is asked in the thread of its own bead, and has to acknowledge', () => {
    const [asked] = grantedData(decide([held({ scope: 'src' })]).answer).requests;
    const message = composeRequest(asked as Asked & { message_id: string }, request, NOW);
    assert.deepEqual(message, {
      message_id: FIRST,
      thread_id: 'bead:bd-1',
      bead_id: 'bd-1',
      from_agent: 'agent-a',
      to_agent: 'agent-b',
      category: 'BLOCKED',
      subject: 'Please release "src"',
      body: 'a fix\n\n"agent-a" wants "src/app" for "bd-9", and waits for your reservation res_20260213_215900_0a1b2c3d.',
      state: 'unread',
      requires_ack: true,
      created_at: NOW.toISOString(),
      read_at: null,
      acked_at: null,
      request: { reservation_id: 'res_20260213_215900_0a1b2c3d', scope: 'src', wanted: 'src/app' },
    });
    assert.ok(hasSafeIds(message));
  });

  const waiting = [
    { agent_id: 'agent-a', scope: 'src/app', since: at(-5), message_id: 'msg_1' },
    { agent_id: 'agent-c', scope: 'src', since: at(-5) },
    { agent_id: 'agent-d', scope: 'src', since: at(-5), message_id: 'msg_2' },
  ];

  it('who had asked is told that it is free, from the former holder; who was only refused is not', () => {
    const askers = askersOf([held({ waiting }), held({ reservation_id: 'res_2' })]);
    const [one, two, ...more] = composeFreed(askers, undefined, NOW, '0123abcd');
    assert.deepEqual(more, []);
    assert.deepEqual(
      [one?.message_id, one?.from_agent, one?.to_agent, one?.category, one?.thread_id, one?.requires_ack],
      [FIRST, 'agent-b', 'agent-a', 'INFO', 'bead:bd-1', false],
    );
    assert.equal(one?.subject, '"src/app" is free now');
    assert.deepEqual(one?.freed, { reservation_id: 'res_20260213_215900_0a1b2c3d', scope: 'src/app' });
    assert.deepEqual([two?.message_id, two?.to_agent], [`${FIRST}_2`, 'agent-d']);
  });

  it('who has ended it is not told; of a takeover it is told who holds it', () => {
    const askers = askersOf([held({ waiting })], 'agent-a');
    assert.deepEqual(
      askers.map(({ agent }) => agent),
      ['agent-d'],
    );
    const [message] = composeFreed(askers, 'agent-a', NOW, '0123abcd');
    assert.equal(message?.subject, '"src/app" was taken over by "agent-a"');
    assert.equal(message?.freed?.taken_by, 'agent-a');
  });

  it('a holder is told by whom its reservation was released, and why', () => {
    const message = composeForced(held({ released_by: 'agent-a', reason: 'gone home' }), NOW, '0123abcd');
    assert.deepEqual([message.from_agent, message.to_agent, message.category], ['agent-a', 'agent-b', 'INFO']);
    assert.match(message.body, /^gone home\n/);
    assert.deepEqual(message.forced, { reservation_id: 'res_20260213_215900_0a1b2c3d', scope: 'src/app' });
  });
});
