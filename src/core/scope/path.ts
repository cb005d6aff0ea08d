/** Scopes as people mean them: slash-separated paths, relative to the project. */

/** The scope of one file, or of everything below one folder, given its path relative to the project. */
export function scopeOf(relativePath: string, kind: 'file' | 'folder'): string {
  const path = relativePath.replaceAll('\\', '/').replace(/^\.?\/+|\/+$/g, '');
  if (kind === 'file') {
    return path;
  }
  return path === '' ? '**' : `${path}/**`;
}

/** Whether a scope starts at the root of a file system, and so means nothing on another machine or checkout. */
export function isAbsoluteScope(scope: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:)/.test(scope);
}
