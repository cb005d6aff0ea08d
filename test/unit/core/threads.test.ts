import assert from 'node:assert/strict';
import { draftText, isDraftText, parseDraft } from '../../../src/core/draft';
import type { Message } from '../../../src/core/message';
import { changedThreads, NO_THREADS, replySubject, threadsOf } from '../../../src/core/threads';
import { grantedData, refusal } from '../../support/outcomes';
import { at, message } from '../../support/samples';

const ME = 'agent-b';
let ids = 0;
const letter = (thread: string, minutes: number, fields: Partial<Message> = {}) =>
  message({
    message_id: `msg_${++ids}`,
    thread_id: `bead:${thread}`,
    bead_id: thread,
    created_at: at(minutes),
    subject: `${thread} at ${minutes}`,
    category: 'INFO',
    requires_ack: false,
    ...fields,
  });
const read = { state: 'read', read_at: at(0) } as const;
const due = { category: 'BLOCKED', requires_ack: true } as const;

describe('threads', () => {
  it('are one for each thread id, in order of time, with what waits in them', () => {
    const [second, first, third] = [
      letter('a', 2, due),
      letter('a', 1, read),
      letter('a', 3, { from_agent: 'agent-c' }),
    ];
    const { acknowledge, unread, recent } = threadsOf(NO_THREADS, [second, first, third], [second], ME);
    assert.deepEqual([unread, recent, acknowledge.length], [[], [], 1]);
    const [thread] = acknowledge;
    assert.deepEqual(thread?.messages, [first, second, third]);
    assert.deepEqual(
      [thread.latest, thread.foremost, thread.unread, thread.toAcknowledge, thread.others],
      [third, second, 2, 1, ['agent-a', 'agent-c']],
    );
  });

  it('are grouped by what they wait for, those for the person first, then the latest', () => {
    const inbox = [letter('new', 5), letter('newer', 6), letter('old', 1, read), letter('older', 0, read)];
    const mine = letter('mine', 1, due);
    const theirs = letter('theirs', 9, { ...due, to_agent: 'agent-c' });
    const threads = threadsOf(NO_THREADS, [...inbox, mine], [mine, theirs], ME);
    assert.deepEqual(
      [threads.acknowledge, threads.unread, threads.recent].map((group) => group.map(({ key }) => key)),
      [
        ['bead:mine', 'bead:theirs'],
        ['bead:newer', 'bead:new'],
        ['bead:old', 'bead:older'],
      ],
    );
    const noOne = threadsOf(NO_THREADS, [], [mine, theirs], undefined);
    assert.deepEqual(
      noOne.acknowledge.map(({ toAcknowledge, unread }) => [toAcknowledge, unread]),
      [
        [0, 0],
        [0, 0],
      ],
    );
  });

  it('in which nothing has changed are the same objects, and so are their groups', () => {
    const inbox = [letter('a', 1), letter('a', 2), letter('b', 3), letter('c', 4, read)];
    const before = threadsOf(NO_THREADS, inbox, [], ME);
    const again = threadsOf(before, [...inbox].reverse(), [], ME);
    for (const group of ['acknowledge', 'unread', 'recent'] as const) {
      assert.equal(again[group], before[group]);
    }
    const [first, ...rest] = inbox as [Message, ...Message[]];
    const now = threadsOf(before, [{ ...first, ...read }, ...rest], [], ME);
    assert.deepEqual(changedThreads(before, now), { groups: [], threads: [now.unread[1]] });
    assert.equal(now.unread[0], before.unread[0]);
    const all = threadsOf(
      now,
      inbox.map((one) => ({ ...one, ...read })),
      [],
      ME,
    );
    assert.deepEqual(changedThreads(now, all).groups, ['unread', 'recent']);
  });

  it('takes ten thousand messages in its stride', () => {
    const inbox = Array.from({ length: 10_000 }, (_, index) => letter(`t${index % 500}`, index, read));
    const threads = threadsOf(NO_THREADS, inbox, [], ME);
    assert.deepEqual([threads.recent.length, threads.recent[0]?.messages.length], [500, 20]);
    assert.equal(threadsOf(threads, inbox, [], ME).recent, threads.recent);
  });
});

describe('a draft', () => {
  const DRAFT = { to: 'agent-a', category: 'INFO', bead: 'bd-1', subject: 'A: b', body: 'One\n\nTo: two' };

  it('comes back as it was written', () => {
    assert.deepEqual(grantedData(parseDraft(draftText(DRAFT))), DRAFT);
    const more = { ...DRAFT, category: 'HANDOFF', thread: 'bead:bd 1', handOver: ['res_1', 'res_2'] };
    assert.deepEqual(grantedData(parseDraft(draftText(more))), more);
    assert.deepEqual(grantedData(parseDraft(draftText(DRAFT).replaceAll('\n', '\r\n'))), DRAFT);
  });

  it('cannot be given headers by what stands in one', () => {
    const { subject, to } = grantedData(parseDraft(draftText({ ...DRAFT, subject: 'a\nTo: other\u2028b' })));
    assert.deepEqual([subject, to], ['a To: other b', 'agent-a']);
  });

  it('is refused by the line that is no header', () => {
    for (const [text, line] of [
      ['Too: a\n\nb', 1],
      ['To: a\nBead\n\nb', 2],
      ['To: a\nto: b\n\nc', 2],
    ] as const) {
      assert.equal(refusal(parseDraft(text), 'INVALID_MESSAGE').details?.['line'], line, text);
    }
    assert.equal(grantedData(parseDraft('')).to, '');
  });

  it('of an answer says Re: once', () => {
    assert.deepEqual(['a', 'Re: a', 're: RE:a', 'Regarding'].map(replySubject), [
      'Re: a',
      'Re: a',
      'Re: a',
      'Re: Regarding',
    ]);
  });

  it('is told from other texts by the headers that each needs', () => {
    const draft = { to: 'agent-a', category: 'INFO', bead: 'bd-1', subject: 'Done', body: '' };
    assert.equal(isDraftText(draftText(draft)), true);
    assert.equal(isDraftText(`${draftText(draft)}all of it\n\nTo: be read`), true);
    for (const text of ['', 'To: do', 'To: you\nSubject: hello\n\nDear you', ` ${draftText(draft)}`, 'Subject: Done']) {
      assert.equal(isDraftText(text), false, text);
    }
  });
});
