/** The operations on reservations, over a store. */

import { type CheckData, type CheckInput, checkCheck, whoHolds } from '../core/check';
import { type Envelope, granted, type Outcome } from '../core/envelope';
import { checkHistory, type HistoryInput, isAskedFor, selectHistory } from '../core/history';
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
import { checkReleaseAll, decideReleaseAll, type ReleaseAllInput, type ReleasedAll } from '../core/releaseAll';
import { checkRenew, decideRenew, type RenewInput } from '../core/renew';
import {
  type Asked,
  checkRequest,
  composeRequest,
  decideRequest,
  type ReleaseRequested,
  type RequestData,
  type RequestInput,
} from '../core/request';
import { type DecisionContext, isExpired, type Reservation, type ReservationDecision } from '../core/reservation';
import { checkReserve, type Reserved, type ReserveInput, type ReserveRequest } from '../core/reserve';
import { checkReserveAll, type ReserveAllInput } from '../core/reserveAll';
import { checkStatus, matchesStatus, type StatusInput, type StatusRequest } from '../core/status';
import { HOUR_MS, instant } from '../core/time';
import type { TimelineInput } from '../core/timeline/collect';
import { checkWait } from '../core/wait';
import type { Store } from '../store/store';
import { answer, complete, fields, when } from './answers';
import { createGranting, type ReservedAll } from './granting';
import { Notices, type Telling, telling } from './notices';
import { type FollowedTimeline, openTimeline } from './timeline';
import { type Watched, type WatchInput, watchStore } from './watching';

/** The window of `summary.released`. */
const RELEASED_HOURS = 24;

export interface StatusData extends Telling {
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

export interface Interruptible {
  /** Ends the wait before its time, as if that were over: for a caller that has gone away. */
  readonly signal?: AbortSignal | undefined;
}

export interface ReservationOperations {
  reserve(input: ReserveInput & Interruptible): Promise<Envelope<Reserved & Telling>>;
  /** Several scopes together: all of them, or none. */
  reserveAll(input: ReserveAllInput & Interruptible): Promise<Envelope<ReservedAll & Telling>>;
  release(input: ReleaseInput): Promise<Envelope<Reservation & Telling>>;
  /** Several at once, by scope or id, or all that one holds. What cannot be released is told, and the others are. */
  releaseAll(input: ReleaseAllInput): Promise<Envelope<ReleasedAll & Telling>>;
  /** Lets a reservation that is still live end later. */
  renew(input: RenewInput): Promise<Envelope<Reservation>>;
  /** Who holds which paths. Reads only, and takes no lock. */
  check(input: CheckInput): Promise<Envelope<CheckData>>;
  /** Ends anybody's reservation, for a person who says why. */
  forceRelease(input: ForceReleaseInput): Promise<Envelope<Reservation & Telling>>;
  /** Asks everybody who is in the way to release, once. */
  request(input: RequestInput): Promise<Envelope<RequestData>>;
  /** Sweeps what has expired, unless told to read only; what is answered is the same. */
  status(input?: StatusInput & { readonly readOnly?: boolean | undefined }): Promise<Envelope<StatusData>>;
  /** What is over, newest first. Reads only, and takes no lock. */
  history(input?: HistoryInput): Promise<Envelope<readonly Reservation[]>>;
  /** What was held by whom since a moment, whatever the length of the history. Reads only, and takes no lock. */
  timeline(input: TimelineInput): Promise<Envelope<FollowedTimeline>>;
  /** What is there, and from then on every change. Reads only, and takes no lock. */
  watch(input: WatchInput): Promise<Envelope<Watched>>;
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
  const notices = new Notices(store, random);

  /** Decides and stores; answers also what was closed, and what is active then. */
  async function decided<T>(
    decide: (active: readonly Reservation[], context: DecisionContext) => ReservationDecision<T>,
  ): Promise<ReservationDecision<T>> {
    const outcome = await store.transactReservations((active, context) => {
      const decision = decide(active, context);
      return { ...decision, answer: granted(decision) };
    });
    return outcome.ok ? outcome.data : { active: [], closed: [], answer: outcome };
  }

  const grant = createGranting({ store, notices, random, clock, decided });

  /** One after the other: who asks again must find the message of who asked first, and not send it once more. */
  let asking: Promise<unknown> = Promise.resolve();
  function requested(request: ReleaseRequested): Promise<Outcome<RequestData>> {
    const turn = asking.then(() => ask(request));
    asking = turn.catch(() => undefined);
    return turn;
  }

  function granting(
    requests: readonly ReserveRequest[],
    { wait, signal }: Pick<ReserveInput, 'wait'> & Interruptible,
  ): Promise<Outcome<ReservedAll & Telling>> {
    return when(checkWait(wait), (seconds) => grant(requests, seconds, signal));
  }

