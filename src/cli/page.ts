/** Text for a person at a terminal. What agents wrote comes in here as it is, and goes out without control characters. */

import { oneLine } from '../core/display';
import { instant, MINUTE_MS } from '../core/time';

const MINUTES_PER_HOUR = 60;
const STYLES = { bold: [1, 22], dim: [2, 22], red: [31, 39], yellow: [33, 39] } as const;

export type Style = keyof typeof STYLES;

export interface Page {
  now(): Date;
  /** The text, and around it what makes a terminal show it so; the text alone where there is no colour. */
  style(style: Style, text: string): string;
}

/**
 * @param isColoured asked when there is something to colour
 * @param now the clock by which times are told; this machine's unless told
 */
export function createPage(isColoured: () => boolean, now = () => new Date()): Page {
  return {
    now,
    style: (style, text) => {
      const [on, off] = STYLES[style];
      return isColoured() ? `\u001B[${on}m${text}\u001B[${off}m` : text;
    },
  };
}

/** Colour is for terminals, and for people who have not said otherwise (no-color.org). */
export function isColoured(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** Aligned columns under a heading; a column without a word in it is left out. */
export function table(page: Page, heading: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const safe = rows.map((row) => row.map((cell) => oneLine(cell)));
  const columns = heading.map((_, index) => index).filter((index) => safe.some((row) => row[index]));
  const last = columns.at(-1);
  const widths = heading.map((name, index) =>
    Math.max(...[[...heading], ...safe].map((row) => width(row[index] ?? name))),
  );
  const line = (row: readonly string[]) =>
    columns
      .map((index) => {
        const cell = row[index] ?? '';
        return index === last ? cell : cell + ' '.repeat((widths[index] ?? 0) - width(cell));
      })
      .join('  ')
      .trimEnd();
  return [page.style('dim', line(heading)), ...safe.map(line)];
}

function width(text: string): number {
  return [...text].length;
}

/** `2 scopes`, `1 scope`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** The time until then; minutes are rounded down, so that nobody counts on one that is not there. */
export function timeLeft({ now }: Page, iso: string): string {
  return roughly(instant(iso) - now().getTime());
}

/** How long one time is after another. */
export function timeBetween(from: string, to: string): string {
  return roughly(instant(to) - instant(from));
}

export function timeSince({ now }: Page, iso: string): string {
  return `${roughly(now().getTime() - instant(iso))} ago`;
}

function roughly(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE_MS));
  const [hours, rest] = [Math.floor(minutes / MINUTES_PER_HOUR), minutes % MINUTES_PER_HOUR];
  if (hours === 0) {
    return minutes < 1 ? 'under 1 min' : `${minutes} min`;
  }
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/**
 * JSON that a terminal takes for nothing else: what JSON leaves as it is and a terminal may obey (the C1 controls and the
 * marks that turn the direction of text) is written as \u…, which means the same.
 */
export function safeJson(value: unknown, space?: number): string {
  return JSON.stringify(value, null, space).replace(
    /[\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
