/** The store in files that beadboard reads and writes too. */

import type { AgentRecord, RecordDecision } from '../../core/agent';
import { granted, type Outcome } from '../../core/envelope';
import { nextFence } from '../../core/fence';
import type { Message } from '../../core/message';
import { asExpired, type DecisionContext, type Reservation, type ReservationDecision } from '../../core/reservation';
import type { Finding, Repaired } from '../finding';
import { asProblem, type StoreProblem } from '../problem';
import type { HistoryReading, Records, Store } from '../store';
import { readAgentFile, readAgentFiles, writeAgentFile } from './agents';
import { deliverMessages, finishDeliveries } from './deliver';
import type { Doctor } from './doctor/doctor';
import { ensureFolder } from './durable';
import { FileReader, type FileReaderOptions, promised } from './fileReader';
import { HistoryFileReading } from './historyReading';
import type { KnownRecords } from './json';
import { type HeldLock, takeLock } from './lock';
import { readInboxFile, readMessage, writeMessageFile } from './messages';
import { LockQueue } from './queue';
import type { ReservationState } from './reading';
import { ReadyFiles } from './readyFile';
import { RecentlyClosed } from './recentlyClosed';
import { commitReservations } from './reservations';
import { Waiters } from './waiters';

export interface FileStoreOptions extends FileReaderOptions {
  /** Told of what a commit of ours set right: a rewrite by another program, a file put aside. */
  readonly onNotice?: (notice: StoreProblem) => void;
  /** The number of the file system's type, as statfs answers it; the system's unless told. */
  readonly fileSystemType?: (path: string) => Promise<number>;
}

/** What one batch has read and decided on the reservations so far; nothing until a decision needs them. */
interface ReservationSession {
  readonly lock: HeldLock;
  changes: Opened | undefined;
}

interface Opened {
  /** Its moment is that of the whole batch: what has ended for one decision has ended for all. */
  readonly state: ReservationState;
  entries: readonly Reservation[];
  readonly closed: Reservation[];
  /** The highest fence that was given out. */
  fence: number;
}

export class FileStore extends FileReader implements Store {
  private readonly onNotice: (notice: StoreProblem) => void;
  private readonly queue: LockQueue<ReservationSession>;
  private readonly readyFiles: ReadyFiles;
  private readonly waiters: Waiters;
  private readonly fileSystemType: FileStoreOptions['fileSystemType'];
  private readonly recentlyClosed: RecentlyClosed;
  private readonly agents: KnownRecords<AgentRecord> = new Map();
  private doctor: Doctor | undefined;

  constructor(root: string, options: FileStoreOptions = {}) {
    super(root, options);
    this.onNotice = options.onNotice ?? (() => undefined);
    this.fileSystemType = options.fileSystemType;
    this.recentlyClosed = new RecentlyClosed(this.paths.history);
    this.readyFiles = new ReadyFiles(this.paths.lock, { keep: true });
    this.waiters = new Waiters(this.paths.lock);
    this.queue = new LockQueue<ReservationSession>((isWanted) => this.takeLock(isWanted), {
      open: (lock) => ({ lock, changes: undefined }),
      commit: (session) => this.commit(session),
    });
  }

  readRecentlyClosed(agent: string): Promise<readonly Reservation[]> {
    return promised(() => this.recentlyClosed.naming(agent));
  }

  readHistory(since: Date): HistoryReading {
    return new HistoryFileReading(this.paths.history, since);
  }

  readAgent(id: string): Promise<AgentRecord | undefined> {
    return promised(() => readAgentFile(this.paths, id, this.agents));
  }

  readAgents(): Promise<Records<AgentRecord>> {
    return readAgentFiles(this.paths);
  }

  readInbox(agent: string): Promise<Records<Message>> {
    return readInboxFile(this.paths, agent);
  }

  readMessage(id: string): Promise<Message | undefined> {
    return promised(() => readMessage(this.paths, id));
  }

