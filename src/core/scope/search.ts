/** Where to look for the files that a scope covers. */

import { isPattern, literalPrefix } from './prefix';
import type { Scope } from './scope';

export interface Search {
  /** The folder to look in, from the root of the scope; where the scope is no pattern, perhaps a file itself. */
  readonly below: string;
  /** A pattern for what to look at there: nothing that the scope covers escapes it, and it may find more. */
  readonly glob: string;
  readonly isPattern: boolean;
}

/** Of what any search understands in the same way. */
const PLAIN_GLOB = /^(?:\*\*|(?:(?!\*\*)[^[\]{}])+)$/;
const EVERYTHING = '**/*';

/** Undefined for a scope that leads out of its root. */
export function searchFor({ text, root }: Scope, foldCase: boolean): Search | undefined {
  const path = text.slice(root.length);
  const prefix = literalPrefix(path);
  if (!prefix) {
    return undefined;
  }
  const rest = path.split('/').slice(prefix.length);
  const isPlain = !foldCase && rest.every((part) => PLAIN_GLOB.test(part));
  return {
    below: prefix.join('/'),
    glob: isPlain && rest.length > 0 ? globOf(rest) : EVERYTHING,
    isPattern: isPattern(path),
  };
}

/** What ends in a name covers what is below it, too. */
function globOf(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  const glob = parts.join('/');
  if (last === '**') {
    return `${glob}/*`;
  }
  return isPattern(last) ? glob : `{${glob},${glob}/${EVERYTHING}}`;
}
