/** What agents are told of reservations that are over. Whatever becomes of the telling, the reservation stays over. */

import type { Outcome } from '../core/envelope';
import type { Message } from '../core/message';
import { askersOf, composeForced, composeFreed } from '../core/request';
import type { Reservation } from '../core/reservation';
import type { Store } from '../store/store';
import { internalError } from './answers';

/** Messages that were not delivered, though what they would have told of is done. */
export interface Untold {
  readonly agents: readonly string[];
  /** As in an error. */
  readonly code: string;
  readonly message: string;
}

/** Part of an answer; the key is only there where somebody was not told. */
export interface Telling {
  readonly untold?: Untold;
}

export class Notices {
  constructor(
    private readonly store: Store,
    private readonly random: () => string,
  ) {}

  /** Tells all who had asked for one of the closed entries, but who has ended them; `takenBy` has the scope now. */
  freed(closed: readonly Reservation[], { by, takenBy }: { by?: string; takenBy?: string } = {}): Promise<Telling> {
    const askers = askersOf(closed, by);
    return this.tell(
      askers.map(({ agent }) => agent),
      (now) => composeFreed(askers, takenBy, now, this.random()),
    );
  }

  /** Tells the holder whose reservation somebody else has ended, and all who had asked for it. */
  forced(released: Reservation): Promise<Telling> {
    const { agent_id: holder, released_by: by } = released;
    const askers = askersOf([released], by);
    const isOwn = holder === by;
    return this.tell([...(isOwn ? [] : [holder]), ...askers.map(({ agent }) => agent)], (now) => [
      ...(isOwn ? [] : [composeForced(released, now, this.random())]),
      ...composeFreed(askers, undefined, now, this.random()),
    ]);
  }

  private async tell(agents: readonly string[], compose: (now: Date) => readonly Message[]): Promise<Telling> {
    if (agents.length === 0) {
      return {};
    }
    try {
      await this.store.deliver(compose);
      return {};
    } catch (failure) {
      const outcome = internalError(failure);
      return outcome.ok ? {} : { untold: { agents, code: outcome.error.code, message: outcome.error.message } };
    }
  }
}

/** An outcome that also says who was not told. */
export function telling<T extends object>(outcome: Outcome<T>, { untold }: Telling): Outcome<T & Telling> {
  if (!untold) {
    return outcome;
  }
  return outcome.ok
    ? { ok: true, data: { ...outcome.data, untold } }
    : { ok: false, error: { ...outcome.error, details: { ...outcome.error.details, untold } } };
}
