import { createPeer } from '../../test/support/peer';
import { AGENT, BEAD, type Contender, TTL_MINUTES } from '../contender';

/** beadboard's protocol: a lock made with O_EXCL and polled for every 50 ms, whole-file rewrites, nothing synced. */
export function bb(root: string): Contender {
  const peer = createPeer(root);
  const reserve = (scope: string) => done(peer.reserve({ agent: AGENT, scope, bead: BEAD, ttl: TTL_MINUTES }));
  return {
    reserve,
    async cycle(scope) {
      await reserve(scope);
      await done(peer.release({ agent: AGENT, scope }));
    },
    close() {},
  };
}

async function done(answer: object | Promise<object>): Promise<void> {
  const { ok, error } = (await answer) as { ok: boolean; error: { message: string } | null };
  if (!ok) {
    throw new Error(error?.message);
  }
}
