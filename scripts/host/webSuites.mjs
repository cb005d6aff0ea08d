import { appendFileSync } from 'node:fs';
import { format } from 'node:util';
import { repoRoot } from '../lib/paths.mjs';
import { launchBrowser } from './browser.mjs';
import { quietSettings } from './settings.mjs';
import { startWebHost } from './webHost.mjs';

/** What a suite puts before each line that is for people: VS Code writes its own log to the same console. */
const suiteMark = '[suite] ';

/**
 * @typedef {object} WebSuites
 * @property {(suite: string, extension?: string) => Promise<void>} run runs a compiled suite in an extension host of its
 *   own, beside the extension of that folder (this repository's unless told); rejects when the suite fails
 * @property {() => Promise<void>} stop
 */

/**
 * Starts VS Code's web host and a browser for suites that run one after another.
 * @param {{ sandbox: import('./sandbox.mjs').Sandbox, env: NodeJS.ProcessEnv, logFile: string }} options
 * @returns {Promise<WebSuites>}
 */
export async function startWebSuites({ sandbox: { dataDir, extensionsDir, workspaceDir }, env, logFile }) {
  const [host, browser] = await Promise.all([
    startWebHost({ dataDir, extensionsDir, settings: quietSettings, env, smokeTestDriver: true }),
    launchBrowser(),
  ]);
  return {
    run: async (suite, extension = repoRoot) => {
      const page = await browser.newPage();
      /** @type {Promise<number>} */
      const exited = new Promise((resolve, reject) => {
        const expose = async () => {
          await page.exposeFunction('codeAutomationLog', echoTo(logFile));
          await page.exposeFunction('codeAutomationExit', resolve);
          /** @type {[string, string][]} */
          const payload = [
            ['extensionDevelopmentPath', host.remoteUri(extension)],
            ['extensionTestsPath', host.remoteUri(suite)],
          ];
          await page.goto(host.url({ folder: workspaceDir, payload }));
        };
        page.once('crash', () => reject(new Error('The browser page crashed.')));
        page.once('close', () => reject(new Error('The browser page was closed.')));
        expose().catch(reject);
      });
      const code = await exited;
      await page.close();
      if (code !== 0) {
        throw new Error(`The suite ended with ${code}.`);
      }
    },
    stop: async () => {
      await Promise.all([browser.close(), host.stop()]);
    },
  };
}

/**
 * Shows the lines that come from the suite. The page sends everything that VS Code logs, most of it about features that
 * the web host lacks, so the rest goes to a file only.
 * @param {string} logFile
 * @returns {(type: string, args: unknown[]) => void}
 */
function echoTo(logFile) {
  return (type, args) => {
    const line = format(...args);
    if (line.startsWith(suiteMark)) {
      console.log(line.slice(suiteMark.length));
    } else {
      appendFileSync(logFile, `${type}: ${line}\n`);
    }
  };
}
