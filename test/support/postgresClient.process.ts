/** A process that works on a PostgreSQL store. Usage: node postgresClient.process.js URL, commands as in service.ts. */

import { createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { openPostgresStore } from '../../src/store/postgres/postgresStore';
import { serve } from './service';

const store = openPostgresStore({ url: process.argv[2] ?? '' });
const coordination = createCoordination(store, { random: () => randomHex(4) });

serve({
  migrate: () => store.migrate(),
  reserve: (args) => coordination.reserve(args as never),
  release: (args) => coordination.release(args as never),

  /** Reserves and releases a scope of its own, `times` in a row; answers how long each of the changes took, in ms. */
  cycles: async ({ times, scope, agent }) => {
    const took: number[] = [];
    for (let left = Number(times); left > 0; left--) {
      for (const change of [
        () => coordination.reserve({ agent: String(agent), scope: String(scope), bead: 'bd-1', project: '/p' }),
        () => coordination.release({ agent: String(agent), scope: String(scope), project: '/p' }),
      ]) {
        const before = performance.now();
        const answer = await change();
        took.push(performance.now() - before);
        if (!answer.ok) {
          throw new Error(answer.error.message);
        }
      }
    }
    return took;
  },

  watch: () => {
    store.watch(() => undefined);
  },
});
