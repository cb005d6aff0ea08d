/** What the settings say of a server, and its password apart from that. */

export interface Split {
  /** Without a password; what cannot be read is cut where one might stand. */
  readonly url: string;
  readonly password: string | undefined;
}

/** Takes the password out of a URL, where it has one. What else there is to say of it stays, such as `sslmode`. */
export function splitPassword(url: string): Split {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return { url: url.replace(/^([a-z][a-z0-9+.-]*:\/\/).*@/is, '$1'), password: undefined };
  }
  // Some programs take it as a parameter; ours refuses that, and nobody is to find it in an environment either.
  const password = decoded(parsed.password) || parsed.searchParams.get('password') || undefined;
  if (password === undefined) {
    return { url, password };
  }
  parsed.password = '';
  parsed.searchParams.delete('password');
  return { url: parsed.href, password };
}

/** For the connection alone: never to be shown, logged or kept. */
export function withPassword(url: string, password: string | undefined): string {
  if (password === undefined) {
    return url;
  }
  const parsed = new URL(url);
  // Without a host there is nothing that a password could stand before.
  parsed.hostname ||= 'localhost';
  parsed.password = encodeURIComponent(password);
  return parsed.href;
}

/** `user@host:port`, for a person and as what a password is kept under; it is the same in every database of the server. */
export function serverOf(url: string): string {
  try {
    const { username, hostname, port } = new URL(url);
    return `${username === '' ? '' : `${decoded(username)}@`}${hostname || 'localhost'}:${port || '5432'}`;
  } catch {
    return '';
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