  async function ask(request: ReleaseRequested): Promise<Outcome<RequestData>> {
    const { answer: noted } = await decided((active, context) => decideRequest(active, request, context, random()));
    if (!noted.ok) {
      return noted;
    }
    const asked = noted.data.requests.filter((one): one is Asked & { message_id: string } => one.message_id !== null);
    // One that had been asked before and has no message is left from a crash: it is sent now, under the id it had.
    const isSent = await Promise.all(
      asked.map(async ({ already, message_id }) => already && (await store.readMessage(message_id)) !== undefined),
    );
    const unsent = asked.filter((_, index) => !isSent[index]);
    if (unsent.length > 0) {
      await store.deliver((now) => unsent.map((one) => composeRequest(one, request, now)));
    }
    return noted;
  }

  async function readStatus(request: StatusRequest, readOnly: boolean): Promise<StatusData> {
    const { expired, told } = readOnly ? { expired: 0, told: {} } : await sweep();
    const since = new Date(clock().getTime() - RELEASED_HOURS * HOUR_MS);
    const [active, closed, unacked] = await Promise.all([
      store.readActive(),
      store.readClosed(since),
      store.readUnacked(),
    ]);
    // After the reading, which takes its time: what ended meanwhile may stand beside the one that followed it.
    const now = clock();
    const reservations = complete(active).filter((entry) => !isExpired(entry, now) && matchesStatus(entry, request));
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
      ...told,
    };
  }

  /** Takes the lock only where something is past its time. Who may only read leaves it to others. */
  async function sweep(): Promise<{ readonly expired: number; readonly told: Telling }> {
    const now = clock();
    const nothing = { expired: 0, told: {} };
    if (!(await store.readActive()).records.some((entry) => isExpired(entry, now))) {
      return nothing;
    }
    if ((await store.mayWrite?.()) === false) {
      return nothing;
    }
    const { closed } = await decided(decideSweep);
    return { expired: closed.length, told: await notices.freed(closed) };
  }

  return {
    reserve: (input) =>
      answer('agent reserve', async () => {
        const checked = checkReserve(fields(input), await inTurn(isRegistered(fields(input).agent)));
        const outcome = await when(checked, (request) => granting([request], fields(input)));
        return outcome.ok ? granted(single(outcome.data)) : outcome;
      }),

    reserveAll: (input) =>
      answer('agent reserve', async () =>
        when(checkReserveAll(fields(input), await inTurn(isRegistered(fields(input).agent))), (requests) =>
          granting(requests, fields(input)),
        ),
      ),

    release: (input) =>
      answer('agent release', async () =>
        when(checkRelease(fields(input), await inTurn(isRegistered(fields(input).agent))), async (request) => {
          const { closed, answer: ended } = await decided((active, context) => decideRelease(active, request, context));
          return telling(ended, await notices.freed(closed, { by: request.agent }));
        }),
      ),

    releaseAll: (input) =>
      answer('agent release', async () =>
        when(checkReleaseAll(fields(input), await inTurn(isRegistered(fields(input).agent))), async (request) => {
          const { closed, answer: ended } = await decided((active, context) =>
            decideReleaseAll(active, request, context),
          );
          return telling(ended, await notices.freed(closed, { by: request.agent }));
        }),
      ),

    renew: (input) =>
      answer('agent renew', async () =>
        when(checkRenew(fields(input), await inTurn(isRegistered(fields(input).agent))), (request) =>
          store.transactReservations((active, context) => decideRenew(active, request, context)),
        ),
      ),

    forceRelease: (input) =>
      answer('agent force-release', async () =>
        when(checkForceRelease(fields(input), await inTurn(isRegistered(fields(input).by))), async (request) => {
          const { closed, answer: ended } = await decided((active, context) =>
            decideForceRelease(active, request, context),
          );
          const told = ended.ok ? notices.forced(ended.data) : notices.freed(closed, { by: request.by });
          return telling(ended, await told);
        }),
      ),

    request: (input) =>
      answer('agent request', async () =>
        when(checkRequest(fields(input), await inTurn(isRegistered(fields(input).from))), requested),
      ),

    check: (input) =>
      answer('agent check', async () =>
        when(checkCheck(fields(input), await isRegistered(fields(input).agent)), async (request) => {
          const records = complete(await store.readActive());
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
          granted(await readStatus(request, fields(input).readOnly === true)),
        ),
      ),

    history: (input) =>
      answer('agent history', async () =>
        when(checkHistory(fields(input), await isRegistered(fields(input).agent), clock()), async (request) =>
          granted(
            selectHistory(
              await store.readClosed(request.since, {
                count: request.limit,
                matches: (entry) => isAskedFor(entry, request),
              }),
              request,
            ),
          ),
        ),
      ),

    timeline: (input) => openTimeline(store, clock, fields(input)),

    watch: (input) => watchStore({ store, clock, isRegistered }, fields(input)),
  };
}

function single({ reservations, ...told }: ReservedAll & Telling): Reserved & Telling {
  const [reserved] = reservations as readonly [Reserved];
  return { ...reserved, ...told };
}

function isReleasedSince(entry: Reservation, since: Date): boolean {
  return entry.state === 'released' && entry.released_at !== null && instant(entry.released_at) >= since.getTime();
}
