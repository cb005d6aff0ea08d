/**
 * Writing the history anew without some of its lines, beside those who go on appending to it.
 *
 * The long part is done before the lock is asked for; under it, only what was appended meanwhile is read. Beadboard's
 * sweep appends without the lock: the size is looked at right before the rename, and what came to the old file even
 * after that is appended to the new one.
 */

import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asideName } from '../aside';
import { randomHex, syncFolder } from '../durable';
import { readClosedFrom } from '../history';
import type { Journal } from '../journal';
import { JournalWriter, readJournal } from '../journalFile';
import type { HeldLock } from '../lock';
import { busy, type Done, gone, pauseBeforeSecondLook, repaired, type Ward } from './check';
import { HistoryJudge, type Verdict } from './historyJudge';
import { type Line, linesOf } from './lines';

const ATTEMPTS = 3;
/** How often it is looked whether others have stopped appending, in one holding of the lock. */
const ROUNDS = 20;
const COPY_BYTES = 256 * 1024;
const NEW_FILE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
const NEWLINE = Buffer.from('\n');

export async function rewriteHistory(ward: Ward, drop: 'torn' | 'duplicate'): Promise<Done> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const rewrite = await Rewrite.start(ward, drop);
    try {
      await rewrite.copyWhole();
      const done = await ward.locked(ward.paths.reservations, (lock) => rewrite.finish(lock));
      if (done) {
        return done;
      }
    } finally {
      await rewrite.end();
    }
  }
  return busy(`${ward.paths.history} is written to all the time. Try again.`);
}

class Rewrite {
  private readonly judge = new HistoryJudge();
  /** Where the next line of the old file begins that has not been judged. */
  private position = 0;
  private dropped = 0;

  private constructor(
    private readonly ward: Ward,
    private readonly drop: 'torn' | 'duplicate',
    private readonly source: FileHandle,
    private readonly kept: FileHandle,
    private readonly keptPath: string,
    private readonly torn: FileHandle,
    private readonly tornPath: string,
  ) {}

