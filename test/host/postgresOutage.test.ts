/** The window while its server is away: what it shows, what it refuses, and that it comes back. */

import { strict as assert } from 'node:assert';
import type * as vscode from 'vscode';
import type { Envelope } from '../../src/core/envelope';
import type { Reserved } from '../../src/core/reserve';
import { splitPassword } from '../../src/extension/postgres/url';
import { openPostgresStore } from '../../src/store/postgres/postgresStore';
import { Driver } from '../support/driver';
import { PATIENCE_MS } from '../support/patience';
import { PostgresServer } from '../support/postgresServer';
import {
  actAs,
  extension,
  labels,
  run,
  type Shown,
  setting,
  shown,
  startAnew,
  succeeded,
  type Tested,
  until,
  withNotifications,
} from './support';

const NAMESPACE = 'shop';

function colorOf(one: Shown | undefined): string | undefined {
  return (one?.item.iconPath as vscode.ThemeIcon | undefined)?.color?.id;
}

describe('while its PostgreSQL server cannot be reached', function () {
  this.timeout(4 * PATIENCE_MS);
  let tested: Tested;
  let server: PostgresServer;
  let url: string;

  before(async () => {
    tested = await extension();
    server = await PostgresServer.start();
    const store = openPostgresStore({ url: server.url() });
    await store.migrate();
    await store.close();
  });

  beforeEach(async () => {
    await startAnew(tested);
    const split = splitPassword(server.url());
    url = split.url;
    await tested.internals.commands.passwords.set(url, split.password ?? '');
    await setting('namespace', NAMESPACE);
    await setting('postgres.url', url);
  });

  afterEach(async () => {
    await tested.internals.commands.passwords.forget(url);
    await startAnew(tested);
  });

  after(() => server.remove());

  function isUpToDate(): boolean {
    const { live } = tested.internals;
    return live.kind === 'postgres' && live.state.kind === 'readable' && live.state.outOfDate === undefined;
  }

  it('a window shows the last known state as such, refuses at once, and comes back by itself', async () => {
    const { internals } = tested;
    const { view, statusBar, live } = internals;
    await until(internals, 'the server is read', isUpToDate);
    await actAs(tested, 'dana', 'codex');
    succeeded(await run<Envelope<Reserved>>('reserve', { scope: 'docs/**', bead: 'bd-1' }));
    await server.kill();
    await until(
      internals,
      'it is out of date',
      () => live.state.kind === 'readable' && live.state.outOfDate !== undefined,
    );
    assert.deepEqual(labels(internals, 'active'), ['docs/**']);
    const said = new RegExp(
      `^Last known state, (?:under 1|\\d+) min ago: 127\\.0\\.0\\.1:${server.port} cannot be reached\\.$`,
    );
    assert.match(String(view.tree.message), said);
    assert.match(view.tree.description ?? '', /last known state$/);
    assert.equal(statusBar.item.text, '$(warning) 1 held');
    assert.match(statusBar.item.accessibilityInformation?.label ?? '', /you hold 1 scope\. Last known state, /);
    const [old] = shown(internals, 'active');
    assert.equal(colorOf(old), 'disabledForeground');
    assert.match(old?.item.accessibilityInformation?.label ?? '', /, last known state$/);

    await withNotifications(async (seen) => {
      const refused = await run<Envelope<Reserved>>('reserve', { scope: 'a.ts', bead: 'bd-2' });
      assert.equal(refused.error?.code, 'INTERNAL_ERROR');
      assert.equal(refused.error?.details?.['cause'], 'STORE_UNREACHABLE');
      assert.match(seen[0]?.text ?? '', /cannot be reached: .*Nothing was changed\./);
      assert.deepEqual(seen[0]?.actions, ['Connect Again', 'Open Settings', 'Show Log']);
    });

    await server.restart();
    const client = await Driver.run('support/postgresClient', [server.url(), '{}', NAMESPACE]);
    try {
      const elsewhere = await client.call('reserve', { agent: 'codex', scope: 'src/**', bead: 'bd-3', project: '/p' });
      assert.ok(elsewhere.ok, elsewhere.error?.message);
      await until(internals, 'it is back', () => isUpToDate() && labels(internals, 'active').includes('src/**'));
      assert.equal(view.tree.message, '');
      assert.equal(statusBar.item.text, '$(lock) 1 held');
      assert.notEqual(colorOf(shown(internals, 'active')[0]), 'disabledForeground');
      succeeded(await run<Envelope<unknown>>('release', { scope: 'docs/**', project: null }));
    } finally {
      await client.kill();
    }
  });

  it('a window that has read nothing yet says so, and reads it when it is there', async () => {
    const { internals } = tested;
    await until(internals, 'the server is read', isUpToDate);
    await setting('postgres.url', undefined);
    await until(internals, 'the files are read', () => internals.live.kind === 'files');
    await server.stop();
    await setting('postgres.url', url);
    await until(internals, 'it says so', () => internals.live.state.kind === 'unreadable');
    const { state } = internals.live;
    assert.equal(state.kind === 'unreadable' && state.problem.kind, 'STORE_UNREACHABLE');
    assert.deepEqual(internals.view.getChildren(), []);
    assert.equal(internals.statusBar.item.text, '$(warning) Reservations out of reach');
    assert.match(internals.statusBar.item.accessibilityInformation?.label ?? '', /cannot be reached/);
    await server.restart();
    await until(internals, 'it is read', isUpToDate);
  });
});
