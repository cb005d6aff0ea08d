/** What a commit tells those who listen: which parts have changed, and of which namespace. */

import type { StorePart } from '../store';
import type { Namespace } from './namespace';

/** The channel on which each commit is told of. */
export const CHANNEL = 'agent_reservations';

const LETTERS: readonly (readonly [string, StorePart])[] = [
  ['r', 'reservations'],
  ['m', 'messages'],
  ['a', 'agents'],
];

/** What a notification says: which parts have changed, and of which namespace. */
export function payload(namespace: Namespace, parts: ReadonlySet<StorePart>): string {
  const letters = LETTERS.filter(([, part]) => parts.has(part)).map(([letter]) => letter);
  return `${letters.join('')} ${namespace.told}`;
}

/** The parts that a notification tells of, none where it is of another namespace. */
export function toldParts(namespace: Namespace, text: string): ReadonlySet<StorePart> {
  const [letters = ''] = text.split(' ', 1);
  const isOurs = text.slice(letters.length + 1) === namespace.told;
  return new Set(isOurs ? LETTERS.filter(([letter]) => letters.includes(letter)).map(([, part]) => part) : []);
}
