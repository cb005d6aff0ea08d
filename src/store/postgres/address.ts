/** Where a server is and how it is spoken to, from its URL. The password goes to the connection, and nowhere else. */

import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { StoreProblem } from '../problem';

const DEFAULT_PORT = 5432;
/** Names and addresses of this very machine, which nobody on the way can listen to. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;
/** Each with a certificate and host that are verified: what would take any certificate protects from nobody. */
const VERIFYING = ['require', 'verify-ca', 'verify-full'];
const HALF_HEARTED = ['prefer', 'allow', 'no-verify'];
const PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'];

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string | undefined;
  /** A function, so that nothing that prints the address prints it. */
  readonly password: (() => string) | undefined;
  readonly ssl: ConnectionOptions | false;
  readonly isLoopback: boolean;
}

/**
 * Takes a URL apart: `postgres://user:password@host:port/database`. To another machine, TLS with a certificate and host
 * that are verified is the rule; `sslrootcert` names the file of a certificate authority, `sslcert` and `sslkey` those
 * of the client. `sslmode` may be `require`, `verify-ca` or `verify-full`, which all verify both, or `disable`: then
 * nothing is encrypted, and the location and a finding say so. `prefer`, `allow` and `no-verify` would give way to
 * anybody who listens, and are refused. To this machine there is no TLS unless `sslmode` asks for it.
 *
 * @throws StoreProblem INVALID_CONNECTION, INSECURE_CONNECTION, IO_ERROR or ACCESS_DENIED for a file that cannot be
 * read
 */
export function addressOf(url: string): Address {
  const parsed = parse(url);
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost';
  const isLoopback = LOOPBACK.test(host);
  const strange = [...parsed.searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (strange !== undefined) {
    throw invalid(
      withoutPassword(url),
      `its parameter ${JSON.stringify(strange)} is none of ${PARAMETERS.join(', ')}`,
      strange,
    );
  }
  const { username, password } = parsed;
  const secret = password === '' ? undefined : decodeURIComponent(password);
  return {
    host,
    port: parsed.port === '' ? DEFAULT_PORT : Number(parsed.port),
    database: decodeURIComponent(parsed.pathname.slice(1)) || 'postgres',
    user: username === '' ? undefined : decodeURIComponent(username),
    password: secret === undefined ? undefined : () => secret,
    ssl: sslOf(parsed.searchParams, host, isLoopback),
    isLoopback,
  };
}

/** The server in words for a person, without user and password. */
export function placeOf({ host, port, database, ssl, isLoopback }: Address): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return `postgres://${shown}:${port}/${database}${ssl === false && !isLoopback ? ' (not encrypted)' : ''}`;
}

/** A URL as it may be shown: without password and parameters, and hardly anything of what is no URL. */
export function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    if (parsed.host !== '') {
      parsed.password = '';
      parsed.search = '';
      return parsed.href;
    }
  } catch {
    // Below.
  }
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*:\/\/)/i.exec(url) ?? [];
  return `${scheme}…`;
}

function parse(url: string): URL {
  let parsed: URL;
  try {
    parsed = new URL(url);
    decodeURIComponent(`${parsed.username}${parsed.password}${parsed.pathname}`);
  } catch {
    // Its cause is left out: Node's error holds the whole URL.
    throw invalid(withoutPassword(url), 'it cannot be read');
  }
  if (parsed.protocol !== 'postgres:' && parsed.protocol !== 'postgresql:') {
    throw invalid(withoutPassword(url), `it begins with ${parsed.protocol}`);
  }
  return parsed;
}

function sslOf(parameters: URLSearchParams, host: string, isLoopback: boolean): ConnectionOptions | false {
  const mode = parameters.get('sslmode');
  if (mode === 'disable' || (mode === null && isLoopback)) {
    return false;
  }
  if (mode !== null && HALF_HEARTED.includes(mode)) {
    if (isLoopback) {
      return false;
    }
    throw new StoreProblem(
      'INSECURE_CONNECTION',
      host,
      `sslmode=${mode} would send what is reserved, and perhaps the password, to whoever stands between here and ${host}. ` +
        'Leave it out, so that the certificate is verified (sslrootcert=FILE names an authority of your own), or write ' +
        'sslmode=disable to do without encryption.',
      { facts: { host, sslmode: mode } },
    );
  }
  if (mode !== null && !VERIFYING.includes(mode)) {
    throw invalid(
      host,
      `sslmode ${JSON.stringify(mode)} is none of ${[...VERIFYING, 'disable'].join(', ')}`,
      `sslmode=${mode}`,
    );
  }
  const file = (name: string) => fileOf(parameters.get(name));
  const [ca, cert, key] = [file('sslrootcert'), file('sslcert'), file('sslkey')];
  return {
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function fileOf(path: string | null): string | undefined {
  if (path === null || path === 'system') {
    return undefined;
  }
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StoreProblem('IO_ERROR', path, `Could not read the certificate ${path}. Name a file that you may read.`, {
      cause: error,
    });
  }
}

/** @param parameter the one that is wrong, where it is one */
function invalid(shown: string, why: string, parameter?: string): StoreProblem {
  return new StoreProblem(
    'INVALID_CONNECTION',
    shown,
    `${shown} names no server: ${why}. Write it as postgres://user@host:5432/database.`,
    { facts: parameter === undefined ? {} : { parameter } },
  );
}