  static async start(ward: Ward, drop: 'torn' | 'duplicate'): Promise<Rewrite> {
    const { history } = ward.paths;
    const source = await open(history, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    const temporary = () => `${history}.${process.pid}.${randomHex(8)}.tmp`;
    const [keptPath, tornPath] = [temporary(), temporary()];
    const opened = [source];
    try {
      const kept = await open(keptPath, NEW_FILE, 0o600);
      opened.push(kept);
      const torn = await open(tornPath, NEW_FILE, 0o600);
      return new Rewrite(ward, drop, source, kept, keptPath, torn, tornPath);
    } catch (error) {
      await Promise.all(opened.map((file) => file.close()));
      await rm(keptPath, { force: true });
      throw error;
    }
  }

  /** Judges and copies the lines that have their newline; answers where the file ended. */
  async copyWhole(): Promise<number> {
    const { size } = await this.source.stat();
    for await (const lines of linesOf(this.source, this.position, size)) {
      await this.copy(lines.filter(({ isWhole }) => isWhole));
    }
    await this.kept.sync();
    return size;
  }

  /** Under the lock. Undefined where the file was written to or replaced meanwhile: then nothing has been changed. */
  async finish(lock: HeldLock): Promise<Done | undefined> {
    const { history } = this.ward.paths;
    const caughtUp = await this.catchUp();
    if (!caughtUp) {
      return undefined;
    }
    const { size, journal } = caughtUp;
    if (this.dropped === 0) {
      return gone(history);
    }
    lock.assertHeld();
    // It counts in bytes of the old file, which would be wrong in the new one: from here on, a crash leaves none.
    await rm(this.ward.paths.journal, { force: true });
    const aside = this.drop === 'torn' ? asideName(history, this.ward.moment().now) : undefined;
    if (aside) {
      await rename(this.tornPath, aside);
    }
    const historySize = (await this.kept.stat()).size;
    await rename(this.keptPath, history);
    const late = await this.copyLate(size);
    await syncFolder(dirname(history));
    if (journal) {
      const anew = journal.historySize > 0 ? { ...journal, historySize } : journal;
      const written = JournalWriter.start(this.ward.paths.journal, undefined, anew.historySize);
      written?.write({ ...anew, active: undefined }, undefined);
      written?.close();
    }
    // Whoever had it open before the rename has written by now.
    await this.copyLate(late);
    const lines = this.dropped === 1 ? 'one line' : `${this.dropped} lines`;
    return repaired(`Wrote ${history} anew without ${lines}${aside ? `, kept in ${aside}` : ''}.`, aside);
  }

  /** Copies until nothing more has come; answers where the file ended then, or undefined where it does not stand still. */
  private async catchUp(): Promise<{ size: number; journal: Journal | undefined } | undefined> {
    for (let round = 0; round < ROUNDS; round++) {
      const size = await this.copyWhole();
      const isFinished = this.position === size;
      await this.copyUnfinished(size);
      await this.torn.sync();
      const journal = this.journalOfNow();
      if (await this.isUnchanged(size)) {
        return { size, journal };
      }
      if (!isFinished) {
        // Somebody went on with a line that was taken for torn.
        return undefined;
      }
    }
    return undefined;
  }

  /** Closes all, and removes what has not got its name. */
  async end(): Promise<void> {
    await Promise.all([this.source.close(), this.kept.close(), this.torn.close()]);
    await unlink(this.keptPath).catch(() => undefined);
    await unlink(this.tornPath).catch(() => undefined);
  }

  private async copy(lines: readonly Line[]): Promise<void> {
    const kept: Buffer[] = [];
    for (const line of lines) {
      const verdict = this.judge.judge(line);
      if (this.isDropped(verdict)) {
        this.dropped++;
        if (verdict === 'torn') {
          await this.copyLine(line, this.torn);
        }
      } else if (line.bytes && verdict !== 'blank') {
        kept.push(line.bytes, NEWLINE);
      } else if (verdict !== 'blank') {
        await writeAll(this.kept, kept.splice(0));
        await this.copyLine(line, this.kept);
      }
      this.position = line.end;
    }
    await writeAll(this.kept, kept);
  }

  /** The last line without a newline: torn, since nobody goes on with it, or whole but for its newline. */
  private async copyUnfinished(size: number): Promise<void> {
    if (this.position < size) {
      await pauseBeforeSecondLook();
      for await (const lines of linesOf(this.source, this.position, size)) {
        await this.copy(lines);
      }
      await this.kept.sync();
    }
  }

  private isDropped(verdict: Verdict): boolean {
    return verdict === this.drop;
  }

  /** Byte for byte: it may be longer than what is held in memory. */
  private async copyLine({ start, end, isWhole }: Line, to: FileHandle): Promise<void> {
    await this.copyBytes(start, end, to);
    if (!isWhole) {
      await writeAll(to, [NEWLINE]);
    }
  }

  private async copyBytes(start: number, end: number, to: FileHandle): Promise<void> {
    for (let position = start; position < end; ) {
      const { buffer, bytesRead } = await this.source.read(
        Buffer.alloc(COPY_BYTES),
        0,
        Math.min(COPY_BYTES, end - position),
        position,
      );
      if (bytesRead === 0) {
        return;
      }
      await writeAll(to, [buffer.subarray(0, bytesRead)]);
      position += bytesRead;
    }
  }

  private async isUnchanged(size: number): Promise<boolean> {
    const [ours, standing] = await Promise.all([this.source.stat(), lstat(this.ward.paths.history)]);
    return ours.size === size && standing.ino === ours.ino && standing.size === size;
  }

  /** What was appended to the old file between the last look and the rename, or by who had it open. Answers its size. */
  private async copyLate(size: number): Promise<number> {
    const late = (await this.source.stat()).size;
    if (late > size) {
      const file = await open(this.ward.paths.history, constants.O_WRONLY | constants.O_APPEND);
      try {
        await this.copyBytes(size, late, file);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    return late;
  }

  /** The journal; where the history has closed anything since it was written, with all of that to be read again. */
  private journalOfNow(): Journal | undefined {
    const journal = readJournal(this.ward.paths.journal);
    if (!journal) {
      return undefined;
    }
    const { closed, size } = readClosedFrom(this.ward.paths.history, journal.historySize);
    if (size < journal.historySize) {
      return undefined;
    }
    return closed.length === 0 ? journal : { ...journal, historySize: 0 };
  }
}

async function writeAll(file: FileHandle, buffers: readonly Buffer[]): Promise<void> {
  if (buffers.length > 0) {
    const block = Buffer.concat(buffers);
    for (let written = 0; written < block.length; ) {
      written += (await file.write(block, written)).bytesWritten;
    }
  }
}
