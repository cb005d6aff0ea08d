import { appendFileSync } from 'node:fs';
import { format } from 'node:util';
import { repoRoot } from '../lib/paths.mjs';
import { launchBrowser } from './browser.mjs';
import { quietSettings } from './settings.mjs';
import { startWebHost } from './webHost.mjs';

/** What VS Code says where it has never come to run a suite, for which a machine that stands still for a minute is enough. */
const notStarted = 'extension host took longer than';

/** In a browser, unlike on a desktop, VS Code saves a second after each change, which is too soon for what looks at one. */
const settings = { ...quietSettings, 'files.autoSave': 'off' };

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
    startWebHost({ dataDir, extensionsDir, settings, env, smokeTestDriver: true }),
    launchBrowser(),
  ]);

  /**
   * @param {string} suite
   * @param {string} extension
   * @returns {Promise<{ code: number, started: boolean }>}
   */
  async function runIn(suite, extension) {
    const page = await browser.newPage();
    let started = true;
    const echo = echoTo(logFile, (line) => {
      started &&= !line.includes(notStarted);
    });
    /** @type {Promise<number>} */
    const exited = new Promise((resolve, reject) => {
      const expose = async () => {
        await page.exposeFunction('codeAutomationLog', echo);
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
    return { code, started };
  }

  return {
    run: async (suite, extension = repoRoot) => {
      let ended = await runIn(suite, extension);
      if (!ended.started) {
        console.log('VS Code did not start its extension host within a minute, and no suite has run: once more.');
        ended = await runIn(suite, extension);
      }
      if (ended.code !== 0) {
        throw new Error(`The suite ended with ${ended.code}.`);
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
 * @param {(line: string) => void} look at each line
 * @returns {(type: string, args: unknown[]) => void}
 */
function echoTo(logFile, look) {
  return (type, args) => {
    const line = format(...args);
    look(line);
    if (line.startsWith(suiteMark)) {
      console.log(line.slice(suiteMark.length));
    } else {
      appendFileSync(logFile, `${type}: ${line}\n`);
    }
  };
}
