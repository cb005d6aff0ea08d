/** What is not stored: what PostgreSQL cannot keep in a text, and what is larger than anybody's work makes it. */

import { StoreProblem } from '../problem';

/** As JSON writes a NUL, or half of a surrogate pair, behind an even number of backslashes. */
const NOT_STORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** As large as a whole file of the other store may be. */
const LARGEST = 8 * 1024 * 1024;

/**
 * The record as JSON.
 *
 * @throws StoreProblem INVALID_TEXT with the name of the field, or TOO_LARGE
 */
export function storable(record: object, place: string): string {
  const json = JSON.stringify(record);
  if (json.length > LARGEST) {
    throw new StoreProblem(
      'TOO_LARGE',
      place,
      `What was to be stored has ${json.length} characters, and ${LARGEST} are allowed. Make it shorter.`,
      { facts: { characters: json.length, limit: LARGEST } },
    );
  }
  if (NOT_STORABLE.test(json)) {
    const field = Object.entries(record).find(([key, value]) => NOT_STORABLE.test(JSON.stringify([key, value])))?.[0];
    throw new StoreProblem(
      'INVALID_TEXT',
      place,
      `${JSON.stringify(field ?? '')} holds a character that the server cannot keep: a NUL (U+0000), or half of a ` +
        'surrogate pair. Nothing of it was stored. Take the character out, then try again.',
      { facts: { field } },
    );
  }
  return json;
}
