/** Standard output and standard error of the command. */

import { fstatSync, writeSync } from 'node:fs';
import { errno } from '../store/problem';
import { inBackground } from '../util/background';

export interface Output {
  write(text: string): void;
  /** Writes, and resolves when the text has left this process. */
  written(text: string): Promise<void>;
  readonly isTTY: boolean;
}

/**
 * Writes into files and pipes at once, by the system's own call: Node's streams take several milliseconds to load, which
 * whoever calls a command from a hook waits for. Terminals have streams, which know their encoding, and so has a pipe that
 * takes no more just now.
 *
 * @param open opens Node's stream
 * @param onError called with what went wrong: nobody reads any more, or it cannot be written
 */
export function outputTo(fd: 1 | 2, open: () => NodeJS.WriteStream, onError: (error: unknown) => void): Output {
  let stream: NodeJS.WriteStream | undefined;

  function opened(): NodeJS.WriteStream {
    if (!stream) {
      stream = open();
      stream.on('error', onError);
    }
    return stream;
  }

  /** Answers what could not be written at once. */
  function writeAtOnce(bytes: Buffer): Buffer {
    let rest = bytes;
    try {
      while (rest.length > 0) {
        rest = rest.subarray(writeSync(fd, rest));
      }
    } catch (error) {
      if (errno(error) !== 'EAGAIN') {
        onError(error);
        return Buffer.alloc(0);
      }
    }
    return rest;
  }

  const written = (text: string) => {
    const bytes = Buffer.from(text);
    const rest = stream || !isPlain(fd) ? bytes : writeAtOnce(bytes);
    return rest.length === 0 ? Promise.resolve() : new Promise<void>((done) => opened().write(rest, () => done()));
  };
  return {
    written,
    // What cannot be written is told to onError.
    write: (text) => inBackground(written(text), onError),
    get isTTY() {
      return !isPlain(fd) && opened().isTTY === true;
    },
  };
}

/** Whether it is a file or a pipe. On Windows a pipe has its own ways to be closed, which Node's streams know. */
function isPlain(fd: number): boolean {
  try {
    return process.platform !== 'win32' && !fstatSync(fd).isCharacterDevice();
  } catch {
    return false;
  }
}
