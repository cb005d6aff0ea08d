/** Two people, each with a VS Code, a login and a clone of their own, on one server. */

import { createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { openPostgresStore } from '../../src/store/postgres/postgresStore';
import { git } from '../support/gitRepository';
import { PATIENCE_MS } from '../support/patience';
import { PostgresServer } from '../support/postgresServer';
import { explained, tellOfFailures } from '../support/useWorkbench';
import { openWorkbench, runCommand, type Workbench } from '../support/workbench';
import { clickInline, held, openView, row, step } from './parts';

const NAMESPACE = 'git.example/acme/shop';

describe('a team on a PostgreSQL server', () => {
  let server: PostgresServer;
  let alice: Workbench;
  let bob: Workbench;

  before(async function () {
    this.timeout(5 * PATIENCE_MS);
    server = await PostgresServer.start();
    const store = openPostgresStore({ url: server.url(), namespace: NAMESPACE });
    await store.migrate();
    const operations = createCoordination(store, { random: () => randomHex(4) });
    for (const name of ['alice', 'bob']) {
      await server.query(`create role ${name} login password 'of-${name}'`);
      await server.query('select agent_reservations.admit($1, $2, $3)', [name, NAMESPACE, [name, `${name}-*`]]);
      await operations.register({ name, role: 'person' });
    }
    await store.close();
    // However each of them has cloned it.
    alice = await open('alice', 'git@git.example:acme/shop.git', 'Default Dark Modern');
    bob = await open('bob', 'https://git.example/acme/shop', 'Default Light Modern');
  });

  tellOfFailures(() => [alice, bob]);

  after(async function () {
    this.timeout(PATIENCE_MS);
    await alice?.close();
    await bob?.close();
    await server?.remove();
  });

  async function open(agent: string, origin: string, theme: 'Default Dark Modern' | 'Default Light Modern') {
    const workbench = await openWorkbench({
      theme,
      settings: {
        'agentReservations.agent': agent,
        'agentReservations.postgres.url': `postgres://${agent}@127.0.0.1:${server.port}/postgres`,
      },
      prepare: ({ workspaceDir }) => {
        git(workspaceDir, 'init', '--quiet');
        git(workspaceDir, 'remote', 'add', 'origin', origin);
      },
    });
    const { page } = workbench;
    try {
      const input = page.locator('.quick-input-widget input[type="password"]:visible');
      await input.waitFor();
      await input.fill(`of-${agent}`);
      await page.keyboard.press('Enter');
      await openView(page);
    } catch (error) {
      const told = await explained(error, `the VS Code of ${agent}`, [workbench]);
      await workbench.close();
      throw told;
    }
    return workbench;
  }

  async function reserve({ page }: Workbench, scope: string, bead: string): Promise<void> {
    await runCommand(page, 'Reservations: Reserve Scope…');
    const input = page.locator('.quick-input-widget input:visible');
    await step(page, '1/4');
    await input.fill(scope);
    await page.keyboard.press('Enter');
    await step(page, '2/4');
    await input.fill(bead);
    for (const place of ['3/4', '4/4']) {
      await page.keyboard.press('Enter');
      await step(page, place);
    }
    await page.keyboard.press('Enter');
  }

  it('sees in each window what the other one reserves, as of the same project', async () => {
    await reserve(alice, 'src/auth/**', 'bd-60');
    await row(alice.page, 'src/auth/**').getByText('you · bd-60').waitFor();
    await row(bob.page, 'src/auth/**').getByText('alice · bd-60').waitFor();
    await reserve(bob, 'docs/**', 'bd-61');
    await row(alice.page, 'docs/**').getByText('bob · bd-61').waitFor();
    await held(alice.page, '1 held').waitFor();
    await held(bob.page, '1 held').waitFor();
    await alice.screenshot('team-alice-dark');
    await bob.screenshot('team-bob-light');
  });

  it('is refused what the other one holds', async () => {
    await runCommand(bob.page, 'Reservations: Reserve Scope…');
    const input = bob.page.locator('.quick-input-widget input:visible');
    await step(bob.page, '1/4');
    await input.fill('src/auth/login.ts');
    await bob.page.keyboard.press('Enter');
    await step(bob.page, '2/4');
    await input.fill('bd-62');
    for (const place of ['3/4', '4/4']) {
      await bob.page.keyboard.press('Enter');
      await step(bob.page, place);
    }
    // The preview knows already.
    await bob.page.locator('.quick-input-list .monaco-list-row', { hasText: 'alice' }).first().waitFor();
    await bob.screenshot('team-refused-light');
    await bob.page.keyboard.press('Escape');
  });

  it('and sees it go', async () => {
    await clickInline(row(alice.page, 'src/auth/**'), 'Release');
    await row(bob.page, 'src/auth/**').getByText('alice · bd-60').waitFor({ state: 'detached' });
  });
});
