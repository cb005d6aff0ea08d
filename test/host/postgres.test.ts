/** The window on a store that several machines share: a real server, and other clients that are processes. */

import { strict as assert } from 'node:assert';
import { realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { DoctorData } from '../../src/coordination/coordination';
import type { Envelope } from '../../src/core/envelope';
import type { Reserved } from '../../src/core/reserve';
import { splitPassword } from '../../src/extension/postgres/url';
import { REMEMBERED_MS } from '../../src/project/findProject';
import { Driver } from '../support/driver';
import { git, makeRepository } from '../support/gitRepository';
import { useDatabase } from '../support/sharedPostgres';
import {
  actAs,
  eventually,
  extension,
  labels,
  removeRepository,
  run,
  setting,
  shown,
  startAnew,
  succeeded,
  type Tested,
  theFolder,
  until,
  waiting,
  withInputs,
  withNotifications,
} from './support';

const NAMESPACE = 'github.com/acme/shop';
const PROJECT = `origin:${NAMESPACE}`;
const CHANGES = 100;

describe('on a PostgreSQL server', () => {
  const databases = useDatabase();
  const started: Driver[] = [];
  let tested: Tested;
  let url: string;
  let password: string;

  before(async () => {
    tested = await extension();
    const folder = theFolder().uri.fsPath;
    makeRepository(folder);
    git(folder, 'remote', 'add', 'origin', 'git@github.com:acme/shop.git');
    // That it is none was known a moment ago.
    await sleep(REMEMBERED_MS + 100);
  });

  beforeEach(async () => {
    await startAnew(tested);
    const split = splitPassword(databases().url);
    url = split.url;
    password = split.password ?? '';
  });

  afterEach(async () => {
    await tested.internals.commands.passwords.forget(url);
    await startAnew(tested);
    await Promise.all(started.splice(0).map((driver) => driver.kill()));
  });

  after(() => removeRepository());

  async function another(): Promise<Driver> {
    const driver = await Driver.run('support/postgresClient', [databases().url, '{}', NAMESPACE]);
    started.push(driver);
    return driver;
  }

  /** Opens the database in the window, whose password the person has entered before. */
  async function connect(): Promise<void> {
    await tested.internals.commands.passwords.set(url, password);
    await setting('postgres.url', url);
    await until(tested.internals, 'the server is read', () => isRead());
  }

  function isRead(): boolean {
    const { live } = tested.internals;
    return live.kind === 'postgres' && live.state.kind === 'readable';
  }

  function trouble(): string {
    const { state } = tested.internals.live;
    return state.kind === 'unreadable' ? state.problem.message : state.kind;
  }

  it('shows what another client changes, soon', async () => {
    const { internals } = tested;
    await connect();
    await actAs(tested, 'dana', 'codex');
    const client = await another();
    const [sinceAsked, sinceCommitted]: [number[], number[]] = [[], []];
    for (let change = 0; change < CHANGES; change++) {
      const scope = `src/${change >> 1}.ts`;
      const isGrant = change % 2 === 0;
      const asked = performance.now();
      const seen = until(
        internals,
        `${scope} is ${isGrant ? 'shown' : 'gone'}`,
        () => labels(internals, 'active').includes(scope) === isGrant,
      ).then(() => performance.now());
      const answer = await client.call(isGrant ? 'reserve' : 'release', {
        agent: 'codex',
        scope,
        project: PROJECT,
        ...(isGrant ? { bead: 'bd-1' } : {}),
      });
      assert.ok(answer.ok, answer.error?.message);
      const committed = performance.now();
      const at = await seen;
      sinceAsked.push(at - asked);
      sinceCommitted.push(Math.max(0, at - committed));
    }
    assert.equal(sinceAsked.length, CHANGES);
    const p = (list: number[], part: number) =>
      list.toSorted((a, b) => a - b)[Math.floor(list.length * part)]?.toFixed(0);
    console.log(
      `[suite]     ${CHANGES} changes of another client in the view: p50 ${p(sinceAsked, 0.5)} ms, p95 ${p(sinceAsked, 0.95)} ms ` +
        `after it asked; p50 ${p(sinceCommitted, 0.5)} ms, p95 ${p(sinceCommitted, 0.95)} ms after its answer`,
    );
  });

  it('is of the namespace of the first folder’s origin, and names its project by the folder here', async () => {
    const { internals } = tested;
    await connect();
    assert.match(internals.live.location, /^postgres:\/\/127\.0\.0\.1:\d+\/\w+, namespace github\.com\/acme\/shop$/);
    await actAs(tested, 'dana', 'codex');
    const client = await another();
    await client.call('reserve', { agent: 'codex', scope: 'src/api/**', bead: 'bd-1', project: PROJECT });
    await until(internals, 'it is shown', () => labels(internals, 'active').includes('src/api/**'));
    const [item] = internals.live.overview.active;
    assert.equal(item?.reservation.project, await realpath(theFolder().uri.fsPath));
    const refused = await withNotifications(() =>
      run<Envelope<Reserved>>('reserve', {
        scope: 'src/api/routes.ts',
        bead: 'bd-2',
        project: item?.reservation.project,
      }),
    );
    assert.equal(refused.error?.code, 'RESERVATION_CONFLICT');
    const rows = await databases().server.query<{ project: string }>(
      'select project from agent_reservations.reservation',
      [],
      databases().name,
    );
    assert.deepEqual(rows, [{ project: PROJECT }]);
    await setting('namespace', 'another team');
    await until(internals, 'the other one is shown', () => /another team/.test(internals.live.location) && isRead());
    assert.deepEqual(internals.live.overview.active, []);
  });

  it('has all that a window has: reserve, renew, release, messages, doctor, status, history', async () => {
    const { internals, api } = tested;
    await connect();
    await actAs(tested, 'dana', 'codex');
    const made = succeeded(await run<Envelope<Reserved>>('reserve', { scope: 'docs/**', bead: 'bd-1', ttl: 30 }));
    assert.equal(made.agent_id, 'dana');
    assert.deepEqual(labels(internals, 'active'), ['docs/**']);
    assert.match(shown(internals, 'active')[0]?.description ?? '', /^you · bd-1 · (?:29|30) min/);
    succeeded((await run('renew', { scope: 'docs/**', ttl: 60, project: made.project })) as Envelope<unknown>);
    const letter = {
      from: 'codex',
      to: 'dana',
      bead: 'bd-1',
      category: 'HANDOFF',
      subject: 'Yours',
      body: 'Done.',
    } as const;
    const sent = succeeded(await api.send(letter));
    await until(internals, 'the message is shown', () => waiting(internals).includes('Yours'));
    succeeded(await run<Envelope<unknown>>('openMessage', { message: sent.message_id }));
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /Done\./);
    succeeded(await run<Envelope<unknown>>('acknowledge', { message: sent.message_id }));
    const found = succeeded(await run<Envelope<DoctorData>>('checkStore', { fix: false }));
    assert.deepEqual(
      found.findings.map(({ kind }) => kind),
      ['POWERFUL_ROLE'],
    );
    succeeded(await run<Envelope<unknown>>('showStatus'));
    const isTold = () =>
      /^Store: .*namespace github\.com\/acme\/shop$/m.test(vscode.window.activeTextEditor?.document.getText() ?? '');
    // The document of an earlier one may still be there, and is written anew.
    await eventually('the status is shown', isTold);
    assert.doesNotMatch(vscode.window.activeTextEditor?.document.getText() ?? '', new RegExp(password));
    succeeded((await run('release', { scope: 'docs/**', project: made.project })) as Envelope<unknown>);
    await until(internals, 'it is released', () => labels(internals, 'active').length === 0);
    assert.equal(succeeded(await api.history({})).length, 1);
    const told = await withNotifications(async (seen) => {
      await run('openStoreFolder');
      return seen[0]?.text ?? '';
    });
    assert.match(told, /has no folder/);
  });

  it('counts by the clock of the server, which ends the leases', async () => {
    const { live } = tested.internals;
    await connect();
    assert.ok(Math.abs(live.now().getTime() - Date.now()) < 5_000);
    const [row] = await databases().server.query<{ now: Date }>('select clock_timestamp() as now');
    assert.ok(Math.abs(live.now().getTime() - (row?.now.getTime() ?? 0)) < 1_000);
  });

  it('asks for the password when the server wants it: again where it is wrong, and then never', async () => {
    await withInputs(['not it', password], async (asked) => {
      await setting('postgres.url', url);
      await until(tested.internals, 'the server is read', isRead);
      assert.equal(asked.length, 2);
      for (const one of asked) {
        assert.ok(one.password && one.ignoreFocusOut);
        assert.match(one.title ?? '', /^Password of postgres@127\.0\.0\.1:\d+$/);
      }
      assert.match(asked[1]?.prompt ?? '', /refused/);
      await setting('postgres.url', undefined);
      await until(tested.internals, 'the files are read', () => tested.internals.live.kind === 'files');
      await setting('postgres.url', url);
      await until(tested.internals, 'the server is read', isRead);
      assert.equal(asked.length, 2);
    });
  });

  it('asks once where nothing is entered; then by the command', async () => {
    const { internals } = tested;
    await withInputs([], async (asked) => {
      await setting('postgres.url', url);
      await until(internals, 'it says that a password is wanted', () => /asks for a password/.test(trouble()));
      await internals.live.refresh();
      await internals.live.refresh();
      assert.equal(asked.length, 1);
      assert.deepEqual(internals.view.getChildren(), []);
      assert.match(internals.statusBar.item.text, /^\$\(warning\)/);
      const refused = await withNotifications(async (seen) => {
        const answer = await run<Envelope<Reserved>>('reserve', { scope: 'a.ts', bead: 'bd-1', agent: 'dana' });
        assert.ok(seen[0]?.actions.includes('Enter Password…'));
        return answer;
      });
      assert.equal(refused.error?.details?.['cause'], 'ACCESS_DENIED');
    });
    await withInputs([password], async () => {
      await run('enterPassword');
      await until(internals, 'the server is read', isRead);
    });
    await withNotifications(() => Promise.resolve(run('forgetPassword')));
    assert.equal(await internals.commands.passwords.get(url), undefined);
  });

  it('does not use a password in the settings, and moves it to the secret storage when told to', async () => {
    const { internals } = tested;
    await withNotifications(
      async (seen) => {
        await setting('postgres.url', databases().url);
        await until(internals, 'it says so', () => /holds a password/.test(trouble()));
        assert.equal(seen.length, 1);
        assert.doesNotMatch(JSON.stringify([trouble(), seen, internals.live.location]), new RegExp(password));
      },
      () => undefined,
    );
    await run('movePassword');
    await until(internals, 'the server is read', isRead);
    assert.equal(vscode.workspace.getConfiguration('agentReservations').get('postgres.url'), url);
    assert.equal(await internals.commands.passwords.get(url), password);
  });

  it('says what to do where there are no tables, and goes on by itself when they are made', async () => {
    const { internals } = tested;
    const name = `${databases().name}_empty`;
    const store = databases().open({ url: await databases().server.database(name) });
    url = url.replace(databases().name, name);
    await internals.commands.passwords.set(url, password);
    await setting('postgres.url', url);
    await until(internals, 'it says so', () => /postgres migrate/.test(trouble()));
    const before = vscode.window.terminals.length;
    await run('prepareServer');
    await eventually('a terminal is open', () => vscode.window.terminals.length === before + 1);
    const options = vscode.window.terminals.at(-1)?.creationOptions as vscode.TerminalOptions | undefined;
    assert.deepEqual(options?.env, { AGENT_RESERVATIONS_STORE: url, AGENT_RESERVATIONS_NAMESPACE: NAMESPACE });
    vscode.window.terminals.at(-1)?.dispose();
    await store.migrate();
    await until(internals, 'the server is read', isRead);
  });

  it('tells terminals and configurations of the server without its password, and the MCP server with it', async () => {
    await connect();
    await setting('chatTools', 'mcp');
    try {
      const { mcpServer } = tested.internals;
      const [server] = await mcpServer.provideMcpServerDefinitions();
      assert.ok(server);
      assert.equal(server.env['AGENT_RESERVATIONS_STORE'], url);
      assert.equal(server.env['AGENT_RESERVATIONS_NAMESPACE'], NAMESPACE);
      assert.equal('PGPASSWORD' in server.env, false);
      assert.equal((await mcpServer.resolveMcpServerDefinition(server)).env['PGPASSWORD'], password);
      const copied = await withNotifications(() =>
        Promise.resolve(run<string>('copyMcpConfiguration', { for: 'cursor' })),
      );
      assert.match(copied, /"AGENT_RESERVATIONS_NAMESPACE": "github\.com\/acme\/shop"/);
      assert.doesNotMatch(copied, new RegExp(password));
    } finally {
      await setting('chatTools', undefined);
    }
  });
});
