/**
 * A process that works on a PostgreSQL store. Usage: node postgresClient.process.js URL [LIMITS [NAMESPACE]], commands as in
 * service.ts. The limits are JSON.
 */

import { createCoordination } from '../../src/coordination/coordination';
import { decideReserve } from '../../src/core/reserve';
import { randomHex } from '../../src/store/files/durable';
import { DEFAULT_NAMESPACE, openPostgresStore } from '../../src/store/postgres/postgresStore';
import { serve } from './service';

const [url = '', limits = '{}', namespace = DEFAULT_NAMESPACE] = process.argv.slice(2);
const store = openPostgresStore({ url, limits: JSON.parse(limits), namespace });
const coordination = createCoordination(store, { random: () => randomHex(4) });
let wasStopped = false;

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

  /** Reserves a scope, and is stopped while it holds the lock, having decided. */
  reserveStopped: ({ scope, agent }) =>
    store.transactReservations((active, context) => {
      const request = { agent: String(agent), scope: String(scope), bead: 'bd-1', ttl: 60, takeoverStale: false };
      const decision = decideReserve(active, request, context, randomHex(4));
      if (!wasStopped) {
        wasStopped = true;
        process.kill(process.pid, 'SIGSTOP');
      }
      return decision;
    }),

  watch: () => {
    store.watch(() => undefined);
  },
});
