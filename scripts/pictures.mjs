/**
 * Takes the pictures of the README from the demo, as a person sees it: `node scripts/pictures.mjs` starts
 * `npm start -- --demo`, opens the address that it prints, and writes media/view-*.png.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureInstalled } from './lib/install.mjs';
import { repoRoot } from './lib/paths.mjs';

const size = { width: 780, height: 470 };
const sideBarWidth = 520;

await ensureInstalled();
const { launchBrowser } = await import('./host/browser.mjs');

const demo = spawn(process.execPath, [join(repoRoot, 'scripts', 'start.mjs'), '--demo', '--web'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const address = await addressOf(demo);
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: 2, reducedMotion: 'reduce' });
  await page.goto(address);
  await page.locator('.activitybar .action-label[aria-label^="Reservations"]').click({ force: true });
  await page.getByText('Need src/app/router.ts').waitFor();
  await widenSideBar(page);
  for (const [name, theme] of [
    ['dark', 'Dark Modern'],
    ['light', 'Light Modern'],
  ]) {
    await chooseTheme(page, theme ?? '');
    await page.mouse.move(size.width - 100, 300);
    // Agents of the demo come and go; the picture is of a moment at which one of them works.
    await page.locator('.monaco-list-row', { hasText: 'codex-api · bd-44' }).nth(1).waitFor({ timeout: 120_000 });
    await page.screenshot({ path: join(repoRoot, 'media', `view-${name}.png`) });
  }
  await browser.close();
} finally {
  demo.kill();
  await once(demo, 'exit');
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<string>}
 */
async function addressOf({ stdout }) {
  if (stdout) {
    for await (const line of createInterface({ input: stdout })) {
      if (line.startsWith('http://')) {
        return line;
      }
    }
  }
  throw new Error('npm start printed no address.');
}

/** @param {import('playwright-core').Page} page */
async function widenSideBar(page) {
  const sideBar = await page.locator('.part.sidebar').boundingBox();
  const x = (sideBar?.x ?? 0) + (sideBar?.width ?? 0) + 2;
  await page.mouse.move(x, 300);
  await page.mouse.down();
  await page.mouse.move(sideBarWidth, 300, { steps: 5 });
  await page.mouse.up();
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} theme
 */
async function chooseTheme(page, theme) {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget .quick-input-filter input');
  await input.fill('>Preferences: Color Theme');
  await page.locator('.quick-input-list .label-name', { hasText: /^Preferences: Color Theme$/ }).click();
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Light+' }).waitFor();
  await input.fill(theme);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: theme }).first().click();
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}
