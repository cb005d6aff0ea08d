/**
 * A hundred thousand events on the folders that a process watches. What is none of the store's wakes nobody; what is
 * does so once or twice each time it happens; neither takes memory that grows with it; and the last state is seen.
 */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Driver } from '../../support/driver';
import { PATIENCE_MS } from '../../support/patience';
import { FILES, seedStore } from '../../support/storeFiles';
import { add, NO_FIGURES, type Outcome } from '../scenario';
import type { Watched } from '../watcher.process';

/** Three events each: created, written, removed. */
const LITTER = 20_000;
/** Four events each: created, written, and both names of the rename; one of them is of the file that is watched. */
const REPLACED = 12_500;
const EVENTS = 3 * LITTER + 4 * REPLACED;
const MOST_GROWTH_MB = 96;
const MOST_CPU_MS = 20_000;

export async function makeNoise(base: string): Promise<Outcome> {
  const root = seedStore(join(base, 'store'));
  const path = join(root, FILES.active);
  const noise = await Driver.run('faults/noise');
  const watcher = await Driver.run('faults/watcher', [root]);
  const isSeen = (number: number) => {
    const seen = watcher.call('seen', { scope: `scope-${number}` }).then(() => true);
    return Promise.race([seen, sleep(PATIENCE_MS, false, { ref: false })]);
  };
  try {
    const before = await watcher.call<Watched>('figures');
    await noise.call('litter', { folder: join(root, 'reservations'), times: LITTER });
    // Events come in their order: who has seen this one has been told of all the litter.
    await noise.call('replace', { path, from: 1, to: 1 });
    const isFirstSeen = await isSeen(1);
    const littered = await watcher.call<Watched>('figures');
    await noise.call('replace', { path, from: 2, to: REPLACED });
    const isLastSeen = await isSeen(REPLACED);
    const after = await watcher.call<Watched>('figures');

    const growth = after.megabytes - before.megabytes;
    const cpuMs = after.cpuMs - before.cpuMs;
    const violations = [
      ...(littered.calls > 1 ? [`called ${littered.calls} times for one change among ${LITTER} that are none`] : []),
      ...(after.calls > 2 * REPLACED ? [`called ${after.calls} times for ${REPLACED} changes`] : []),
      ...(growth > MOST_GROWTH_MB ? [`grew by ${growth.toFixed(0)} MB`] : []),
      ...(cpuMs > MOST_CPU_MS ? [`took ${cpuMs.toFixed(0)} ms of processor time`] : []),
    ];
    const unseen = isFirstSeen && isLastSeen ? [] : ['the last state was not seen'];
    return {
      figures: add(NO_FIGURES, {
        operations: after.readings,
        faults: EVENTS,
        violations: violations.length,
        lost: unseen.length,
      }),
      problems: [...violations, ...unseen],
      notes: [
        `noise: ${EVENTS} events, ${after.calls} calls, ${after.readings} readings, ${growth.toFixed(0)} MB more, ` +
          `${cpuMs.toFixed(0)} ms of processor time`,
      ],
    };
  } finally {
    await Promise.all([noise.kill(), watcher.kill()]);
  }
}
