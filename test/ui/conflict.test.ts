import { strict as assert } from 'node:assert';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { operations } from '../../scripts/demo/scene';
import { untilHolds } from '../support/patience';
import { useWorkbench } from '../support/useWorkbench';
import { clearNotifications, runCommand, type Workbench, type WorkbenchDirs } from '../support/workbench';
import { chooseTheme, row } from './parts';

/** Of the page, where the functions that are passed to it run. */
declare function getComputedStyle(element: unknown, part: string): { readonly content: string };

const SETTINGS = { 'agentReservations.agent': 'dana', 'explorer.compactFolders': false };

/** Each agent holds something of the workspace; one of them for minutes only. */
async function prepare({ storeDir, workspaceDir }: WorkbenchDirs): Promise<void> {
  for (const file of ['src/app/router.ts', 'CHANGELOG.md']) {
    await mkdir(dirname(join(workspaceDir, file)), { recursive: true });
    await writeFile(join(workspaceDir, file), '\n');
  }
  const project = await realpath(workspaceDir);
  const store = operations(storeDir);
  for (const name of ['dana', 'codex-api', 'claude-auth']) {
    await store.register({ name, role: 'demo' });
  }
  const at = { project, worktree: project };
  await store.reserve({ agent: 'claude-auth', scope: 'src/auth/**', bead: 'bd-41', ...at });
  await store.reserve({ agent: 'codex-api', scope: 'CHANGELOG.md', bead: 'bd-44', ttl: 5, ...at });
  await store.reserve({ agent: 'dana', scope: 'src/app/**', bead: 'bd-52', ...at });
}

function inExplorer({ page }: Workbench, name: string): Locator {
  const label = page.locator('.label-name', { hasText: new RegExp(`^${name}$`) });
  return page.locator('.explorer-folders-view .monaco-list-row', { has: label });
}

/** Opens the file, with the cursor at its beginning. */
async function open(workbench: Workbench, name: string): Promise<void> {
  const { page } = workbench;
  await inExplorer(workbench, name).dblclick();
  await page.locator('.tab.active', { hasText: name }).waitFor();
  await page.locator('.editor-instance .view-lines').click();
  await page.keyboard.press('Control+Home');
}

describe('files that are held', () => {
  const workbench = useWorkbench({ extension: 'packaged', settings: SETTINGS, prepare });

  /** Its badge is drawn by a style sheet. */
  function shapeOf(name: string): Promise<string> {
    return inExplorer(workbench(), name)
      .locator('.monaco-icon-label')
      .evaluate((label) => getComputedStyle(label, '::after').content.replaceAll('"', ''));
  }

  it('have a badge in the Explorer, which says whose it is', async () => {
    await inExplorer(workbench(), 'src').click();
    for (const folder of ['app', 'auth']) {
      await inExplorer(workbench(), folder).click();
    }
    await inExplorer(workbench(), 'session.ts').waitFor();
    const names = ['src', 'auth', 'login.ts', 'router.ts', 'CHANGELOG.md', 'README.md'];
    const shapes = () => Promise.all(names.map(shapeOf));
    await untilHolds(async () => assert.deepEqual(await shapes(), ['•', '◆', '◆', '◇', '◆!', 'none']));
    await inExplorer(workbench(), 'login.ts').hover();
    await workbench()
      .page.getByText(/Held by claude-auth for bd-41 until .+: src\/auth\/\*\*/)
      .waitFor();
  });

  it('have one in their tab, and a warning at the first change, which leads to asking', async () => {
    const { page, screenshot } = workbench();
    await open(workbench(), 'login.ts');
    await page.keyboard.type('// mine ');
    const toast = page.locator('.notification-toast', {
      hasText: 'You are changing login.ts, which claude-auth holds',
    });
    await toast.waitFor();
    await runCommand(page, 'Problems: Focus on Problems View');
    await page.locator('.markers-panel', { hasText: 'You changed this file. Held by claude-auth for bd-41' }).waitFor();
    await page.mouse.move(800, 300);
    await screenshot('conflict');
    await toast.getByText('Ask to Release…').click();
    await page.locator('.quick-input-widget input').fill('I fix the label of the form');
    await page.keyboard.press('Enter');
    await page.locator('.notification-toast', { hasText: 'claude-auth was asked.' }).waitFor();
    await clearNotifications(page);
  });

  it('lead to their reservation from the problem, by keyboard', async () => {
    const { page } = workbench();
    await page.locator('.editor-instance .view-lines').click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Control+.');
    await page.locator('.action-widget', { hasText: 'Ask claude-auth to Release…' }).waitFor();
    await page.locator('.action-widget .monaco-list-row', { hasText: 'Open Reservation' }).click();
    const item = row(page, 'src/auth/**');
    await item.waitFor();
    assert.match((await item.getAttribute('class')) ?? '', /selected/);
  });

  it('are read-only where the setting says so, and can be changed by a button above their editor', async () => {
    const { page, change, screenshot } = workbench();
    await change({ 'agentReservations.onConflict': 'readonly' });
    await chooseTheme(page, 'Light Modern');
    await runCommand(page, 'View: Show Explorer');
    await open(workbench(), 'CHANGELOG.md');
    const told = 'CHANGELOG.md is read-only here: codex-api holds it until';
    await page.locator('.notification-toast', { hasText: told }).waitFor();
    const button = page.locator('.editor-actions .action-label[aria-label="Edit Anyway"]');
    await button.waitFor();
    await page.mouse.move(800, 300);
    await screenshot('readonly');
    await button.click();
    await button.waitFor({ state: 'hidden' });
    await page.locator('.editor-instance .view-lines').click();
    await page.keyboard.type('mine');
    await page.locator('.editor-instance .view-lines', { hasText: 'mine' }).waitFor();
  });
});
