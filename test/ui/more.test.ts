import { strict as assert } from 'node:assert';
import type { Page } from 'playwright-core';
import { operations, YOU } from '../../scripts/demo/scene';
import { useWorkbench } from '../support/useWorkbench';
import type { Workbench } from '../support/workbench';
import { openView, row } from './parts';

/** More than are listed at once, held by others. */
async function fill(store: string): Promise<void> {
  const codex = operations(store);
  for (const [name, role] of [
    ['codex', 'api'],
    [YOU, 'person'],
  ] as const) {
    await codex.register({ name, role });
  }
  for (let hundred = 0; hundred < 5; hundred++) {
    const scopes = Array.from(
      { length: hundred < 4 ? 100 : 50 },
      (_, index) => `src/file-${1_000 + 100 * hundred + index}.ts`,
    );
    const reserved = await codex.reserveAll({ agent: 'codex', scopes, bead: 'bd-1' });
    assert.ok(reserved.ok);
  }
}

describe('a long section, used by keyboard', () => {
  let workbench: Workbench;
  let page: Page;

  useWorkbench(
    {
      extension: 'packaged',
      settings: { 'agentReservations.agent': YOU },
      prepare: ({ storeDir }) => fill(storeDir),
    },
    async (opened) => {
      workbench = opened;
      page = opened.page;
      await openView(page);
      await row(page, 'src/file-1000.ts').waitFor();
    },
  );

  /** Waits until the item with the focus is in sight, and what a screen reader says of it begins so. */
  async function focusedOn(label: string): Promise<void> {
    await page.locator(`.pane-body .monaco-list-row.focused[aria-label^="${label}"]`).waitFor();
  }

  it('lists more by Enter, and goes on with the first that was not listed', async () => {
    await row(page, 'src/file-1000.ts').click();
    for (const key of ['End', 'ArrowUp']) {
      await page.keyboard.press(key);
    }
    await focusedOn('250 more that are not listed');
    await page.mouse.move(900, 500);
    await workbench.screenshot('more-dark');
    await page.keyboard.press('Enter');
    await focusedOn('src/file-1200.ts');
    await workbench.screenshot('more-listed-dark');
    await page.keyboard.press('ArrowDown');
    await focusedOn('src/file-1201.ts');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await focusedOn('src/file-1199.ts');
  });
});
