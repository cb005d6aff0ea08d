/** Standard input of the command. */

import { fstatSync, readSync } from 'node:fs';

const CHUNK_BYTES = 64 * 1024;

/**
 * All of standard input.
 *
 * @param open opens Node's stream
 * @param mayBlock whether nothing else is to happen until all has come, not even the end of a time limit: then a file or a
 * pipe is read by the system's own call, since Node's streams take several milliseconds to load
 */
export async function readInput(open: () => NodeJS.ReadStream, mayBlock: boolean): Promise<string> {
  const chunks: Buffer[] = [];
  if (!(mayBlock && readAtOnce(chunks))) {
    for await (const chunk of open()) {
      chunks.push(Buffer.from(chunk));
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Answers whether that was all; what could be read stands in `chunks` in any case. */
function readAtOnce(chunks: Buffer[]): boolean {
  try {
    // Windows tells the end of a pipe in a way of its own, and a terminal has an encoding; the stream knows both.
    if (process.platform === 'win32' || fstatSync(0).isCharacterDevice()) {
      return false;
    }
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const read = readSync(0, chunk);
      if (read === 0) {
        return true;
      }
      chunks.push(chunk.subarray(0, read));
    }
  } catch {
    // A pipe that would have to be waited for. The stream waits, or says what is wrong.
    return false;
  }
}
