import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import { isMain } from '../lib/isMain.mjs';
import { outDir, repoRoot } from '../lib/paths.mjs';
import { launchBrowser } from './browser.mjs';
import { chooseHost, runDesktopSuite } from './desktop.mjs';
import { makeSandbox } from './sandbox.mjs';
import { quietSettings } from './settings.mjs';
import { startWebHost } from './webHost.mjs';

const timeoutMs = 8 * 60_000;
const logFile = join(outDir, 'host-tests.log');
/** What test/host/index.ts puts before each line of the report. */
const suiteMark = '[suite] ';

/**
 * Runs out/test/host/index.js inside VS Code. Rejects when a test fails or the run cannot be brought to its end.
 * @param {{ resultsFile?: string | undefined }} [options] where the suite writes its counts
 * @returns {Promise<void>}
 */
export async function runHostTests({ resultsFile } = {}) {
  const choice = await chooseHost();
  const sandbox = await makeSandbox();
  const suite = join(outDir, 'test', 'host', 'index.js');
  const env = {
    ...sandbox.env,
    AGENT_RESERVATIONS_TEST_NODE: process.execPath,
    AGENT_RESERVATIONS_TEST_OUT: join(outDir, 'test'),
    AGENT_RESERVATIONS_TEST_RESULTS: resultsFile ?? join(sandbox.root, 'results.json'),
    AGENT_RESERVATIONS_TEST_WORKSPACE: sandbox.workspaceDir,
  };
  try {
    if (choice.kind === 'desktop') {
      console.log(`Tests run in ${choice.executable}.`);
      await withTimeout(runDesktopSuite(choice.executable, suite, sandbox, env));
    } else {
      console.log(`Tests run in VS Code's web host: ${choice.reason}. Its log: ${logFile}`);
      rmSync(logFile, { force: true });
      await runWebSuite(suite, sandbox, env);
    }
  } finally {
    sandbox.remove();
  }
}

/**
 * @param {string} suite
 * @param {import('./sandbox.mjs').Sandbox} sandbox
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<void>}
 */
async function runWebSuite(suite, { dataDir, extensionsDir, workspaceDir }, env) {
  const [host, browser] = await Promise.all([
    startWebHost({ dataDir, extensionsDir, settings: quietSettings, env, smokeTestDriver: true }),
    launchBrowser(),
  ]);
  try {
    const page = await browser.newPage();
    /** @type {Promise<number>} */
    const exited = new Promise((resolve, reject) => {
      const expose = async () => {
        await page.exposeFunction('codeAutomationLog', echo);
        await page.exposeFunction('codeAutomationExit', resolve);
        /** @type {[string, string][]} */
        const payload = [
          ['extensionDevelopmentPath', host.remoteUri(repoRoot)],
          ['extensionTestsPath', host.remoteUri(suite)],
        ];
        await page.goto(host.url({ folder: workspaceDir, payload }));
      };
      page.once('crash', () => reject(new Error('The browser page crashed.')));
      page.once('close', () => reject(new Error('The browser page was closed.')));
      expose().catch(reject);
    });
    const code = await withTimeout(exited);
    if (code !== 0) {
      throw new Error(`The suite ended with ${code}.`);
    }
  } finally {
    await Promise.all([browser.close(), host.stop()]);
  }
}

/**
 * Shows the lines that come from the suite. The page sends everything that VS Code logs, most of it about features that
 * the web host lacks, so the rest goes to a file only.
 * @param {string} type
 * @param {unknown[]} args
 */
function echo(type, args) {
  const line = format(...args);
  if (line.startsWith(suiteMark)) {
    console.log(line.slice(suiteMark.length));
  } else {
    appendFileSync(logFile, `${type}: ${line}\n`);
  }
}

/**
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
async function withTimeout(work) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<never>} */
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The suite was not over after ${timeoutMs / 60_000} min.`)), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

if (isMain(import.meta.url)) {
  try {
    await runHostTests({ resultsFile: process.env['AGENT_RESERVATIONS_TEST_RESULTS'] });
    process.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
