/** What a person is shown of a store at one moment. look.ts makes it from what was read. */

import type { Message } from './message';
import type { Reservation, Waiter } from './reservation';
import { instant } from './time';

/** A reservation that ends within this time is marked. */
export const ENDS_SOON_MINUTES = 10;

/** What was read of a store. */
export interface Snapshot {
  readonly active: readonly Reservation[];
  readonly closed: readonly Reservation[];
  /** The messages that wait for an acknowledgement. */
  readonly messages: readonly Message[];
}

export interface OverviewOptions {
  /** The agent that the person acts as, if that is known. */
  readonly me: string | undefined;
  /** How long what history closed as expired is shown, in hours. */
  readonly expiredHours: number;
}

export interface ActiveItem {
  readonly reservation: Reservation;
  readonly mine: boolean;
  readonly endsSoon: boolean;
  /** Who else wanted it since it is held. */
  readonly waiting: readonly Waiter[];
  /** Whether the person has asked its holder to release it. */
  readonly asked: boolean;
}

export interface ExpiredItem {
  readonly reservation: Reservation;
  readonly mine: boolean;
  /** False where somebody holds the scope again, or a later reservation of it expired too. */
  readonly canTakeOver: boolean;
}

export interface MessageItem {
  readonly message: Message;
  /** Addressed to the person. */
  readonly mine: boolean;
}

export interface Overview {
  /** The person's own first; then by scope, so that an item keeps its place. */
  readonly active: readonly ActiveItem[];
  /** The latest first. */
  readonly expired: readonly ExpiredItem[];
  /** Newest first. */
  readonly messages: readonly MessageItem[];
  /** When time alone will change the overview next, in ms since the epoch. */
  readonly nextChange: number | undefined;
}

export const NOTHING_READ: Snapshot = { active: [], closed: [], messages: [] };

/** The beads that the store knows of, the most recently used first. */
export function knownBeads(snapshot: Snapshot): readonly string[] {
  const uses = [...snapshot.active, ...snapshot.closed, ...snapshot.messages]
    .map(({ bead_id, created_at }) => ({ bead_id, at: instant(created_at) }))
    .sort((left, right) => right.at - left.at);
  return [...new Set(uses.map(({ bead_id }) => bead_id).filter(Boolean))];
}

/** The person's own: they come first. */
export function ownItems(active: readonly ActiveItem[]): readonly ActiveItem[] {
  const others = active.findIndex(({ mine }) => !mine);
  return others < 0 ? active : active.slice(0, others);
}
