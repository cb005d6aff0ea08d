/**
 * Text that agents wrote, made safe to show. Scopes, ids, subjects and bodies are untrusted: they must not draw icons,
 * become links, or reorder what stands beside them.
 */

const LONGEST_LABEL = 200;

/** C0 and C1 controls, line and paragraph separators, and the marks that change the direction of text. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
/** The same without tab and line feed, for text of several lines. */
const UNSEEN_IN_LINES = /[^\P{Cc}\t\n]|[\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
const REPLACEMENT = '\uFFFD';
const ICON = /\$\(/g;
const LINK = /\]\(/g;
const ZERO_WIDTH_SPACE = '\u200B';

/** One line for a label: controls become visible, long text is cut. */
export function oneLine(text: string, longest = LONGEST_LABEL): string {
  const visible = text.replace(UNSEEN, REPLACEMENT);
  return visible.length > longest ? `${visible.slice(0, longest - 1)}…` : visible;
}

/** One line for a place that draws `$(name)` as an icon: quick picks and the status bar. */
export function withoutIcons(text: string): string {
  return oneLine(text).replace(ICON, `$${ZERO_WIDTH_SPACE}(`);
}

/** One line for a notification, which makes `[text](command:…)` a link that can be clicked. */
export function withoutLinks(text: string): string {
  return oneLine(text).replace(LINK, `]${ZERO_WIDTH_SPACE}(`);
}

/** Several lines for a plain-text document. */
export function plainLines(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNSEEN_IN_LINES, REPLACEMENT);
}
