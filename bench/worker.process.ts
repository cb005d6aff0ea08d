/** One of several processes on one store: cycles for a time, then says how long each took. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Kind } from './contender';
import { openContender } from './contenders/all';
import { serve } from './processes';

export interface Work {
  readonly kind: Kind;
  readonly root: string;
  readonly ms: number;
  /** The longest that it thinks between two cycles, in ms. */
  readonly thinkMs: number;
}

export interface Done {
  readonly times: readonly number[];
  readonly failures: number;
}

async function work({ kind, root, ms, thinkMs }: Work): Promise<Done> {
  const store = openContender(kind, root);
  const times: number[] = [];
  let failures = 0;
  const end = performance.now() + ms;
  for (let cycle = 0; performance.now() < end; cycle++) {
    if (thinkMs > 0) {
      await sleep(Math.random() * thinkMs);
    }
    const started = performance.now();
    try {
      await store.cycle(`src/${process.pid}/file-${cycle}.ts`);
      times.push(performance.now() - started);
    } catch {
      failures++;
    }
  }
  await store.close();
  return { times, failures };
}

serve(work);
