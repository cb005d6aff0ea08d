/** The parts of the screen that the tests of this folder look at. */

import type { Locator, Page } from 'playwright-core';

export async function openView(page: Page): Promise<void> {
  await page.locator('.activitybar .action-label[aria-label^="Reservations"]').click({ force: true });
  await page.locator('.sidebar .title-label', { hasText: 'Reservations' }).waitFor();
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
