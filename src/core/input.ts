/** Inputs come from agents, key bindings and other extensions: nothing about their types can be relied on. */

/** The trimmed text, or '' for anything that is not a string. */
export function trimmed(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** Any value as text for a message: an object's own `toString` may be anything, and is not asked. */
export function asText(value: unknown): string {
  return typeof value === 'object' && value !== null ? (JSON.stringify(value) ?? 'an object') : String(value);
}

/** A value in double quotes for an error message, with control characters escaped and long text cut. */
export function quoted(value: string, longest = 120): string {
  return JSON.stringify(value.length > longest ? `${value.slice(0, longest)}…` : value);
}
