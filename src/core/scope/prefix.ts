/** The part of a scope that is no pattern. */

const PATTERN = /[*?[\]{}]/;

/**
 * The names that lead to all that a scope covers, from its root: of `src/auth/*.ts`, `src` and `auth`; of a plain path, all
 * of it. Undefined where the scope leads out of its root.
 */
export function literalPrefix(scope: string): readonly string[] | undefined {
  const parts = scope
    .trim()
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  const first = parts.findIndex((part) => PATTERN.test(part));
  return parts.includes('..') ? undefined : parts.slice(0, first === -1 ? parts.length : first);
}

/** Whether any character of it stands for others. */
export function isPattern(scope: string): boolean {
  return PATTERN.test(scope);
}
