/** Somebody who has just installed it, with nothing set: what the README says, by what is to be seen. */

import { strict as assert } from 'node:assert';
import { seriousFindings } from '../support/axe';
import { useWorkbench } from '../support/useWorkbench';
import { quickPickItem, runCommand } from '../support/workbench';
import { clickInline, held, openView, step } from './parts';

/** Of the page, where the functions that are passed to it run. */
declare function getComputedStyle(element: unknown): { readonly fill: string };

const VIEW = '.sidebar .pane-body';

describe('a newcomer', () => {
  const workbench = useWorkbench(
    {
      extension: 'packaged',
      theme: 'Default High Contrast Light',
      settings: { 'explorer.compactFolders': false },
    },
    // Where an editor is narrow, VS Code leaves the pictures of a walkthrough out.
    ({ page }) => page.setViewportSize({ width: 1600, height: 900 }),
  );

  const message = (subject: string) =>
    workbench().page.locator(`${VIEW} .monaco-list-row`, { hasText: subject }).first();
  const done = (title: string) =>
    workbench()
      .page.locator('.getting-started-step', { hasText: title })
      .locator('.codicon-getting-started-step-checked');

  it('is led by the empty view', async () => {
    const { page, screenshot } = workbench();
    await openView(page);
    const welcome = page.locator('.welcome-view-content');
    await welcome.getByRole('button', { name: 'Reserve Scope…' }).waitFor();
    await welcome.getByRole('button', { name: 'Try the Demo Store' }).waitFor();
    await welcome.locator('a', { hasText: 'walkthrough' }).waitFor();
    assert.deepEqual(await seriousFindings(page, VIEW), []);
    await screenshot('newcomer-welcome');
  });

  it('reads four steps, with pictures in the colours of the theme', async () => {
    const { page, screenshot } = workbench();
    await page.locator('.welcome-view-content a', { hasText: 'walkthrough' }).click();
    await page.locator('.getting-started-step').nth(3).waitFor();
    assert.equal(await page.locator('.getting-started-step').count(), 4);
    assert.equal(await done('Choose an agent').count(), 0);
    const frame = page.frameLocator('iframe.webview').first().frameLocator('iframe');
    const shape = frame.locator('svg rect').first();
    await shape.waitFor();
    // VS Code lets no style sheet of a picture through.
    assert.equal(await shape.evaluate((rect) => getComputedStyle(rect).fill), 'rgb(255, 255, 255)');
    await screenshot('newcomer-walkthrough');
  });

  it('reserves a file, having chosen a name on the way, and the steps are done', async () => {
    const { page } = workbench();
    const choose = page.locator('.getting-started-step.expanded').getByRole('button', { name: 'Choose Agent…' });
    await choose.click();
    await page.locator('.quick-input-title', { hasText: 'Register a New Agent' }).waitFor();
    await page.keyboard.type('dana');
    await page.keyboard.press('Enter');
    await step(page, '2/2');
    await page.keyboard.press('Enter');
    await done('Choose an agent').waitFor();

    await page.locator('.activitybar .action-label[aria-label^="Explorer"]').click({ force: true });
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'README.md' }).click({ button: 'right' });
    await page.locator('.context-view').getByRole('menuitem', { name: 'Reserve This File…' }).hover();
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-widget input:visible').waitFor();
    await page.keyboard.type('bd-1');
    await page.keyboard.press('Enter');
    await step(page, '2/2');
    await page.keyboard.press('Enter');
    await held(page, '1 held').waitFor();
    await done('Reserve what you work on').waitFor();
  });

  it('sees another agent’s conflict in the demo', async () => {
    const { page, screenshot } = workbench();
    await runCommand(page, 'Reservations: Try the Demo Store');
    await held(page, '1 held (demo)').waitFor();
    await done('See a conflict').waitFor();
    const told = page.locator('.notification-toast', { hasText: 'This is the demo store' });
    await told.getByRole('button', { name: 'Open That File' }).click();
    await page.locator('.editor-instance .view-lines').first().click();
    await page.keyboard.type('x');
    await page.locator('.notification-toast', { hasText: 'which claude-auth holds' }).waitFor();
    assert.deepEqual(await seriousFindings(page, VIEW), []);
    await screenshot('newcomer-conflict');
  });

  it('acknowledges a message', async () => {
    const { page } = workbench();
    await runCommand(page, 'Reservations: Focus on Reservations View');
    await clickInline(message('The tests are yours to review'), 'Acknowledge Message');
    // It stays among the recent ones.
    await page.getByLabel('Handoff from claude-auth to you, acknowledged: The tests are yours to review').waitFor();
  });

  it('is told how the view is used without seeing it', async () => {
    const { page } = workbench();
    await runCommand(page, 'Reservations: Show Accessibility Help');
    await page.locator('.tab.active', { hasText: 'Reservations Accessibility Help' }).waitFor();
    await page.locator('.view-line', { hasText: /The.Reservations.view.is.a.tree/ }).waitFor();
  });

  it('finds in both high contrast themes what is to be seen', async () => {
    const { page, screenshot } = workbench();
    await screenshot('newcomer-view-hc-light');
    await runCommand(page, 'Preferences: Color Theme');
    await page.locator('.quick-input-filter input').fill('Dark High Contrast');
    await quickPickItem(page, 'Dark High Contrast').click();
    await page.locator('.monaco-workbench.hc-black').waitFor();
    assert.deepEqual(await seriousFindings(page, VIEW), []);
    await screenshot('newcomer-view-hc-dark');
  });

  it('leaves the demo, and what was reserved before is there', async () => {
    const { page } = workbench();
    await runCommand(page, 'Reservations: Leave the Demo Store');
    await held(page, 'demo').waitFor({ state: 'detached' });
    await held(page, '1 held').waitFor();
    await page.locator(`${VIEW} .monaco-list-row`, { hasText: 'README.md' }).first().waitFor();
  });
});
