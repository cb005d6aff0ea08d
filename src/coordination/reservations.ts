/** The operations on reservations, over a store. */

import { type CheckData, type CheckInput, checkCheck, whoHolds } from '../core/check';
import { type Envelope, granted } from '../core/envelope';
import { type Message, matchesBead } from '../core/message';
import {
  checkForceRelease,
  checkRelease,
  decideForceRelease,
  decideRelease,
  decideSweep,
  type ForceReleaseInput,
  type ReleaseInput,
} from '../core/release';
import { checkRenew, decideRenew, type RenewInput } from '../core/renew';
import { isExpired, type Reservation } from '../core/reservation';
import { checkReserve, decideReserve, type Reserved, type ReserveInput } from '../core/reserve';
import { checkStatus, matchesStatus, type StatusInput, type StatusRequest } from '../core/status';
import { HOUR_MS, instant } from '../core/time';
import type { Store } from '../store/store';
import { answer, complete, fields, when } from './answers';

/** The window of `summary.released`. */
const RELEASED_HOURS = 24;

export interface StatusData {
  readonly reservations: readonly Reservation[];
  /** Newest first. */
  readonly unacked_required_messages: readonly Message[];
  readonly summary: {
    readonly active: number;
    /** Matching releases of the last 24 hours. */
    readonly released: number;
    /** Everything that this very call moved to history, whatever the filters. */
    readonly expired: number;
    readonly unacked_required_messages: number;
  };
}

export interface ReservationOperations {
  reserve(input: ReserveInput): Promise<Envelope<Reserved>>;
  release(input: ReleaseInput): Promise<Envelope<Reservation>>;
  /** Lets a reservation that is still live end later. */
  renew(input: RenewInput): Promise<Envelope<Reservation>>;
  /** Who holds which paths. Reads only, and takes no lock. */
  check(input: CheckInput): Promise<Envelope<CheckData>>;
  /** Ends anybody's reservation, for a person who says why. */
  forceRelease(input: ForceReleaseInput): Promise<Envelope<Reservation>>;
  status(input?: StatusInput): Promise<Envelope<StatusData>>;
}

/** What the operations need besides the store. */
export interface Surroundings {
  /** At least 8 random hex digits at each call. */
  readonly random: () => string;
  readonly clock: () => Date;
  /** Whether that is the id of a registered agent. */
  readonly isRegistered: (agent: unknown) => Promise<boolean>;
  /** Lets look-ups run side by side, and what follows them in the order of the calls. */
  readonly inTurn: <T>(lookUp: Promise<T>) => Promise<T>;
}

export function reservationOperations(
  store: Store,
  { random, clock, isRegistered, inTurn }: Surroundings,
): ReservationOperations {
  async function readStatus(request: StatusRequest): Promise<StatusData> {
    const expired = await sweep();
    const since = new Date(clock().getTime() - RELEASED_HOURS * HOUR_MS);
    const [active, closed, unacked] = await Promise.all([
      store.readActive(),
      store.readClosed(since),
      store.readUnacked(),
    ]);
    // After the reading, which takes its time: what ended meanwhile may stand beside the one that followed it.
    const now = clock();
    const reservations = active.records.filter((entry) => !isExpired(entry, now) && matchesStatus(entry, request));
    const messages = complete(unacked).filter(
      (message) => matchesBead(message, request.bead) && (!request.agent || message.to_agent === request.agent),
    );
    return {
      reservations,
      unacked_required_messages: messages,
      summary: {
        active: reservations.length,
        released: closed.filter((entry) => isReleasedSince(entry, since) && matchesStatus(entry, request)).length,
        expired,
        unacked_required_messages: messages.length,
      },
    };
  }

  /** Takes the lock only where something is past its time. */
  async function sweep(): Promise<number> {
    const now = clock();
    if (!(await store.readActive()).records.some((entry) => isExpired(entry, now))) {
      return 0;
    }
    const swept = await store.transactReservations(decideSweep);
    return swept.ok ? swept.data : 0;
  }

  return {
    reserve: (input) =>
      answer('agent reserve', async () =>
        when(checkReserve(fields(input), await inTurn(isRegistered(fields(input).agent))), (request) =>
          store.transactReservations((active, context) => decideReserve(active, request, context, random())),
        ),
      ),

    release: (input) =>
      answer('agent release', async () =>
        when(checkRelease(fields(input), await inTurn(isRegistered(fields(input).agent))), (request) =>
          store.transactReservations((active, context) => decideRelease(active, request, context)),
        ),
      ),

    renew: (input) =>
      answer('agent renew', async () =>
        when(checkRenew(fields(input), await inTurn(isRegistered(fields(input).agent))), (request) =>
          store.transactReservations((active, context) => decideRenew(active, request, context)),
        ),
      ),

    forceRelease: (input) =>
      answer('agent force-release', async () =>
        when(checkForceRelease(fields(input), await inTurn(isRegistered(fields(input).by))), (request) =>
          store.transactReservations((active, context) => decideForceRelease(active, request, context)),
        ),
      ),

    check: (input) =>
      answer('agent check', async () =>
        when(checkCheck(fields(input), await isRegistered(fields(input).agent)), async (request) => {
          const { records } = await store.readActive();
          const now = clock();
          return granted(
            whoHolds(
              records.filter((entry) => !isExpired(entry, now)),
              request,
            ),
          );
        }),
      ),

    status: (input) =>
      answer('agent status', async () =>
        when(checkStatus(fields(input), await isRegistered(fields(input).agent)), async (request) =>
          granted(await readStatus(request)),
        ),
      ),
  };
}

function isReleasedSince(entry: Reservation, since: Date): boolean {
  return entry.state === 'released' && entry.released_at !== null && instant(entry.released_at) >= since.getTime();
}
