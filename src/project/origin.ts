/** What clones of one repository have in common, wherever they are: the address that they came from. */

import { join, resolve } from 'node:path';
import { gitFolderOf, textOf } from './findProject';

const SECTION = /^\s*\[\s*remote\s+"(?<name>(?:[^"\\]|\\.)*)"\s*\]/i;
const ANY_SECTION = /^\s*\[/;
const URL_LINE = /^\s*url\s*=\s*"?(?<url>[^"\r\n]+?)"?\s*$/i;
/** A URL that leads to another machine. */
const IS_URL = /^(?!file:)[a-z][a-z0-9+.-]*:\/\//i;
/** As git takes it: `user@host:path`, and no slash before the colon. A drive's letter is no host. */
const SCP_LIKE = /^(?:[^@/]+@)?(?<host>[^/:@]{2,}):(?!\/\/)(?<path>.+)$/;

/**
 * The normalised address of the remote `origin`, or of the only remote there is: `github.com/acme/shop`, whichever way it
 * is fetched. Undefined without one. `project` is that of {@link findProject}.
 */
export function originOf(project: string): string | undefined {
  const git = gitFolderOf(project);
  const remotes = git === undefined ? new Map<string, string>() : remotesIn(textOf(join(git, 'config')));
  const url = remotes.get('origin') ?? (remotes.size === 1 ? [...remotes.values()][0] : undefined);
  return url === undefined ? undefined : normalisedAddress(url, project);
}

/**
 * Without what differs from clone to clone: protocol, user, password and port, `.git` at the end, the case of the host. A
 * path, which is one of this machine or of a share, is made absolute from `folder`.
 */
export function normalisedAddress(url: string, folder: string): string | undefined {
  const text = url.trim();
  const { host, path } = SCP_LIKE.exec(text)?.groups ?? partsOf(text) ?? {};
  const way = (path ?? resolve(folder, text.replace(/^file:\/\//i, '')))
    .replaceAll('\\', '/')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .replace(/\/+$/, '');
  const named = host === undefined ? way : `${host.toLowerCase()}/${way.replace(/^\/+/, '')}`;
  return way === '' ? undefined : named;
}

function partsOf(text: string): { host: string; path: string } | undefined {
  if (!IS_URL.test(text)) {
    return undefined;
  }
  try {
    const { hostname, pathname } = new URL(text);
    return { host: hostname, path: decodeURIComponent(pathname) };
  } catch {
    return { host: '', path: '' };
  }
}

function remotesIn(config: string): ReadonlyMap<string, string> {
  const remotes = new Map<string, string>();
  let name: string | undefined;
  for (const line of config.split('\n')) {
    if (ANY_SECTION.test(line)) {
      name = SECTION.exec(line)?.groups?.['name'];
    }
    const url = URL_LINE.exec(line)?.groups?.['url'];
    if (name !== undefined && url !== undefined && !remotes.has(name)) {
      remotes.set(name, url);
    }
  }
  return remotes;
}
