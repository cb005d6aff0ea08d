import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
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
  /** Writes out/screenshots/<name>.png and returns its path. */
  screenshot(name: string): Promise<string>;
  close(): Promise<void>;
}

/** Opens VS Code in a headless browser, on a throw-away workspace, with the extension in it. */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const { launchBrowser } = await importScript<BrowserScript>('host/browser.mjs');
  const { makeSandbox } = await importScript<SandboxScript>('host/sandbox.mjs');
  const { quietSettings } = await importScript<SettingsScript>('host/settings.mjs');
  const { installVsix, startWebHost } = await importScript<WebHostScript>('host/webHost.mjs');
  const { extension = 'development', extensionFolder = repoRoot, language, settings, env, prepare } = options;
  const { theme = 'Default Dark Modern' } = options;

  const sandbox = await makeSandbox();
  const { dataDir, extensionsDir, homeDir, workspaceDir } = sandbox;
  const dirs: WorkbenchDirs = { workspaceDir, homeDir, storeDir: join(homeDir, '.beadboard', 'agent') };
  await prepare?.(dirs);
  if (extension !== 'development') {
    await installVsix({ vsixPath: join(repoRoot, 'out', 'tested.vsix'), dataDir, extensionsDir });
  }
  const host = await startWebHost({
    dataDir,
    extensionsDir,
    settings: { ...quietSettings, 'workbench.colorTheme': theme, ...settings },
    env: { ...sandbox.env, ...env },
    smokeTestDriver: extension === 'development',
  });
  const closeHost = async () => {
    await host.stop();
    sandbox.remove();
  };
  try {
    const browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    page.setDefaultTimeout(PATIENCE_MS);
    if (language) {
      // What the server would say, had it a language pack installed.
      await page.addInitScript((name) => Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: name }), language);
    }
    const close = async () => {
      await browser.close();
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
    return { ...dirs, dataDir, page, close, screenshot: (name) => takeScreenshot(page, name) };
  } catch (error) {
    await closeHost();
    throw error;
  }
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
