/** What a view needs of a store in files: to read what it shows, and to be told when that changes. It never writes. */

import { accessSync } from 'node:fs';
import { isAgentId } from '../../core/agent';
import type { Message } from '../../core/message';
import type { Reservation } from '../../core/reservation';
import { errno } from '../problem';
import type { Enough, Records, StorePart, StoreReader, Watching } from '../store';
import type { ActiveFile } from './active';
import { ActiveReader } from './activeReader';
import { readCommitted } from './committed';
import { readClosedFrom, readClosedTail } from './history';
import { InboxReader } from './inbox';
import { UnackedReader } from './messages';
import { orUndefined } from './orUndefined';
import { type StorePaths, storePaths } from './paths';
import { type Memory, type Moment, type ReservationState, readReservations } from './reading';
import { type SteadyTime, steadyTime } from './steadyClock';
import { watchStore } from './watch';

const NO_STEADY_TIME: SteadyTime = { boot: '', ms: 0 };

export interface FileReaderOptions {
  /** The clock that every decision is given; the system's unless told. */
  readonly clock?: () => Date;
  /** The clock that nobody can set; the system's beside the system's clock, and none beside another one. */
  readonly steady?: () => SteadyTime;
}

export class FileReader implements StoreReader {
  readonly location: string;
  readonly paths: StorePaths;
  protected readonly clock: () => Date;
  private readonly steady: () => SteadyTime;
  protected readonly memory: Memory = {};
  private readonly unacked: UnackedReader;
  private readonly inbox: InboxReader;
  private readonly active: ActiveReader;

  constructor(root: string, options: FileReaderOptions = {}) {
    this.location = root;
    this.paths = storePaths(root);
    this.clock = options.clock ?? (() => new Date());
    this.steady = options.steady ?? (options.clock ? () => NO_STEADY_TIME : steadyTime);
    this.unacked = new UnackedReader(this.paths);
    this.inbox = new InboxReader(this.paths);
    this.active = new ActiveReader(this.paths.active);
  }

  exists(): Promise<boolean> {
    return promised(() => {
      try {
        accessSync(this.paths.root);
        return true;
      } catch (error) {
        // What is there but closed to us is a problem to report, not an absence.
        return errno(error) !== 'ENOENT';
      }
    });
  }

  readActive(): Promise<Records<Reservation>> {
    return promised(() => {
      const committed = this.readCommitted();
      if (committed) {
        return { records: committed.entries, problems: committed.problems };
      }
      const { file, recovered, broken } = this.readState();
      return {
        records: recovered.entries,
        problems: [...(broken ? [broken] : []), ...file.problems, ...recovered.notices],
      };
    });
  }

  readClosed(since: Date, enough?: Enough): Promise<readonly Reservation[]> {
    return readClosedTail(this.paths.history, since, enough);
  }

  readUnacked(): Promise<Records<Message>> {
    return this.unacked.read();
  }

  readLetters(agent: string): Promise<Records<Message>> {
    return isAgentId(agent) ? this.inbox.read(agent) : Promise.resolve({ records: [], problems: [] });
  }

  watch(onChange: (parts: ReadonlySet<StorePart>) => void): Watching {
    return watchStore(this.paths, onChange);
  }

  /** The active file, where it is just as our last commit left it and history has closed nothing of it since. */
  private readCommitted(): ActiveFile | undefined {
    const found = orUndefined(() => this.active.read());
    if (found?.bytes) {
      // So that what is read in full next keeps its objects; at once, since these bytes are written over by the next reading.
      this.memory.active = { bytes: found.bytes, value: found.file };
    }
    const committed = found && readCommitted(this.paths.journal);
    if (!found?.bytes || !committed || committed.fingerprint !== found.fingerprint) {
      return undefined;
    }
    const { closed, size } = readClosedFrom(this.paths.history, committed.historySize);
    const ids = new Set(closed.map(({ reservation_id }) => reservation_id));
    const isClosed = ids.size > 0 && found.file.entries.some(({ reservation_id }) => ids.has(reservation_id));
    // A history that shrank was put aside by somebody.
    return isClosed || size < committed.historySize ? undefined : found.file;
  }

  protected readState(): ReservationState {
    return readReservations(this.paths, () => this.moment(), this.memory);
  }

  protected moment(): Moment {
    return { now: this.clock(), steady: this.steady() };
  }
}

/** What is read at once, as a promise: what cannot be read is to reject, as everywhere. */
export function promised<T>(read: () => T): Promise<T> {
  return new Promise((resolve) => resolve(read()));
}
