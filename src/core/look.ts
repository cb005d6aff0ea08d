/**
 * Makes the overview of one moment from what was read, and the next one from what has changed since: pure. One function
 * for the view, the badges and the status bar, so that they cannot disagree.
 */

import { differences, spliced } from './differences';
import { isOfProject } from './meeting';
import { type Message, newestFirst } from './message';
import {
  type ActiveItem,
  ENDS_SOON_MINUTES,
  type ExpiredItem,
  type MessageItem,
  type Overview,
  type OverviewOptions,
  type Snapshot,
} from './overview';
import { projectOf, type Reservation } from './reservation';
import { HOUR_MS, instant, MINUTE_MS } from './time';
import { requestOf, waitersOf } from './waiting';

export function overview(snapshot: Snapshot, options: OverviewOptions, now: Date): Overview {
  return lookAt(undefined, snapshot, options, now).overview;
}

/** More than these are not put in one by one. */
const MOST_PUT_IN = 100;

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

/** A list in order, without some of them and with others: only what lies between these is looked through. */
function replaced(
  list: readonly ActiveItem[],
  out: readonly ActiveItem[],
  more: readonly ActiveItem[],
): readonly ActiveItem[] {
  const all = [...out, ...more];
  if (all.length === 0) {
    return list;
  }
  if (all.length > MOST_PUT_IN) {
    const gone = new Set(out);
    return merged(
      list.filter((item) => !gone.has(item)),
      more,
    );
  }
  const from = Math.min(...all.map((item) => placeBefore(item, list)));
  const to = Math.max(...all.map((item) => placeOf(item, list, from)));
  const stay = list.slice(from, to).filter((item) => !out.includes(item));
  return spliced(list, { front: from, back: list.length - to }, merged(stay, more));
}

/** A list in order, with more of them. */
function merged(list: readonly ActiveItem[], more: readonly ActiveItem[]): readonly ActiveItem[] {
  if (more.length === 0) {
    return list;
  }
  if (more.length > MOST_PUT_IN) {
    return [...list, ...more].sort(mineFirstThenScope);
  }
  const parts: (readonly ActiveItem[])[] = [];
  let at = 0;
  for (const item of more.toSorted(mineFirstThenScope)) {
    const place = placeOf(item, list, at);
    parts.push(list.slice(at, place), [item]);
    at = place;
  }
  // Many times as quick as flat() for long lists.
  return ([] as ActiveItem[]).concat(...parts, list.slice(at));
}

/** Where the item belongs in a list in order, behind its like; it comes behind the first `from`. */
function placeOf(item: ActiveItem, list: readonly ActiveItem[], from: number): number {
  return firstFrom(from, list, (there) => mineFirstThenScope(there, item) > 0);
}

/** Where the first stands that is no less than the item. */
function placeBefore(item: ActiveItem, list: readonly ActiveItem[]): number {
  return firstFrom(0, list, (there) => mineFirstThenScope(there, item) >= 0);
}

/** The place of the first of which it is true, from there on; what is true of one has to be true of all behind it. */
function firstFrom(from: number, list: readonly ActiveItem[], isTrue: (item: ActiveItem) => boolean): number {
  let [low, high] = [from, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = list[middle];
    if (there && isTrue(there)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
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

/** What is past its time but still in the active file, however old, and what history closed within the window. */
function expiredOf(
  over: readonly Reservation[],
  closed: readonly Reservation[],
  now: Date,
  window: number,
): readonly Reservation[] {
  const byId = new Map<string, Reservation>();
  for (const entry of closed) {
    if (entry.state === 'expired' && instant(entry.expires_at) + window > now.getTime()) {
      byId.set(entry.reservation_id, entry);
    }
  }
  // Last, so that an entry which a crash left in both files is shown as the one that is still there.
  for (const entry of over) {
    byId.set(entry.reservation_id, entry);
  }
  return [...byId.values()].sort((left, right) => instant(right.expires_at) - instant(left.expires_at));
}

function markTakeable(
  expired: readonly Reservation[],
  live: readonly ActiveItem[],
  me: string | undefined,
): readonly ExpiredItem[] {
  const taken = new Map(expired.map(({ scope }) => [scope, [...heldWith(scope, live)]]));
  return expired.map((reservation) => {
    const sameText = taken.get(reservation.scope) ?? [];
    const canTakeOver = !sameText.some((entry) => isOfProject(entry, projectOf(reservation)));
    sameText.push(reservation);
    return { reservation, mine: reservation.agent_id === me, canTakeOver };
  });
}

/** Those of exactly that scope, of a list in order. */
function* heldWith(scope: string, live: readonly ActiveItem[]): Generator<Reservation> {
  for (const mine of [true, false]) {
    const isFrom = (item: ActiveItem) =>
      Number(mine) - Number(item.mine) > 0 || (item.mine === mine && item.reservation.scope >= scope);
    for (let at = firstFrom(0, live, isFrom); ; at++) {
      const item = live[at];
      if (item?.mine !== mine || item.reservation.scope !== scope) {
        break;
      }
      yield item.reservation;
    }
  }
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

function mineFirstThenScope(left: ActiveItem, right: ActiveItem): number {
  return (
    Number(right.mine) - Number(left.mine) ||
    compare(left.reservation.scope, right.reservation.scope) ||
    compare(left.reservation.reservation_id, right.reservation.reservation_id)
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
