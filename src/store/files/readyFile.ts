/**
 * The file that is linked into the place of a lock: whole before it is there, with who takes the lock in it.
 *
 * A new one for each lock would be a third of what a commit costs, most of it in the syncs, which have one more file to
 * bring to the disk. So a store keeps its own for the next lock, until none has been asked for for a while. What stands in
 * it says which process took the lock, and that does not differ from one taking to the next.
 */

import { closeSync, fstatSync, openSync, utimesSync, writeSync } from 'node:fs';
import { discard, randomHex, writeNew } from './durable';
import { elapsedMs } from './elapsed';
import { serializeOwner, thisOwner } from './owner';

/** How long one is kept that is not used. */
const IDLE_MS = 100;

export function readyPath(lockPath: string, pid: number, token: string): string {
  return `${lockPath}.${pid}.${token}.ready`;
}

export class ReadyFile {
  readonly token = randomHex(16);
  readonly content = serializeOwner(thisOwner(this.token));
  readonly path: string;
  private isWritten = false;

  constructor(lockPath: string) {
    this.path = readyPath(lockPath, process.pid, this.token);
  }

  /** Writes it, or says that it is of now: the time of a lock is that of its taking. */
  async write(): Promise<void> {
    if (this.isWritten) {
      touch(this.path);
    } else {
      // Before it is written: on a full disk it is there all the same, and has to go.
      this.isWritten = true;
      await writeNew(this.path, this.content, { sync: false });
    }
  }

  /** Somebody else has removed it. */
  isGone(): void {
    this.isWritten = false;
  }

  /** The file system's own clock, in ns since the epoch: the time that it gives to what is written now. */
  fileSystemTime(): bigint {
    const file = openSync(this.path, 'r+');
    try {
      writeSync(file, this.content, 0);
      return fstatSync(file, { bigint: true }).mtimeNs;
    } finally {
      closeSync(file);
    }
  }

  remove(): void {
    if (this.isWritten) {
      this.isWritten = false;
      discard(this.path);
    }
  }
}

/** Those of one lock. Unless told to keep them, each serves once. */
export class ReadyFiles {
  private current: ReadyFile | undefined;
  private usedAt = 0;
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly lockPath: string,
    private readonly options: { readonly keep: boolean } = { keep: false },
  ) {}

  take(): ReadyFile {
    this.current ??= new ReadyFile(this.lockPath);
    this.usedAt = elapsedMs();
    return this.current;
  }

  /** The lock has been taken by it, or given up. */
  done(file: ReadyFile, isTaken: boolean): void {
    if (!this.options.keep || !isTaken || file !== this.current) {
      this.forget(file);
    } else if (!this.idle) {
      keptOnes.add(this);
      this.idle = setTimeout(() => this.removeIfIdle(), IDLE_MS).unref();
    }
  }

  /** It must not serve again. */
  forget(file: ReadyFile): void {
    file.remove();
    if (file === this.current) {
      this.current = undefined;
    }
  }

  end(): void {
    clearTimeout(this.idle);
    this.idle = undefined;
    keptOnes.delete(this);
    if (this.current) {
      this.forget(this.current);
    }
  }

  private removeIfIdle(): void {
    const left = this.usedAt + IDLE_MS - elapsedMs();
    if (left > 0) {
      this.idle = setTimeout(() => this.removeIfIdle(), left).unref();
    } else {
      this.end();
    }
  }
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Who waits for the lock is then told that it has been held for longer.
  }
}

const keptOnes = new Set<ReadyFiles>();
process.once('exit', () => {
  for (const files of keptOnes) {
    files.end();
  }
});
