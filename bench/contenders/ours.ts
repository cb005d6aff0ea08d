import { createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { openPostgresStore } from '../../src/store/postgres/postgresStore';
import type { Store } from '../../src/store/store';
import { AGENT, BEAD, type Contender, TTL_MINUTES } from '../contender';

/** The product as it is, with all that it promises. */
export function ours(root: string): Contender {
  return over(new FileStore(root), () => undefined);
}

/** The same over a server. */
export function oursOnServer(url: string): Contender {
  const store = openPostgresStore({ url });
  return over(store, () => store.close());
}

function over(store: Store, close: () => void | Promise<void>): Contender {
  const { reserve: grant, release } = createCoordination(store, { random: () => randomHex(4) });
  async function reserve(scope: string): Promise<void> {
    const { ok, error } = await grant({ agent: AGENT, scope, bead: BEAD, ttl: TTL_MINUTES });
    if (!ok) {
      throw new Error(error.message);
    }
  }
  return {
    reserve,
    async cycle(scope) {
      await reserve(scope);
      const { ok, error } = await release({ agent: AGENT, scope });
      if (!ok) {
        throw new Error(error.message);
      }
    },
    close,
  };
}
