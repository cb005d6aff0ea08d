import { strict as assert } from 'node:assert';
import { appendFile, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { TIMELINE_VIEW } from '../../src/extension/contributions';
import { TimelinePanel } from '../../src/extension/timeline/panel';
import { toJson } from '../../src/store/files/json';
import type { HostMessage } from '../../src/timelinePage/messages';
import {
  ACTIVE,
  actAs,
  entry,
  eventually,
  extension,
  run,
  STORE,
  startAnew,
  succeeded,
  type Tested,
  writeInStore,
} from './support';

const HOUR = 3_600_000;
const HISTORY = join(STORE, 'reservations', 'history.jsonl');
type Bars = Extract<HostMessage, { type: 'bars' }>;

describe('the timeline', () => {
  let tested: Tested;

  before(async () => {
    tested = await extension();
  });

  beforeEach(() => startAnew(tested));

  after(() => startAnew(tested));

  const tabs = () =>
    vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(TIMELINE_VIEW));

  it('opens by its command alone, once, and is brought forward by the second call', async () => {
    assert.equal(tabs().length, 0);
    await run('showTimeline');
    await eventually('it is open', () => tabs().length === 1);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: 'x' }));
    await eventually('another is in front', () => tabs()[0]?.isActive === false);
    await run('showTimeline');
    await eventually('it is in front again', () => tabs().length === 1 && tabs()[0]?.isActive === true);
  });

  describe('and its page', () => {
    let panel: vscode.WebviewPanel;
    let timeline: TimelinePanel;
    let told: HostMessage[];

    beforeEach(async () => {
      told = [];
      panel = vscode.window.createWebviewPanel(TIMELINE_VIEW, 'Timeline', vscode.ViewColumn.Active);
      timeline = new TimelinePanel(listened(panel, told), tested.internals.commands);
      // The page itself is there, and has asked for what it shows at first.
      await eventually('the page has asked', () => told.some(({ type }) => type === 'bars'));
      told.length = 0;
    });

    afterEach(() => timeline.dispose());

    const bars = (ask: number) => told.filter((one): one is Bars => one.type === 'bars' && one.ask === ask);
    const ask = async (number: number, range = 'day', filter: object = {}) => {
      assert.equal(await timeline.receive({ type: 'ask', ask: number, range, filter }), undefined);
      await eventually('it is answered', () => bars(number).length > 0);
      return bars(number).at(-1) as Bars;
    };
    const close = async (scope: string, hoursAgo: number, fields: object = {}) => {
      const end = new Date(Date.now() - hoursAgo * HOUR).toISOString();
      const closed = { ...entry(scope, 'codex', 0), state: 'released', created_at: end, released_at: end, ...fields };
      await mkdir(dirname(HISTORY), { recursive: true });
      await appendFile(HISTORY, `${JSON.stringify(closed)}\n`);
    };

    it('lets nothing but its own script and style in', () => {
      const { html, options } = panel.webview;
      const nonce = /script-src 'nonce-([\w-]{22})'/.exec(html)?.[1] ?? '';
      assert.ok(html.includes(`content="default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'"`));
      assert.deepEqual(
        [...html.matchAll(/<(?:script|style)[^>]*>/g)].map(([tag]) => tag.includes(`nonce="${nonce}"`)),
        [true, true],
      );
      assert.deepEqual(
        options.localResourceRoots?.map(({ path }) => path.split('/').at(-1)),
        ['dist'],
      );
    });

    it('are told of what is held and what is over, by time and filter, and of what comes then', async () => {
      await writeInStore(ACTIVE, toJson([entry('src/held.ts', 'claude', HOUR)]));
      await close('src/old.ts', 30);
      await close('src/a.ts', 2, { agent_id: 'claude' });
      await close('src/b.ts', 1.5);
      const day = await ask(10);
      assert.deepEqual(
        [day.added.map(({ scope }) => scope), day.active.map(({ scope }) => scope)],
        [['src/a.ts', 'src/b.ts'], ['src/held.ts']],
      );
      assert.deepEqual(
        [day.isAnew, day.more, day.summary.times, day.choices.agents],
        [true, 0, 3, ['claude', 'codex']],
      );
      assert.equal((await ask(11, 'week')).added.length, 3);
      assert.equal((await ask(12, 'hour')).added.length, 0);
      assert.deepEqual(
        (await ask(13, 'day', { agent: 'claude' })).added.map(({ scope }) => scope),
        ['src/a.ts'],
      );
      await close('src/c.ts', 0, { agent_id: 'claude' });
      await eventually('it is told by itself', () => bars(13).length > 1);
      const next = bars(13).at(-1);
      assert.deepEqual([next?.isAnew, next?.added.map(({ scope }) => scope)], [false, ['src/c.ts']]);
    });

    it('read nothing while it is hidden', async () => {
      await ask(20);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: 'x' }), panel.viewColumn);
      await eventually('it is hidden', () => !panel.visible);
      told.length = 0;
      const read = new Promise<void>((resolve) => {
        const listening = tested.internals.live.onDidReadReservations(() => {
          listening.dispose();
          resolve();
        });
      });
      await close('src/meanwhile.ts', 0);
      await read;
      await timeline.settled();
      assert.deepEqual(told, []);
    });

    it('are not obeyed where a message is none, or names what was not told', async () => {
      for (const message of [
        undefined,
        { type: 'command', command: 'x' },
        { type: 'ask', ask: 1, range: 'year', filter: {} },
      ]) {
        assert.notEqual(await timeline.receive(message), undefined, JSON.stringify(message));
      }
      await ask(30);
      const { activeTab } = vscode.window.tabGroups.activeTabGroup;
      assert.equal(await timeline.receive({ type: 'open', key: 'res_1 ../../etc/passwd' }), undefined);
      assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab?.label, activeTab?.label);
    });

    it('leads to what is held in the view', async () => {
      await actAs(tested, 'dana');
      succeeded(await tested.api.reserve({ agent: 'dana', scope: 'src/mine.ts', bead: 'b' }));
      const { active } = await ask(40);
      await timeline.receive({ type: 'reveal', key: active[0]?.key });
      const { tree } = tested.internals.view;
      await eventually('it is selected', () => tree.selection.length === 1);
    });

    it('write what is shown where the person says, and nothing where it says nothing', async () => {
      await close('=1+1', 1);
      await ask(50);
      const folder = await mkdtemp(join(tmpdir(), 'agent-reservations-saved-'));
      const file = join(folder, 'saved.csv');
      try {
        await saveTo(undefined, () => timeline.receive({ type: 'saveCsv' }));
        await assert.rejects(stat(file));
        await saveTo(file, () => timeline.receive({ type: 'saveCsv' }));
        const [, line = ''] = (await readFile(file, 'utf8')).split('\n');
        assert.ok(line.startsWith("'=1+1,codex,bd-1,,released,"), line);
        const svg = '<svg width="1"><text>a</text></svg>';
        await saveTo(file, () => timeline.receive({ type: 'saveSvg', svg }));
        assert.equal(await readFile(file, 'utf8'), svg);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });
});

/** The same panel, of which what is told to the page is kept as well. */
function listened(panel: vscode.WebviewPanel, told: HostMessage[]): vscode.WebviewPanel {
  const through = <T extends object>(target: T, instead: Partial<T>): T =>
    new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(name in instead ? instead : target, name);
        return typeof value === 'function' && !(name in instead) ? value.bind(target) : value;
      },
      set: (_, name, value) => Reflect.set(target, name, value),
    });
  const postMessage = (message: HostMessage) => {
    told.push(message);
    return panel.webview.postMessage(message);
  };
  return through(panel, { webview: through(panel.webview, { postMessage }) });
}

/** Takes the place of VS Code's dialog while `work` runs. */
async function saveTo(file: string | undefined, work: () => Promise<unknown>): Promise<void> {
  const window = vscode.window as unknown as { showSaveDialog: unknown };
  const real = window.showSaveDialog;
  window.showSaveDialog = () => Promise.resolve(file === undefined ? undefined : vscode.Uri.file(file));
  try {
    await work();
  } finally {
    window.showSaveDialog = real;
  }
}
