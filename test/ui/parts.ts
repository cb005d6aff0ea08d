/** The parts of the screen that the tests of this folder look at. */

import type { Locator, Page } from 'playwright-core';
import { quickPickItem, runCommand } from '../support/workbench';

export async function openView(page: Page): Promise<void> {
  await page.locator('.activitybar .action-label[aria-label^="Reservations"]').click({ force: true });
  await page.locator('.sidebar .title-label', { hasText: 'Reservations' }).waitFor();
}

/** By its name in the list of themes, such as `Dark Modern`. */
export async function chooseTheme(page: Page, theme: string): Promise<void> {
  await runCommand(page, 'Preferences: Color Theme');
  await page.locator('.quick-input-filter input[placeholder*="Color Theme"]').fill(theme);
  await quickPickItem(page, theme).click();
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

export function row(page: Page, label: string): Locator {
  return page.locator('.pane-body .monaco-list-row', { has: page.getByText(label, { exact: true }) });
}

export function held(page: Page, text: string): Locator {
  return page.locator('.statusbar-item', { hasText: text });
}

export async function step(page: Page, place: string): Promise<void> {
  await page.locator('.quick-input-title', { hasText: `(${place})` }).waitFor();
}

export async function clickInline(item: Locator, action: string): Promise<void> {
  await item.hover();
  await item.locator(`.action-label[aria-label="${action}"]`).click();
}
