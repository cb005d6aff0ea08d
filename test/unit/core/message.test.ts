import assert from 'node:assert/strict';
import {
  checkInbox,
  checkMessageAction,
  checkSend,
  composeMessages,
  decideAck,
  decideRead,
  hasSafeIds,
  type InboxInput,
  type Message,
  type SendInput,
  selectInbox,
} from '../../../src/core/message';
import { codeOf, grantedData, refusal } from '../../support/outcomes';
import { agent, at, message, NOW } from '../../support/samples';

const agents = [agent(), agent({ agent_id: 'agent-b' }), agent({ agent_id: 'agent-c' })];
const good: SendInput = { from: 'agent-a', to: 'agent-b', bead: 'bd-1', category: 'INFO', subject: 's', body: 'b' };

describe('checkSend', () => {
  it('trims, and names the thread after the bead unless told', () => {
    const spaced = {
      from: ' agent-a ',
      to: ' agent-b ',
      bead: ' bd-1 ',
      category: ' INFO ',
      subject: ' s ',
      body: ' b ',
    };
    const request = grantedData(checkSend(spaced, agents));
    assert.deepEqual(request, {
      from: 'agent-a',
      recipients: ['agent-b'],
      to: 'agent-b',
      bead: 'bd-1',
      category: 'INFO',
      subject: 's',
      body: 'b',
      thread: 'bead:bd-1',
    });
    assert.equal(grantedData(checkSend({ ...good, thread: ' t-1 ' }, agents)).thread, 't-1');
    assert.equal(grantedData(checkSend({ ...good, thread: '  ' }, agents)).thread, 'bead:bd-1');
  });

  // Each row is wrong in its own check and in all later ones: the first failing check answers.
  const wrong = { from: 'nobody', to: 'no-one', bead: ' ', category: 'Info', subject: '', body: '' };
  const order = [
    ['UNKNOWN_SENDER', ['from', 'to', 'bead', 'category', 'subject', 'body']],
    ['UNKNOWN_RECIPIENT', ['to', 'bead', 'category', 'subject', 'body']],
    ['MISSING_BEAD_ID', ['bead', 'category', 'subject', 'body']],
    ['INVALID_CATEGORY', ['category', 'subject', 'body']],
    ['INVALID_MESSAGE', ['subject', 'body']],
    ['INVALID_MESSAGE', ['subject']],
    ['INVALID_MESSAGE', ['body']],
  ] as const;
  for (const [code, fields] of order) {
    it(`wrong ${fields.join(', ')}: ${code}`, () => {
      const input = { ...good, ...Object.fromEntries(fields.map((field) => [field, wrong[field]])) };
      const error = refusal(checkSend(input, agents), code);
      if (code === 'INVALID_MESSAGE') {
        assert.deepEqual(error.details, { missing: fields });
      }
    });
  }

  it('takes no text for a category of another case, nor a value of another type', () => {
    for (const category of ['info', 'ACK', '', 7, null]) {
      refusal(checkSend({ ...good, category: category as string }, agents), 'INVALID_CATEGORY');
    }
  });

  it('broadcasts to everybody but the sender, and refuses where there is nobody', () => {
    assert.deepEqual(grantedData(checkSend({ ...good, to: 'broadcast' }, agents)).recipients, ['agent-b', 'agent-c']);
    refusal(checkSend({ ...good, to: 'broadcast' }, [agent()]), 'UNKNOWN_RECIPIENT');
    refusal(checkSend({ ...good, to: 'broadcast', bead: '' }, [agent()]), 'MISSING_BEAD_ID');
  });

  it('lets an agent write to itself', () => {
    assert.deepEqual(grantedData(checkSend({ ...good, to: 'agent-a' }, agents)).recipients, ['agent-a']);
  });
});

describe('composeMessages', () => {
  const compose = (fields: Partial<SendInput>) =>
    composeMessages(grantedData(checkSend({ ...good, ...fields }, agents)), NOW, '0123abcd');

  it('makes the message in the shape of the contract', () => {
    assert.deepEqual(compose({}), [
      {
        message_id: 'msg_20260213_220900_0123abcd',
        thread_id: 'bead:bd-1',
        bead_id: 'bd-1',
        from_agent: 'agent-a',
        to_agent: 'agent-b',
        category: 'INFO',
        subject: 's',
        body: 'b',
        state: 'unread',
        requires_ack: false,
        created_at: NOW.toISOString(),
        read_at: null,
        acked_at: null,
      },
    ]);
  });

  it('ends each id of a broadcast in its recipient, and every id is safe as a file name', () => {
    const messages = compose({ to: 'broadcast' });
    assert.deepEqual(
      messages.map((one) => [one.message_id, one.to_agent]),
      [
        ['msg_20260213_220900_0123abcd_agent-b', 'agent-b'],
        ['msg_20260213_220900_0123abcd_agent-c', 'agent-c'],
      ],
    );
    assert.ok(messages.every(hasSafeIds));
  });

  for (const [category, needed] of [
    ['HANDOFF', true],
    ['BLOCKED', true],
    ['DECISION', false],
    ['INFO', false],
  ] as const) {
    it(`${category} ${needed ? 'requires' : 'does not require'} an ack`, () => {
      assert.equal(compose({ category })[0]?.requires_ack, needed);
    });
  }
});

