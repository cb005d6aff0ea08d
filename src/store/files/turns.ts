/** Much work in small steps, on the one thread that there is. */

import { setImmediate } from 'node:timers/promises';
import { elapsedMs } from './elapsed';

/** So long at a stretch that nobody notices, and not much shorter: a turn costs something too. */
const TURN_MS = 5;

/** Does the work for each key, and lets others have their turn in between. */
export async function inTurns<K>(keys: Iterable<K>, work: (key: K) => void): Promise<void> {
  let began = elapsedMs();
  for (const key of keys) {
    work(key);
    if (elapsedMs() - began > TURN_MS) {
      await setImmediate();
      began = elapsedMs();
    }
  }
}
