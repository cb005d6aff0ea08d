import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { repoRoot } from './paths';
import { PATIENCE_MS } from './patience';
import { importScript } from './scripts';

type BrowserScript = typeof import('../../scripts/host/browser.mjs');
type SandboxScript = typeof import('../../scripts/host/sandbox.mjs');
type SettingsScript = typeof import('../../scripts/host/settings.mjs');
type WebHostScript = typeof import('../../scripts/host/webHost.mjs');

export interface WorkbenchOptions {
  /**
   * The folder under development, or what users install, as scripts/test.mjs packs it. Default: the former, in which
   * VS Code, driven like this, hides notifications.
   */
  readonly extension?: 'development' | 'packaged';
  /** Where the folder under development is; default: this repository. */
  readonly extensionFolder?: string;
  /** VS Code's display language, of which it has no texts itself here; default: English. */
  readonly language?: string;
  /** User settings, over the ones that keep VS Code quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Added to the environment of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  readonly theme?:
    | 'Default Dark Modern'
    | 'Default Light Modern'
    | 'Default High Contrast'
    | 'Default High Contrast Light';
  /** Runs before VS Code starts, for files that must be there by then. */
  readonly prepare?: (dirs: WorkbenchDirs) => void | Promise<void>;
}

export interface WorkbenchDirs {
  readonly workspaceDir: string;
  /** What the extension takes for the user's home. */
  readonly homeDir: string;
  /** The store below that home. Nobody has made it yet. */
  readonly storeDir: string;
}

export interface Workbench extends WorkbenchDirs {
  readonly page: Page;
  /** Where VS Code's server keeps its data and its logs. */
  readonly dataDir: string;
  /** Changes settings of the user, as by hand in their file. */
  change(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** Writes out/screenshots/<name>.png and returns its path. */
  screenshot(name: string): Promise<string>;
  close(): Promise<void>;
}

interface SharedBrowser {
  readonly browser: Browser;
  readonly context: BrowserContext;
  /** Of the last server; 0 before the first one. */
  port: number;
  /** Whether a workbench is open at that port. */
  isTaken: boolean;
}

/** Each test file is a bundle with its own copy of this module; the browser, and what is installed, is everybody's. */
const shared = globalThis as { browser?: Promise<SharedBrowser>; installed?: Promise<string> };

/** What VS Code keeps in a browser. The scripts in the browser's cache are not among it. */
const STORED = 'cookies,local_storage,indexeddb,cache_storage,service_workers';

/**
 * The browser of this process. A page of the same address finds VS Code's scripts in its caches, already compiled, which saves most of
 * the time that it takes to load.
 */
async function openBrowser(): Promise<SharedBrowser> {
  const { launchBrowser } = await importScript<BrowserScript>('host/browser.mjs');
  const browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  return { browser, context, port: 0, isTaken: false };
}

// At the end of everything, whichever file comes last.
after(async () => {
  const opened = await shared.browser;
  delete shared.browser;
  await opened?.browser.close();
});

/** The folder of extensions with what users install, for all who open VS Code with it: it only reads there. */
async function installed(): Promise<string> {
  const { installVsix } = await importScript<WebHostScript>('host/webHost.mjs');
  const { makeSandbox } = await importScript<SandboxScript>('host/sandbox.mjs');
  const { dataDir, extensionsDir } = await makeSandbox();
  await installVsix({ vsixPath: join(repoRoot, 'out', 'tested.vsix'), dataDir, extensionsDir });
  return extensionsDir;
}

/** Opens VS Code in a headless browser, on a throw-away workspace, with the extension in it. */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const { makeSandbox } = await importScript<SandboxScript>('host/sandbox.mjs');
  const { quietSettings, writeWebSettings } = await importScript<SettingsScript>('host/settings.mjs');
  const { startWebHost } = await importScript<WebHostScript>('host/webHost.mjs');
  const { extension = 'development', extensionFolder = repoRoot, language, settings, env, prepare } = options;
  const { theme = 'Default Dark Modern' } = options;

  const sandbox = await makeSandbox();
  const { dataDir, homeDir, workspaceDir } = sandbox;
  const dirs: WorkbenchDirs = { workspaceDir, homeDir, storeDir: join(homeDir, '.beadboard', 'agent') };
  await prepare?.(dirs);
  if (extension === 'packaged') {
    shared.installed ??= installed();
  }
  const extensionsDir = (extension === 'packaged' ? await shared.installed : undefined) ?? sandbox.extensionsDir;
  shared.browser ??= openBrowser();
  const browser = await shared.browser;
  const isShared = !browser.isTaken;
  browser.isTaken = true;
  let all = { ...quietSettings, 'workbench.colorTheme': theme, ...settings };
  const change = async (changed: Readonly<Record<string, unknown>>) => {
    all = { ...all, ...changed };
    await writeWebSettings(join(dataDir, 'data'), all);
  };
  const start = (onPort: number) =>
    startWebHost({
      dataDir,
      extensionsDir,
      settings: all,
      env: { ...sandbox.env, ...env },
      smokeTestDriver: extension === 'development',
      port: onPort,
    });
  // Another program may have taken the port in the meantime.
  const host = await (isShared && browser.port > 0 ? start(browser.port).catch(() => start(0)) : start(0));
  if (isShared) {
    browser.port = host.port;
  }
  const closeHost = async () => {
    if (isShared) {
      browser.isTaken = false;
    }
    await host.stop();
    sandbox.remove();
  };
  try {
    const page = await browser.context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    if (language) {
      // What the server would say, had it a language pack installed.
      await page.addInitScript((name) => Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: name }), language);
    }
    const close = async () => {
      await page.close();
      await forget(browser.context, host.origin);
      await closeHost();
    };
    const payload: [string, string][] =
      extension === 'development' ? [['extensionDevelopmentPath', host.remoteUri(extensionFolder)]] : [];
    try {
      await page.goto(host.url({ folder: workspaceDir, payload }));
      await waitUntilReady(page);
    } catch (error) {
      await close();
      throw error;
    }
    return { ...dirs, dataDir, page, close, change, screenshot: (name) => takeScreenshot(page, name) };
  } catch (error) {
    await closeHost();
    throw error;
  }
}

/** The next one finds an empty browser. */
async function forget(context: BrowserContext, origin: string): Promise<void> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: STORED });
  await page.close();
}

async function waitUntilReady(page: Page): Promise<void> {
  await page.locator('.monaco-workbench .part.statusbar').waitFor();
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'README.md' }).waitFor();
}

/** Runs a command through the command palette, found by its whole title, category included. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget .quick-input-filter input').fill(`>${title}`);
  await quickPickItem(page, title).click();
}

/** An entry of the quick pick that is open, by its whole label. */
export function quickPickItem(page: Page, label: string) {
  const name = page.locator('.label-name', { hasText: new RegExp(`^${escapeRegExp(label)}$`) });
  return page.locator('.quick-input-list .monaco-list-row').filter({ has: name }).first();
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Closes every message that VS Code shows in the corner. */
export async function clearNotifications(page: Page): Promise<void> {
  await runCommand(page, 'Notifications: Clear All Notifications');
  await page.locator('.notification-toast').first().waitFor({ state: 'hidden' });
}

async function takeScreenshot(page: Page, name: string): Promise<string> {
  const folder = join(repoRoot, 'out', 'screenshots');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  return path;
}
