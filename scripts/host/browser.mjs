import { existsSync } from 'node:fs';
import { hasNpmBrowser, provisionBrowser } from './provision.mjs';

/** @typedef {import('playwright-core').Browser} Browser */
/** @typedef {import('playwright-core').LaunchOptions} LaunchOptions */

const quietArgs = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts a headless Chromium: the one named by CHROMIUM_EXECUTABLE, else the one from npm where npm has one, else an
 * installed Chrome or Edge.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<Browser>}
 */
export async function launchBrowser({ log } = {}) {
  const { chromium } = await import('playwright-core');
  const executablePath = process.env['CHROMIUM_EXECUTABLE'];
  if (executablePath !== undefined && executablePath !== '') {
    if (!existsSync(executablePath)) {
      throw new Error(`CHROMIUM_EXECUTABLE names ${executablePath}, which does not exist.`);
    }
    return await chromium.launch({ executablePath, args: sandboxArgs().concat(quietArgs) });
  }
  if (hasNpmBrowser) {
    return await chromium.launch(await npmBrowserOptions(log));
  }
  return await launchInstalled(chromium);
}

/**
 * @param {((line: string) => void) | undefined} log
 * @returns {Promise<LaunchOptions>}
 */
async function npmBrowserOptions(log) {
  const { executable, libraryDir, fontConfig } = await provisionBrowser(log === undefined ? {} : { log });
  return {
    executablePath: executable,
    args: ['--headless=shell', '--no-sandbox', ...quietArgs],
    env: {
      ...definedEnv(),
      FONTCONFIG_FILE: fontConfig,
      // Chromium's package carries libraries that a bare Linux lacks. They come last, behind whatever was set.
      LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], libraryDir].filter(Boolean).join(':'),
    },
  };
}

/**
 * @param {import('playwright-core').BrowserType} chromium
 * @returns {Promise<Browser>}
 */
async function launchInstalled(chromium) {
  const failures = [];
  for (const channel of ['chrome', 'msedge']) {
    try {
      return await chromium.launch({ channel, args: sandboxArgs().concat(quietArgs) });
    } catch (error) {
      failures.push(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
    }
  }
  throw new Error(`No browser found. Install Chrome or Edge, or set CHROMIUM_EXECUTABLE.\n${failures.join('\n')}`);
}

/**
 * Chromium refuses to run as root with its sandbox.
 * @returns {string[]}
 */
function sandboxArgs() {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

/** @returns {Record<string, string>} */
function definedEnv() {
  /** @type {Record<string, string>} */
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined) {
      env[name] = value;
    }
  }
  return env;
}
