import { execFileSync, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** @typedef {(text: string) => void} Print */

/** @type {Set<ChildProcess>} */
const liveTrees = new Set();
/** @type {Set<ChildProcess>} */
const liveScripts = new Set();
/** @type {Set<string>} */
const tempDirs = new Set();
let cleanupInstalled = false;

/** However this process ends, short of SIGKILL, what it started ends and what it made is removed. */
function installCleanup() {
  if (cleanupInstalled) {
    return;
  }
  cleanupInstalled = true;
  process.once('exit', () => {
    for (const child of liveScripts) {
      child.kill('SIGTERM');
    }
    for (const child of liveTrees) {
      killTree(child);
    }
    for (const dir of tempDirs) {
      removeDir(dir);
    }
  });
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  process.once('SIGHUP', () => process.exit(129));
}

/**
 * Kills a child started by {@link spawnTree} together with everything it started.
 * @param {ChildProcess} child
 */
function killTree(child) {
  if (child.pid === undefined) {
    return;
  }
  try {
    if (process.platform === 'win32') {
      execFileSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    } else {
      process.kill(-child.pid, 'SIGKILL');
    }
  } catch {
    // The group is already gone.
  }
}

/**
 * Starts a program that has children of its own; all of them end with {@link stopTree} or with this process.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {ChildProcess}
 */
export function spawnTree(command, args, options) {
  installCleanup();
  // A process group of its own is what lets the whole tree be killed on POSIX; Windows has taskkill /T.
  const child = spawn(command, args, { ...options, detached: process.platform !== 'win32' });
  liveTrees.add(child);
  child.once('close', () => liveTrees.delete(child));
  return child;
}

/**
 * Kills the tree under a child of {@link spawnTree} and waits until the child is gone.
 * @param {ChildProcess} child
 * @returns {Promise<void>}
 */
export async function stopTree(child) {
  const ended = hasEnded(child) ? undefined : new Promise((resolve) => child.once('close', resolve));
  killTree(child);
  await ended;
}

/**
 * @param {ChildProcess} child
 * @returns {boolean}
 */
function hasEnded(child) {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/**
 * Runs a Node script to its end. A script that prints nothing for `idleMs` has hung: it is asked to stop, so that it can stop
 * what it started, and killed if it does not. How long it takes in all is not limited, since that depends on the machine.
 * @param {string} script
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, idleMs: number, print?: Print | undefined }} options `print` receives the output,
 *   stdout and stderr alike
 * @returns {Promise<{ code: number | null, hung: boolean }>}
 */
export function runNodeScript(script, args, { cwd, env = process.env, idleMs, print = printHere }) {
  installCleanup();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd,
      env: { ...colorEnv(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    liveScripts.add(child);
    let hung = false;
    /** @type {NodeJS.Timeout | undefined} */
    let killTimer;
    const idleTimer = setTimeout(() => {
      hung = true;
      child.kill('SIGTERM');
      killTimer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    }, idleMs);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        print(text);
        if (!hung) {
          idleTimer.refresh();
        }
      });
    }
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(idleTimer);
      clearTimeout(killTimer);
      liveScripts.delete(child);
      // Its last output may still be in a pipe; but a program that it left behind may keep that pipe open for long.
      const lastWords = setTimeout(() => resolve({ code, hung }), 2_000);
      child.once('close', () => {
        clearTimeout(lastWords);
        resolve({ code, hung });
      });
    });
  });
}

/** @type {Print} */
function printHere(text) {
  process.stdout.write(text);
}

/**
 * A program that writes to a pipe leaves out colours, even if what it writes ends in a terminal.
 * @returns {NodeJS.ProcessEnv}
 */
function colorEnv() {
  return process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? { FORCE_COLOR: '1' } : {};
}

/**
 * Makes a folder that is gone when this process is. Its path has no symbolic links: VS Code compares resolved paths.
 * @param {string} purpose
 * @returns {Promise<string>}
 */
export async function makeTempDir(purpose) {
  installCleanup();
  const dir = await realpath(await mkdtemp(join(tmpdir(), `agent-reservations-${purpose}-`)));
  tempDirs.add(dir);
  return dir;
}

/**
 * Removes a folder of {@link makeTempDir} now rather than at the end.
 * @param {string} dir
 */
export function removeTempDir(dir) {
  removeDir(dir);
  tempDirs.delete(dir);
}

/** @param {string} dir */
function removeDir(dir) {
  try {
    // Windows keeps the files of a process that has just died locked for a moment.
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  } catch (error) {
    console.warn(`Could not remove ${dir}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
