/**
 * The port behind which state lives. A store reads, and transacts a pure decision; it knows no rule.
 * Every promise may reject with a {@link StoreProblem}, and with nothing else on purpose.
 */

import type { AgentRecord, RecordDecision } from '../core/agent';
import type { Outcome } from '../core/envelope';
import type { Message } from '../core/message';
import type { DecisionContext, Reservation, ReservationDecision } from '../core/reservation';
import type { Finding, Repaired } from './finding';
import type { StoreProblem } from './problem';

/** The parts of a store that change apart from each other. */
export type StorePart = 'reservations' | 'messages' | 'agents';

/** Records that could be read, and what was wrong with each that could not. */
export interface Records<R> {
  readonly records: readonly R[];
  readonly problems: readonly StoreProblem[];
}

export interface Watching {
  dispose(): void;
}

/** When a reading may end early: so many that match have been found. */
export interface Enough {
  readonly count: number;
  matches(entry: Reservation): boolean;
}

/** A part of what history closed, in order of closing. */
export interface ClosedPiece {
  readonly closed: readonly Reservation[];
  /** Nothing more is there for now. */
  readonly isLast: boolean;
  /** The history is another than before: what was answered until now does not count. */
  readonly isAnew: boolean;
}

/** A reading of the history that goes on where it ended. */
export interface HistoryReading {
  /** The next piece; after the last one, what was closed since. Takes no lock, and as much memory as a piece. */
  next(): Promise<ClosedPiece>;
}

/** What a view needs of a store. */
export interface StoreReader {
  /** Where the state lives, in words for a person: a folder, later a server. */
  readonly location: string;

  /** Whether anything has been stored yet. */
  exists(): Promise<boolean>;

  /**
   * The active entries: some may be past their time, and stay there until a sweep. Takes no lock. What is wrong with the
   * store but can be got round is among the problems.
   */
  readActive(): Promise<Records<Reservation>>;
  /**
   * What history closed, newest first, back to about `since`, or until there is enough: older ones may be among them.
   * Takes no lock.
   */
  readClosed(since: Date, enough?: Enough): Promise<readonly Reservation[]>;
  /** The messages that wait for an acknowledgement, newest first. */
  readUnacked(): Promise<Records<Message>>;
  /**
   * The messages to an agent, for who shows them again and again, in no order. A message that cannot be read is among the
   * problems, with its id as `message` in the facts, and not among the records. Of very many, a store may leave out the oldest
   * that wait for nothing.
   */
  readLetters(agent: string): Promise<Records<Message>>;

  /**
   * Calls back soon after any part changed, whoever changed it, also when the store is created later. Calls for one
   * burst may come together or apart; a call without a change behind it is allowed, a change without a call is not.
   */
  watch(onChange: (parts: ReadonlySet<StorePart>) => void): Watching;
}

export interface Store extends StoreReader {
  /**
   * What was closed of late and names the agent, as its holder or among those who waited for it; newest first. It may be
   * left out where nobody waited for anything. Only the end of the history is looked at, whatever there is of it. Takes no
   * lock.
   */
  readRecentlyClosed(agent: string): Promise<readonly Reservation[]>;
  /**
   * What history closed since then, in order of closing, and whatever its length: it is not read from its beginning. What
   * ended before may be among it.
   */
  readHistory(since: Date): HistoryReading;
  /** Where a store knows of users who may only read: whether this one may write. Without it, an attempt tells. */
  mayWrite?(): Promise<boolean>;
  readAgent(id: string): Promise<AgentRecord | undefined>;
  readAgents(): Promise<Records<AgentRecord>>;
  /** All messages of one recipient as they are now, in no order. */
  readInbox(agent: string): Promise<Records<Message>>;
  readMessage(id: string): Promise<Message | undefined>;

  /**
   * Runs the decision on the current entries while nobody else can change them, and stores what it decided before
   * answering; nothing, where it answers the very list that it was given. The context has the store's clock, what it knows
   * of leases being over, and the fence of the next grant. The decision must be pure: it may be run on a state that is
   * then not kept.
   */
  transactReservations<T>(
    decide: (active: readonly Reservation[], context: DecisionContext) => ReservationDecision<T>,
  ): Promise<Outcome<T>>;
  transactAgent<T>(
    id: string,
    decide: (current: AgentRecord | undefined, now: Date) => RecordDecision<AgentRecord, T>,
  ): Promise<Outcome<T>>;
  transactMessage<T>(
    id: string,
    decide: (current: Message | undefined, now: Date) => RecordDecision<Message, T>,
  ): Promise<Outcome<T>>;
  /** Stores new messages, each in its recipient's inbox and under its id. */
  deliver(compose: (now: Date) => readonly Message[]): Promise<readonly Message[]>;

  /** What is wrong with the store. Reads only, and takes no lock. */
  diagnose(): Promise<readonly Finding[]>;
  /**
   * Repairs what the ids of findings name, each on its own, and answers for each. It looks again first: a finding that is
   * not there any more is answered so, and never stands for another one.
   */
  repair(ids: readonly string[]): Promise<readonly Repaired[]>;
}
