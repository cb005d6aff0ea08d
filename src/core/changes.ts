/** What happened between two readings of a store, told as events: pure, so that every surface tells the same. */

import { keyOf } from './attention';
import { endOf } from './history';
import type { Message } from './message';
import type { Snapshot } from './overview';
import { isExpired, type Reservation, type Waiter } from './reservation';
import { instant } from './time';
import { waiterOf, waitersOf } from './waiting';

/** What can happen to a reservation. `gone`: it is not there any more, and history does not tell why. */
export type ReservationEventName = 'reserved' | 'renewed' | 'wanted' | 'released' | 'expired' | 'gone';

export interface ReservationEvent {
  readonly event: ReservationEventName;
  /** When it happened, as far as the store tells; else when it was seen. */
  readonly at: string;
  readonly reservation: Reservation;
  /** Who was refused, or asks for its release: of `wanted` alone. */
  readonly waiter?: Waiter;
}

export interface MessageEvent {
  readonly event: 'sent' | 'read' | 'acked';
  readonly at: string;
  readonly message: Message;
}

export type StoreEvent = ReservationEvent | MessageEvent;

/** A reading, and when it was made. */
export interface Seen extends Snapshot {
  readonly at: Date;
}

/** The events between two readings, the oldest first. */
export function changesBetween(before: Seen, after: Seen): readonly StoreEvent[] {
  const events = [...reservationEvents(before, after), ...messageEvents(before, after)];
  return events.sort((left, right) => instant(left.at) - instant(right.at));
}

function reservationEvents(before: Seen, after: Seen): readonly ReservationEvent[] {
  const known = byKey(before.active);
  const present = byKey(after.active);
  const closed = byKey(after.closed);
  const closedBefore = byKey(before.closed);
  const events: ReservationEvent[] = [];
  for (const [key, entry] of present) {
    const earlier = known.get(key);
    events.push(...(earlier ? changesOf(earlier, entry) : closedBefore.has(key) ? [] : [reserved(entry)]));
    if (isExpired(entry, after.at) && !(earlier && isExpired(earlier, before.at))) {
      events.push({ event: 'expired', at: entry.expires_at, reservation: entry });
    }
  }
  for (const [key, entry] of known) {
    // One that was past its time has been told of; a sweep changes nothing about it.
    if (!present.has(key) && !isExpired(entry, before.at)) {
      events.push(ended(closed.get(key), entry, after.at));
    }
  }
  for (const [key, entry] of closed) {
    // Made and ended since the last reading.
    if (
      !known.has(key) &&
      !present.has(key) &&
      !closedBefore.has(key) &&
      instant(entry.created_at) >= before.at.getTime()
    ) {
      events.push(reserved(entry), ended(entry, entry, after.at));
    }
  }
  return events;
}

function reserved(reservation: Reservation): ReservationEvent {
  return { event: 'reserved', at: reservation.created_at, reservation };
}

function ended(closed: Reservation | undefined, last: Reservation, now: Date): ReservationEvent {
  if (closed) {
    const event = closed.state === 'released' ? 'released' : 'expired';
    return { event, at: new Date(endOf(closed)).toISOString(), reservation: closed };
  }
  return isExpired(last, now)
    ? { event: 'expired', at: last.expires_at, reservation: last }
    : { event: 'gone', at: now.toISOString(), reservation: last };
}

function changesOf(before: Reservation, after: Reservation): readonly ReservationEvent[] {
  const events: ReservationEvent[] = [];
  if (instant(after.expires_at) > instant(before.expires_at)) {
    const { renewed_at: at } = after;
    events.push({ event: 'renewed', at: typeof at === 'string' ? at : after.created_at, reservation: after });
  }
  for (const waiter of waitersOf(after)) {
    const earlier = waiterOf(before, waiter.agent_id);
    if (!earlier || (waiter.message_id !== undefined && earlier.message_id === undefined)) {
      events.push({ event: 'wanted', at: waiter.since, reservation: after, waiter });
    }
  }
  return events;
}

function messageEvents(before: Seen, after: Seen): readonly MessageEvent[] {
  const known = new Map(before.messages.map((message) => [message.message_id, message]));
  return after.messages.flatMap((message): readonly MessageEvent[] => {
    const earlier = known.get(message.message_id);
    if (!earlier) {
      return [{ event: 'sent', at: message.created_at, message }];
    }
    if (!earlier.acked_at && message.acked_at) {
      return [{ event: 'acked', at: message.acked_at, message }];
    }
    return !earlier.read_at && message.read_at ? [{ event: 'read', at: message.read_at, message }] : [];
  });
}

function byKey(entries: readonly Reservation[]): ReadonlyMap<string, Reservation> {
  return new Map(entries.map((entry) => [keyOf(entry), entry]));
}
