/** Where the time of the extension host goes: a CPU profile of some work, and how long garbage was collected meanwhile. */

import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { PerformanceObserver } from 'node:perf_hooks';

const SAMPLE_EACH_US = 100;

/** Does the work; where a file is told, its profile is written there, with the ms of each collection as `collections`. */
export async function profiled<T>(file: string | undefined, work: () => Promise<T>): Promise<T> {
  if (file === undefined) {
    return await work();
  }
  const collections: { readonly kind: unknown; readonly ms: number }[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      // As Node tells of it, though not its types.
      const { detail } = entry as { readonly detail?: { readonly kind?: unknown } };
      collections.push({ kind: detail?.kind, ms: entry.duration });
    }
  });
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EACH_US });
  await session.post('Profiler.start');
  observer.observe({ entryTypes: ['gc'] });
  try {
    return await work();
  } finally {
    const { profile } = await session.post('Profiler.stop');
    observer.disconnect();
    session.disconnect();
    writeFileSync(file, JSON.stringify({ ...profile, collections }));
  }
}
