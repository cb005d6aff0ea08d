/** A call of an operation, and what the caller was told. */

import type { Coordination } from '../../../src/coordination/coordination';
import type { Told } from './told';

export type Call = (what: Told['what'], scope: string, bead: string) => Promise<Told>;

export function callOf(operations: Coordination, agent: string): Call {
  return async (what, scope, bead) => {
    const started = performance.now();
    const answer =
      what === 'reserve'
        ? await operations.reserve({ agent, scope, bead, project: '/p', ttl: 60 })
        : await operations.release({ agent, scope, project: '/p' });
    const told = { what, agent, scope, bead, ms: performance.now() - started };
    if (answer.ok) {
      return { ...told, code: 'ok', id: answer.data.reservation_id };
    }
    const { code, details } = answer.error;
    return { ...told, code: code === 'INTERNAL_ERROR' ? String(details?.['cause'] ?? code) : code };
  };
}
