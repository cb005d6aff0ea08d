import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { seed, YOU } from '../../scripts/demo/scene';
import { eventually, PATIENCE_MS } from '../support/patience';
import { useWorkbench } from '../support/useWorkbench';
import { quickPickItem } from '../support/workbench';
import { held, row } from './parts';

/** While nothing is opened by them, as many as take several seconds. */
const MOVES = 50;

describe('a folder of the Explorer', () => {
  const workbench = useWorkbench({
    settings: { 'agentReservations.agent': YOU },
    prepare: ({ storeDir }) => seed(storeDir),
  });

  it('is reserved by dragging it over the activity bar onto the view', async () => {
    const { page, screenshot } = workbench();
    await held(page, '1 held').waitFor();
    const folder = page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'docs' }).first();
    const label = page.locator('.action-label[aria-label^="Reservations"]');
    const icon = page.locator('.activitybar .action-item', { has: label });
    const { x, y } = await placeOf(icon);
    // VS Code opens the view for what is held over its icon for a while, as long as it moves.
    // A browser that is busy may not have taken the first moves for a drag: then it is grabbed again.
    await eventually(
      'the view opens under what is dragged',
      async () => {
        await grab(page, folder);
        for (let move = 0; move < MOVES; move++) {
          await page.mouse.move(x + (move % 2), y + (move % 2), { steps: 3 });
          await sleep(100);
          if (await row(page, 'src/app/**').isVisible()) {
            return true;
          }
        }
        await page.keyboard.press('Escape');
        await page.mouse.up();
        return false;
      },
      3 * PATIENCE_MS,
    );
    await moveOver(page, row(page, 'src/app/**'));
    await moveOver(page, row(page, 'src/auth/login/**'));
    await page.mouse.up();
    await quickPickItem(page, 'bd-52').waitFor();
    await page.mouse.move(800, 500);
    await screenshot('drop-bead');
    await quickPickItem(page, 'bd-52').click();
    await row(page, 'docs/**').waitFor();
  });
});

type Element = ReturnType<Page['locator']>;

async function grab(page: Page, element: Element): Promise<void> {
  await moveOver(page, element);
  await page.mouse.down();
  await moveOver(page, element, 20);
}

async function moveOver(page: Page, element: Element, offset = 0): Promise<void> {
  const { x, y } = await placeOf(element);
  await page.mouse.move(x + offset, y + offset, { steps: 5 });
}

async function placeOf(element: Element): Promise<{ x: number; y: number }> {
  const box = await element.boundingBox();
  if (!box) {
    throw new Error('There is nothing to move over.');
  }
  return { x: box.x + Math.min(60, box.width / 2), y: box.y + box.height / 2 };
}