  transactReservations<T>(
    decide: (active: readonly Reservation[], context: DecisionContext) => ReservationDecision<T>,
  ): Promise<Outcome<T>> {
    return this.queue.enqueue(
      (session) => {
        session.changes ??= this.open();
        const { changes } = session;
        const { now } = changes.state.moment;
        const context = { now, hasEnded: changes.state.hasEnded, fence: nextFence(changes.fence, now) };
        const { active, closed, answer, fence = context.fence } = decide(changes.entries, context);
        // Whether it was used is not asked: numbers that are left out do no harm.
        changes.fence = active === changes.entries ? changes.fence : fence;
        changes.entries = active;
        changes.closed.push(...closed);
        return answer;
      },
      { needsCommit: true },
    );
  }

  transactAgent<T>(
    id: string,
    decide: (current: AgentRecord | undefined, now: Date) => RecordDecision<AgentRecord, T>,
  ): Promise<Outcome<T>> {
    return this.locked(async () => {
      const { next, answer } = decide(readAgentFile(this.paths, id), this.clock());
      if (next) {
        await writeAgentFile(this.paths, next);
      }
      return answer;
    });
  }

  transactMessage<T>(
    id: string,
    decide: (current: Message | undefined, now: Date) => RecordDecision<Message, T>,
  ): Promise<Outcome<T>> {
    return this.locked(async () => {
      await finishDeliveries(this.paths);
      const { next, answer } = decide(readMessage(this.paths, id), this.clock());
      if (next) {
        await writeMessageFile(this.paths, next);
      }
      return answer;
    });
  }

  async deliver(compose: (now: Date) => readonly Message[]): Promise<readonly Message[]> {
    const outcome = await this.locked(async () => {
      const now = this.clock();
      const messages = compose(now);
      await deliverMessages(this.paths, messages, now);
      return granted(messages);
    });
    return outcome.ok ? outcome.data : [];
  }

  async diagnose(): Promise<readonly Finding[]> {
    return (await this.callDoctor()).diagnose();
  }

  async repair(ids: readonly string[]): Promise<readonly Repaired[]> {
    return (await this.callDoctor()).repair(ids);
  }

  /** Loaded when it is called, which is seldom: nobody else waits for that much code. */
  private async callDoctor(): Promise<Doctor> {
    const { Doctor } = await import('./doctor/doctor');
    this.doctor ??= new Doctor(this.paths, {
      moment: () => this.moment(),
      onNotice: this.onNotice,
      fileSystemType: this.fileSystemType,
    });
    return this.doctor;
  }

  private async takeLock(isWanted: () => boolean): Promise<HeldLock> {
    try {
      await ensureFolder(this.paths.root, this.paths.reservations);
      return await takeLock(this.paths.lock, isWanted, this.readyFiles, this.waiters);
    } catch (error) {
      throw asProblem(error, this.paths.lock, 'lock');
    }
  }

  private locked<T>(job: () => Promise<T>): Promise<T> {
    return this.queue.enqueue(
      async () => {
        try {
          return await job();
        } catch (error) {
          throw asProblem(error, this.paths.root, 'write to');
        }
      },
      { needsCommit: false },
    );
  }

  private open(): Opened {
    const state = this.readState();
    const { entries, unrecorded } = state.recovered;
    return { state, entries, closed: unrecorded.map(asExpired), fence: state.fence };
  }

  private async commit({ lock, changes }: ReservationSession): Promise<void> {
    // The very list that was read: nothing was decided, and nothing has to be set right.
    if (!changes || (changes.entries === changes.state.file.entries && !changes.state.broken)) {
      return;
    }
    try {
      for (const notice of await commitReservations(this.paths, lock, changes, this.memory)) {
        this.onNotice(notice);
      }
    } catch (error) {
      throw asProblem(error, this.paths.active, 'write');
    }
  }
}
