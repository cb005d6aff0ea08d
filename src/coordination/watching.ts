/** Following a store: what is there, and then every change as an event. */

import { changesBetween, type Seen, type StoreEvent } from '../core/changes';
import { type Envelope, granted, type Outcome } from '../core/envelope';
import type { Message } from '../core/message';
import { matchesBead } from '../core/message';
import { isExpired, type Reservation } from '../core/reservation';
import { checkStatus, matchesStatus, type StatusInput, type StatusRequest } from '../core/status';
import { instant } from '../core/time';
import type { Store, Watching } from '../store/store';
import { inBackground } from '../util/background';
import { answer, complete, internalError } from './answers';

/** Events of one burst are read together, in ms. */
const COALESCE_MS = 25;
/** The longest that a timer can be told to wait. */
const LONGEST_TIMER_MS = 0x7fff_ffff;

/** The filters of a status; messages are those to the agent, or where none is named those that wait for an ack. */
export interface WatchInput extends StatusInput {
  readonly onEvent: OnEvent;
}

/** What was there when the watching began, and the way to end it. */
export interface Watched extends Watching {
  readonly reservations: readonly Reservation[];
  readonly messages: readonly Message[];
}

/** Something went wrong with the store: told once, until it can be read again. */
export interface Failing {
  readonly event: 'failing';
  readonly at: string;
  readonly error: { readonly code: string; readonly message: string };
}

export type OnEvent = (event: StoreEvent | Failing) => void;

export interface WatchNeeds {
  readonly store: Store;
  readonly clock: () => Date;
  readonly isRegistered: (agent: unknown) => Promise<boolean>;
}

/** Answers what is there; from then on each change is told, in order, until it is disposed of. */
export function watchStore({ store, clock, isRegistered }: WatchNeeds, input: WatchInput): Promise<Envelope<Watched>> {
  return answer('agent watch', async () => {
    const checked = checkStatus(input, await isRegistered(input.agent));
    return checked.ok ? await begin(store, clock, checked.data, input.onEvent) : checked;
  });
}

async function begin(
  store: Store,
  clock: () => Date,
  request: StatusRequest,
  onEvent: OnEvent,
): Promise<Outcome<Watched>> {
  const started = clock();
  let last: Seen | undefined;
  let timer: NodeJS.Timeout | undefined;
  let due = Number.POSITIVE_INFINITY;
  let reading = Promise.resolve();
  let isFailing = false;
  let isOver = false;

  const lookIn = (ms: number) => {
    const at = performance.now() + ms;
    // A look that is due earlier stands.
    if (!isOver && at < due) {
      clearTimeout(timer);
      due = at;
      timer = setTimeout(look, Math.min(ms, LONGEST_TIMER_MS));
    }
  };
  const look = () => {
    due = Number.POSITIVE_INFINITY;
    const turn = reading.then(follow);
    // What a listener throws is its own affair: the next change is told all the same.
    reading = turn.catch(() => undefined);
    inBackground(turn, () => lookIn(msUntilNextEnd(last, clock())));
  };
  const follow = async () => {
    try {
      const seen = await see(store, clock, request, { started, before: last });
      const events = last ? changesBetween(last, seen) : [];
      last = seen;
      isFailing = false;
      if (!isOver) {
        events.forEach(onEvent);
      }
    } catch (error) {
      const outcome = internalError(error);
      if (!outcome.ok && !isFailing && !isOver) {
        isFailing = true;
        onEvent({ event: 'failing', at: clock().toISOString(), error: outcome.error });
      }
    }
    lookIn(msUntilNextEnd(last, clock()));
  };
  const watching = store.watch(() => lookIn(COALESCE_MS));
  const dispose = () => {
    isOver = true;
    clearTimeout(timer);
    watching.dispose();
  };
  try {
    last = await see(store, clock, request, { started, before: undefined });
  } catch (error) {
    dispose();
    throw error;
  }
  const now = last.at;
  lookIn(msUntilNextEnd(last, now));
  return granted({
    reservations: last.active.filter((entry) => !isExpired(entry, now)),
    messages: last.messages,
    dispose,
  });
}

async function see(
  store: Store,
  clock: () => Date,
  request: StatusRequest,
  { started, before }: { started: Date; before: Seen | undefined },
): Promise<Seen> {
  // Active before history: what is closed in between is then seen in both rather than in neither.
  const active = await store.readActive();
  const [closed, messages] = await Promise.all([store.readClosed(started), messagesFor(store, request, before)]);
  const passes = (entry: Reservation) => matchesStatus(entry, request);
  return {
    active: active.records.filter(passes),
    closed: closed.filter(passes),
    messages: messages.filter((message) => matchesBead(message, request.bead)),
    at: clock(),
  };
}

/** With those that were waiting for an ack before, as they are now. */
async function messagesFor(
  store: Store,
  { agent }: StatusRequest,
  before: Seen | undefined,
): Promise<readonly Message[]> {
  if (agent) {
    return complete(await store.readInbox(agent));
  }
  const unacked = complete(await store.readUnacked());
  const isThere = new Set(unacked.map(({ message_id }) => message_id));
  const gone = (before?.messages ?? []).filter(({ message_id, acked_at }) => !acked_at && !isThere.has(message_id));
  const acked = await Promise.all(gone.map(({ message_id }) => store.readMessage(message_id)));
  return [...unacked, ...acked.filter((message) => message !== undefined)];
}

function msUntilNextEnd(seen: Seen | undefined, now: Date): number {
  const ends = (seen?.active ?? []).map(({ expires_at }) => instant(expires_at) - now.getTime());
  return Math.min(...ends.filter((ms) => ms > 0), Number.POSITIVE_INFINITY);
}
