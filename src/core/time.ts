/** Times are UTC ISO-8601 with milliseconds on disk, `Date` in rules; durations are minutes or milliseconds, as named. */

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** `at` moved by whole or part minutes. */
export function addMinutes(at: Date, minutes: number): Date {
  return new Date(at.getTime() + minutes * MINUTE_MS);
}

/** Milliseconds since the epoch, or NaN for text that is not a time. */
export function instant(iso: string): number {
  return Date.parse(iso);
}

/**
 * The part of an id that says when it was made: `20260213_220900`.
 * Seconds suffice, since the random part tells two ids of one second apart.
 */
export function compactTime(at: Date): string {
  const iso = at.toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '')}_${iso.slice(11, 19).replaceAll(':', '')}`;
}
