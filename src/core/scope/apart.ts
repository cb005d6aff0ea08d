/** Telling scopes apart by their text alone, without knowing what they mean: of thousands, nearly all are told apart so. */

const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const DOT = 0x2e;
const COLON = 0x3a;
const SPACE = 0x20;
const LAST_ASCII = 0x7f;
const CASE_BIT = 0x20;

/**
 * Makes a test for scopes that certainly have no path in common with the wanted one: they part within what both begin
 * with, before the first pattern. That the test fails says nothing.
 *
 * @param foldCase whether upper and lower case are the same
 */
export function surelyApartFrom(wanted: string, foldCase: boolean): (held: string) => boolean {
  if (!isNormalised(wanted)) {
    return () => false;
  }
  return (held) => {
    const longest = Math.max(held.length, wanted.length);
    for (let at = 0; at < longest; at++) {
      // A plain name ends at a slash as well as at the end of the text.
      const one = at < held.length ? held.charCodeAt(at) : SLASH;
      const other = at < wanted.length ? wanted.charCodeAt(at) : SLASH;
      if (opens(one) || opens(other)) {
        return false;
      }
      if (one !== other && !(foldCase && isOneLetter(one, other))) {
        // Letters beyond ASCII fold in ways that one character alone does not tell.
        return (!foldCase || (one <= LAST_ASCII && other <= LAST_ASCII)) && isNormalised(held);
      }
      if (at >= held.length || at >= wanted.length) {
        return false;
      }
    }
    return false;
  };
}

/** From `*`, `?`, `[` or `{` on, a text is no plain path. */
function opens(code: number): boolean {
  return code === 0x2a || code === 0x3f || code === 0x5b || code === 0x7b;
}

function isOneLetter(one: number, other: number): boolean {
  const lower = one | CASE_BIT;
  return lower === (other | CASE_BIT) && lower >= 0x61 && lower <= 0x7a;
}

/**
 * Whether a text surely is as normalising leaves it. Called for thousands, so it does what an expression would do by hand:
 * no space around it, no `\`, no empty, `.` or `..` segment, no drive's letter.
 */
function isNormalised(text: string): boolean {
  const last = text.length - 1;
  if (last < 0 || !isVisible(text.charCodeAt(0)) || !isVisible(text.charCodeAt(last)) || text.charCodeAt(1) === COLON) {
    return false;
  }
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at <= last ? text.charCodeAt(at) : SLASH;
    if (code === BACKSLASH) {
      return false;
    }
    if (code === SLASH) {
      const length = at - start;
      const isRoot = at === 0 && last > 0;
      const isDots = length <= 2 && text.charCodeAt(start) === DOT && text.charCodeAt(at - 1) === DOT;
      if ((length === 0 && !isRoot) || isDots) {
        return false;
      }
      start = at + 1;
    }
  }
  return true;
}

function isVisible(code: number): boolean {
  return code > SPACE && code < LAST_ASCII;
}
