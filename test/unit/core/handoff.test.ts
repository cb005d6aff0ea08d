import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkHandOver, handedOver, selectHandedOver, stillHandedOver, withHandOver } from '../../../src/core/handoff';
import type { SendRequest } from '../../../src/core/message';
import { isExpired, type Reservation } from '../../../src/core/reservation';
import { checkTake, decideTake, interruptedTakes, type TakeInput } from '../../../src/core/take';
import { grantedData, refusal } from '../../support/outcomes';
import { at, message, moment, NOW, reservation } from '../../support/samples';

const P = '/p';
const entry = (scope: string, fields: Partial<Reservation> = {}) =>
  reservation({ reservation_id: `res_${scope}`, scope, project: P, fence: 7, ...fields });
const isOver = (one: Reservation) => isExpired(one, NOW);
const SEND: SendRequest = {
  from: 'agent-a',
  recipients: ['agent-b'],
  to: 'agent-b',
  bead: 'bd-1',
  category: 'HANDOFF',
  subject: 's',
  body: 'b',
  thread: 'bead:bd-1',
};
const ACT = { agent: 'agent-b', message: message().message_id };
const offer = (...entries: readonly Reservation[]) => withHandOver(message(), entries);
const take = (active: readonly Reservation[], letter = offer(...active), input: TakeInput = {}, now = NOW) =>
  decideTake(active, grantedData(checkTake(letter, ACT, input)), moment(now), ['0000000a', '0000000b', '0000000c']);

describe('handing over', () => {
  it('wants a HANDOFF to one other agent, and something that is named in one way', () => {
    refusal(checkHandOver({ ...SEND, category: 'BLOCKED' }, { all: true }), 'INVALID_CATEGORY');
    refusal(checkHandOver({ ...SEND, to: 'broadcast', recipients: ['agent-b'] }, { all: true }), 'INVALID_ARGS');
    refusal(checkHandOver({ ...SEND, recipients: ['agent-a'] }, { all: true }), 'INVALID_ARGS');
    for (const input of [{}, { scopes: [] }, { scopes: [' '] }, { scopes: ['src'], all: true }]) {
      refusal(checkHandOver(SEND, input), 'INVALID_ARGS');
    }
    const many = Array.from({ length: 101 }, (_, index) => `s${index}`);
    refusal(checkHandOver(SEND, { scopes: many }), 'INVALID_ARGS');
    assert.equal(grantedData(checkHandOver(SEND, { all: true, project: P })).project, P);
  });

  it('is of what one holds: by scope, by id, or all of the project', () => {
    const active = [
      entry('src'),
      entry('elsewhere', { project: '/q' }),
      entry('theirs', { agent_id: 'agent-c' }),
      entry('over', { expires_at: at(0) }),
    ];
    const select = (input: object) => selectHandedOver(active, 'agent-a', { project: P, ...input }, isOver);
    const scopes = (input: object) => grantedData(select(input)).map(({ scope }) => scope);
    assert.deepEqual(scopes({ all: true }), ['src']);
    assert.deepEqual(scopes({ scopes: ['./src'], reservations: ['res_elsewhere', 'res_src'] }), ['src', 'elsewhere']);
    for (const name of ['theirs', 'over', 'elsewhere', 'no/such']) {
      assert.deepEqual(refusal(select({ scopes: ['src', name] }), 'RESERVATION_NOT_FOUND').details, {
        scope: name,
        from: 'agent-a',
      });
    }
    refusal(selectHandedOver([], 'agent-a', { all: true }, isOver), 'RESERVATION_NOT_FOUND');
  });

  it('stands in the message as data and in words, and beadboard keeps both', () => {
    const sent = offer(entry('src'), entry('docs', { fence: undefined as never }));
    assert.match(sent.body, /^Please take over\.\n\n"agent-a" holds these[\s\S]+- src \(held until .+\)\n- docs /);
    assert.deepEqual(JSON.parse(JSON.stringify(sent)).handoff, {
      scopes: [
        { reservation_id: 'res_src', scope: 'src', fence: 7 },
        { reservation_id: 'res_docs', scope: 'docs' },
      ],
    });
  });

  it('passes over what is no offer, whoever wrote it', () => {
    for (const handoff of [
      null,
      1,
      [],
      { scopes: 'src' },
      { scopes: [null, 1, { scope: 'src' }, { reservation_id: 1 }] },
    ]) {
      assert.deepEqual(handedOver(message({ handoff: handoff as never })), []);
    }
    const wrong = { scopes: [{ reservation_id: 'r', scope: 's', fence: '7' }] };
    assert.deepEqual(handedOver(message({ handoff: wrong as never })), []);
    assert.deepEqual(handedOver({ ...offer(entry('src')), category: 'INFO' }), []);
  });
});

