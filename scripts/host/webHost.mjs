import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { spawnTree, stopTree } from '../lib/processes.mjs';
import { cleanHostEnv } from './hostEnv.mjs';
import { provisionWebHost } from './provision.mjs';
import { writeWebSettings } from './settings.mjs';

const startTimeoutMs = 60_000;

/**
 * @typedef {object} WebHostOptions
 * @property {string} dataDir the server's data, its log and the user's settings
 * @property {string} extensionsDir
 * @property {Readonly<Record<string, unknown>>} [settings] replaces the user's settings; without it they stay as they are
 * @property {boolean} [withToken] asks for a secret in the address; tests go without
 * @property {NodeJS.ProcessEnv} [env] added to the environment of the server and its extension hosts
 * @property {boolean} [smokeTestDriver] lets a page load the extension under development
 * @property {number} [port] a free one unless given
 */

/**
 * @typedef {object} WebHost
 * @property {string} origin
 * @property {number} port
 * @property {string} logFile
 * @property {(path: string) => string} remoteUri the URI by which the page names a path of this machine
 * @property {(target: { folder?: string, payload?: [string, string][] }) => string} url
 * @property {() => Promise<void>} stop ends the server and all it started
 * @property {Promise<void>} ended when the server is no longer there, for whatever reason
 */

/**
 * Starts VS Code's server for a browser on 127.0.0.1 and waits until it answers.
 * @param {WebHostOptions} options
 * @returns {Promise<WebHost>}
 */
export async function startWebHost(options) {
  const { dataDir, extensionsDir, settings, withToken = false, smokeTestDriver = false, port = 0 } = options;
  const { nodeExecutable, serverMain } = await provisionWebHost();
  await mkdir(extensionsDir, { recursive: true });
  await mkdir(dataDir, { recursive: true });
  if (settings !== undefined) {
    await writeWebSettings(join(dataDir, 'data'), settings);
  }
  const token = withToken ? randomBytes(16).toString('hex') : undefined;
  const args = [serverMain, '--host', '127.0.0.1', '--port', String(port)];
  args.push('--server-data-dir', dataDir, '--extensions-dir', extensionsDir);
  args.push('--accept-server-license-terms', '--telemetry-level', 'off');
  args.push(...(await tokenArgs(token, dataDir)));
  if (smokeTestDriver) {
    args.push('--enable-smoke-test-driver');
  }
  const logFile = join(dataDir, 'server.log');
  const log = openSync(logFile, 'w');
  const child = spawnTree(nodeExecutable, args, { env: cleanHostEnv(options.env), stdio: ['ignore', log, log] });
  closeSync(log);
  try {
    const boundPort = await waitUntilBound(child, logFile);
    /** @type {Promise<void>} */
    const ended = new Promise((resolve) => child.once('close', () => resolve()));
    return { ...addresses(boundPort, token), logFile, ended, stop: () => stopTree(child) };
  } catch (error) {
    await stopTree(child);
    throw error;
  }
}

/**
 * @param {string | undefined} token
 * @param {string} dataDir
 * @returns {Promise<string[]>}
 */
async function tokenArgs(token, dataDir) {
  if (token === undefined) {
    return ['--without-connection-token'];
  }
  // Other users of the machine can read a command line, but not this file.
  const tokenFile = join(dataDir, 'connection-token');
  await writeFile(tokenFile, token, { mode: 0o600 });
  return ['--connection-token-file', tokenFile];
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} logFile
 * @returns {Promise<number>} the port on which the server answers
 */
async function waitUntilBound(child, logFile) {
  /** @type {string | undefined} */
  let failure;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure = `it ended with ${code ?? signal}`;
  });
  const deadline = Date.now() + startTimeoutMs;
  while (failure === undefined && Date.now() < deadline) {
    const output = await readFile(logFile, 'utf8');
    const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
    if (port !== undefined && (await answers(port))) {
      return Number(port);
    }
    await sleep(50);
  }
  const reason = failure ?? `it did not answer within ${startTimeoutMs / 1000} s`;
  throw new Error(`VS Code's server could not be started: ${reason}\n${await readFile(logFile, 'utf8')}`);
}

/**
 * @param {string} port
 * @returns {Promise<boolean>}
 */
async function answers(port) {
  try {
    return (await fetch(`http://127.0.0.1:${port}/version`)).ok;
  } catch {
    return false;
  }
}

/**
 * @param {number} port
 * @param {string | undefined} token
 * @returns {Pick<WebHost, 'origin' | 'port' | 'remoteUri' | 'url'>}
 */
function addresses(port, token) {
  const authority = `127.0.0.1:${port}`;
  const origin = `http://${authority}`;
  return {
    origin,
    port,
    remoteUri: (path) => `vscode-remote://${authority}${pathToFileURL(path).pathname}`,
    url: ({ folder, payload }) => {
      const url = new URL(origin);
      if (token !== undefined) {
        url.searchParams.set('tkn', token);
      }
      if (folder !== undefined) {
        url.searchParams.set('folder', decodeURIComponent(pathToFileURL(folder).pathname));
      }
      if (payload !== undefined) {
        url.searchParams.set('payload', JSON.stringify(payload));
      }
      // A slash may stand in a query as it is, and people read this address.
      return url.href.replaceAll('%2F', '/');
    },
  };
}

/**
 * Installs a packaged extension for the server, as its users would.
 * @param {{ vsixPath: string, dataDir: string, extensionsDir: string }} options
 * @returns {Promise<void>}
 */
export async function installVsix({ vsixPath, dataDir, extensionsDir }) {
  const { nodeExecutable, serverMain } = await provisionWebHost();
  const args = [serverMain, '--install-extension', vsixPath, '--force', '--accept-server-license-terms'];
  args.push('--server-data-dir', dataDir, '--extensions-dir', extensionsDir);
  try {
    const { stdout } = await promisify(execFile)(nodeExecutable, args, { env: cleanHostEnv() });
    if (!stdout.includes('was successfully installed')) {
      throw new Error(stdout);
    }
  } catch (error) {
    throw new Error(`${vsixPath} could not be installed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
