/** What the callers of one batch decide on, one after the other, each on what those before have made of it. */

import type { AgentRecord } from '../../core/agent';
import type { Message } from '../../core/message';
import type { Reservation } from '../../core/reservation';
import type { ChangedRow } from './activeList';
import { differences, keyOf } from './changes';
import { storable } from './text';

/** What a batch begins with, as read under the lock. */
export interface Opened {
  /** Of the server's clock. */
  readonly now: Date;
  readonly version: number;
  /** The highest fence that was given out, and the highest number of a row. */
  readonly fence: number;
  readonly seq: number;
  readonly active: readonly Reservation[];
  readonly agents: ReadonlyMap<string, AgentRecord>;
  readonly messages: ReadonlyMap<string, Message>;
}

interface Written {
  readonly seq: number;
  readonly json: string;
}

/** The rows that a batch writes. */
export interface Writes {
  readonly updated: readonly Written[];
  readonly inserted: readonly Written[];
  readonly agents: ReadonlyMap<string, string>;
  readonly messages: ReadonlyMap<string, string>;
  /** Messages that are stored only where there is none of their id. */
  readonly delivered: ReadonlyMap<string, string>;
  /** Of the active rows, for this process's own list. */
  readonly active: readonly ChangedRow[];
  readonly seq: number;
}

export class Session {
  fence: number;
  private entries: readonly Reservation[];
  private readonly closed: Reservation[] = [];
  private readonly agents = new Map<string, AgentRecord>();
  private readonly messages = new Map<string, Message>();
  private readonly delivered = new Map<string, Message>();

  constructor(
    readonly opened: Opened,
    private readonly place: string,
  ) {
    this.fence = opened.fence;
    this.entries = opened.active;
  }

  get active(): readonly Reservation[] {
    return this.entries;
  }

  /** @throws StoreProblem INVALID_TEXT, and then nothing of it holds */
  decided(active: readonly Reservation[], closed: readonly Reservation[], fence: number): void {
    if (active === this.entries) {
      return;
    }
    const { replaced, added, removed } = differences(this.entries, active);
    const ended = new Set(closed.map(keyOf));
    if (removed.some((entry) => !ended.has(keyOf(entry)))) {
      throw new Error('A decision dropped a reservation without closing it.');
    }
    for (const entry of [...replaced.map(({ is }) => is), ...added, ...closed]) {
      storable(entry, this.place);
    }
    this.entries = active;
    this.closed.push(...closed);
    this.fence = Math.max(this.fence, fence);
  }

  agent(id: string): AgentRecord | undefined {
    return this.agents.get(id) ?? this.opened.agents.get(id);
  }

  putAgent(agent: AgentRecord): void {
    storable(agent, this.place);
    this.agents.set(agent.agent_id, agent);
  }

  message(id: string): Message | undefined {
    return this.messages.get(id) ?? this.opened.messages.get(id) ?? this.delivered.get(id);
  }

  putMessage(message: Message): void {
    storable(message, this.place);
    this.messages.set(message.message_id, message);
  }

  /** New messages. One that is there already under its id stays as it is. */
  deliver(messages: readonly Message[]): void {
    for (const message of messages) {
      storable(message, this.place);
    }
    for (const message of messages) {
      this.delivered.set(message.message_id, message);
    }
  }

  /** What is to be written, or undefined where nothing is. `seqOf` knows the rows of what was read. */
  writes(seqOf: (entry: Reservation) => number | undefined): Writes | undefined {
    const { replaced, added, removed } = differences(this.opened.active, this.entries);
    if (
      replaced.length +
        added.length +
        this.closed.length +
        this.agents.size +
        this.messages.size +
        this.delivered.size ===
      0
    ) {
      return undefined;
    }
    let { seq } = this.opened;
    const row = (entry: Reservation) => known(seqOf(entry), entry);
    const gone = new Map(removed.map((entry) => [keyOf(entry), entry]));
    const updated = replaced.map(({ was, is }) => ({ seq: row(was), entry: is }));
    const inserted = added.map((entry) => ({ seq: ++seq, entry }));
    const active: ChangedRow[] = [...updated, ...inserted, ...removed.map((one) => ({ seq: row(one), entry: null }))];
    for (const entry of this.closed) {
      const was = gone.get(keyOf(entry));
      gone.delete(keyOf(entry));
      // What came and went within one batch has never been a row.
      (was ? updated : inserted).push({ seq: was ? row(was) : ++seq, entry });
    }
    const written = ({ seq, entry }: { seq: number; entry: Reservation }) => ({ seq, json: JSON.stringify(entry) });
    return {
      updated: updated.map(written),
      inserted: inserted.map(written),
      agents: jsonOf(this.agents),
      messages: jsonOf(this.messages),
      delivered: jsonOf(new Map([...this.delivered].filter(([id]) => !this.messages.has(id)))),
      active,
      seq,
    };
  }
}

function known(seq: number | undefined, entry: Reservation): number {
  if (seq === undefined) {
    throw new Error(`No row is known of ${entry.reservation_id}.`);
  }
  return seq;
}

function jsonOf(records: ReadonlyMap<string, object>): ReadonlyMap<string, string> {
  return new Map([...records].map(([id, record]) => [id, JSON.stringify(record)]));
}
