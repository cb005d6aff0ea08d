import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { appendFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { seed, YOU } from '../../scripts/demo/scene';
import { untilHolds } from '../support/patience';
import { useWorkbench } from '../support/useWorkbench';
import { clearNotifications, quickPickItem, runCommand, type Workbench } from '../support/workbench';
import { chooseTheme, openView } from './parts';

const TEMPORARY = 'reservations/x.tmp';
const LONG_AGO = new Date('2020-01-01');

describe('Check the Store…, used by hand', () => {
  let workbench: Workbench;
  let page: Page;

  useWorkbench(
    { extension: 'packaged', settings: { 'agentReservations.agent': YOU }, prepare: ({ storeDir }) => seed(storeDir) },
    async (opened) => {
      workbench = opened;
      page = opened.page;
      await openView(page);
      await page.locator('.pane-body .monaco-list-row').first().waitFor();
    },
  );

  for (const [name, theme] of [
    ['dark', 'Dark Modern'],
    ['light', 'Light Modern'],
  ] as const) {
    it(`says so where nothing is wrong (${name})`, async () => {
      await chooseTheme(page, theme);
      await rm(workbench.storeDir, { recursive: true });
      await seed(workbench.storeDir);
      await clearNotifications(page);
      await runCommand(page, 'Reservations: Check the Store…');
      await toast(page, 'Nothing is wrong with the store').waitFor();
    });

    it(`lists what is wrong, repairs what is ticked, and asks before what something may be lost by (${name})`, async () => {
      await spoil(workbench.storeDir);
      await runCommand(page, 'Reservations: Check the Store…');
      await item(page, 'A temporary file was left behind').waitFor();
      await workbench.screenshot(`check-store-${name}`);
      await page.locator('.quick-input-count', { hasText: '2 Selected' }).waitFor();
      await untilTicked(page, 'A temporary file was left behind', true);
      await untilTicked(page, 'An agent is not registered', true);
      await untilTicked(page, 'Lines of the history cannot be read', false);
      await untilTicked(page, 'A file was put aside earlier', false);

      // What cannot be repaired is not ticked by a click; what is clicked after it is.
      await item(page, 'A file was put aside earlier').locator('.label-name').first().click();
      await item(page, 'Lines of the history cannot be read').locator('.label-name').first().click();
      await page.locator('.quick-input-count', { hasText: '3 Selected' }).waitFor();
      await untilTicked(page, 'Lines of the history cannot be read', true);
      await untilTicked(page, 'A file was put aside earlier', false);
      await page.keyboard.press('Enter');
      const dialog = page.locator('.monaco-dialog-box');
      await dialog.getByText('Something may be lost by these repairs.').waitFor();
      await workbench.screenshot(`check-store-risky-${name}`);
      await dialog.getByRole('button', { name: 'Repair', exact: true }).click();
      await toast(page, 'The store was repaired in 3 places.').waitFor();
      await workbench.screenshot(`check-store-done-${name}`);

      const { storeDir } = workbench;
      assert.ok(!existsSync(join(storeDir, TEMPORARY)));
      assert.ok(existsSync(join(storeDir, 'agents', 'stray.json')));
      assert.ok(!readFileSync(join(storeDir, 'reservations', 'history.jsonl'), 'utf8').includes('{"torn'));
      assert.equal(asideIn(storeDir).length, 2);
    });

    it(`leaves everything as it is where the question is answered with no (${name})`, async () => {
      const { storeDir } = workbench;
      await appendFile(join(storeDir, 'reservations', 'history.jsonl'), '{"torn\n');
      await runCommand(page, 'Reservations: Check the Store…');
      await item(page, 'Lines of the history cannot be read').locator('.label-name').first().click();
      await page.keyboard.press('Enter');
      await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Cancel' }).click();
      await page.locator('.monaco-dialog-box').waitFor({ state: 'detached' });
      assert.ok(readFileSync(join(storeDir, 'reservations', 'history.jsonl'), 'utf8').includes('{"torn'));
      assert.equal(asideIn(storeDir).length, 2);
    });

    it(`is offered where the store cannot be read (${name})`, async () => {
      const { storeDir } = workbench;
      await rm(join(storeDir, 'reservations', '.journal'), { force: true });
      await writeFile(join(storeDir, 'reservations', 'active.json'), '{ "reservations": [');
      await page.locator('.welcome-view').getByRole('button', { name: 'Check the Store…' }).click();
      await item(page, 'A file cannot be understood').waitFor();
      await untilTicked(page, 'A file cannot be understood', false);
      await workbench.screenshot(`check-store-unreadable-${name}`);
      await item(page, 'A file cannot be understood').locator('.label-name').first().click();
      await page.keyboard.press('Enter');
      await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Repair', exact: true }).click();
      await toast(page, 'The store was repaired').last().waitFor();
      await page.locator('.statusbar-item', { hasText: '0 held' }).waitFor();
      await page.locator('.pane-body .monaco-list-row', { hasText: 'Need src/app/router.ts' }).waitFor();
    });
  }
});

/** One finding of each sort: to repair, to repair with care, only to look at. */
async function spoil(storeDir: string): Promise<void> {
  await writeFile(join(storeDir, TEMPORARY), '', { mode: 0o600 });
  await utimes(join(storeDir, TEMPORARY), LONG_AGO, LONG_AGO);
  await writeFile(join(storeDir, 'messages', 'stray.jsonl'), '', { mode: 0o600 });
  await writeFile(join(storeDir, 'reservations', 'active.json.20260101T000000.0a1b2c3d.unreadable'), '{', {
    mode: 0o600,
  });
  await appendFile(join(storeDir, 'reservations', 'history.jsonl'), '{"torn\n');
}

function asideIn(storeDir: string): readonly string[] {
  return readdirSync(join(storeDir, 'reservations')).filter((file) => file.endsWith('.unreadable'));
}

function item(page: Page, label: string): Locator {
  return quickPickItem(page, label);
}

/** Waits until the box before the item is ticked, or is not. */
async function untilTicked(page: Page, label: string, isTicked: boolean): Promise<void> {
  await untilHolds(async () => {
    assert.equal(await item(page, label).getAttribute('aria-checked'), String(isTicked), label);
  });
}

function toast(page: Page, text: string): Locator {
  return page.locator('.notification-toast', { hasText: text });
}
