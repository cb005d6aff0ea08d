/** How much the extension does, in numbers of steps: so much and no more, on every machine. */

import { strict as assert } from 'node:assert';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node } from '../../src/extension/view/nodes';
import { countReads, modulesAskedFor } from '../support/counting';
import type { Driver } from '../support/driver';
import { useDrivers } from '../support/driver';
import { repoRoot } from '../support/paths';
import {
  eventually,
  extension,
  labels,
  STORE,
  shown,
  startAnew,
  succeeded,
  type Tested,
  threads,
  until,
  untilThreads,
} from './support';

/** Longer than everything that the extension puts off. */
const SETTLED_MS = 500;
const ACTIVE = 40;
const counted = countReads(STORE);

describe('how much is done', () => {
  const start = useDrivers();
  let tested: Tested;
  let agent: Driver;

  before(async () => {
    tested = await extension();
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana', 'codex');
    const { api, internals } = tested;
    const scopes = Array.from({ length: ACTIVE }, (_, index) => `src/${String(index).padStart(2, '0')}.ts`);
    succeeded(await api.reserveAll({ agent: 'codex', scopes, bead: 'bd-1' }));
    await until(internals, 'all are shown', () => labels(internals, 'active').length === ACTIVE);
    [agent] = (await start('ours', STORE)) as [Driver];
    await sleep(SETTLED_MS);
  });

  /** What is fired and read from now on, until what has to be fired was, and nothing more comes. */
  async function during(
    work: () => Promise<unknown>,
    fires: 'nodes' | 'letters' | 'nothing' = 'nothing',
  ): Promise<{ fired: readonly (Node | undefined)[]; letters: readonly string[]; read: string[] }> {
    const fired: (Node | undefined)[] = [];
    const letters: string[] = [];
    const listening = tested.internals.view.onDidChangeTreeData((nodes) => fired.push(...(nodes ?? [undefined])));
    const alsoListening = tested.internals.messages.onDidChangeTreeData((nodes) =>
      letters.push(...(nodes ?? [undefined]).map((node) => node?.kind ?? 'all')),
    );
    const before = counted.paths.length;
    await work();
    await eventually(`${fires} are fired`, () => fires === 'nothing' || { nodes: fired, letters }[fires].length > 0);
    for (let last = -1; last !== fired.length + letters.length + counted.paths.length; await sleep(SETTLED_MS)) {
      last = fired.length + letters.length + counted.paths.length;
    }
    listening.dispose();
    alsoListening.dispose();
    return {
      fired,
      letters,
      read: counted.paths.slice(before).map((path) => relative(STORE, path).replaceAll('\\', '/')),
    };
  }

  it('a reservation that another process renews fires its item alone, and no message is read', async () => {
    const { internals } = tested;
    const [first] = shown(internals, 'active');
    const { fired, read } = await during(
      () => agent.call('renew', { agent: 'codex', scope: 'src/00.ts', ttl: 600 }),
      'nodes',
    );
    assert.deepEqual(
      fired.map((node) => node === first?.node),
      [true],
    );
    const names = ['active.json', '.journal', 'history.jsonl'].map((name) => `reservations/${name}`);
    assert.deepEqual(
      names.filter((name) => read.includes(name)),
      names,
    );
    // The history once for what was closed since the commit, and once for what is shown of it.
    assert.ok(read.length <= 4, read.join(', '));
    assert.ok(shown(internals, 'active')[0]?.description.includes('9 h'));
  });

  it('a scope that another process reserves or releases fires its section alone', async () => {
    for (const operation of ['reserve', 'release']) {
      const { fired, read } = await during(
        () => agent.call(operation, { agent: 'codex', scope: 'docs/a.md', bead: 'bd-1' }),
        'nodes',
      );
      assert.deepEqual(
        fired.map((node) => node?.kind === 'section' && node.key),
        ['active'],
      );
      const parts = new Set(read.map((path) => path.split('/')[0]));
      assert.deepEqual([...parts], ['reservations']);
      // It changes three files on the disk. Each change may be noticed separately, and makes four reads at most.
      assert.ok(read.length <= 3 * 4, read.join(', '));
    }
  });

  it('a message of another process fires its group or thread alone, and no reservation is read', async () => {
    const { internals } = tested;
    const send = (bead: string) =>
      agent.call('send', { from: 'codex', to: 'dana', bead, category: 'INFO', subject: 'a', body: 'b' });
    await send('bd-1');
    await send('bd-2');
    await untilThreads(internals, 'both are shown', () => threads(internals, 'unread').length === 2);
    const another = await during(() => send('bd-3'), 'letters');
    assert.deepEqual([another.fired, another.letters], [[], ['group']]);
    assert.deepEqual([...new Set(another.read.map((path) => path.split('/')[0]))], ['messages']);
    assert.equal(threads(internals, 'unread').length, 3);
    const same = await during(() => send('bd-3'), 'letters');
    assert.deepEqual([same.fired, same.letters], [[], ['thread']]);
    // The unacked ones are looked for, and the letters: the new message is read once for each.
    const index = same.read.filter((path) => path.startsWith('messages/index/'));
    assert.equal(new Set(index).size, 1, index.join(', '));
  });

  it('a message that nobody can see is not read for the view', async () => {
    await tested.internals.messages.letters.want(false);
    const { letters, read } = await during(() =>
      agent.call('send', { from: 'codex', to: 'dana', bead: 'bd-1', category: 'INFO', subject: 'a', body: 'b' }),
    );
    assert.deepEqual([letters, read.filter((path) => /^messages\/[^/]+\.jsonl$/.test(path))], [[], []]);
  });

  it('twenty heartbeats fire nothing, and no file is read', async () => {
    await tested.internals.messages.letters.want(true);
    const { fired, letters, read } = await during(async () => {
      for (let beat = 0; beat < 20; beat++) {
        await agent.call('heartbeat', { agent: 'codex' });
      }
    });
    assert.deepEqual([fired, letters, read], [[], [], []]);
  });

  it('loading the extension asks for each module once, and for none of its bundles for later', () => {
    const asked = modulesAskedFor(join(repoRoot, 'dist', 'extension.js'));
    assert.ok(asked.includes('vscode'));
    assert.deepEqual(asked, [...new Set(asked)]);
    assert.deepEqual(
      asked.filter((name) => name.startsWith('.')),
      [],
    );
  });

  it('while nothing happens nothing is fired, and no file is read', async () => {
    const { fired, read } = await during(() => sleep(2_000));
    assert.deepEqual([fired, read], [[], []]);
  });
});
