/**
 * Takes the pictures of the README and the tour, as a person sees it: `node scripts/pictures.mjs [SCENE…]` starts
 * `npm start -- --demo`, opens the address that it prints, and writes media/SCENE-dark.png and media/SCENE-light.png for
 * each scene, or for all of them; of the story it makes media/story.png, which moves. `--theme NAME` takes them in another theme only, into out/pictures.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { ensureInstalled } from './lib/install.mjs';
import { outDir, repoRoot } from './lib/paths.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./lib/serverDemo.mjs').ServerDemo} ServerDemo */
/** @typedef {(milliseconds: number) => Promise<void>} Frame adds what is to be seen now, for so long, to what moves */
/**
 * @typedef {object} Scene
 * @property {number} width
 * @property {number} height
 * @property {number} sideBar
 * @property {boolean} [small] goes into the package of the extension, where there is little room
 * @property {(page: Page, frame: Frame) => Promise<unknown>} enter
 */

/**
 * Each begins with the Reservations view, and nothing else open; `enter` brings about what is to be seen, and
 * waits until it is there.
 * @type {Record<string, Scene>}
 */
const scenes = {
  view: {
    width: 780,
    height: 500,
    sideBar: 520,
    small: true,
    // Agents of the demo come and go; the picture is of a moment at which one of them works.
    enter: (page) => page.locator('.monaco-list-row', { hasText: 'codex-api · bd-44' }).nth(1).waitFor(),
  },
  drift: {
    width: 840,
    height: 500,
    sideBar: 420,
    enter: async (page) => {
      await page.locator('.monaco-list-row', { hasText: 'rules.yml' }).click();
      await page.locator('.monaco-diff-editor .view-line', { hasText: 'phrase' }).waitFor();
    },
  },
  badges: {
    width: 780,
    height: 500,
    sideBar: 360,
    enter: (page) => openFile(page, 'rules.yml'),
  },
  warning: {
    width: 900,
    height: 560,
    sideBar: 300,
    enter: async (page) => {
      await openFile(page, 'rules.yml');
      await page.locator('.editor-instance .view-lines').click();
      await page.keyboard.type('# Shorter than that nobody remembers.\n');
      await runCommand(page, 'Problems: Focus on Problems View');
      await page.locator('.markers-panel', { hasText: 'Held by claude-auth' }).waitFor();
      await page.locator('.notification-toast', { hasText: 'which claude-auth holds' }).waitFor();
    },
  },
  messages: {
    width: 900,
    height: 560,
    sideBar: 400,
    enter: async (page) => {
      await page.locator('.monaco-list-row', { hasText: 'Need src/app/router.ts' }).hover();
      await page.locator('.monaco-list-row .action-label[aria-label="Reply…"]:visible').click();
      for (const step of ['(1/2)', '(2/2)']) {
        await page.locator('.quick-input-title', { hasText: step }).waitFor();
        await page.keyboard.press('Enter');
      }
      await page.locator('.editor-instance .view-line', { hasText: 'Subject: Re: Need' }).waitFor();
      await page.keyboard.type('I mount them within the hour, and hand the file over then.');
    },
  },
  timeline: {
    width: 1000,
    height: 620,
    sideBar: 48,
    enter: async (page) => {
      await runCommand(page, 'Reservations: Show Timeline');
      const frame = await timelineFrame(page);
      const held = frame.locator('svg.drawn g.bar[aria-label*="src/auth/login"]');
      await held.focus();
      await page.keyboard.press('+');
      await page.keyboard.press('+');
      await page.keyboard.press('+');
      const details = frame.locator('.details', { hasText: 'claude-auth' });
      await details.waitFor();
      // The throw-away project is in a folder whose name is another each time.
      await details.getByText(/agent-reservations-demo-/).evaluate((one) => {
        one.textContent = '/projects/shop';
      });
    },
  },
  preview: {
    width: 780,
    height: 600,
    sideBar: 300,
    enter: async (page) => {
      await runCommand(page, 'Reservations: Reserve Scope…');
      await page.locator('.quick-input-title', { hasText: '(1/4)' }).waitFor();
      await page.locator('.quick-input-widget input:visible').fill('src/auth/**');
      for (const step of ['(2/4)', '(3/4)', '(4/4)']) {
        await page.keyboard.press('Enter');
        await page.locator('.quick-input-title', { hasText: step }).waitFor();
      }
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'login/rules.yml' }).last().waitFor();
    },
  },
};

