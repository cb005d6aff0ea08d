import { strict as assert } from 'node:assert';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { operations, seed, YOU } from '../../scripts/demo/scene';
import { useWorkbench } from '../support/useWorkbench';
import { clearNotifications, quickPickItem, runCommand, type Workbench } from '../support/workbench';
import { chooseTheme, clickInline, held, openView, row, step } from './parts';

describe('the Reservations view, used by hand', () => {
  let workbench: Workbench;
  let page: Page;

  useWorkbench(
    {
      extension: 'packaged',
      settings: { 'agentReservations.agent': YOU },
      prepare: ({ storeDir }) => seed(storeDir),
    },
    async (opened) => {
      workbench = opened;
      page = opened.page;
      await openView(page);
    },
  );

  it('shows what is active, what expired and what waits for an acknowledgement', async () => {
    for (const label of ['src/app/**', 'src/auth/login/**', 'src/api/v2/**', 'docs/guide.md', 'src/billing/**']) {
      await row(page, label).waitFor();
    }
    await row(page, 'Need src/app/router.ts').waitFor();
    await held(page, '1 held').waitFor();
    await page.mouse.move(800, 400);
    await workbench.screenshot('view-dark');
  });

  it('reserves from the palette in four steps, with a way back', async () => {
    await runCommand(page, 'Reservations: Reserve Scope…');
    const input = page.locator('.quick-input-widget input:visible');
    await step(page, '1/4');
    await input.fill('/etc/passwd');
    await page.getByText('Give a path relative to the workspace.').waitFor();
    await workbench.screenshot('reserve-invalid');
    await input.fill('src/cart/**');
    await page.keyboard.press('Enter');
    await step(page, '2/4');
    await workbench.screenshot('reserve-bead');
    await page.locator('.quick-input-widget .codicon-quick-input-back').click();
    await step(page, '1/4');
    assert.equal(await input.inputValue(), 'src/cart/**');
    await page.keyboard.press('Enter');
    await step(page, '2/4');
    await input.fill('bd-60');
    await page.keyboard.press('Enter');
    await step(page, '3/4');
    await workbench.screenshot('reserve-ttl');
    await quickPickItem(page, 'Other…').click();
    await input.fill('4');
    await page.getByText('Give a whole number of minutes from 5 to 1440.', { exact: false }).first().waitFor();
    await input.fill('45');
    await page.keyboard.press('Enter');
    await step(page, '4/4');
    await fact(page, 'no file of this workspace').waitFor();
    await workbench.screenshot('reserve-nothing');
    await page.keyboard.press('Enter');
    await row(page, 'src/cart/**').waitFor();
    await row(page, 'src/cart/**')
      .getByText(/^you · bd-60 · \d\d min$/)
      .waitFor();
    await held(page, '2 held').waitFor();
  });

  it('tells who holds a scope that is taken, and leads to that reservation', async () => {
    await reserveByHand(page, 'src/auth/login/**');
    const toast = page.locator('.notification-toast', { hasText: '“src/auth/login/**” is held by claude-auth' });
    await toast.waitFor();
    await workbench.screenshot('conflict');
    await toast.getByRole('button', { name: 'Open Reservation' }).click();
    await page.locator('.monaco-list-row.selected', { hasText: 'src/auth/login/**' }).waitFor();
    await clearNotifications(page);
  });

  it('offers to take over what another let expire', async () => {
    await reserveByHand(page, 'docs/guide.md');
    const toast = page.locator('.notification-toast', { hasText: '“docs/guide.md” was reserved by copilot-docs' });
    await toast.getByRole('button', { name: 'Take Over' }).click();
    await row(page, 'docs/guide.md').getByText('you ·').waitFor();
    await clearNotifications(page);
  });

  it('takes over an expired item with one click', async () => {
    await clickInline(row(page, 'src/billing/**'), 'Take Over');
    await row(page, 'src/billing/**').getByText('you · bd-38 ·').waitFor();
  });

  it('releases with one click', async () => {
    await clickInline(row(page, 'src/cart/**'), 'Release');
    await row(page, 'src/cart/**').waitFor({ state: 'detached' });
    await held(page, '3 held').waitFor();
  });

  it('opens a message as text and acknowledges it with one click', async () => {
    await row(page, 'Need src/app/router.ts').click();
    await page.locator('.editor-instance .view-lines', { hasText: 'have to be mounted' }).waitFor();
    await workbench.screenshot('message');
    await clickInline(row(page, 'Need src/app/router.ts'), 'Acknowledge Message');
    // It waits for nothing any more, and stands among the recent ones.
    await row(page, 'Recent').waitFor();
    await page.locator('.activitybar .badge', { hasText: '1' }).waitFor();
    await page.keyboard.press('Control+w');
  });

  it('follows another process by itself', async () => {
    const { storeDir } = workbench;
    const granted = await operations(storeDir).reserve({ agent: 'codex-api', scope: 'src/new.ts', bead: 'bd-44' });
    assert.ok(granted.ok);
    await row(page, 'src/new.ts').waitFor();
  });

  it('lists what one holds from the status bar, and releases from there', async () => {
    await held(page, '3 held').click();
    await quickPickItem(page, 'src/billing/**').waitFor();
    await workbench.screenshot('held');
    await quickPickItem(page, 'src/billing/**').click();
    await held(page, '2 held').waitFor();
  });

  it('reserves the file that is clicked in the Explorer', async () => {
    await page.locator('.activitybar .action-label[aria-label^="Explorer"]').click();
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'README.md' }).click({ button: 'right' });
    await page.locator('.monaco-menu').getByText('Reserve This File…').hover();
    await page.keyboard.press('Enter');
    await step(page, '1/2');
    await workbench.screenshot('reserve-file');
    await page.keyboard.press('Enter');
    await step(page, '2/2');
    await page.keyboard.press('Enter');
    await held(page, '3 held').waitFor();
    await openView(page);
    await row(page, 'README.md').waitFor();
  });
});

