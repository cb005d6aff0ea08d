/** Much work in small steps, on the one thread that there is. */

import { setImmediate } from 'node:timers/promises';
import { elapsedMs } from './elapsed';

/** So long at a stretch that nobody notices, and not much shorter: a turn costs something too. */
const TURN_MS = 5;

/** Whether one has worked so long that others should have their turn. */
export class Turns {
  private began = elapsedMs();

  get areDue(): boolean {
    return elapsedMs() - this.began > TURN_MS;
  }

  async give(): Promise<void> {
    await setImmediate();
    this.began = elapsedMs();
  }
}

/** Does the work for each key, and lets others have their turn in between. */
export async function inTurns<K>(keys: Iterable<K>, work: (key: K) => void): Promise<void> {
  const turns = new Turns();
  for (const key of keys) {
    work(key);
    if (turns.areDue) {
      await turns.give();
    }
  }
}
