import { seed, YOU } from '../../scripts/demo/scene';
import { eventually } from '../support/patience';
import { useWorkbench } from '../support/useWorkbench';
import { quickPickItem } from '../support/workbench';
import { placeOf, startDrag } from './dragging';
import { held, row } from './parts';

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
    const drag = await startDrag(page, folder);
    let moves = 0;
    // VS Code opens the view for what is held over its icon for a while, as long as it moves.
    await eventually('the view opens under what is dragged', async () => {
      moves++;
      await drag.over({ x: x + (moves % 2), y });
      return await row(page, 'src/app/**').isVisible();
    });
    await drag.over(await placeOf(row(page, 'src/app/**')));
    await drag.drop(await placeOf(row(page, 'src/auth/login/**')));
    await quickPickItem(page, 'bd-52').waitFor();
    await page.mouse.move(800, 500);
    await screenshot('drop-bead');
    await quickPickItem(page, 'bd-52').click();
    await row(page, 'docs/**').waitFor();
  });
});
