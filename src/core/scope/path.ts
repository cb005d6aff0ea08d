/** Scopes as people mean them: slash-separated paths, relative to the project. */

import { parseScope } from './scope';

/** The scope of one file, or of everything below one folder, given its path relative to the project. */
export function scopeOf(relativePath: string, kind: 'file' | 'folder'): string {
  const path = asWritten(relativePath.replaceAll('\\', '/').replace(/^\.?\/+|\/+$/g, ''));
  if (kind === 'file') {
    return path;
  }
  return path === '' ? '**' : `${path}/**`;
}

/** Whether a scope starts at the root of a file system, and so means nothing on another machine or checkout. */
export function isAbsoluteScope(scope: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:)/.test(scope);
}

/**
 * The pattern for the one path. A `*` or `?` in a name has to be told from one in a pattern; brackets only where they make
 * none, since a path is covered by the scope that is spelled like it, and reads better so.
 */
function asWritten(path: string): string {
  const pattern = path.replaceAll(/[*?]/g, '[$&]');
  return pattern === '' || parseScope(pattern).ok ? pattern : path.replaceAll(/[*?[{]/g, '[$&]');
}
