/** Names that agents gave themselves and what they wrote, in the questions that VS Code draws: as text, and nothing else. */

import { strict as assert } from 'node:assert';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { operations, seed, YOU } from '../../scripts/demo/scene';
import { useWorkbench } from '../support/useWorkbench';
import { quickPickItem, runCommand } from '../support/workbench';
import { openView, row, step } from './parts';

const HOSTILE = '$(flame) [x](command:foo) \u202Eexe';
const LONG = `$(flame)${'w'.repeat(2_000)}`;
/** As it is to be seen: whole, but for the marks that would turn the text around. */
const SEEN = '$(flame) [x](command:foo) \uFFFDexe';
const LIST = '.quick-input-list .monaco-list-row';

describe('hostile names in the questions', () => {
  let page: Page;

  useWorkbench(
    {
      extension: 'packaged',
      settings: { 'agentReservations.agent': YOU },
      prepare: async ({ storeDir }) => {
        await seed(storeDir);
        const store = operations(storeDir);
        await store.register({ name: 'codex-api', role: HOSTILE, display: LONG, forceUpdate: true });
        await store.register({ name: 'claude-auth', role: 'a\nb', display: HOSTILE, forceUpdate: true });
        await store.reserve({ agent: 'codex-api', scope: `theirs/${HOSTILE}`, bead: HOSTILE });
        await store.reserve({ agent: YOU, scope: `mine/${HOSTILE}`, bead: HOSTILE });
        await store.send({
          from: 'codex-api',
          to: YOU,
          bead: HOSTILE,
          category: 'INFO',
          subject: HOSTILE,
          body: HOSTILE,
        });
        await renameInFile(join(storeDir, 'agents', 'copilot-docs.json'));
      },
    },
    async (opened) => {
      page = opened.page;
      await openView(page);
      await row(page, `mine/${SEEN}`).waitFor();
    },
    { independent: true },
  );

  afterEach(async () => {
    // A question with steps may have another one behind it.
    for (const _ of ['question', 'step before it']) {
      await page.keyboard.press('Escape');
    }
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  });

  /** What is to be read of the choices, without the mark that keeps an icon from being drawn; and what is drawn beside text. */
  const drawn = async () => {
    await page.locator(LIST).first().waitFor();
    const rows = await page.locator(LIST).all();
    const texts = await Promise.all(rows.map((one) => one.getAttribute('aria-label')));
    return {
      text: texts.join('\n').replaceAll('\u200B', ''),
      icons: await page.locator(`${LIST} .codicon-flame`).count(),
      links: await page.locator(`${LIST} a[href], ${LIST} a[data-href]`).count(),
    };
  };

  for (const [title, occurrences] of [
    ['Choose Agent…', 2],
    ['Show Scopes You Hold', 2],
    ['Renew…', 2],
    ['Ask to Release…', 2],
    ['Force Release…', 2],
    ['Copy Scope', 4],
    ['Open Message', 2],
  ] as const) {
    it(`${title} shows them as text`, async () => {
      await runCommand(page, `Reservations: ${title}`);
      await page.locator('.quick-input-title', { hasText: /\S/ }).waitFor();
      const { text, icons, links } = await drawn();
      assert.equal(text.split(SEEN).length - 1, occurrences, text);
      assert.deepEqual([icons, links], [0, 0]);
      assert.doesNotMatch(text, /w{200}|\u202E/);
    });
  }

  it('so do the steps of a message, and of a reservation', async () => {
    await runCommand(page, 'Reservations: New Message…');
    await step(page, '1/5');
    assert.ok((await drawn()).text.includes(SEEN));
    assert.equal((await drawn()).icons, 0);
    await page.keyboard.press('Escape');
    await runCommand(page, 'Reservations: Reserve Scope…');
    await step(page, '1/4');
    await page.locator('.quick-input-widget input:visible').fill(`a/${HOSTILE}`);
    await page.keyboard.press('Enter');
    await step(page, '2/4');
    await quickPickItem(page, '$\u200B(flame) [x](command:foo) \uFFFDexe').click();
    await step(page, '3/4');
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-title', { hasText: SEEN.replace('$', '$\u200B') }).waitFor();
    const { text, icons } = await drawn();
    assert.ok(text.includes(SEEN), text);
    assert.equal(icons, 0);
  });

  it('what is held is handed over to one, and everybody is not offered', async () => {
    await runCommand(page, 'Reservations: Hand Off…');
    await page.locator('.quick-input-title', { hasText: 'Hand Off' }).waitFor();
    await page.keyboard.press('Enter');
    await step(page, '1/3');
    await quickPickItem(page, 'codex-api').waitFor();
    assert.equal(await page.locator(LIST).count(), 3);
  });

  it('who acts as another in the demo is shown that one’s messages', async () => {
    await runCommand(page, 'Reservations: Try the Demo Store');
    await page
      .getByLabel(/^Handoff from claude-auth to you, /)
      .first()
      .waitFor();
    await runCommand(page, 'Reservations: Choose Agent…');
    await quickPickItem(page, 'claude-auth').click();
    await page
      .getByLabel(/^Handoff from you to /)
      .first()
      .waitFor();
    await runCommand(page, 'Reservations: Leave the Demo Store');
    await row(page, `mine/${SEEN}`).waitFor();
  });
});

/** Another program may write anything there. */
async function renameInFile(path: string): Promise<void> {
  const record = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...record, display_name: '\u001B[31m\u2066', role: '' }));
}
