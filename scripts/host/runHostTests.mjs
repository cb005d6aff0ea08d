import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isMain } from '../lib/isMain.mjs';
import { outDir } from '../lib/paths.mjs';
import { chooseHost, runDesktopSuite } from './desktop.mjs';
import { makeSandbox } from './sandbox.mjs';
import { startWebSuites } from './webSuites.mjs';

const logFile = join(outDir, 'host-tests.log');

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
      await runDesktopSuite(choice.executable, suite, sandbox, env);
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
async function runWebSuite(suite, sandbox, env) {
  const suites = await startWebSuites({ sandbox, env, logFile });
  try {
    await suites.run(suite);
  } finally {
    await suites.stop();
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