/** What happens where somebody changes a file that another holds. */
const story = {
  width: 900,
  height: 520,
  sideBar: 340,
  enter: async (/** @type {Page} */ page, /** @type {Frame} */ frame) => {
    await frame(1500);
    await openFile(page, 'rules.yml');
    await page.mouse.move(800, 480);
    await frame(1500);
    await page.locator('.editor-instance .view-lines').click();
    await page.keyboard.press('ControlOrMeta+Home');
    for (const part of ['# Shorter ', 'than that ', 'nobody remembers.\n']) {
      await page.keyboard.type(part);
      await frame(300);
    }
    const warning = page.locator('.notification-toast', { hasText: 'which claude-auth holds' });
    await warning.waitFor();
    await frame(2500);
    await warning.getByRole('button', { name: 'Ask to Release…' }).click();
    const asking = page.locator('.quick-input-widget input:visible');
    await asking.waitFor();
    await frame(700);
    await asking.fill('One line for bd-52');
    await frame(1000);
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await page.locator('.activitybar .action-label[aria-label^="Reservations"]').click({ force: true });
    await page.locator('.monaco-list-row', { hasText: 'src/auth/login/**' }).first().waitFor();
    await page.mouse.move(800, 480);
    await frame(3000);
  },
};

/**
 * The same where the store is on a server; `begin` brings about what it is to be before the page is opened.
 * @type {Record<string, Omit<Scene, 'enter'> & { begin?: 'kill', enter: (page: Page, demo: ServerDemo) => Promise<unknown> }>}
 */
const serverScenes = {
  'out-of-date': {
    width: 780,
    height: 500,
    sideBar: 520,
    enter: async (page, demo) => {
      await page.locator('.monaco-list-row', { hasText: 'codex-api · bd-44' }).waitFor();
      await demo.tell('kill');
      await page.locator('.monaco-list-row[aria-label$=", last known state"]').first().waitFor();
    },
  },
  unreachable: {
    width: 780,
    height: 620,
    sideBar: 400,
    begin: 'kill',
    enter: (page) => page.locator('.welcome-view-content', { hasText: 'cannot be reached' }).first().waitFor(),
  },
};

const all = [...Object.keys(scenes), ...Object.keys(serverScenes), 'story'];
const { values, positionals } = parseArgs({ options: { theme: { type: 'string' } }, allowPositionals: true });
const chosen = positionals.length > 0 ? positionals : all;
const unknown = chosen.find((name) => !all.includes(name));
if (unknown !== undefined) {
  console.error(`No scene is called "${unknown}". There are ${all.join(', ')}.`);
  process.exit(2);
}
const themes =
  values.theme === undefined
    ? [
        { name: 'dark', theme: 'Dark Modern' },
        { name: 'light', theme: 'Light Modern' },
      ]
    : [{ name: values.theme.toLowerCase().replaceAll(/\W+/g, '-'), theme: values.theme }];
const colours = 64;
const folder = values.theme === undefined ? join(repoRoot, 'media') : join(outDir, 'pictures');

await ensureInstalled();
const { launchBrowser } = await import('./host/browser.mjs');
await mkdir(folder, { recursive: true });

const browser = await launchBrowser();
const ofFiles = chosen.filter((name) => name in scenes);
if (ofFiles.length > 0 || chosen.includes('story')) {
  await takeOfDemo(ofFiles);
}
const ofServer = chosen.filter((name) => name in serverScenes);
if (ofServer.length > 0) {
  await takeOfServer(ofServer);
}
await browser.close();

/** @returns {Promise<Page>} */
async function newPage() {
  const page = await browser.newPage({ deviceScaleFactor: 1.5, reducedMotion: 'reduce' });
  page.setDefaultTimeout(120_000);
  return page;
}

