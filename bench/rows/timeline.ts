/** The timeline of a long history: read from where its time begins, and never long at a stretch. */

import { createCoordination } from '../../src/coordination/coordination';
import { FileStore } from '../../src/store/files/fileStore';
import type { Row } from '../row';
import { timed } from '../stats';
import { written } from './history';

const LINES = 1_000_000;
const LINES_PER_HOUR = 3_600;
const TICK_MS = 5;

export const timeline: Row = {
  name: 'timeline of the last hour of 1,000,000 closed',
  unit: 'ms',
  target: { ms: { most: 250 }, 'longest pause, ms': { most: 250 } },
  async run(context) {
    const root = await written(context, LINES);
    const hour = await look(root, 1);
    const longer = [await look(root, 24)];
    if (context.isAskedFor) {
      longer.push(await look(root, 7 * 24));
    }
    const notes = longer.map(
      ({ hours, ms, pause }) =>
        `${hours} h, ${hours * LINES_PER_HOUR} closed: ${ms.toFixed(0)} ms, nobody else at work for ${pause.toFixed(0)} ms at most`,
    );
    return {
      ours: hour.ms,
      peers: Object.fromEntries(longer.map(({ hours, ms }) => [`of ${hours} h`, ms])),
      ratio: { ms: hour.ms, 'longest pause, ms': Math.max(...longer.map(({ pause }) => pause)) },
      notes,
    };
  },
};

async function look(root: string, hours: number) {
  const store = createCoordination(new FileStore(root), { random: () => '0123abcd' });
  let [last, pause] = [performance.now(), 0];
  const ticking = setInterval(() => {
    const now = performance.now();
    pause = Math.max(pause, now - last - TICK_MS);
    last = now;
  }, TICK_MS);
  const ms = await timed(async () => {
    const opened = await store.timeline({ since: `${hours}h` });
    const { ok, data } = opened.ok ? await opened.data.look() : opened;
    // What is written is a second apart, and time goes on meanwhile.
    if (!ok || Math.abs(data.summary.times - hours * LINES_PER_HOUR) > 0.01 * hours * LINES_PER_HOUR + 60) {
      throw new Error('The timeline is not what was written.');
    }
  });
  clearInterval(ticking);
  return { hours, ms, pause };
}
