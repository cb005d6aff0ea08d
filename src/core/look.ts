/**
 * Makes the overview of one moment from what was read, and the next one from what has changed since: pure. One function
 * for the view, the badges and the status bar, so that they cannot disagree.
 */

import { merged, replaced } from './activeOrder';
import { differences } from './differences';
import { expiredOf, markTakeable } from './expiredOnes';
import { type Message, newestFirst } from './message';
import {
  type ActiveItem,
  ENDS_SOON_MINUTES,
  type MessageItem,
  type Overview,
  type OverviewOptions,
  type Snapshot,
} from './overview';
import type { Reservation } from './reservation';
import { HOUR_MS, instant, MINUTE_MS } from './time';
import { requestOf, waitersOf } from './waiting';

export function overview(snapshot: Snapshot, options: OverviewOptions, now: Date): Overview {
  return lookAt(undefined, snapshot, options, now).overview;
}

/** One look at what was read, and what the next one can go on from. */
export interface Look {
  readonly options: OverviewOptions;
  readonly snapshot: Snapshot;
  readonly overview: Overview;
  readonly at: number;
  /** When time alone changes one of the active ones next, in ms since the epoch, or Infinity. */
  readonly next: number;
  /** What is past its time, though it is still among the active ones. */
  readonly over: readonly Reservation[];
  /** Of each entry that has been looked at. */
  readonly items: WeakMap<Reservation, Timed>;
}

interface Timed {
  readonly item: ActiveItem;
  /** In ms since the epoch. */
  readonly endsAt: number;
  readonly endsSoonFrom: number;
}

/**
 * The overview of this moment. Of the look before, what is as it was stays the same object, lists too: the work is for what
 * has changed, and whoever compares finds it by the objects alone. An entry is as it was if it is the same object.
 */
export function lookAt(before: Look | undefined, snapshot: Snapshot, options: OverviewOptions, now: Date): Look {
  const last = before?.options.me === options.me ? before : undefined;
  const items = last?.items ?? new WeakMap<Reservation, Timed>();
  const { active, over, next } =
    (last && changedSince(last, snapshot, items, now)) ?? allOf(last, snapshot, { items, me: options.me }, now);
  const window = options.expiredHours * HOUR_MS;
  const expired = expiredOf(over, snapshot.closed, now, window);
  const leaves = expired.map(({ expires_at }) => instant(expires_at) + window).filter((at) => at > now.getTime());
  const nextChange = Math.min(next, ...leaves);
  return {
    options,
    snapshot,
    items,
    at: now.getTime(),
    over,
    next,
    overview: {
      active,
      expired: kept(last?.overview.expired, markTakeable(expired, active, options.me)),
      messages:
        last?.snapshot.messages === snapshot.messages
          ? last.overview.messages
          : kept(last?.overview.messages, messageItems(snapshot.messages, options.me)),
      nextChange: nextChange === Infinity ? undefined : nextChange,
    },
  };
}

interface ActiveOnes {
  readonly active: readonly ActiveItem[];
  readonly over: readonly Reservation[];
  /** When time alone changes one of them next. */
  readonly next: number;
}

/** All entries, one by one. */
function allOf(
  last: Look | undefined,
  { active: entries }: Snapshot,
  { items, me }: { readonly items: WeakMap<Reservation, Timed>; readonly me: string | undefined },
  now: Date,
): ActiveOnes {
  const over: Reservation[] = [];
  const live = new Set<ActiveItem>();
  let next = Infinity;
  for (const entry of entries) {
    const timed = timedItem(entry, items, me, now);
    if (timed.endsAt <= now.getTime()) {
      over.push(entry);
    } else {
      live.add(timed.item);
      next = Math.min(next, nextOf(timed));
    }
  }
  const before = last?.overview.active ?? [];
  const known = new Set(before);
  const come = [...live].filter((item) => !known.has(item));
  const stay = come.length + before.length === live.size ? before : before.filter((item) => live.has(item));
  return { active: merged(stay, come), over, next };
}

/** Only the entries that came and went, where the time has changed nothing; undefined where it may have. */
function changedSince(
  last: Look,
  { active: entries }: Snapshot,
  items: WeakMap<Reservation, Timed>,
  now: Date,
): ActiveOnes | undefined {
  const { gone, come } = differences(last.snapshot.active, entries);
  const known = gone.map((entry) => items.get(entry));
  if (now.getTime() < last.at || now.getTime() >= last.next || known.some((one) => !one || nextOf(one) <= last.next)) {
    return undefined;
  }
  const timed = come.map((entry) => timedItem(entry, items, last.options.me, now));
  const out = known.map((one) => one?.item).filter((item) => item !== undefined);
  const live = timed.filter(({ endsAt }) => endsAt > now.getTime());
  const ended = come.filter((_, index) => (timed[index]?.endsAt ?? 0) <= now.getTime());
  return {
    active: replaced(
      last.overview.active,
      out,
      live.map(({ item }) => item),
    ),
    over:
      ended.length > 0 || last.over.length > 0
        ? [...last.over.filter((one) => !gone.includes(one)), ...ended]
        : last.over,
    next: Math.min(...live.map(nextOf), last.next),
  };
}

function nextOf({ item, endsAt, endsSoonFrom }: Timed): number {
  return item.endsSoon ? endsAt : endsSoonFrom;
}

/** The list as it was, where nothing of it looks different; else with what is as it was. Made for short ones. */
function kept<T>(before: readonly T[] = [], after: readonly T[]): readonly T[] {
  const known = new Map(before.map((item) => [JSON.stringify(item), item]));
  const list = after.map((item) => known.get(JSON.stringify(item)) ?? item);
  return list.length === before.length && list.every((item, index) => item === before[index]) ? before : list;
}

/** The very one of an earlier look, unless it looks different by now. */
function timedItem(
  reservation: Reservation,
  items: WeakMap<Reservation, Timed>,
  me: string | undefined,
  now: Date,
): Timed {
  const known = items.get(reservation);
  if (known && known.item.endsSoon === known.endsSoonFrom <= now.getTime()) {
    return known;
  }
  const endsAt = instant(reservation.expires_at);
  const endsSoonFrom = endsAt - ENDS_SOON_MINUTES * MINUTE_MS;
  const timed = { item: activeItem(reservation, me, endsSoonFrom <= now.getTime()), endsAt, endsSoonFrom };
  items.set(reservation, timed);
  return timed;
}

function messageItems(messages: readonly Message[], me: string | undefined): readonly MessageItem[] {
  return [...messages].sort(newestFirst).map((message) => ({ message, mine: message.to_agent === me }));
}

function activeItem(reservation: Reservation, me: string | undefined, endsSoon: boolean): ActiveItem {
  const waiters = waitersOf(reservation);
  return {
    reservation,
    mine: reservation.agent_id === me,
    endsSoon,
    waiting: waiters.filter(({ agent_id }) => agent_id !== me && agent_id !== reservation.agent_id),
    asked: me !== undefined && requestOf(reservation, me) !== undefined,
  };
}