/** @param {string[]} names */
async function takeOfDemo(names) {
  const demo = spawn(process.execPath, [join(repoRoot, 'scripts', 'start.mjs'), '--demo', '--web'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const address = await addressOf(demo);
    const page = await newPage();
    for (const { name, theme } of themes) {
      for (const scene of names) {
        await open(page, address);
        await page.getByText('Need src/app/router.ts').waitFor();
        await tidy(page);
        await chooseTheme(page, theme);
        await take(page, /** @type {Scene} */ (scenes[scene]), join(folder, `${scene}-${name}.png`));
      }
    }
    if (chosen.includes('story')) {
      const [{ name, theme } = { name: '', theme: '' }] = themes;
      await open(page, address);
      await page.getByText('Need src/app/router.ts').waitFor();
      await tidy(page);
      await chooseTheme(page, theme);
      await take(page, story, join(folder, values.theme === undefined ? 'story.png' : `story-${name}.png`));
    }
  } finally {
    demo.kill();
    await once(demo, 'exit');
  }
}

/** @param {string[]} names */
async function takeOfServer(names) {
  const { startServerDemo } = await import('./lib/serverDemo.mjs');
  const demo = await startServerDemo();
  try {
    for (const { name, theme } of themes) {
      for (const scene of names) {
        const { begin, enter, ...rest } = /** @type {(typeof serverScenes)[string]} */ (serverScenes[scene]);
        if (begin) {
          await demo.tell(begin);
        }
        const page = await newPage();
        await open(page, demo.address);
        // The Messages view has a welcome text of its own.
        const shown = begin ? '.welcome-view-content' : '.monaco-list-row[aria-label*="bd-44"]';
        await page.locator(shown).first().waitFor();
        await tidy(page);
        await chooseTheme(page, theme);
        const path = join(folder, `${scene}-${name}.png`);
        await take(page, { ...rest, enter: (seen) => enter(seen, demo) }, path);
        await page.close();
        await demo.tell('restart');
      }
    }
  } finally {
    await demo.stop();
  }
}

/**
 * @param {Page} page
 * @param {string} address
 */
async function open(page, address) {
  await page.goto(address);
  await page.locator('.activitybar .action-label[aria-label^="Reservations"]').click({ force: true });
}

/** @param {Page} page */
async function tidy(page) {
  // What the scene before has opened is opened again.
  await runCommand(page, 'View: Close All Editors');
  const discard = page.getByRole('button', { name: "Don't Save" });
  if (await discard.isVisible()) {
    await discard.click();
  }
  await page.locator('.editor-group-container.empty').waitFor();
  // What waits since before is told at the start.
  await runCommand(page, 'Notifications: Clear All Notifications');
  if (await page.locator('.part.panel').isVisible()) {
    await runCommand(page, 'View: Hide Panel');
  }
}

/**
 * @param {Page} page
 * @param {Scene} scene
 * @param {string} path
 */
async function take(page, { width, height, sideBar, small, enter }, path) {
  await page.setViewportSize({ width, height });
  await widenSideBar(page, sideBar);
  await page.mouse.move(width - 100, height - 100);
  /** @type {{ png: Buffer, milliseconds: number }[]} */
  const frames = [];
  await enter(page, async (milliseconds) => {
    frames.push({ png: await page.screenshot({ scale: 'css' }), milliseconds });
  });
  if (frames.length > 0) {
    await writeFile(path, await moving(frames));
    return;
  }
  await page.mouse.move(width - 100, height - 100);
  // What the pointer has passed may have told of itself, and something be at work.
  const activating = '.statusbar-item[aria-label*="Activating Extensions"]';
  for (const passing of ['.monaco-hover', '.progress-badge .badge-content', activating]) {
    await page.locator(`${passing}:visible`).first().waitFor({ state: 'detached' });
  }
  if (small) {
    await writeFile(path, await moving([{ png: await page.screenshot({ scale: 'css' }), milliseconds: 0 }]));
  } else {
    await page.screenshot({ path });
  }
}

/**
 * One picture of several, in few colours; it stands still where it is of one.
 * @param {readonly { png: Buffer, milliseconds: number }[]} frames
 * @returns {Promise<Buffer>}
 */
async function moving(frames) {
  const { default: upng } = await import('upng-js');
  const decoded = frames.map(({ png }) => upng.decode(new Uint8Array(png).buffer));
  const [{ width, height } = { width: 0, height: 0 }] = decoded;
  const pixels = decoded.map((picture) => /** @type {ArrayBuffer} */ (upng.toRGBA8(picture)[0]));
  const delays = frames.map(({ milliseconds }) => milliseconds);
  return Buffer.from(upng.encode(pixels, width, height, colours, delays));
}

/**
 * @param {Page} page
 * @returns {Promise<import('playwright-core').Frame>}
 */
async function timelineFrame(page) {
  for (;;) {
    for (const frame of page.frames()) {
      if ((await frame.locator('svg.drawn g.bar').count()) > 0) {
        return frame;
      }
    }
    await page.waitForTimeout(50);
  }
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

/**
 * @param {Page} page
 * @param {number} width with the activity bar
 */
async function widenSideBar(page, width) {
  const sideBar = await page.locator('.part.sidebar').boundingBox();
  const x = (sideBar?.x ?? 0) + (sideBar?.width ?? 0) + 1;
  await page.mouse.move(x, 300);
  await page.mouse.down();
  await page.mouse.move(width, 300, { steps: 5 });
  await page.mouse.up();
}

/**
 * Opens a file, which the Explorer then shows.
 * @param {Page} page
 * @param {string} name
 */
async function openFile(page, name) {
  await page.locator('.activitybar .action-label[aria-label^="Explorer"]').click({ force: true });
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget .quick-input-filter input').fill(name);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
  await page.locator('.tab.active', { hasText: name }).waitFor();
  await page.locator('.explorer-folders-view .monaco-list-row.selected', { hasText: name }).waitFor();
}

/**
 * @param {Page} page
 * @param {string} title
 */
async function runCommand(page, title) {
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget .quick-input-filter input').fill(`>${title}`);
  await page.locator('.quick-input-list .label-name', { hasText: new RegExp(`^${title}$`) }).click();
}

/**
 * @param {Page} page
 * @param {string} theme
 */
async function chooseTheme(page, theme) {
  await runCommand(page, 'Preferences: Color Theme');
  await page.locator('.quick-input-filter input[placeholder*="Color Theme"]').fill(theme);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: theme }).first().click();
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}
