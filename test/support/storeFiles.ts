/** A store's files, made and looked at directly: tests must not trust the code under test for either. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reservation } from '../../src/core/reservation';
import { agent } from './samples';

/** Paths relative to the store's root, as in the contract. */
export const FILES = {
  active: 'reservations/active.json',
  history: 'reservations/history.jsonl',
  lock: 'reservations/.lock',
} as const;

/** Makes the folders and the agents; then the active entries, if there are to be any. Answers the root. */
export function seedStore(
  root: string,
  { agents = ['agent-a', 'agent-b'], active }: { agents?: readonly string[]; active?: readonly object[] } = {},
): string {
  for (const folder of ['agents', 'messages/index', 'reservations']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const id of agents) {
    writeFileSync(join(root, 'agents', `${id}.json`), `${JSON.stringify(agent({ agent_id: id }), null, 2)}\n`);
  }
  if (active) {
    writeActive(root, { reservations: active });
  }
  return root;
}

export function writeActive(root: string, value: unknown): void {
  writeFileSync(join(root, FILES.active), `${JSON.stringify(value, null, 2)}\n`);
}

export function activeIn(root: string): Reservation[] {
  const path = join(root, FILES.active);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).reservations : [];
}

/** Every line of history must be JSON; a missing file is an empty history. */
export function historyIn(root: string): Reservation[] {
  const path = join(root, FILES.history);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [''];
  if (lines.pop() !== '') {
    throw new Error('history.jsonl does not end in a newline');
  }
  return lines.map((line) => JSON.parse(line));
}

export function scopesOf(entries: readonly Reservation[]): string[] {
  return entries.map((entry) => entry.scope).sort();
}
