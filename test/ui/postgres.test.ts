import { createCoordination } from '../../src/coordination/coordination';
import { splitPassword } from '../../src/extension/postgres/url';
import { randomHex } from '../../src/store/files/durable';
import { openPostgresStore } from '../../src/store/postgres/postgresStore';
import { PostgresServer } from '../support/postgresServer';
import { useWorkbench } from '../support/useWorkbench';
import { chooseTheme, held, openView, row } from './parts';

const NAMESPACE = 'shop';

describe('a store on a PostgreSQL server, used by hand', () => {
  let server: PostgresServer;

  const workbench = useWorkbench(async () => {
    server = await PostgresServer.start();
    const store = openPostgresStore({ url: server.url(), namespace: NAMESPACE });
    await store.migrate();
    const operations = createCoordination(store, { random: () => randomHex(4) });
    for (const name of ['dana', 'codex-api']) {
      await operations.register({ name, role: 'test' });
    }
    await operations.reserve({ agent: 'codex-api', scope: 'src/api/**', bead: 'bd-44', project: '/projects/shop' });
    await operations.reserve({ agent: 'dana', scope: 'docs/**', bead: 'bd-52', project: '/projects/shop' });
    await store.close();
    return {
      settings: {
        'agentReservations.agent': 'dana',
        'agentReservations.namespace': NAMESPACE,
        'agentReservations.postgres.url': splitPassword(server.url()).url,
      },
    };
  });

  after(() => server?.remove());

  function message() {
    return workbench().page.locator('.tree-explorer-viewlet-tree-view .message', { hasText: 'Last known state' });
  }

  async function enterPassword(): Promise<void> {
    const { page } = workbench();
    const input = page.locator('.quick-input-widget input[type="password"]:visible');
    await input.waitFor();
    await page.locator('.quick-input-title', { hasText: 'Password of postgres@127.0.0.1' }).waitFor();
    await input.fill(splitPassword(server.url()).password ?? '');
    await page.keyboard.press('Enter');
  }

  it('asks for the password, hidden, and shows what is there', async () => {
    const { page } = workbench();
    await enterPassword();
    await openView(page);
    await row(page, 'src/api/**').getByText('codex-api · bd-44').waitFor();
    await held(page, '1 held').waitFor();
  });

  for (const theme of ['Dark Modern', 'Light Modern']) {
    it(`shows the last known state as such while the server is away (${theme})`, async () => {
      const { page } = workbench();
      await chooseTheme(page, theme);
      await server.kill();
      await message().getByText(`127.0.0.1:${server.port} cannot be reached.`).waitFor();
      await page.locator('.monaco-list-row[aria-label^="docs/**"][aria-label$=", last known state"]').waitFor();
      await held(page, '1 held').locator('.codicon-warning').waitFor();
      await workbench().screenshot(`postgres-out-of-date-${theme.split(' ')[0]?.toLowerCase()}`);
      await server.restart();
      await message().waitFor({ state: 'hidden' });
    });
  }

  it('says what to do where nothing has been read yet, and reads it when it is there', async () => {
    const { page } = workbench();
    await server.stop();
    await page.reload();
    await openView(page);
    await page.locator('.welcome-view-content').getByText('cannot be reached').waitFor();
    await page.locator('.welcome-view-content').getByText('No message has been read').waitFor();
    for (const button of ['Try Again', 'Enter Password…', 'Open Settings']) {
      await page.locator('.welcome-view-content .monaco-button', { hasText: button }).waitFor();
    }
    await held(page, 'Reservations out of reach').waitFor();
    await workbench().screenshot('postgres-unreachable-light');
    await server.restart();
    // VS Code in a browser, as it is here, keeps secrets only as long as its page.
    await enterPassword();
    await row(page, 'docs/**').getByText('you · bd-52').waitFor();
  });
});
