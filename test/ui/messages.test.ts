import { strict as assert } from 'node:assert';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { operations, seed, YOU } from '../../scripts/demo/scene';
import { eventually } from '../support/patience';
import { useWorkbench } from '../support/useWorkbench';
import { clearNotifications, quickPickItem, runCommand, type Workbench } from '../support/workbench';
import { chooseTheme, clickInline, openView, row, step } from './parts';

const THEMES = [
  ['Dark High Contrast', 'messages-high-contrast'],
  ['Light Modern', 'messages-light'],
  ['Dark Modern', 'messages-dark'],
] as const;

describe('the Messages view, used by hand', () => {
  let workbench: Workbench;
  let page: Page;

  useWorkbench(
    {
      extension: 'packaged',
      settings: { 'agentReservations.agent': YOU },
      prepare: async ({ storeDir }) => {
        await seed(storeDir);
        const store = operations(storeDir);
        const answer = { from: 'claude-auth', to: YOU, bead: 'bd-41', category: 'INFO', subject: 'Tests are green' };
        await store.send({ ...answer, body: 'All of them.' });
        await store.reserve({ agent: 'codex-api', scope: 'test/api', bead: 'bd-44' });
      },
    },
    async (opened) => {
      workbench = opened;
      page = opened.page;
      await openView(page);
    },
  );

  it('shows threads by what they wait for, in every theme', async () => {
    for (const label of ['To Acknowledge', 'Tests are green', 'Need src/app/router.ts']) {
      await row(page, label).waitFor();
    }
    await row(page, 'Tests are green').getByText('2 unread · claude-auth · bd-41').waitFor();
    await page.locator('.notification-toast', { hasText: '2 messages wait for your acknowledgement.' }).waitFor();
    await clearNotifications(page);
    for (const [theme, name] of THEMES) {
      await chooseTheme(page, theme);
      await page.mouse.move(800, 400);
      await workbench.screenshot(name);
    }
  });

  it('writes a message in steps with a way back, and its text in an editor that sends it', async () => {
    await runCommand(page, 'Reservations: New Message…');
    await step(page, '1/5');
    await quickPickItem(page, 'codex-api').getByText('seen').waitFor();
    await workbench.screenshot('message-recipient');
    await quickPickItem(page, 'codex-api').click();
    await step(page, '2/5');
    await page.locator('.quick-input-widget .codicon-quick-input-back').click();
    await step(page, '1/5');
    await quickPickItem(page, 'codex-api').click();
    await step(page, '2/5');
    await quickPickItem(page, 'Decision').click();
    await step(page, '3/5');
    const input = page.locator('.quick-input-widget input:visible');
    await input.fill('bd-44');
    await page.keyboard.press('Enter');
    await step(page, '4/5');
    await page.keyboard.press('Enter');
    await page.getByText('A message needs a subject.').waitFor();
    await input.fill('Routes stay');
    await page.keyboard.press('Enter');
    await step(page, '5/5');
    await page.keyboard.press('Enter');
    await page.locator('.editor-instance .view-lines', { hasText: 'Subject: Routes stay' }).waitFor();
    await page.keyboard.type('Mount them in src/app.');
    await page.locator('.editor-actions .action-label[aria-label^="Send Message"]').waitFor();
    await workbench.screenshot('message-draft');
    // It is in no file, and is there again when the window is, once VS Code has kept it.
    await eventually('VS Code has kept the draft', () => isKept(workbench, 'Mount them in src/app.'));
    await page.reload();
    await page.locator('.editor-instance .view-lines', { hasText: 'Mount them in src/app.' }).click();
    // Its keys are known with the extension, which comes after the text.
    await page.locator('.editor-actions .action-label[aria-label^="Send Message"]').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.locator('.notification-toast', { hasText: 'Sent to codex-api: Routes stay' }).waitFor();
    await page.locator('.editor-group-container.empty').waitFor();
    const inbox = await operations(workbench.storeDir).inbox({ agent: 'codex-api' });
    assert.deepEqual(inbox.ok && inbox.data.map(({ category, bead_id, body }) => [category, bead_id, body]), [
      ['DECISION', 'bd-44', 'Mount them in src/app.'],
    ]);
  });

  it('tells of a handoff, and takes over what it offers', async () => {
    const sent = await operations(workbench.storeDir).send({
      ...{
        from: 'codex-api',
        to: YOU,
        bead: 'bd-45',
        category: 'HANDOFF',
        subject: 'Tests are yours',
        body: 'Half done',
      },
      handOver: { scopes: ['test/api'] },
    });
    assert.ok(sent.ok);
    const toast = page.locator('.notification-toast', { hasText: 'Message from codex-api (Handoff): Tests are yours' });
    await toast.waitFor();
    await workbench.screenshot('message-told');
    await toast.getByText('Acknowledge', { exact: true }).click();
    await quickPickItem(page, 'Take Over 1 Scope and Acknowledge').waitFor();
    await workbench.screenshot('message-take');
    await page.keyboard.press('Enter');
    await page.locator('.notification-toast', { hasText: 'Yours now: test/api' }).waitFor();
    await row(page, 'test/api').getByText('you · bd-44').waitFor();
    await row(page, 'Recent').waitFor();
  });

  it('answers with one click, in the thread', async () => {
    await clickInline(row(page, 'Need src/app/router.ts'), 'Reply…');
    await step(page, '1/2');
    await page.keyboard.press('Enter');
    await step(page, '2/2');
    await page.locator('.quick-input-widget input:visible').fill('Mounted');
    await page.keyboard.press('Enter');
    await page.locator('.notification-toast', { hasText: 'Sent to codex-api: Re: Need src/app/router.ts' }).waitFor();
  });
});

/** Whether VS Code's server keeps this text among what is not saved. */
async function isKept({ dataDir }: Workbench, text: string): Promise<boolean> {
  const below = await readdir(dataDir, { recursive: true, withFileTypes: true }).catch(() => []);
  const kept = below.filter((entry) => entry.isFile() && /[\\/]Backups[\\/]/.test(entry.parentPath));
  const texts = await Promise.all(
    kept.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8').catch(() => '')),
  );
  return texts.some((one) => one.includes(text));
}
