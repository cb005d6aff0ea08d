/** Plain text whose parts stand below each other, where each column is as wide as a letter of the editor's font. */

import { oneLine } from './display';

/**
 * East Asian Width W and F of Unicode, for Hangul, kana, bopomofo, Han with its radicals, strokes and planes, Yi, and the
 * punctuation and full-width forms that stand among these.
 */
const EAST_ASIAN =
  '\u1100-\u115F\u2E80-\u303E\u3041-\u4DBF\u4E00-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6F' +
  '\uFF01-\uFF60\uFFE0-\uFFE6\u{1AFF0}-\u{1B16F}\u{20000}-\u{2FFFD}\u{30000}-\u{3FFFD}';
/** What is drawn as a picture by itself, or is asked to be (U+FE0F), is as wide. */
const WIDE = `[${EAST_ASIAN}\\p{Emoji_Presentation}\\uFE0F]`;

/** Made when it is first needed: making it takes longer than all else that a window waits for at its start. */
let known: { readonly wide: RegExp; readonly characters: Intl.Segmenter } | undefined;

function measures() {
  known ??= {
    wide: new RegExp(WIDE, 'u'),
    // What is drawn as one: a letter with its marks, an emoji of several.
    characters: new Intl.Segmenter('en', { granularity: 'grapheme' }),
  };
  return known;
}

/** How many columns the text takes: two for each character that is wide in East Asian typography, one for any other. */
export function columnsOf(text: string): number {
  const { wide, characters } = measures();
  let columns = 0;
  for (const { segment } of characters.segment(text)) {
    columns += wide.test(segment) ? 2 : 1;
  }
  return columns;
}

/** `name:   value` lines with the values below each other. */
export function aligned(rows: readonly (readonly [string, string])[]): string {
  return inColumns(
    rows.map(([name, value]) => [`${name}:`, oneLine(value)]),
    ' ',
  ).join('\n');
}

/** A line for each row, its cells below those of the others; nothing stands behind the last. */
export function inColumns(rows: readonly (readonly string[])[], gap = '  '): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(columnsOf(cell), widths[column] ?? 0);
    });
  }
  const padded = (cell: string, column: number) => cell + ' '.repeat((widths[column] ?? 0) - columnsOf(cell));
  return rows.map((row) => row.map(padded).join(gap).trimEnd());
}
