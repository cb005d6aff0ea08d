/** Telling scopes apart by their text alone, without knowing what they mean: of thousands, nearly all are told apart so. */

const SLASH = 0x2f;
const LAST_ASCII = 0x7f;
/** From one of these on, a text is no plain path. */
const OPENING = new Set([...'*?[{'].map((character) => character.charCodeAt(0)));
/** What normalising would change, and roots: space around it, `\`, an empty, `.` or `..` segment, a drive's letter. */
const NOT_NORMALISED = /^\s|\s$|\\|\/\/|\/$|(?:^|\/)\.\.?(?:\/|$)|^[A-Za-z]:/;

/**
 * Whether two scopes have certainly no path in common: they part within what both begin with, before the first pattern.
 * False says nothing.
 *
 * @param foldCase whether upper and lower case are the same
 */
export function surelyApart(held: string, wanted: string, foldCase: boolean): boolean {
  const longest = Math.max(held.length, wanted.length);
  for (let at = 0; at < longest; at++) {
    // A plain name ends at a slash as well as at the end of the text.
    const one = at < held.length ? held.charCodeAt(at) : SLASH;
    const other = at < wanted.length ? wanted.charCodeAt(at) : SLASH;
    if (OPENING.has(one) || OPENING.has(other)) {
      return false;
    }
    if (one !== other && !(foldCase && isOneLetter(one, other))) {
      // Letters beyond ASCII fold in ways that one character alone does not tell.
      const isTold = !foldCase || (one <= LAST_ASCII && other <= LAST_ASCII);
      return isTold && !NOT_NORMALISED.test(held) && !NOT_NORMALISED.test(wanted);
    }
    if (at >= held.length || at >= wanted.length) {
      return false;
    }
  }
  return false;
}

function isOneLetter(one: number, other: number): boolean {
  return String.fromCharCode(one).toLowerCase() === String.fromCharCode(other).toLowerCase();
}
