// Draws media/icon.png from media/icon/icon.svg.
// Usage: node scripts/icon.mjs
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { repoRoot } from './lib/paths.mjs';

const size = 128;
await ensureInstalled();
const { launchBrowser } = await import('./host/browser.mjs');
const browser = await launchBrowser();
try {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>body { margin: 0 }</style>${readFileSync(join(repoRoot, 'media', 'icon', 'icon.svg'), 'utf8')}`,
  );
  await page.screenshot({ path: join(repoRoot, 'media', 'icon.png'), omitBackground: true });
} finally {
  await browser.close();
}
