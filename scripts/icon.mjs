// Draws media/icon.png from media/icon/icon.svg.
// Usage: node scripts/icon.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { repoRoot } from './lib/paths.mjs';

const size = 128;
/** Every user downloads it. */
const colours = 256;
await ensureInstalled();
const { launchBrowser } = await import('./host/browser.mjs');
const browser = await launchBrowser();
try {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>body { margin: 0 }</style>${readFileSync(join(repoRoot, 'media', 'icon', 'icon.svg'), 'utf8')}`,
  );
  const { default: upng } = await import('upng-js');
  const drawn = upng.decode(new Uint8Array(await page.screenshot({ omitBackground: true })).buffer);
  const pixels = /** @type {ArrayBuffer} */ (upng.toRGBA8(drawn)[0]);
  writeFileSync(join(repoRoot, 'media', 'icon.png'), Buffer.from(upng.encode([pixels], size, size, colours)));
} finally {
  await browser.close();
}
