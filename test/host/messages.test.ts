/** The Messages view, writing and answering messages, handing over, and what is told of them. */

import { strict as assert } from 'node:assert';
import { rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Envelope } from '../../src/core/envelope';
import type { Message } from '../../src/core/message';
import type { Taken } from '../../src/core/take';
import {
  eventually,
  extension,
  run,
  STORE,
  setting,
  startAnew,
  succeeded,
  type Tested,
  threads,
  untilThreads,
  withNotifications,
} from './support';

type Sent = Envelope<Message>;

describe('messages', () => {
  let tested: Tested;

  before(async () => {
    tested = await extension();
  });
  beforeEach(async () => {
    await setting('messageNotifications', false);
    await startAnew(tested, 'dana', 'codex', 'claude');
  });
  after(() => setting('messageNotifications', undefined));

  const send = async (fields: Partial<Parameters<Tested['api']['send']>[0]> = {}) =>
    succeeded(
      await tested.api.send({
        from: 'codex',
        to: 'dana',
        bead: 'bd-1',
        category: 'INFO',
        subject: 'Note',
        body: 'Text.',
        ...fields,
      }),
    );
  const list = (group: Parameters<typeof threads>[1]) =>
    threads(tested.internals, group).map(({ label, description, context }) => [label, description, context]);
  const inboxOf = async (agent: string) => succeeded(await tested.api.inbox({ agent }));
  const index = (id: string) => join(STORE, 'messages', 'index', `${id}.json`);

  it('are threads by what they wait for, each with its messages in order of time', async () => {
    const { internals } = tested;
    await send({ subject: 'First', category: 'BLOCKED' });
    await send({ subject: 'Second', from: 'claude' });
    await send({ subject: 'Elsewhere', bead: 'bd-2' });
    const old = await send({ subject: 'Old', bead: 'bd-3' });
    succeeded(await tested.api.read({ agent: 'dana', message: old.message_id }));
    await send({ subject: 'Between others', from: 'codex', to: 'claude', bead: 'bd-4', category: 'HANDOFF' });
    await untilThreads(internals, 'all are shown', () => list('recent').length === 1);
    assert.deepEqual(
      [list('acknowledge'), list('unread'), list('recent')],
      [
        [
          ['Second', '2 unread · codex, claude · bd-1', 'message.mine'],
          ['Between others', 'Handoff · codex to claude', 'message.theirs'],
        ],
        [['Elsewhere', 'Info · codex to you', 'message.received']],
        [['Old', 'Info · codex to you', 'message.received']],
      ],
    );
    const { messages } = internals;
    const [thread] = threads(internals, 'acknowledge');
    assert.ok(thread);
    const letters = messages.getChildren(thread.node);
    assert.deepEqual(
      letters.map((node) => messages.getTreeItem(node).label),
      ['First', 'Second'],
    );
    assert.equal(messages.getParent(letters[0] ?? thread.node), thread.node);
    assert.equal(
      thread.item.accessibilityInformation?.label,
      'Thread about bd-1 with codex, claude, 2 messages, 2 unread, 1 to acknowledge, latest: Second',
    );
    // What waits in the thread is what is acknowledged, though it is not the latest of it.
    assert.equal(succeeded(await run<Sent>('acknowledge', thread.node)).subject, 'First');
    await untilThreads(internals, 'it waits no more', () => list('acknowledge').length === 1);
    assert.equal(list('unread').length, 2);
  });

  it('of long ago are listed when more is asked for', async () => {
    const { internals } = tested;
    for (let count = 0; count < 60; count++) {
      const { message_id: message } = await send({ bead: `bd-${count}` });
      succeeded(await tested.api.read({ agent: 'dana', message }));
    }
    await untilThreads(internals, 'they are shown', () => list('recent').length === 51);
    assert.equal(list('recent').at(-1)?.[0], 'and 10 more');
    await run('showMoreMessages');
    assert.equal(list('recent').length, 60);
  });

  it('are written from code without a question, answered in their thread, and sent to all', async () => {
    const letter = { to: 'codex', category: 'INFO', bead: 'bd-1', subject: 'Hello', body: 'There' };
    const sent = succeeded(await run<Sent>('newMessage', letter));
    assert.deepEqual([sent.from_agent, sent.to_agent, sent.thread_id], ['dana', 'codex', 'bead:bd-1']);
    const asked = await send({ subject: 'Re: re: Which?', thread: 'talk', bead: 'bd-7' });
    const answer = { message: asked.message_id, category: 'DECISION', body: 'This one' };
    const replied = succeeded(await run<Sent>('reply', answer));
    assert.deepEqual(
      [replied.to_agent, replied.thread_id, replied.bead_id, replied.subject, replied.category],
      ['codex', 'talk', 'bd-7', 'Re: Which?', 'DECISION'],
    );
    const { to: _, ...all } = letter;
    await withNotifications(
      async (seen) => {
        assert.equal(await run('broadcast', all), undefined);
        assert.deepEqual(
          [seen[0]?.modal, seen[0]?.text],
          [true, 'Send this to all 2 other agents that are registered?'],
        );
      },
      () => undefined,
    );
    assert.equal((await inboxOf('claude')).length, 0);
    succeeded(await run<Sent>('broadcast', { ...all, skipConfirmation: true }));
    assert.deepEqual([(await inboxOf('claude')).length, (await inboxOf('codex')).length], [1, 3]);
  });

  it('are written in a document, which keeps what was refused and is closed when it is sent', async () => {
    const text = 'To: codex\nCategory: INFO\nBead: bd-1\nSubject: Longer\n\nFirst.\n\nSecond.';
    const open = (content: string) =>
      vscode.workspace
        .openTextDocument({ language: 'agent-reservations-draft', content })
        .then((document) => vscode.window.showTextDocument(document));
    const editor = await open(text.replace('codex', 'nobody'));
    const refused = await run<Sent>('sendDraft');
    assert.equal(refused.error?.code, 'UNKNOWN_RECIPIENT');
    assert.equal(vscode.window.activeTextEditor?.document, editor.document);
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, 1, 0), 'Too: codex\n'));
    assert.equal((await run<Sent>('sendDraft')).error?.code, 'INVALID_MESSAGE');
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, 1, 0), 'To: codex\n'));
    const sent = succeeded(await run<Sent>('sendDraft'));
    assert.equal(sent.body, 'First.\n\nSecond.');
    await eventually('it is closed', () => vscode.window.activeTextEditor === undefined);
    assert.equal(await run('sendDraft'), undefined);
    await open(text);
    await withNotifications(
      async (seen) => {
        await run('discardDraft');
        assert.equal(seen[0]?.modal, true);
      },
      () => 'Discard',
    );
    await eventually('it is closed', () => vscode.window.activeTextEditor === undefined);
    assert.equal((await inboxOf('codex')).length, 1);
  });

  it('cannot be chosen by who is not registered, and that alone is told', async () => {
    await setting('agent', 'nobody');
    for (const command of ['reply', 'openMessage']) {
      await withNotifications(async (seen) => {
        assert.equal(await run(command), undefined);
        assert.deepEqual(
          seen.map(({ text }) => text),
          ['Agent “nobody” is not registered.'],
        );
      });
    }
  });

  it('that are not sent are told of in words for a person', async () => {
    const held = succeeded(await tested.api.reserve({ agent: 'dana', scope: 'src/a.ts', bead: 'bd-1' }));
    const whole = { agent: 'dana', to: 'codex', category: 'INFO', bead: 'bd-1', subject: 'x', body: 'y' };
    const hands = { ...whole, reservations: [held.reservation_id], skipConfirmation: true };
    for (const [command, argument, text, action] of [
      ['newMessage', { ...whole, to: 'nobody' }, 'Agent “nobody” is not registered.'],
      ['newMessage', { ...whole, agent: 'nobody' }, 'Agent “nobody” is not registered.', 'Choose Agent…'],
      [
        'newMessage',
        { ...whole, category: 'LOUD' },
        'The category “LOUD” cannot be used here. Possible: HANDOFF, BLOCKED, DECISION, INFO.',
      ],
      ['handOff', { ...hands, category: 'INFO' }, 'The category “INFO” cannot be used here. Possible: HANDOFF.'],
      [
        'handOff',
        { ...hands, category: 'HANDOFF', to: 'broadcast' },
        'Scopes are handed over to one other agent, and not to everybody.',
      ],
    ] as const) {
      await withNotifications(async (seen) => {
        assert.equal((await run<Sent>(command, argument)).ok, false);
        assert.deepEqual(
          seen.map((one) => [one.text, one.actions[0]]),
          [[text, action]],
        );
      });
    }
    for (const [draft, text] of [
      ['To: codex\nCategory: INFO\nBead: bd-1\nSubject: x\n\n', 'A message needs a text below its headers.'],
      ['To: codex\nCategory: INFO\nBead: bd-1\n\ny', 'A message needs a subject.'],
      ['To: codex\nCategory: INFO\nSubject: x\n\ny', 'A message needs the bead that it is about.'],
      [
        'Too: codex\n\ny',
        'Line 1 is none of the headers To, Category, Bead, Subject, Thread, Hand-Over, each once. An empty line ends them.',
      ],
    ] as const) {
      const document = await vscode.workspace.openTextDocument({
        language: 'agent-reservations-draft',
        content: draft,
      });
      await vscode.window.showTextDocument(document);
      await withNotifications(async (seen) => {
        assert.equal((await run<Sent>('sendDraft')).ok, false);
        assert.deepEqual(
          seen.map((one) => one.text),
          [text],
        );
      });
    }
  });

  it('hand over what the person chose, and take over what is handed to it', async () => {
    const { api, internals } = tested;
    const mine = succeeded(await api.reserve({ agent: 'dana', scope: 'mine', bead: 'bd-1' }));
    const letter = { to: 'codex', subject: 'Yours', body: 'Half done' };
    const given = { ...letter, reservations: [mine.reservation_id] };
    const sent = succeeded(await run<Sent>('handOff', given));
    assert.deepEqual([sent.bead_id, sent.handoff?.scopes.map(({ scope }) => scope)], ['bd-1', ['mine']]);
    const [item] = internals.live.overview.active;
    assert.equal(succeeded(await run<Sent>('handOff', { ...letter, ...item })).handoff?.scopes.length, 1);

    succeeded(await api.reserve({ agent: 'codex', scope: 'theirs', bead: 'bd-2' }));
    const offered = await send({ category: 'HANDOFF', bead: 'bd-2', handOver: { scopes: ['theirs'] } });
    await untilThreads(internals, 'it is shown', () => list('acknowledge').length > 0);
    const about = threads(internals, 'acknowledge').find(({ label }) => label === 'Note');
    assert.match(String(about?.item.tooltip), /^Hands over: theirs$/m);
    await withNotifications(async (seen) => {
      const acked = succeeded(
        await run<Envelope<Message & Taken>>('acknowledge', { message: offered.message_id, take: true }),
      );
      assert.deepEqual(
        acked.taken.map(({ agent_id }) => agent_id),
        ['dana'],
      );
      assert.equal(seen[0]?.text, 'Yours now: theirs. Read the files again before you go on.');
    });
    assert.deepEqual(
      internals.live.overview.active.map(({ reservation, mine: isMine }) => [reservation.scope, isMine]),
      [
        ['mine', true],
        ['theirs', true],
      ],
    );
    const again = succeeded(await run<Envelope<Message>>('acknowledge', { message: offered.message_id, take: false }));
    assert.equal('taken' in again, false);
  });

  it('whose files are missing or cannot be read are shown as such', async () => {
    const { internals } = tested;
    const [gone, torn] = [await send({ subject: 'Gone' }), await send({ subject: 'Torn', bead: 'bd-2' })];
    await untilThreads(internals, 'both are shown', () => list('unread').length === 2);
    await rm(index(gone.message_id));
    await truncate(index(torn.message_id), 20);
    await untilThreads(internals, 'both are told of', () => list('unreadable').length === 2);
    assert.deepEqual(list('unreadable').toSorted(), [
      ['Gone', `${gone.message_id}.json is missing`, 'unreadable.missing'],
      ['Torn', `${torn.message_id}.json cannot be read`, 'unreadable.file'],
    ]);
    assert.deepEqual(list('unread'), []);
    const item = threads(internals, 'unreadable').find(({ label }) => label === 'Torn');
    assert.match(String(item?.item.tooltip), /is not JSON, perhaps cut short/);
    await run('openMessageFile', item?.node);
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, index(torn.message_id));
  });

  it('are plain text wherever they are shown, whatever is in them', async () => {
    const { internals } = tested;
    const wicked = '$(trash) [click](command:workbench.action.quit) \u202Egnp.exe\u0007';
    const lines = Array.from({ length: 20 }, (_, line) => `line ${line} of the subject`).join('\n');
    await setting('messageNotifications', true);
    await withNotifications(async (seen) => {
      await send({ category: 'BLOCKED', subject: wicked, body: `${wicked}\n<img src=x>`, bead: wicked });
      await send({ category: 'BLOCKED', subject: lines, thread: wicked });
      await untilThreads(internals, 'both are shown', () => list('acknowledge').length === 2);
      await eventually('both are told of', () => seen.length >= 2);
      for (const { text } of seen) {
        assert.doesNotMatch(text, /\]\(|\p{Cc}|\u202E/u);
      }
    });
    for (const { item, node } of threads(internals, 'acknowledge')) {
      assert.equal(typeof item.label, 'string');
      assert.equal(typeof item.tooltip, 'string', 'Markdown would be rendered');
      for (const text of [item.label, item.description, item.accessibilityInformation?.label]) {
        assert.doesNotMatch(String(text), /[\p{Cc}\u202E]/u);
        assert.ok(String(text).length < 500);
      }
      assert.doesNotMatch(String(item.tooltip), /[^\P{Cc}\n]|\u202E/u);
      const message = 'message' in node ? node.message.message_id : '';
      succeeded(await run<Sent>('openMessage', { message }));
      const document = vscode.window.activeTextEditor?.document;
      assert.equal(document?.languageId, 'agent-reservations-text');
      assert.doesNotMatch(document.getText(), /[^\P{Cc}\n]|\u202E/u);
    }
    const { thread } = threads(internals, 'acknowledge')
      .map(({ node }) => node)
      .find((node) => node.kind === 'thread' && node.message.bead_id !== 'bd-1') as unknown as {
      thread: { latest: Message };
    };
    const answer = { message: thread.latest.message_id, category: 'INFO', body: 'x' };
    assert.ok(succeeded(await run<Sent>('reply', answer)).subject.startsWith('Re: $(trash)'));
  });

  it('a document follows its message when that is acknowledged', async () => {
    const { message_id: message } = await send({ subject: 'Stuck', category: 'BLOCKED' });
    succeeded(await run<Sent>('openMessage', { message }));
    const text = () => vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text(), /Acknowledged: not yet/);
    succeeded(await run<Sent>('acknowledge', { message }));
    await eventually('the document says so', () => /Acknowledged: (?!not yet)/.test(text()));
  });

  it('that wait for the person are told of once, until it is told to stop', async () => {
    await setting('messageNotifications', true);
    await withNotifications(
      async (seen) => {
        await send({ subject: 'No hurry' });
        await send({ subject: 'Stuck', category: 'BLOCKED' });
        await eventually('it is told', () => seen.length > 0);
        assert.deepEqual(
          seen.map(({ text, actions }) => [text, actions]),
          [['Message from codex (Blocked): Stuck', ['Open Message', 'Acknowledge', 'Don’t Show Again']]],
        );
        await eventually(
          'the setting says so',
          () => vscode.workspace.getConfiguration('agentReservations').get('messageNotifications') === false,
        );
        await send({ subject: 'Stuck again', category: 'BLOCKED' });
        await untilThreads(
          tested.internals,
          'it is shown',
          () => list('acknowledge')[0]?.[1]?.includes('3 unread') === true,
        );
        assert.equal(seen.length, 1);
      },
      ({ text }) => (text.includes('Stuck') ? 'Don’t Show Again' : undefined),
    );
    assert.equal((await inboxOf('dana')).filter(({ acked_at }) => acked_at !== null).length, 0);
  });
});
