/** Reserving, of one scope or several: decided and stored at once, or waited for; then told what is known about it. */

import { contestedBy } from '../core/contested';
import { granted, type Outcome } from '../core/envelope';
import type { DecisionContext, Reservation, ReservationDecision } from '../core/reservation';
import { isExpired } from '../core/reservation';
import type { Reserved, ReserveRequest } from '../core/reserve';
import { decideReserveAll, type Grant } from '../core/reserveAll';
import type { Store } from '../store/store';
import { type Notices, type Telling, telling } from './notices';
import { shared } from './shared';
import { untilGranted } from './waiting';

export interface ReservedAll {
  /** In the order in which their scopes were named. */
  readonly reservations: readonly Reserved[];
}

/** `signal` ends a wait before its time, as if that were over. */
export type Granting = (
  requests: readonly ReserveRequest[],
  waitSeconds: number,
  signal?: AbortSignal,
) => Promise<Outcome<ReservedAll & Telling>>;

export interface GrantingNeeds {
  readonly store: Store;
  readonly notices: Notices;
  readonly random: () => string;
  readonly clock: () => Date;
  /** Decides and stores; answers also what was closed, and what is active then. */
  readonly decided: <T>(
    decide: (active: readonly Reservation[], context: DecisionContext) => ReservationDecision<T>,
  ) => Promise<ReservationDecision<T>>;
}

export function createGranting({ store, notices, random, clock, decided }: GrantingNeeds): Granting {
  /** Of those who ask at the same moment for the same agent, all but the first share one reading. */
  const recentlyClosed = shared((agent) => store.readRecentlyClosed(agent));

  async function grantNow(requests: readonly ReserveRequest[]): Promise<Outcome<ReservedAll & Telling>> {
    const randoms = requests.map(() => random());
    const { active, closed, answer } = await decided((entries, context) =>
      decideReserveAll(entries, requests, context, randoms),
    );
    if (!answer.ok) {
      return answer;
    }
    const told = await notices.freed(closed, { by: agentOf(requests), takenBy: agentOf(requests) });
    return telling(granted({ reservations: await asTold(answer.data, active) }), told);
  }

  /** The grants as they are told; what cannot be found out about them does not undo them. */
  async function asTold(grants: readonly Grant[], active: readonly Reservation[]): Promise<readonly Reserved[]> {
    const isRecentNeeded = grants.some(({ takenOver }) => takenOver.length === 0);
    const recent = isRecentNeeded
      ? await recentlyClosed(agentOf(grants.map(({ request }) => request))).catch(() => [])
      : [];
    if (isRecentNeeded && recent.length === 0 && grants.every(({ takenOver }) => takenOver.length === 0)) {
      // Nobody has been in the way of late: most grants, and looking through all that is active for each would add up.
      return grants.map(({ reserved }) => reserved);
    }
    const made = new Set(grants.map(({ reserved }) => reserved.reservation_id));
    const beside = active.filter(({ reservation_id }) => !made.has(reservation_id));
    return grants.map(({ reserved, request, takenOver }) => {
      const closed = takenOver.length > 0 ? [] : recent;
      const contested = contestedBy(reserved, request, { takenOver, active: beside, closed });
      return contested ? { ...reserved, contested } : reserved;
    });
  }

  /** What would be decided on what is stored now. Reads only. */
  async function look(requests: readonly ReserveRequest[]): Promise<Outcome<unknown>> {
    const { records } = await store.readActive();
    const now = clock();
    const context = { now, hasEnded: (entry: Reservation) => isExpired(entry, now), fence: 0 };
    return decideReserveAll(records, requests, context, []).answer;
  }

  return (requests, waitSeconds, signal) =>
    waitSeconds === 0
      ? grantNow(requests)
      : untilGranted(() => grantNow(requests), {
          look: () => look(requests),
          agent: agentOf(requests),
          seconds: waitSeconds,
          store,
          clock,
          signal,
        });
}

function agentOf(requests: readonly ReserveRequest[]): string {
  return requests[0]?.agent ?? '';
}
