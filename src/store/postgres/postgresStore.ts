/** The store on a PostgreSQL server, for teams on several machines: the same decisions as over files. */

import type { ClientBase } from 'pg';
import { type AgentRecord, isAgentId, type RecordDecision } from '../../core/agent';
import { granted, type Outcome } from '../../core/envelope';
import { nextFence } from '../../core/fence';
import { hasSafeIds, isMessageId, type Message, newestFirst } from '../../core/message';
import { type DecisionContext, isExpired, type Reservation, type ReservationDecision } from '../../core/reservation';
import type { Finding, Repaired } from '../finding';
import type { Enough, HistoryReading, Records, Store, StorePart, Watching } from '../store';
import { ActiveList } from './activeList';
import { addressOf, placeOf } from './address';
import { Batches } from './batches';
import { Connections, DEFAULT_LIMITS, type Limits } from './connections';
import { diagnose } from './doctor';
import { HistoryRowsReading } from './historyReading';
import { isUnreachable, LastKnown } from './lastKnown';
import { Listening } from './listening';
import { mayWrite } from './mayWrite';
import { type Migrated, migrate } from './migrate';
import { Namespace } from './namespace';
import { type Pruned, prune } from './prune';
import { readClosed, readMessages, readRecentlyClosed, readRecords, type Which } from './reading';
import type { Session } from './session';
import { readActive } from './transaction';

export const DEFAULT_NAMESPACE = 'default';

export interface PostgresStoreOptions {
  /** `postgres://user@host:5432/database`; address.ts says what else it may have. */
  readonly url: string;
  /** Whose reservations: 1 to 200 characters. `default` unless told. */
  readonly namespace?: string;
  /** Connections and times, where they are to be other than {@link DEFAULT_LIMITS}. */
  readonly limits?: Partial<Limits>;
  /** The clock that every decision is given; the server's unless told. */
  readonly clock?: () => Date;
}

/** @throws StoreProblem INVALID_CONNECTION, INSECURE_CONNECTION. Nothing is connected to before it is needed. */
export function openPostgresStore(options: PostgresStoreOptions): PostgresStore {
  return new PostgresStore(options);
}

export class PostgresStore implements Store {
  readonly location: string;
  private readonly namespace: Namespace;
  private readonly connections: Connections;
  private readonly batches: Batches;
  private readonly listening: Listening;
  private readonly active: ActiveList;
  private readonly lastActive = new LastKnown<Reservation>();
  private readonly lastUnacked = new LastKnown<Message>();
  private lastLetters: { readonly agent: string; readonly known: LastKnown<Message> } | undefined;
  private lastClosed: { readonly since: Date; readonly closed: readonly Reservation[] } | undefined;

  constructor({ url, namespace = DEFAULT_NAMESPACE, limits: told = {}, clock }: PostgresStoreOptions) {
    const address = addressOf(url);
    const limits = { ...DEFAULT_LIMITS, ...told };
    this.namespace = new Namespace(namespace);
    this.location = `${placeOf(address)}, namespace ${namespace}`;
    this.active = new ActiveList(placeOf(address));
    this.connections = new Connections(address, limits, () => {
      this.active.forget();
      this.namespace.forget();
    });
    this.batches = new Batches(this.connections, this.namespace, this.active, limits, clock);
    this.listening = new Listening(() => this.connections.single(), this.namespace);
  }

  /**
   * The server's clock, as far as this machine can tell: for whoever says how long a lease still lasts, since leases
   * end by the server's. Decisions ask the server itself.
   */
  now(): Date {
    return this.connections.now();
  }

  /** Makes the tables, or brings them to the version of this program. @throws StoreProblem */
  migrate(): Promise<Migrated> {
    return migrate(this.connections);
  }

  /** Deletes what was over before then: see prune.ts. @throws StoreProblem */
  prune({ before }: { readonly before: Date }): Promise<Pruned> {
    return prune(this.connections, this.namespace, before);
  }

  /** Gives up all connections. A process may also end without: none of them keeps it. */
  async close(): Promise<void> {
    await this.listening.close();
    await this.connections.close();
  }

  async exists(): Promise<boolean> {
    if ((await this.connections.schemaVersion()) === 0) {
      return false;
    }
    return await this.connections.use(async (client) => (await this.namespace.find(client)) !== undefined);
  }

  mayWrite(): Promise<boolean> {
    return this.reading(true, mayWrite);
  }

  readActive(): Promise<Records<Reservation>> {
    return this.lastActive.read(async () => {
      await this.reading(undefined, async (client, id) => readActive(client, id, this.active));
      return this.active.records;
    });
  }

  async readClosed(since: Date, enough?: Enough): Promise<readonly Reservation[]> {
    try {
      const closed = await this.reading([], (client, id) => readClosed(client, id, since, enough));
      if (!enough) {
        this.lastClosed = { since, closed };
      }
      return closed;
    } catch (error) {
      // Whoever shows it has the active ones with it, and these say that they are old.
      if (!enough && isUnreachable(error) && this.lastClosed && this.lastClosed.since <= since) {
        return this.lastClosed.closed;
      }
      throw error;
    }
  }

