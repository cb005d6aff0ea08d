import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { seed, YOU } from '../../scripts/demo/scene';
import { eventually } from '../support/patience';
import { makePseudoExtension, PSEUDO_LOCALE, pseudoTexts } from '../support/pseudoLocale';
import { importScript } from '../support/scripts';
import { useWorkbench } from '../support/useWorkbench';
import type { Workbench } from '../support/workbench';

type L10nScript = typeof import('../../scripts/l10n.mjs');

/** What agents and people have written, and what VS Code itself says, which has no language but English here. */
const NOT_OURS = [
  /Login form is yours to review|Need src\/app\/router\.ts|Which token lifetime should the docs name\?/g,
  /\b(res|msg)_\w+/g,
  // Of the system's formats: tomorrow's dates are among them before midnight.
  /\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d/g,
  /\b[\w*]+(\/[\w*.]+)+/g,
  /\b(you|claude-auth|codex-api|copilot-docs|agent-reservations|beadboard|bd-\d+)\b/g,
];

describe('the extension in a language that is a third longer', () => {
  let folder: string;
  let workbench: Workbench;
  let page: Page;

  useWorkbench(
    async () => {
      folder = await mkdtemp(join(tmpdir(), 'agent-reservations-pseudo-'));
      await makePseudoExtension(folder);
      return {
        extensionFolder: folder,
        language: PSEUDO_LOCALE,
        settings: { 'agentReservations.agent': YOU },
        prepare: ({ storeDir }) => seed(storeDir),
      };
    },
    (opened) => {
      workbench = opened;
      page = opened.page;
    },
  );

  after(() => rm(folder, { recursive: true, force: true }));

  it('says nothing in English in the view, in words for screen readers, and in the status bar', async () => {
    await page.locator('.activitybar .action-label[aria-label^="Ř"]').click({ force: true });
    const rows = page.locator('.pane-body .monaco-list-row');
    await rows.filter({ hasText: 'docs/guide.md' }).waitFor();
    await page.mouse.move(800, 400);
    await workbench.screenshot('pseudo-view');
    const texts = await rows.evaluateAll((all) =>
      all.flatMap((one) => [
        ...[...one.querySelectorAll('.label-name, .label-description')].map(({ textContent }) => textContent),
        one.getAttribute('aria-label'),
      ]),
    );
    assert.ok(texts.length > 16, 'nothing to look at');
    assert.deepEqual(texts.flatMap(englishIn), []);
    const held = page.locator('.statusbar-item[id^="agent-reservations"]');
    assert.deepEqual(englishIn(await held.getAttribute('aria-label')), []);
  });

  it('says nothing in English in what is shown over an item', async () => {
    const item = page.locator('.pane-body .monaco-list-row', { hasText: 'src/auth/login/**' });
    const hover = page.locator('.workbench-hover');
    // Where the list is drawn anew under the pointer, VS Code takes the hover away, and waits until the pointer moves.
    await eventually('something is shown over the item', async () => {
      await page.mouse.move(800, 400);
      await item.hover();
      await hover.waitFor({ timeout: 3_000 }).catch(() => undefined);
      return await hover.isVisible();
    });
    assert.deepEqual(englishIn(await hover.textContent()), []);
    await page.mouse.move(800, 400);
  });

  it('asks for a reservation without a word of English, and nothing of it is cut off', async () => {
    await runOurCommand('command.reserve');
    const widget = page.locator('.quick-input-widget');
    const input = widget.locator('input:visible');
    await input.fill('/etc/passwd');
    await widget.locator('.quick-input-message').waitFor();
    await lookAt(widget, 'pseudo-reserve-1');
    for (const [answer, step] of [
      ['src/cart/**', 2],
      ['bd-60', 3],
    ] as const) {
      await input.fill(answer);
      await page.keyboard.press('Enter');
      await page.locator('.quick-input-title', { hasText: `(${step}/4)` }).waitFor();
      await lookAt(widget, `pseudo-reserve-${step}`);
    }
    await page.keyboard.press('Escape');
  });

  it('leads without a word of English, by buttons that show their whole text', async () => {
    await rm(workbench.storeDir, { recursive: true, force: true });
    const welcome = page.locator('.pane-body .welcome-view-content:visible');
    await welcome.locator('.monaco-button').first().waitFor();
    await workbench.screenshot('pseudo-welcome');
    assert.deepEqual((await welcome.allTextContents()).flatMap(englishIn), []);
    assert.deepEqual(await cutOff(welcome.locator('.monaco-button')), []);
  });

  /** Titles and messages only: the entries of a list are cut with an ellipsis by VS Code, and whole in what is shown over them. */
  async function lookAt(widget: Locator, picture: string): Promise<void> {
    await workbench.screenshot(picture);
    const texts = await widget
      .locator('.quick-input-title:visible, .quick-input-message:visible, .label-name:visible')
      .allTextContents();
    assert.ok(texts.some((text) => text.trim() !== ''));
    assert.deepEqual(texts.flatMap(englishIn), []);
    assert.deepEqual(await cutOff(widget.locator('.quick-input-title:visible, .quick-input-message:visible')), []);
  }

  async function runOurCommand(key: string): Promise<void> {
    const title = (await pseudoTexts('package.nls.json'))[key] ?? '';
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget .quick-input-filter input').fill(`>${title}`);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click();
  }
});

for (const [language, name] of [
  ['de', 'German'],
  ['zh-cn', 'Simplified Chinese'],
] as const) {
  describe(`the extension in ${name}`, () => {
    const workbench = useWorkbench({
      language,
      settings: { 'agentReservations.agent': YOU },
      prepare: ({ storeDir }) => seed(storeDir),
    });

    it('takes the texts of package.json and of the code from that language', async () => {
      const { bundles, textsOf } = await importScript<L10nScript>('l10n.mjs');
      const [contributed = {}, code = {}] = bundles.map(({ translated }) => textsOf(translated(language)));
      const { page, screenshot } = workbench();
      const title = contributed['viewContainer.title'] ?? '';
      await page.locator(`.activitybar .action-label[aria-label^="${title}"]`).click({ force: true });
      for (const text of ['Active', 'Expired']) {
        await page
          .locator('.pane-body .monaco-list-row')
          .getByText(code[text] ?? '', { exact: true })
          .waitFor();
      }
      await page.mouse.move(800, 400);
      await screenshot(`view-${language}`);
    });
  });
}

/** Words of plain letters, but for those of agents and of VS Code. */
function englishIn(text: string | null): string[] {
  const ours = NOT_OURS.reduce((left, pattern) => left.replace(pattern, ' '), text ?? '');
  return (ours.match(/[A-Za-z]{3,}/g) ?? []).map((word) => `${word} in ${JSON.stringify(text)}`);
}

/** The texts of those elements that do not show all of it. */
async function cutOff(elements: Locator): Promise<(string | null)[]> {
  return await elements.evaluateAll((all) =>
    all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent),
  );
}
