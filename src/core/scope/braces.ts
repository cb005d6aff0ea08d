/** What brackets and braces enclose, and what `{a,b}` is written out to. */

/** Why a scope does not compile; the part that is wrong with it comes along. */
export type ScopeFault =
  | 'TOO_LONG'
  | 'UNCLOSED_BRACKET'
  | 'UNCLOSED_BRACE'
  | 'BACKWARD_RANGE'
  | 'OUTSIDE_ROOT'
  | 'TOO_MANY_ALTERNATIVES';

export class ScopeSyntaxError extends Error {
  constructor(
    readonly fault: ScopeFault,
    readonly part: string,
  ) {
    super(fault);
    this.name = 'ScopeSyntaxError';
  }
}

/** What a scope may amount to once its braces are written out: comparing two stays within milliseconds. */
export const MAX_ALTERNATIVES = 64;
export const MAX_WRITTEN_OUT = 4_000;

/**
 * Where the `[...]` that begins at `from` ends. Everything inside stands for itself, braces and commas too; `]` does where
 * it comes first.
 *
 * @throws ScopeSyntaxError where it does not end within its segment
 */
export function classEnd(text: string, from: number): number {
  let at = from + 1;
  at += text[at] === '!' || text[at] === '^' ? 1 : 0;
  at += text[at] === ']' ? 1 : 0;
  for (; at < text.length && text[at] !== '/'; at++) {
    if (text[at] === ']') {
      return at;
    }
  }
  throw new ScopeSyntaxError('UNCLOSED_BRACKET', text.slice(from));
}

/** Splits where the separator stands outside of all brackets and braces. @throws ScopeSyntaxError */
export function splitOutside(text: string, separator: '/' | ','): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    } else if (text[at] === '[') {
      at = classEnd(text, at);
    } else if (text[at] === '{') {
      at = braceEnd(text, at);
    }
  }
  return [...parts, text.slice(start)];
}

/**
 * Everything that `{a,b}` stands for, each written out: `{a,b/c}/d` is `a/d` and `b/c/d`. Braces may be nested; a brace
 * that is closed without being opened stands for itself.
 *
 * @throws ScopeSyntaxError also where it becomes too much
 */
export function writeOut(text: string): readonly string[] {
  let written = [''];
  for (let at = 0; at < text.length; ) {
    let parts: readonly string[];
    let end = at + 1;
    if (text[at] === '{') {
      end = braceEnd(text, at) + 1;
      parts = splitOutside(text.slice(at + 1, end - 1), ',').flatMap(writeOut);
    } else {
      if (text[at] === '[') {
        end = classEnd(text, at) + 1;
      }
      while (end < text.length && text[end] !== '[' && text[end] !== '{') {
        end++;
      }
      parts = [text.slice(at, end)];
    }
    if (written.length * parts.length > MAX_ALTERNATIVES) {
      throw new ScopeSyntaxError('TOO_MANY_ALTERNATIVES', text);
    }
    written = written.flatMap((start) => parts.map((part) => start + part));
    at = end;
  }
  if (written.reduce((sum, { length }) => sum + length, 0) > MAX_WRITTEN_OUT) {
    throw new ScopeSyntaxError('TOO_MANY_ALTERNATIVES', text);
  }
  return written;
}

/** Where the `{` at `from` is closed. @throws ScopeSyntaxError */
function braceEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '[') {
      at = classEnd(text, at);
    } else if (text[at] === '{') {
      depth++;
    } else if (text[at] === '}' && --depth === 0) {
      return at;
    }
  }
  throw new ScopeSyntaxError('UNCLOSED_BRACE', text.slice(from));
}