  readRecentlyClosed(agent: string): Promise<readonly Reservation[]> {
    return isAgentId(agent)
      ? this.reading([], (client, id) => readRecentlyClosed(client, id, agent))
      : Promise.resolve([]);
  }

  readHistory(since: Date): HistoryReading {
    const reading = new HistoryRowsReading(since);
    const nothing = { closed: [], isLast: true, isAnew: false };
    return { next: () => this.reading(nothing, (client, id) => reading.next(client, id)) };
  }

  readUnacked(): Promise<Records<Message>> {
    return this.lastUnacked.read(async () => {
      const { records, problems } = await this.readMessages('open');
      return { records: records.toSorted(newestFirst), problems };
    });
  }

  async readLetters(agent: string): Promise<Records<Message>> {
    if (!isAgentId(agent)) {
      return { records: [], problems: [] };
    }
    if (this.lastLetters?.agent !== agent) {
      this.lastLetters = { agent, known: new LastKnown() };
    }
    return await this.lastLetters.known.read(() => this.readMessages({ lettersTo: agent }));
  }

  async readAgent(id: string): Promise<AgentRecord | undefined> {
    return isAgentId(id) ? (await this.records<AgentRecord>('agent', id))[0] : undefined;
  }

  async readAgents(): Promise<Records<AgentRecord>> {
    return { records: await this.records<AgentRecord>('agent'), problems: [] };
  }

  readInbox(agent: string): Promise<Records<Message>> {
    return isAgentId(agent) ? this.readMessages({ to: agent }) : Promise.resolve({ records: [], problems: [] });
  }

  async readMessage(id: string): Promise<Message | undefined> {
    return isMessageId(id) ? (await this.records<Message>('message', id))[0] : undefined;
  }

  transactReservations<T>(
    decide: (active: readonly Reservation[], context: DecisionContext) => ReservationDecision<T>,
  ): Promise<Outcome<T>> {
    return this.batches.enqueue({
      needs: { active: true },
      run: (session) => {
        const { now } = session.opened;
        const hasEnded = (entry: Reservation) => isExpired(entry, now);
        const context = { now, hasEnded, fence: nextFence(session.fence, now) };
        const { active, closed, answer, fence = context.fence } = decide(session.active, context);
        session.decided(active, closed, fence);
        return answer;
      },
    });
  }

  transactAgent<T>(
    id: string,
    decide: (current: AgentRecord | undefined, now: Date) => RecordDecision<AgentRecord, T>,
  ): Promise<Outcome<T>> {
    return this.transactRecord({ agents: [id] }, (session) => {
      const { next, answer } = decide(session.agent(id), session.opened.now);
      if (next) {
        session.putAgent(next);
      }
      return answer;
    });
  }

  transactMessage<T>(
    id: string,
    decide: (current: Message | undefined, now: Date) => RecordDecision<Message, T>,
  ): Promise<Outcome<T>> {
    return this.transactRecord({ messages: [id] }, (session) => {
      const { next, answer } = decide(session.message(id), session.opened.now);
      if (next) {
        session.putMessage(next);
      }
      return answer;
    });
  }

  async deliver(compose: (now: Date) => readonly Message[]): Promise<readonly Message[]> {
    const outcome = await this.transactRecord({}, (session) => {
      const messages = compose(session.opened.now);
      if (!messages.every(hasSafeIds)) {
        throw new Error('Refusing to store a message whose ids have not been checked.');
      }
      session.deliver(messages);
      return granted(messages);
    });
    return outcome.ok ? outcome.data : [];
  }

  watch(onChange: (parts: ReadonlySet<StorePart>) => void): Watching {
    return this.listening.watch(onChange);
  }

  diagnose(): Promise<readonly Finding[]> {
    return diagnose(this.connections);
  }

  /** Nothing that is found on a server can be repaired from here: it is for who runs it, or for `migrate`. */
  async repair(ids: readonly string[]): Promise<readonly Repaired[]> {
    const found = new Set((await this.diagnose()).map(({ id }) => id));
    return ids.map((id) =>
      found.has(id)
        ? { id, outcome: 'NO_REPAIR', message: 'Only a person can repair this.' }
        : { id, outcome: 'GONE', message: 'It is not there any more.' },
    );
  }

  private transactRecord<T>(
    needs: { readonly agents?: readonly string[]; readonly messages?: readonly string[] },
    run: (session: Session) => Outcome<T>,
  ): Promise<Outcome<T>> {
    return this.batches.enqueue({ needs, run });
  }

  private readMessages(which: Which): Promise<Records<Message>> {
    return this.reading({ records: [], problems: [] }, (client, id) =>
      readMessages(client, id, which, this.connections.place),
    );
  }

  private records<R>(table: 'agent' | 'message', one?: string): Promise<readonly R[]> {
    return this.reading<readonly R[]>([], (client, id) => readRecords<R>(client, table, id, one));
  }

  /** Reads in the namespace; `nothing` where nothing has ever been stored in it. */
  private reading<T>(nothing: T, read: (client: ClientBase, id: number) => Promise<T>): Promise<T> {
    return this.connections.use(async (client) => {
      const id = await this.namespace.find(client);
      return id === undefined ? nothing : await read(client, id);
    });
  }
}
