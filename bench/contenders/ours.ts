import { createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { AGENT, BEAD, type Contender, TTL_MINUTES } from '../contender';

/** The product as it is, with all that it promises. */
export function ours(root: string): Contender {
  const store = createCoordination(new FileStore(root), { random: () => randomHex(4) });
  async function reserve(scope: string): Promise<void> {
    const { ok, error } = await store.reserve({ agent: AGENT, scope, bead: BEAD, ttl: TTL_MINUTES });
    if (!ok) {
      throw new Error(error.message);
    }
  }
  return {
    reserve,
    async cycle(scope) {
      await reserve(scope);
      const { ok, error } = await store.release({ agent: AGENT, scope });
      if (!ok) {
        throw new Error(error.message);
      }
    },
    close() {},
  };
}
