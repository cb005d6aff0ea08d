/** Several names inside of a sentence that a person reads. What agents and programs read has a comma everywhere. */

const formats = new Map<string, Intl.ListFormat>();

/**
 * `a, b, c` in English, `a, b und c` in German, `a、b、c` in Chinese: fit for a sentence as well as behind a colon.
 *
 * @param language a BCP 47 tag, such as VS Code's display language
 */
export function listed(names: readonly string[], language: string): string {
  let format = formats.get(language);
  if (!format) {
    // Narrow: “a, b, and c” would be long for a row, and “a和b” has no room between names that are not Chinese.
    format = new Intl.ListFormat(language, { type: 'conjunction', style: 'narrow' });
    formats.set(language, format);
  }
  return format.format(names);
}