describe('taking over', () => {
  it('is for the recipient of such a message', () => {
    refusal(checkTake(undefined, ACT, {}), 'MESSAGE_NOT_FOUND');
    refusal(checkTake(offer(entry('src')), { ...ACT, agent: 'agent-c' }, {}), 'ACK_FORBIDDEN');
    refusal(checkTake(message(), ACT, {}), 'INVALID_ARGS');
    refusal(checkTake(offer(entry('src')), ACT, { ttl: 1 }), 'INVALID_ARGS');
  });

  it('ends the one and grants the other, each saying so, with fences of their own', () => {
    const active = [entry('src'), entry('docs', { project: '/q' }), entry('mine', { agent_id: 'agent-b' })];
    const letter = offer(...active.slice(0, 2));
    const decision = take(active, letter, { ttl: 30, project: P, worktree: '/p-two' });
    const { taken, not_taken } = grantedData(decision.answer);
    assert.deepEqual(not_taken, []);
    const { message_id } = letter;
    assert.deepEqual(
      taken.map(({ scope, agent_id, bead_id, project, worktree, handoff }) => [
        ...[scope, agent_id, bead_id, project, worktree],
        handoff,
      ]),
      [
        ['src', 'agent-b', 'bd-1', P, '/p-two', { message_id, from: 'agent-a', reservation_id: 'res_src' }],
        ['docs', 'agent-b', 'bd-1', '/q', undefined, { message_id, from: 'agent-a', reservation_id: 'res_docs' }],
      ],
    );
    assert.deepEqual(new Set(taken.map(({ fence }) => fence)).size, 2);
    assert.equal(decision.fence, Math.max(...taken.map(({ fence = 0 }) => fence)));
    assert.ok(taken.every(({ expires_at }) => expires_at === at(30)));
    assert.deepEqual(
      decision.closed.map(({ state, released_at, handoff }) => [state, released_at, handoff?.to]),
      active.slice(0, 2).map(() => ['released', NOW.toISOString(), 'agent-b']),
    );
    assert.deepEqual(decision.active, [active[2], ...taken]);
  });

  it('takes only the very reservation that was handed over', () => {
    const letter = offer(entry('src'));
    const others: Partial<Reservation>[] = [
      { reservation_id: 'res_later' },
      { fence: 8 },
      { agent_id: 'agent-c' },
      { scope: 'src/app' },
      { expires_at: at(0) },
    ];
    for (const fields of others) {
      const active = [entry('src', fields)];
      const decision = take(active, letter);
      const { taken, not_taken } = grantedData(decision.answer);
      assert.deepEqual([taken, not_taken[0]?.code], [[], 'RESERVATION_NOT_FOUND'], JSON.stringify(fields));
      assert.equal(decision.active, active, 'something would be written');
      assert.deepEqual(decision.closed, []);
    }
  });

  it('once more changes nothing, and answers the same', () => {
    const letter = offer(entry('src'));
    const first = take([entry('src')], letter);
    const again = take(first.active, letter);
    assert.equal(again.active, first.active);
    assert.deepEqual(grantedData(again.answer), grantedData(first.answer));
  });

  it('of one that is renewed works, and what overlaps a third one is told', () => {
    const held = entry('src', { expires_at: at(90), renewed_at: at(-1) });
    const third = entry('src/a.ts', { agent_id: 'agent-c' });
    const { taken } = grantedData(take([held, third], offer(entry('src'))).answer);
    assert.deepEqual(
      taken[0]?.conflicts?.map(({ agent_id, overlap }) => [agent_id, overlap]),
      [['agent-c', 'within']],
    );
    assert.deepEqual(stillHandedOver(offer(entry('src')), [held, third], isOver), [held]);
  });

  it('leaves what a third one holds in the same words', () => {
    const { project: _, ...bare } = entry('src', { reservation_id: 'res_bare', agent_id: 'agent-c' });
    const active = [entry('src'), bare];
    const decision = take(active, offer(entry('src')));
    assert.equal(grantedData(decision.answer).not_taken[0]?.code, 'RESERVATION_CONFLICT');
    assert.equal(decision.active, active);
  });

  it('goes on where a crash has closed it and granted nothing, unless somebody has come in between', () => {
    const request = grantedData(checkTake(offer(entry('src')), ACT, {}));
    const handoff = { message_id: request.message, to: 'agent-b', reservation_id: 'res_lost' };
    const over = { ...entry('src'), state: 'released' as const, released_at: NOW.toISOString(), handoff };
    assert.deepEqual(interruptedTakes([over, entry('res_lost', { reservation_id: 'res_lost' })], request), []);
    assert.deepEqual(interruptedTakes([{ ...over, handoff: { ...handoff, to: 'agent-c' } }], request), []);
    const interrupted = interruptedTakes([over], request);
    assert.deepEqual(interrupted, [over]);
    const again = (active: readonly Reservation[]) => decideTake(active, request, moment(), ['0a'], interrupted);
    const decision = again([]);
    assert.deepEqual([decision.closed, grantedData(decision.answer).taken.length], [[], 1]);
    const other = [entry('src/a.ts', { agent_id: 'agent-c' })];
    assert.equal(grantedData(again(other).answer).not_taken[0]?.code, 'RESERVATION_CONFLICT');
  });

  it('never loses or doubles a reservation, and never touches what was not handed over', () => {
    const one = fc.record({
      scope: fc.constantFrom('src', 'docs'),
      agent_id: fc.constantFrom('agent-a', 'agent-a', 'agent-b', 'agent-c'),
      fence: fc.constantFrom(1, 1, 2),
      minutes: fc.constantFrom(-1, 30, 30),
    });
    let takenInAll = 0;
    fc.assert(
      fc.property(fc.array(one, { maxLength: 4 }), fc.array(one, { minLength: 1, maxLength: 3 }), (held, offered) => {
        const made = (list: typeof held) =>
          list.map(({ minutes, ...fields }) => entry(fields.scope, { ...fields, expires_at: at(minutes) }));
        const active = made(held);
        const decision = take(active, offer(...made(offered)));
        const { taken, not_taken } = grantedData(decision.answer);
        assert.equal(taken.length + not_taken.length, offered.length);
        for (const over of decision.closed) {
          assert.equal(over.agent_id, 'agent-a');
          assert.ok(offered.some(({ scope, fence }) => over.scope === scope && over.fence === fence));
        }
        const stay = active.filter((item) => decision.active.includes(item));
        assert.equal(stay.length + decision.closed.length, active.length, 'one is lost');
        assert.equal(decision.active.length, active.length, 'a grant for each that was closed, and no other');
        takenInAll += decision.closed.length;
      }),
      { numRuns: 2_000 },
    );
    assert.ok(takenInAll > 50, `only ${takenInAll} were taken over: the property shows nothing`);
  });
});
