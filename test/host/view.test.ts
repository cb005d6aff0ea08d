import { strict as assert } from 'node:assert';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { toJson } from '../../src/store/files/json';
import {
  ACTIVE,
  actAs,
  entry,
  eventually,
  extension,
  labels,
  STORE,
  setting,
  shown,
  startAnew,
  succeeded,
  type Tested,
  until,
  waiting,
  writeInStore,
} from './support';

const MINUTE = 60_000;

describe('the Reservations view', () => {
  let tested: Tested;

  before(async () => {
    tested = await extension();
  });

  beforeEach(() => startAnew(tested));

  it('is empty, and the status bar hidden, while there is no store', () => {
    const { internals } = tested;
    assert.equal(internals.live.state.kind, 'noStore');
    assert.deepEqual(internals.view.getChildren(), []);
    assert.equal(internals.messages.tree.badge, undefined);
  });

  it('notices a store that is made later, and one that goes away', async () => {
    const { internals } = tested;
    await writeInStore(ACTIVE, toJson({ reservations: [entry('src/a.ts', 'codex', MINUTE * 60)] }));
    await until(internals, 'the store is seen', () => labels(internals, 'active').includes('src/a.ts'));
    await rm(STORE, { recursive: true });
    await until(internals, 'the store is gone', () => internals.live.state.kind === 'noStore');
  });

  it('shows what others wait for, though the file says of one of them no moment since when', async () => {
    const { internals } = tested;
    const waiter = { agent_id: 'claude', scope: 'src/a.ts', since: new Date().toISOString() };
    const waiting = [
      { ...waiter, since: 'yesterday' },
      { ...waiter, agent_id: 'dana' },
    ];
    await writeInStore(ACTIVE, toJson([{ ...entry('src/a.ts', 'codex', MINUTE * 60), waiting }]));
    await until(internals, 'it is shown', () => internals.live.overview.active.length === 1);
    const tooltip = String(shown(internals, 'active')[0]?.item.tooltip);
    assert.match(tooltip, /Wanted by: dana \(src\/a\.ts, since [^,]+\)$/m);
  });

  it('puts one’s own first, marks what ends soon, and counts each section', async () => {
    const { internals } = tested;
    await actAs(tested, 'dana');
    await writeInStore(
      ACTIVE,
      toJson([
        entry('a.ts', 'codex', MINUTE * 60),
        entry('b.ts', 'codex', MINUTE * 9),
        entry('z.ts', 'dana', MINUTE * 90),
        entry('old.ts', 'codex', -MINUTE * 30),
      ]),
    );
    await until(internals, 'all are shown', () => shown(internals, 'active').length === 3);

    assert.deepEqual(
      shown(internals, 'active').map(({ label, description, context, item }) => [
        label,
        description,
        context,
        (item.iconPath as vscode.ThemeIcon).id,
      ]),
      [
        ['z.ts', 'you · bd-1 · 1 h 29 min', 'reservation.mine', 'key'],
        ['a.ts', 'codex · bd-1 · 59 min', 'reservation.theirs', 'lock'],
        ['b.ts', 'codex · bd-1 · 8 min', 'reservation.theirs', 'watch'],
      ],
    );
    assert.deepEqual(
      shown(internals, 'expired').map(({ label, description, context }) => [label, description, context]),
      [['old.ts', 'codex · bd-1 · 30 min ago', 'reservation.expired']],
    );
    assert.deepEqual(
      internals.view.getChildren().map((node) => internals.view.getTreeItem(node).description),
      ['3', '1'],
    );
  });

  it('says everything in the tooltip, and in words for a screen reader', async () => {
    const { internals } = tested;
    await actAs(tested, 'dana');
    await writeInStore(ACTIVE, toJson([entry('a.ts', 'codex', MINUTE * 60)]));
    await until(internals, 'it is shown', () => shown(internals, 'active').length === 1);
    const [item] = shown(internals, 'active');
    assert.equal(typeof item?.item.tooltip, 'string');
    for (const part of ['Scope: a.ts', 'Holder: codex', 'Bead: bd-1', 'Since: ', 'Until: ', 'Id: res_']) {
      assert.ok(String(item?.item.tooltip).includes(part), part);
    }
    assert.equal(item?.item.accessibilityInformation?.label, 'a.ts, held by codex for bd-1, 59 min left');
  });

  it('keeps ids and parents, so that an item can be revealed after a change', async () => {
    const { internals } = tested;
    await writeInStore(ACTIVE, toJson([entry('a.ts', 'codex', MINUTE * 60)]));
    await until(internals, 'it is shown', () => shown(internals, 'active').length === 1);
    const [before] = shown(internals, 'active');
    await writeInStore(ACTIVE, toJson([entry('a.ts', 'codex', MINUTE * 60), entry('b.ts', 'codex', MINUTE * 60)]));
    await until(internals, 'both are shown', () => shown(internals, 'active').length === 2);
    const [after] = shown(internals, 'active');
    assert.ok(before && after);
    assert.equal(before.item.id, after.item.id);
    assert.deepEqual(internals.view.getParent(after.node), internals.view.getChildren()[0]);
    await internals.view.reveal('res_of_nobody');
    await internals.view.tree.reveal(before.node, { select: true });
    assert.equal(internals.view.tree.selection.length, 1);
  });

  it('lists two hundred of a section, and more when that is asked for, or one of them is to be revealed', async () => {
    const { internals } = tested;
    const scopes = Array.from({ length: 450 }, (_, index) => `src/${String(index).padStart(3, '0')}.ts`);
    await writeInStore(ACTIVE, toJson(scopes.map((scope) => entry(scope, 'codex', MINUTE * 60))));
    await until(internals, 'all are known', () => internals.live.overview.active.length === scopes.length);
    const last = () => labels(internals, 'active').at(-1);
    assert.deepEqual([labels(internals, 'active').length, last()], [201, 'and 250 more']);
    const more = shown(internals, 'active').at(-1);
    assert.equal(more?.item.command?.command, 'agentReservations.showMore');
    await vscode.commands.executeCommand('agentReservations.showMore', ...(more.item.command?.arguments ?? []));
    assert.deepEqual([labels(internals, 'active').length, last()], [401, 'and 50 more']);
    const next = shown(internals, 'active')[200];
    await eventually('the first of these is selected', () => internals.view.tree.selection[0] === next?.node);
    const hidden = internals.live.overview.active.at(-1)?.reservation;
    await internals.view.reveal(hidden?.reservation_id ?? '');
    assert.deepEqual([labels(internals, 'active').length, last()], [450, 'src/449.ts']);
    assert.equal(internals.view.tree.selection.length, 1);
  });

  it('moves an item to Expired when its time is over, though no file changes', async () => {
    const { internals } = tested;
    await writeInStore(ACTIVE, toJson([entry('brief.ts', 'codex', 1_500)]));
    await until(internals, 'it is active', () => labels(internals, 'active').includes('brief.ts'));
    await until(internals, 'it is expired', () => labels(internals, 'expired').includes('brief.ts'));
    assert.deepEqual(labels(internals, 'active'), []);
  });

  it('shows what history closed as expired, as long as the setting says', async () => {
    const { internals } = tested;
    const line = (scope: string, endedHoursAgo: number) =>
      JSON.stringify({ ...entry(scope, 'codex', -endedHoursAgo * 60 * MINUTE), state: 'expired' });
    await writeInStore(
      join(STORE, 'reservations', 'history.jsonl'),
      `${line('old.ts', 30)}\nnot a line\n${line('recent.ts', 3)}\n`,
    );
    await until(internals, 'the recent one is shown', () => labels(internals, 'expired').includes('recent.ts'));
    assert.deepEqual(labels(internals, 'expired'), ['recent.ts']);
    await setting('expiredHours', 48);
    await until(internals, 'the old one is shown', () => labels(internals, 'expired').includes('old.ts'));
    await setting('expiredHours', 1);
    await until(internals, 'none is shown', () => labels(internals, 'expired').length === 0);
  });

  it('follows every way of writing: in place, a rename, a message', async () => {
    const { api, internals } = tested;
    await actAs(tested, 'dana', 'codex');
    await writeInStore(ACTIVE, toJson([entry('in-place.ts', 'codex', MINUTE * 60)]));
    await until(internals, 'in-place is seen', () => labels(internals, 'active').includes('in-place.ts'));
    succeeded(await api.reserve({ agent: 'codex', scope: 'renamed.ts', bead: 'bd-2' }));
    await until(internals, 'the rename is seen', () => labels(internals, 'active').includes('renamed.ts'));
    const message = {
      message_id: 'msg_20260101_000000_in-place',
      thread_id: 'bead:bd-1',
      bead_id: 'bd-1',
      from_agent: 'codex',
      to_agent: 'dana',
      category: 'BLOCKED',
      subject: 'Please look',
      body: 'At this.',
      state: 'unread',
      requires_ack: true,
      created_at: new Date().toISOString(),
      read_at: null,
      acked_at: null,
    };
    const file = join(STORE, 'messages', 'index', `${message.message_id}.json`);
    await writeInStore(file, toJson(message));
    await until(internals, 'the message is seen', () => waiting(internals).includes('Please look'));
    assert.equal(internals.messages.tree.badge?.value, 1);
    const acked = { ...message, state: 'acked', read_at: message.created_at, acked_at: message.created_at };
    await writeInStore(file, toJson(acked));
    await until(internals, 'the ack is seen', () => waiting(internals).length === 0);
    assert.equal(internals.messages.tree.badge, undefined);
    succeeded(await api.release({ agent: 'codex', scope: 'renamed.ts' }));
    assert.deepEqual(labels(internals, 'active'), ['in-place.ts']);
  });

  it('follows the setting to another folder, and back', async () => {
    const { api, internals } = tested;
    const other = join(STORE, '..', 'elsewhere');
    await writeInStore(join(other, 'reservations', 'active.json'), toJson([entry('other.ts', 'codex', MINUTE * 60)]));
    await setting('storePath', other);
    await until(internals, 'the other store is shown', () => labels(internals, 'active').includes('other.ts'));
    succeeded(await api.register({ name: 'dana', role: 'test' }));
    succeeded(await api.reserve({ agent: 'dana', scope: 'more.ts', bead: 'bd-1' }));
    assert.deepEqual(labels(internals, 'active'), ['more.ts', 'other.ts']);
    await setting('storePath', undefined);
    await until(internals, 'the first store is shown', () => internals.live.state.kind === 'noStore');
    await rm(other, { recursive: true });
  });

  it('shows untrusted text as text: no icons, links, controls or reordering', async () => {
    const { internals } = tested;
    const scope = 'src/\u202Eevil\u0007\n$(trash) [x](command:workbench.action.quit) <b>.ts';
    await writeInStore(ACTIVE, toJson([{ ...entry('a', 'codex', MINUTE * 60), scope, bead_id: '**b**' }]));
    await until(internals, 'it is shown', () => shown(internals, 'active').length === 1);
    const [item] = shown(internals, 'active');
    assert.equal(item?.label, 'src/\uFFFDevil\uFFFD\uFFFD$(trash) [x](command:workbench.action.quit) <b>.ts');
    assert.equal(typeof item.item.label, 'string');
    assert.equal(typeof item.item.tooltip, 'string');
    assert.ok(!(item.item.tooltip instanceof vscode.MarkdownString));
  });

  it('reads without writing: a refresh leaves the lock and every file alone', async () => {
    const { internals } = tested;
    await writeInStore(ACTIVE, toJson([entry('old.ts', 'codex', -MINUTE)]));
    await until(internals, 'it is shown', () => labels(internals, 'expired').length === 1);
    const before = await contents();
    await internals.live.refresh();
    assert.deepEqual(await contents(), before);
  });
});

/** Every path below the store with its size, inode and time. */
async function contents(): Promise<readonly string[]> {
  const { readdir, lstat } = await import('node:fs/promises');
  const names = await readdir(STORE, { recursive: true });
  return await Promise.all(
    names.sort().map(async (name) => {
      const { size, ino, mtimeMs } = await lstat(join(STORE, name));
      return `${name} ${size} ${ino} ${mtimeMs}`;
    }),
  );
}
