/** The store in files that beadboard reads and writes too. */

import { access } from 'node:fs/promises';
import type { AgentRecord, RecordDecision } from '../../core/agent';
import { granted, type Outcome } from '../../core/envelope';
import type { Message } from '../../core/message';
import type { Reservation, ReservationDecision } from '../../core/reservation';
import { asProblem, errno } from '../problem';
import type { Records, Store, StorePart, Watching } from '../store';
import { type ActiveFile, readActiveFile, serializeActive } from './active';
import { readAgentFile, readAgentFiles, writeAgentFile } from './agents';
import { appendLines, ensureFolder, replaceFile } from './durable';
import { historyLine, readClosedTail } from './history';
import { type HeldLock, takeLock } from './lock';
import { deliverMessage, readInboxFile, readMessageFile, UnackedReader, writeMessageFile } from './messages';
import { type StorePaths, storePaths } from './paths';
import { LockQueue } from './queue';
import { watchStore } from './watch';

export interface FileStoreOptions {
  /** The clock that every decision is given; the system's unless told. */
  readonly clock?: () => Date;
}

/** What one batch has read and decided on the reservations so far. */
interface ReservationSession {
  readonly lock: HeldLock;
  file: ActiveFile | undefined;
  changed: boolean;
  closed: Reservation[];
}

export class FileStore implements Store {
  readonly location: string;
  readonly paths: StorePaths;
  private readonly clock: () => Date;
  private readonly queue: LockQueue<ReservationSession>;
  private readonly unacked: UnackedReader;

  constructor(root: string, options: FileStoreOptions = {}) {
    this.location = root;
    this.paths = storePaths(root);
    this.clock = options.clock ?? (() => new Date());
    this.unacked = new UnackedReader(this.paths);
    this.queue = new LockQueue<ReservationSession>((isWanted) => this.takeLock(isWanted), {
      open: (lock) => ({ lock, file: undefined, changed: false, closed: [] }),
      commit: (session) => this.commit(session),
    });
  }

  async exists(): Promise<boolean> {
    try {
      await access(this.paths.root);
      return true;
    } catch (error) {
      // What is there but closed to us is a problem to report, not an absence.
      return errno(error) !== 'ENOENT';
    }
  }

  async readActive(): Promise<readonly Reservation[]> {
    return (await readActiveFile(this.paths.active)).entries;
  }

  readClosed(since: Date): Promise<readonly Reservation[]> {
    return readClosedTail(this.paths.history, since);
  }

  readAgent(id: string): Promise<AgentRecord | undefined> {
    return readAgentFile(this.paths, id);
  }

  readAgents(): Promise<Records<AgentRecord>> {
    return readAgentFiles(this.paths);
  }

  readInbox(agent: string): Promise<Records<Message>> {
    return readInboxFile(this.paths, agent);
  }

  readMessage(id: string): Promise<Message | undefined> {
    return readMessageFile(this.paths, id);
  }

  readUnacked(): Promise<Records<Message>> {
    return this.unacked.read();
  }

  transactReservations<T>(
    decide: (active: readonly Reservation[], now: Date) => ReservationDecision<T>,
  ): Promise<Outcome<T>> {
    return this.queue.enqueue(async (session) => {
      session.file ??= await readActiveFile(this.paths.active);
      const { entries, extra } = session.file;
      const { active, closed, answer } = decide(entries, this.clock());
      if (active !== entries) {
        session.file = { entries: active, extra };
        session.changed = true;
        session.closed.push(...closed);
      }
      return answer;
    });
  }

  transactAgent<T>(
    id: string,
    decide: (current: AgentRecord | undefined, now: Date) => RecordDecision<AgentRecord, T>,
  ): Promise<Outcome<T>> {
    return this.locked(async () => {
      const { next, answer } = decide(await readAgentFile(this.paths, id), this.clock());
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
      const { next, answer } = decide(await readMessageFile(this.paths, id), this.clock());
      if (next) {
        await writeMessageFile(this.paths, next);
      }
      return answer;
    });
  }

  async deliver(compose: (now: Date) => readonly Message[]): Promise<readonly Message[]> {
    const outcome = await this.locked(async () => {
      const messages = compose(this.clock());
      for (const message of messages) {
        await deliverMessage(this.paths, message);
      }
      return granted(messages);
    });
    return outcome.ok ? outcome.data : [];
  }

  watch(onChange: (parts: ReadonlySet<StorePart>) => void): Watching {
    return watchStore(this.paths, onChange);
  }

  private async takeLock(isWanted: () => boolean): Promise<HeldLock> {
    try {
      await ensureFolder(this.paths.root, this.paths.reservations);
      return await takeLock(this.paths.lock, isWanted);
    } catch (error) {
      throw asProblem(error, this.paths.lock, 'lock');
    }
  }

  private locked<T>(job: () => Promise<T>): Promise<T> {
    return this.queue.enqueue(async () => {
      try {
        return await job();
      } catch (error) {
        throw asProblem(error, this.paths.root, 'write to');
      }
    });
  }

  /**
   * History first: after a crash in between, a closed reservation is in both files, which readers can tell, and never
   * in neither. The lock is looked at again right before the rename, the one step that others could lose work by.
   */
  private async commit(session: ReservationSession): Promise<void> {
    if (!session.file || !session.changed) {
      return;
    }
    const { active, history } = this.paths;
    try {
      if (session.closed.length > 0) {
        await session.lock.assertHeld();
        await appendLines(history, session.closed.map(historyLine));
      }
      await replaceFile(active, serializeActive(session.file), () => session.lock.assertHeld());
    } catch (error) {
      throw asProblem(error, active, 'write');
    }
  }
}