describe('the first reservation of a new user', () => {
  const workbench = useWorkbench({ extension: 'packaged' }, ({ page }) => openView(page));

  it('leads from the welcome text over a new agent, asked for once, to the view', async () => {
    const { page, screenshot } = workbench();
    await page.locator('.welcome-view').getByRole('button', { name: 'Reserve Scope…' }).click();
    const input = page.locator('.quick-input-widget input:visible');
    await step(page, '1/2');
    await input.fill('Dana!');
    await page.getByText('Use 3 to 48 lower-case letters and digits').first().waitFor();
    await screenshot('register-invalid');
    await input.fill('dana');
    await page.keyboard.press('Enter');
    await step(page, '2/2');
    await page.keyboard.press('Enter');
    await step(page, '1/4');
    await input.fill('src/auth/login.ts');
    await page.keyboard.press('Enter');
    await step(page, '2/4');
    await input.fill('bd-1');
    await page.keyboard.press('Enter');
    await step(page, '3/4');
    await page.keyboard.press('Enter');
    await step(page, '4/4');
    await fact(page, '1 file').waitFor();
    await page.keyboard.press('Enter');
    await row(page, 'src/auth/login.ts')
      .getByText(/^you · bd-1 · 1 h \d\d min$/)
      .waitFor();
    await held(page, '1 held').waitFor();

    await runCommand(page, 'Reservations: Reserve Scope…');
    // Not asked again who one is.
    await step(page, '1/4');
    await page.keyboard.press('Escape');
  });
});

describe('what the view says when there is nothing to list', () => {
  const workbench = useWorkbench(
    { extension: 'packaged', settings: { 'agentReservations.agent': YOU } },
    ({ page }) => openView(page),
    { independent: true },
  );

  for (const [name, theme] of [
    ['dark', 'Dark Modern'],
    ['light', 'Light Modern'],
    ['high-contrast', 'Dark High Contrast'],
  ] as const) {
    it(`no store, then nothing reserved, then a store that cannot be read, then one that can (${name})`, async () => {
      const { page, storeDir, screenshot } = workbench();
      await rm(storeDir, { recursive: true, force: true });
      await chooseTheme(page, theme);
      await page.getByText('No agent has reserved anything on this machine yet.').waitFor();
      await held(page, 'held').waitFor({ state: 'detached' });
      await page.mouse.move(800, 400);
      await screenshot(`welcome-no-store-${name}`);

      await operations(storeDir).register({ name: YOU, role: 'person' });
      await page.getByText('Nothing is reserved').waitFor();
      await held(page, '0 held').waitFor();
      await screenshot(`welcome-empty-${name}`);

      await operations(storeDir).reserve({ agent: YOU, scope: 'a.ts', bead: 'bd-1' });
      await row(page, 'a.ts').waitFor();
      await writeFile(join(storeDir, 'reservations', 'active.json'), '{ "reservations": [');
      await page.getByText('last good copy shown').waitFor();
      await row(page, 'a.ts').waitFor();
      await screenshot(`view-last-good-${name}`);
      await rm(join(storeDir, 'reservations', '.journal'));
      await writeFile(join(storeDir, 'reservations', 'active.json'), '{ "reservations": [[');
      await page.getByText('reservations/active.json is not JSON').waitFor();
      await screenshot(`welcome-unreadable-${name}`);

      await rm(storeDir, { recursive: true });
      await seed(storeDir);
      await row(page, 'src/app/**').waitFor();
      await screenshot(`view-${name}`);
    });
  }
});

/** A line of the preview. */
function fact(page: Page, text: string): Locator {
  return page.locator('.quick-input-list .monaco-list-row', { hasText: text });
}

async function reserveByHand(page: Page, scope: string): Promise<void> {
  await runCommand(page, 'Reservations: Reserve Scope…');
  await step(page, '1/4');
  await page.locator('.quick-input-widget input:visible').fill(scope);
  await page.keyboard.press('Enter');
  await step(page, '2/4');
  await page.keyboard.press('Enter');
  await step(page, '3/4');
  await page.keyboard.press('Enter');
  await step(page, '4/4');
  await page.keyboard.press('Enter');
}
