/** What the parts of a peer share: envelopes, ids and files, as beadboard's `bb agent` makes them. */

import { readFile } from 'node:fs/promises';

export type Args = Readonly<Record<string, unknown>>;

/** Trimmed; '' for what is no text. */
export const text = (value: unknown) => (typeof value === 'string' ? value.trim() : '');
export const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;
export const done = (command: string, data: unknown) => ({ ok: true, command, data, error: null });
export const refuse = (command: string, code: string, message = code) => ({
  ok: false,
  command,
  data: null,
  error: { code, message },
});

/**
 * `msg_20261130_213806.482Z_c977`: of a time, only milliseconds that are all zero go. The random part has four hex digits
 * at most: fewer in one case of many, and none at all for a random number of 0.
 */
export function peerId(prefix: 'res' | 'msg', at: string, random = Math.random()): string {
  const time = at.replace(/[-:]/g, '').replace('.000Z', '').replace('T', '_');
  return `${prefix}_${time}_${random.toString(16).slice(2, 6)}`;
}

/** The content of a JSON file, or undefined where there is none; what is no JSON rejects. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

export const toText = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
