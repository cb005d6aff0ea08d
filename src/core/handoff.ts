/**
 * The rules of handing scopes over. A HANDOFF message may offer what its sender holds; that message is the sender's consent,
 * and who it is for may take it over, for as long as the sender still holds the very same. beadboard does not know the key
 * `handoff` of a message, and keeps it; the body says the same in words.
 */

import { granted, type Outcome, refused } from './envelope';
import { quoted, trimmed } from './input';
import { isOfProject, meet, placeOf } from './meeting';
import { isToMany, type Message, type SendRequest } from './message';
import type { HasEnded, Place, Reservation } from './reservation';

/** So many are handed over by one message. */
export const MAX_HANDED_OVER = 100;

/** A reservation that is handed over: it, and no later one of the same scope. */
export interface HandedScope {
  readonly reservation_id: string;
  readonly scope: string;
  /** As the reservation has it; another grant has another one. */
  readonly fence?: number;
}

/** What of one's own is handed over, as for a release. */
export interface HandOverInput extends Place {
  readonly scopes?: readonly string[] | undefined;
  /** Ids of reservations, of whatever project. */
  readonly reservations?: readonly string[] | undefined;
  /** Everything that one holds in the project, and what names none. */
  readonly all?: boolean | undefined;
}

/** What a message hands over. It may have been written by others: what is no such thing is passed over. */
export function handedOver({ category, handoff }: Message): readonly HandedScope[] {
  const scopes: unknown = category === 'HANDOFF' ? handoff?.scopes : undefined;
  return Array.isArray(scopes) ? scopes.filter(isHandedScope).slice(0, MAX_HANDED_OVER) : [];
}

function isHandedScope(value: unknown): value is HandedScope {
  const { reservation_id, scope, fence } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof reservation_id === 'string' &&
    typeof scope === 'string' &&
    (fence === undefined || typeof fence === 'number')
  );
}

/** Whether it is the very reservation that was handed over, still held by who has done so. */
export function isHandedOver(entry: Reservation, from: string, { reservation_id, scope, fence }: HandedScope): boolean {
  return (
    entry.reservation_id === reservation_id && entry.scope === scope && entry.agent_id === from && entry.fence === fence
  );
}

/** Those of what a message hands over that can still be taken over. */
export function stillHandedOver(
  message: Message,
  active: readonly Reservation[],
  hasEnded: HasEnded,
): readonly Reservation[] {
  const scopes = handedOver(message);
  return active.filter(
    (entry) => !hasEnded(entry) && scopes.some((one) => isHandedOver(entry, message.from_agent, one)),
  );
}

/** Checks in order: what kind of message it is, for whom, and what is named. */
export function checkHandOver(send: SendRequest, input: HandOverInput): Outcome<HandOverInput> {
  const [recipient] = send.recipients;
  if (send.category !== 'HANDOFF') {
    return refused('INVALID_CATEGORY', `A message of category ${send.category} hands nothing over: use HANDOFF.`, {
      category: send.category,
      allowed: ['HANDOFF'],
    });
  }
  if (isToMany(send.to) || recipient === send.from) {
    return refused('INVALID_ARGS', 'Scopes are handed over to one other agent: name it as the recipient.', {
      to: send.to,
    });
  }
  const scopes = namesIn(input.scopes);
  const reservations = namesIn(input.reservations);
  const all = input.all === true;
  const named = scopes.length + reservations.length;
  if (scopes.includes('') || reservations.includes('') || named > 0 === all) {
    return refused('INVALID_ARGS', 'Name what to hand over by its scope or id, or hand over all: one of both.', {
      missing: ['scope'],
    });
  }
  return named > MAX_HANDED_OVER ? tooMany(named) : granted({ scopes, reservations, all, ...placeOf(input) });
}

function tooMany(named: number): Outcome<never> {
  return refused('INVALID_ARGS', `${named} are too many for one message: hand over at most ${MAX_HANDED_OVER}.`, {
    named,
    maximum: MAX_HANDED_OVER,
  });
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? [...new Set(value.map(trimmed))] : [];
}

/** What of their own somebody hands over; the first that it does not hold refuses all. */
export function selectHandedOver(
  active: readonly Reservation[],
  from: string,
  { scopes = [], reservations = [], all, ...place }: HandOverInput,
  hasEnded: HasEnded,
): Outcome<readonly Reservation[]> {
  const own = active.filter((entry) => entry.agent_id === from && !hasEnded(entry));
  if (all) {
    const found = own.filter((entry) => isOfProject(entry, place.project));
    if (found.length === 0) {
      return refused('RESERVATION_NOT_FOUND', `${quoted(from)} holds nothing here that could be handed over.`, {
        from,
      });
    }
    return found.length > MAX_HANDED_OVER ? tooMany(found.length) : granted(found);
  }
  const found = new Set<Reservation>();
  for (const name of [...scopes, ...reservations]) {
    const named = scopes.includes(name)
      ? meet(own, { scope: name, ...place }).same
      : own.filter(({ reservation_id }) => reservation_id === name);
    if (named.length === 0) {
      return refused(
        'RESERVATION_NOT_FOUND',
        `${quoted(from)} does not hold ${quoted(name)}, so it cannot be handed over. Ask for the status to see what is held.`,
        { scope: name, from },
      );
    }
    for (const entry of named) {
      found.add(entry);
    }
  }
  return granted([...found]);
}

/** The message with what it hands over, for programs and in words. */
export function withHandOver(message: Message, entries: readonly Reservation[]): Message {
  const lines = entries.map(({ scope, expires_at }) => `- ${scope} (held until ${expires_at})`);
  const scopes = entries.map(
    ({ reservation_id, scope, fence }): HandedScope => ({
      reservation_id,
      scope,
      ...(fence === undefined ? {} : { fence }),
    }),
  );
  const from = quoted(message.from_agent);
  return {
    ...message,
    body: `${message.body}\n\n${from} holds these, and hands them over. Acknowledge with "take" to hold them yourself:\n${lines.join('\n')}`,
    handoff: { scopes },
  };
}
