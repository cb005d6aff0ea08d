import { realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { operations } from '../../scripts/demo/scene';
import { makeRepository } from '../support/gitRepository';
import { useWorkbench } from '../support/useWorkbench';
import type { WorkbenchDirs } from '../support/workbench';
import { clickInline, openView, row, step } from './parts';

/** Dana, who holds the docs, has changed a file that another holds and two that nobody does. */
async function prepare({ storeDir, workspaceDir }: WorkbenchDirs): Promise<void> {
  makeRepository(workspaceDir);
  for (const path of ['src/auth/login.ts', 'README.md', 'src/api/routes.ts']) {
    await writeFile(join(workspaceDir, path), 'changed\n');
  }
  const project = await realpath(workspaceDir);
  const store = operations(storeDir);
  for (const name of ['dana', 'codex-api']) {
    await store.register({ name, role: 'demo' });
  }
  await store.reserve({ agent: 'codex-api', scope: 'src/auth', bead: 'bd-44', project });
  await store.reserve({ agent: 'dana', scope: 'docs', bead: 'bd-52', project });
}

describe('what is changed but not yours, used by hand', () => {
  const workbench = useWorkbench(
    {
      extension: 'packaged',
      theme: 'Default High Contrast',
      settings: { 'agentReservations.agent': 'dana' },
      prepare,
    },
    ({ page }) => openView(page),
  );

  function section(count: number): Locator {
    return row(workbench().page, 'Changed but Not Yours').getByText(String(count), { exact: true });
  }

  it('is listed with its holder, and opens as a diff from the keyboard', async () => {
    const { page } = workbench();
    await section(3).waitFor();
    await row(page, 'login.ts').getByText('src/auth · codex-api').waitFor();
    await row(page, 'README.md').getByText('nobody').waitFor();
    await workbench().screenshot('drift-high-contrast');
    await row(page, 'docs').click();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.locator('.monaco-diff-editor .modified .view-line', { hasText: 'changed' }).waitFor();
  });

  it('is reserved by one click and two questions, one file or all', async () => {
    const { page } = workbench();
    for (const [label, action, left] of [
      ['README.md', 'Reserve…', 2],
      ['Changed but Not Yours', 'Reserve All That Is Changed…', 1],
    ] as const) {
      await clickInline(row(page, label), action);
      await step(page, '1/2');
      await page.keyboard.press('Enter');
      await step(page, '2/2');
      await page.keyboard.press('Enter');
      await section(left).waitFor();
    }
    await row(page, 'src/api/routes.ts').getByText('you · bd-').waitFor();
    await row(page, 'README.md').getByText('you · bd-').waitFor();
  });

  it('is asked for with one click, and a reason', async () => {
    const { page } = workbench();
    await clickInline(row(page, 'login.ts'), 'Ask to Release…');
    await page.locator('.quick-input-widget input:visible').fill('I have to call the new session');
    await page.keyboard.press('Enter');
    await row(page, 'src/auth').getByText('asked').waitFor();
  });
});