describe('checkInbox', () => {
  const untyped = (fields: Record<string, unknown>) => ({ agent: 'agent-b', ...fields }) as unknown as InboxInput;

  it('asks for the agent, then the state, then the limit', () => {
    refusal(checkInbox(untyped({ state: 'new', limit: 0 }), false), 'AGENT_NOT_FOUND');
    refusal(checkInbox(untyped({ state: 'new', limit: 0 }), true), 'INVALID_STATE');
    refusal(checkInbox(untyped({ state: 'read', limit: 0 }), true), 'INVALID_LIMIT');
  });

  for (const limit of [0, -1, 501, 1.5, '10', Number.NaN, Number.POSITIVE_INFINITY, true]) {
    it(`limit ${JSON.stringify(limit)} (${typeof limit}) is INVALID_LIMIT`, () => {
      refusal(checkInbox(untyped({ limit }), true), 'INVALID_LIMIT');
    });
  }

  it('takes 1 to 500, and 50 unless told', () => {
    assert.equal(grantedData(checkInbox(untyped({ limit: 1 }), true)).limit, 1);
    assert.equal(grantedData(checkInbox(untyped({ limit: 500 }), true)).limit, 500);
    assert.equal(grantedData(checkInbox(untyped({}), true)).limit, 50);
  });

  for (const state of ['unread', 'read', 'acked', ' read ', '', undefined]) {
    it(`state ${JSON.stringify(state)} is taken`, () => {
      assert.equal(grantedData(checkInbox(untyped({ state }), true)).state, (state ?? '').trim());
    });
  }
});

describe('selectInbox', () => {
  const all = { agent: 'agent-b', state: '', bead: '', limit: 50 } as const;
  const ids = (messages: readonly Message[]) => messages.map((one) => one.message_id);
  const messages = [
    message({ message_id: 'old', created_at: at(-3) }),
    message({ message_id: 'new', created_at: at(-1), state: 'read' }),
    message({ message_id: 'mid', created_at: at(-2), bead_id: 'bd-2' }),
  ];

  it('is newest first; of one instant, by id', () => {
    assert.deepEqual(ids(selectInbox(messages, all)), ['new', 'mid', 'old']);
    const twins = ['b', 'c', 'a'].map((message_id) => message({ message_id }));
    assert.deepEqual(ids(selectInbox(twins, all)), ['a', 'b', 'c']);
  });

  it('compares instants, not texts', () => {
    const offset = message({ message_id: 'offset', created_at: '2026-02-14T01:00:00+03:00' });
    const later = message({ message_id: 'later', created_at: '2026-02-13T22:30:00.000Z' });
    assert.deepEqual(ids(selectInbox([offset, later], all)), ['later', 'offset']);
  });

  it('filters by state and bead before it cuts at the limit', () => {
    assert.deepEqual(ids(selectInbox(messages, { ...all, state: 'unread', limit: 1 })), ['mid']);
    assert.deepEqual(ids(selectInbox(messages, { ...all, bead: 'bd-1' })), ['new', 'old']);
    assert.deepEqual(ids(selectInbox(messages, { ...all, limit: 2 })), ['new', 'mid']);
  });
});

describe('checkMessageAction', () => {
  const cases = [
    ['nobody', '', false, 'AGENT_NOT_FOUND'],
    ['agent-b', ' ', true, 'MESSAGE_NOT_FOUND'],
    ['agent-b', '../x', true, 'INVALID_MESSAGE_ID'],
    ['agent-b', ' msg_1 ', true, 'ok'],
  ] as const;
  for (const [name, id, registered, code] of cases) {
    it(`${name}, ${JSON.stringify(id)}: ${code}`, () => {
      assert.equal(codeOf(checkMessageAction({ agent: name, message: id }, registered)), code);
    });
  }
});

describe('decideRead and decideAck', () => {
  const request = { agent: 'agent-b', message: 'msg_20260213_220000_0a1b2c3d' };
  const iso = NOW.toISOString();

  it('answer not found, then forbidden, each with its own code, and write nothing', () => {
    for (const [decide, forbidden] of [
      [decideRead, 'READ_FORBIDDEN'],
      [decideAck, 'ACK_FORBIDDEN'],
    ] as const) {
      refusal(decide(undefined, request, NOW).answer, 'MESSAGE_NOT_FOUND');
      const decision = decide(message(), { ...request, agent: 'agent-a' }, NOW);
      refusal(decision.answer, forbidden);
      assert.equal(decision.next, undefined);
    }
  });

  it('read marks an unread message once, and keeps its unknown fields', () => {
    const unread = message({ extra: { a: 1 } });
    const { next } = decideRead(unread, request, NOW);
    assert.deepEqual(next, { ...unread, state: 'read', read_at: iso });
    const again = decideRead(next, request, new Date(at(5)));
    assert.equal(again.next, undefined);
    assert.deepEqual(grantedData(again.answer), next);
  });

  it('ack of an unread message also marks it read', () => {
    assert.deepEqual(decideAck(message(), request, NOW).next, message({ state: 'acked', read_at: iso, acked_at: iso }));
  });

  it('ack of a read message keeps when it was read', () => {
    const read = message({ state: 'read', read_at: at(-5) });
    assert.deepEqual(decideAck(read, request, NOW).next, { ...read, state: 'acked', acked_at: iso });
  });

  it('acked is final: a second ack and a later read answer the same times and write nothing', () => {
    const acked = message({ state: 'acked', read_at: at(-5), acked_at: at(-4) });
    for (const decide of [decideAck, decideRead]) {
      const { next, answer } = decide(acked, request, NOW);
      assert.equal(next, undefined);
      assert.deepEqual(grantedData(answer), acked);
    }
  });

  it('a message that needs no ack may be acked all the same', () => {
    const info = message({ category: 'INFO', requires_ack: false });
    assert.equal(decideAck(info, request, NOW).next?.state, 'acked');
  });
});
