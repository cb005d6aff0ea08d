import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { StatusData } from '../../src/coordination/reservations';
import type { Envelope } from '../../src/core/envelope';
import type { Message } from '../../src/core/message';
import type { Reservation } from '../../src/core/reservation';
import { toJson } from '../../src/store/files/json';
import {
  ACTIVE,
  entry,
  eventually,
  extension,
  labels,
  run,
  setting,
  shown,
  startAnew,
  succeeded,
  type Tested,
  threads,
  until,
  untilThreads,
  writeInStore,
} from './support';

const MINUTE = 60_000;
type Reserved = Envelope<Reservation>;

describe('the commands', () => {
  let tested: Tested;

  before(async () => {
    tested = await extension();
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana', 'codex');
  });

  it('reserve with arguments answers the envelope, and the view and status bar show it', async () => {
    const { internals } = tested;
    const envelope = await run<Reserved>('reserve', { scope: ' src/a.ts ', bead: 'bd-7', ttl: 30 });
    const reservation = succeeded(envelope);
    assert.equal(envelope.command, 'agent reserve');
    assert.equal(reservation.scope, 'src/a.ts');
    assert.equal(reservation.agent_id, 'dana');
    assert.equal(Date.parse(reservation.expires_at) - Date.parse(reservation.created_at), 30 * MINUTE);
    assert.deepEqual(labels(internals, 'active'), ['src/a.ts']);
    assert.equal(internals.statusBar.item.text, '$(lock) 1 held');
    assert.match(String(internals.statusBar.item.tooltip), /src\/a\.ts until .+ \(29 min left\)/);
    assert.equal(internals.statusBar.item.backgroundColor, undefined);
  });

  it('the status bar warns only when one of mine ends within ten minutes', async () => {
    const { internals } = tested;
    await writeInStore(ACTIVE, toJson([entry('theirs.ts', 'codex', 5 * MINUTE)]));
    await until(internals, 'theirs is shown', () => labels(internals, 'active').length === 1);
    assert.equal(internals.statusBar.item.text, '$(lock) 0 held');
    assert.equal(internals.statusBar.item.backgroundColor, undefined);
    succeeded(await run<Reserved>('reserve', { scope: 'mine.ts', bead: 'bd-7', ttl: 5 }));
    assert.deepEqual(
      internals.statusBar.item.backgroundColor,
      new vscode.ThemeColor('statusBarItem.warningBackground'),
    );
  });

  it('reserve answers a conflict with who holds it and until when', async () => {
    const held = succeeded(await tested.api.reserve({ agent: 'codex', scope: 'src/a.ts', bead: 'bd-1' }));
    const envelope = await run<Reserved>('reserve', { scope: 'src/a.ts', bead: 'bd-7' });
    assert.equal(envelope.error?.code, 'RESERVATION_CONFLICT');
    assert.deepEqual(envelope.error?.details, {
      conflicts: [
        {
          reservation_id: held.reservation_id,
          scope: 'src/a.ts',
          agent_id: 'codex',
          bead_id: 'bd-1',
          expires_at: held.expires_at,
          overlap: 'exact',
        },
      ],
      total: 1,
    });
  });

  it('reserve refuses a TTL out of bounds, and an agent that is not registered', async () => {
    const ttl = await run<Reserved>('reserve', { scope: 'a.ts', bead: 'bd-7', ttl: 4 });
    assert.equal(ttl.error?.code, 'INVALID_ARGS');
    const agent = await run<Reserved>('reserve', { scope: 'a.ts', bead: 'bd-7', agent: 'stranger' });
    assert.equal(agent.error?.code, 'AGENT_NOT_FOUND');
  });

  it('one’s own expired reservation is taken over at once, another’s only by Take Over', async () => {
    const { internals } = tested;
    await writeInStore(ACTIVE, toJson([entry('mine.ts', 'dana', -MINUTE), entry('theirs.ts', 'codex', -MINUTE)]));
    await until(internals, 'both are shown', () => shown(internals, 'expired').length === 2);
    succeeded(await run<Reserved>('reserve', { scope: 'mine.ts', bead: 'bd-7' }));
    const refused = await run<Reserved>('reserve', { scope: 'theirs.ts', bead: 'bd-7' });
    assert.equal(refused.error?.code, 'RESERVATION_STALE_FOUND');
    const item = shown(internals, 'expired').find(({ label }) => label === 'theirs.ts');
    assert.equal(item?.context, 'reservation.expired');
    const taken = succeeded(await run<Reserved>('takeOver', item?.node));
    assert.equal(taken.agent_id, 'dana');
    assert.equal(taken.bead_id, 'bd-1');
    assert.deepEqual(labels(internals, 'active'), ['mine.ts', 'theirs.ts']);
    // What was taken over is history, and cannot be taken over again.
    assert.deepEqual(
      shown(internals, 'expired').map(({ context }) => context),
      ['reservation.superseded', 'reservation.superseded'],
    );
  });

  it('release takes an item of the view, several selected ones, or arguments', async () => {
    const { internals } = tested;
    for (const scope of ['a.ts', 'b.ts', 'c.ts', 'd.ts']) {
      succeeded(await run<Reserved>('reserve', { scope, bead: 'bd-7' }));
    }
    const [a, b, c] = shown(internals, 'active').map(({ node }) => node);
    const released = succeeded(await run<Reserved>('release', a));
    assert.equal(released.state, 'released');
    const several = await run<readonly Reserved[]>('release', b, [b, c]);
    assert.deepEqual(
      several.map((envelope) => succeeded(envelope).scope),
      ['b.ts', 'c.ts'],
    );
    assert.equal(succeeded(await run<Reserved>('release', { scope: 'd.ts' })).scope, 'd.ts');
    assert.deepEqual(labels(internals, 'active'), []);
    const again = await run<Reserved>('release', { scope: 'd.ts' });
    assert.equal(again.error?.code, 'RESERVATION_NOT_FOUND');
  });

  it('release of another’s is refused', async () => {
    succeeded(await tested.api.reserve({ agent: 'codex', scope: 'a.ts', bead: 'bd-1' }));
    const envelope = await run<Reserved>('release', { scope: 'a.ts' });
    assert.equal(envelope.error?.code, 'RELEASE_FORBIDDEN');
    assert.deepEqual(labels(tested.internals, 'active'), ['a.ts']);
  });

  it('release all mine leaves the others’ alone', async () => {
    const { api, internals } = tested;
    succeeded(await api.reserve({ agent: 'codex', scope: 'theirs.ts', bead: 'bd-1' }));
    succeeded(await run<Reserved>('reserve', { scope: 'a.ts', bead: 'bd-7' }));
    succeeded(await run<Reserved>('reserve', { scope: 'b.ts', bead: 'bd-7' }));
    const envelopes = await run<readonly Reserved[]>('releaseAllMine', { skipConfirmation: true });
    assert.equal(envelopes.map(succeeded).length, 2);
    assert.deepEqual(labels(internals, 'active'), ['theirs.ts']);
    assert.equal(internals.statusBar.item.text, '$(lock) 0 held');
  });

  it('open message shows a read-only document and marks one’s own as read; acknowledge removes it', async () => {
    const { api, internals } = tested;
    const sent = succeeded(
      await api.send({
        from: 'codex',
        to: 'dana',
        bead: 'bd-1',
        category: 'HANDOFF',
        subject: 'Yours now',
        body: 'First line.\n<script>alert(1)</script> \u0007',
      }),
    );
    await untilThreads(internals, 'it is shown', () => threads(internals, 'acknowledge').length === 1);
    const [item] = threads(internals, 'acknowledge');
    assert.equal(item?.label, 'Yours now');
    assert.equal(item.description, 'Handoff · codex to you');
    assert.equal(item.context, 'message.mine');
    assert.equal(internals.messages.tree.badge?.value, 1);

    assert.ok(item.item.command);
    const read = await vscode.commands.executeCommand<Envelope<Message>>(
      item.item.command.command,
      ...(item.item.command.arguments ?? []),
    );
    assert.equal(succeeded(read).state, 'read');
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, 'agent-reservations');
    assert.equal(document.languageId, 'agent-reservations-text');
    assert.match(document.getText(), /Subject: +Yours now\n/);
    assert.match(document.getText(), /First line\.\n<script>alert\(1\)<\/script> \uFFFD\n/);
    assert.match(document.getText(), /Acknowledged: +not yet/);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), 'x');
    assert.equal(await vscode.workspace.applyEdit(edit).then((applied) => applied && document.isDirty), false);

    const acked = succeeded(await run<Envelope<Message>>('acknowledge', threads(internals, 'acknowledge')[0]?.node));
    assert.equal(acked.message_id, sent.message_id);
    assert.equal(acked.state, 'acked');
    await untilThreads(internals, 'it waits no more', () => threads(internals, 'acknowledge').length === 0);
    assert.deepEqual(threads(internals, 'recent')[0]?.context, 'message.received');
    assert.equal(internals.messages.tree.badge, undefined);
  });

  it('a message for another can be opened, which leaves it unread, but not acknowledged', async () => {
    const { api, internals } = tested;
    const input = { from: 'dana', to: 'codex', bead: 'bd-1', category: 'BLOCKED', subject: 'S', body: 'B' };
    const { message_id: message } = succeeded(await api.send(input));
    await untilThreads(internals, 'it is shown', () => threads(internals, 'acknowledge').length === 1);
    assert.equal(threads(internals, 'acknowledge')[0]?.context, 'message.theirs');
    assert.equal(succeeded(await run<Envelope<Message>>('openMessage', { message })).state, 'unread');
    const refused = await run<Envelope<Message>>('acknowledge', { message });
    assert.equal(refused.error?.code, 'ACK_FORBIDDEN');
  });

  it('open message refuses an id that would leave the store', async () => {
    const envelope = await run<Envelope<Message>>('openMessage', { message: '../../agents/dana' });
    assert.equal(envelope.error?.code, 'INVALID_MESSAGE_ID');
  });

  it('show status sweeps what has expired and shows a document', async () => {
    const { internals } = tested;
    await writeInStore(ACTIVE, toJson([entry('old.ts', 'codex', -MINUTE), entry('live.ts', 'codex', MINUTE * 60)]));
    await until(internals, 'both are shown', () => labels(internals, 'expired').length === 1);
    const status = succeeded(await run<Envelope<StatusData>>('showStatus'));
    assert.deepEqual(status.summary, { active: 1, released: 0, expired: 1, unacked_required_messages: 0 });
    const content = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(content, /Active: +1\n/);
    assert.match(content, /live\.ts +codex +bd-1/);
    assert.doesNotMatch(await readFile(ACTIVE, 'utf8'), /old\.ts/);
    assert.deepEqual(labels(internals, 'expired'), ['old.ts']);
  });

  it('act as BB_AGENT says where no agent is set', async () => {
    await setting('agent', undefined);
    process.env['BB_AGENT'] = 'codex';
    try {
      assert.equal(succeeded(await run<Reserved>('reserve', { scope: 'a.ts', bead: 'bd-7' })).agent_id, 'codex');
    } finally {
      delete process.env['BB_AGENT'];
    }
  });

  it('ask once which agent to act as, at the first command that needs one', async () => {
    await setting('agent', undefined);
    const reserving = run<Reserved>('reserve', { scope: 'a.ts', bead: 'bd-7' });
    await accept();
    assert.equal(succeeded(await reserving).agent_id, 'codex');
    assert.equal(vscode.workspace.getConfiguration('agentReservations').get('agent'), 'codex');
    assert.equal(succeeded(await run<Reserved>('reserve', { scope: 'b.ts', bead: 'bd-7' })).agent_id, 'codex');
  });

  it('the API answers the same, and tells of every change', async () => {
    const { api } = tested;
    const overviews: number[] = [];
    const listening = api.onDidChange((overview) => overviews.push(overview.active.length));
    succeeded(await api.reserve({ agent: 'codex', scope: 'a.ts', bead: 'bd-1' }));
    succeeded(await api.release({ agent: 'codex', scope: 'a.ts' }));
    listening.dispose();
    assert.equal(api.apiVersion, 1);
    assert.ok(overviews.includes(1));
    assert.equal(overviews.at(-1), 0);
    assert.equal(api.overview().active.length, 0);
  });
});

/** Presses Enter in the quick pick as soon as there is one. */
async function accept(): Promise<void> {
  await eventually('the question is answered', async () => {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return Boolean(vscode.workspace.getConfiguration('agentReservations').get('agent'));
  });
}
