/** Writes down what a process changes on disk, step by step, so that a power cut can be played at any of them. */

import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { type Call, type Hook, realFs } from './fsHooks';

/** Paths are absolute; bytes are base64; `file` is the number of an opening, since names move. */
export type Event =
  | { readonly do: 'mkdir'; readonly path: string }
  | { readonly do: 'open'; readonly path: string; readonly file: number }
  | { readonly do: 'write'; readonly file: number; readonly at: number; readonly bytes: string }
  | { readonly do: 'cut'; readonly file: number; readonly size: number }
  | { readonly do: 'sync'; readonly file: number }
  | { readonly do: 'rename' | 'link'; readonly from: string; readonly to: string }
  | { readonly do: 'unlink'; readonly path: string }
  /** The operation of that number has begun, or has been acknowledged. */
  | { readonly do: 'begin' | 'acknowledge'; readonly operation: number };

interface Opened {
  readonly file: number;
  readonly appends: boolean;
  position: number;
}

/** Calls that change the disk in a way that is not written down: nobody uses them, or the record would be wrong. */
const UNKNOWN = new Set(['copyFile', 'symlink', 'rm', 'rmdir', 'truncate', 'handle.utimes', 'handle.chmod']);

export function recorder(): { readonly hook: Hook; readonly events: Event[] } {
  const events: Event[] = [];
  const open = new Map<number, Opened>();
  let files = 0;
  /** Of a call that is on its way: what was there before it. */
  const missing = new Map<Call, readonly string[]>();
  const offsets = new Map<Call, number>();

  function opened(fd: number | undefined): Opened {
    const found = open.get(fd ?? -1);
    if (!found) {
      throw new Error('the recorder does not know this file');
    }
    return found;
  }

  function before(call: Call): undefined {
    const name = call.name.replace(/Sync$/, '');
    if (UNKNOWN.has(name)) {
      throw new Error(`the recorder does not know ${name}`);
    }
    if (name === 'mkdir') {
      missing.set(call, missingFolders(call.path));
    }
    if (call.kind === 'write' && call.fd !== undefined) {
      const file = opened(call.fd);
      offsets.set(call, file.appends ? realFs.fstatSync(call.fd).size : (position(call) ?? file.position));
    }
    return undefined;
  }

  function after(call: Call, result: unknown): void {
    const name = call.name.replace(/Sync$/, '');
    if (name === 'mkdir') {
      events.push(...(missing.get(call) ?? []).map((path) => ({ do: 'mkdir' as const, path })));
    } else if (name === 'open') {
      afterOpen(call, typeof result === 'number' ? result : (result as { fd: number }).fd);
    } else if (name === 'writeFile' || name === 'appendFile') {
      const file = ++files;
      events.push({ do: 'open', path: call.path, file });
      const bytes = Buffer.from(call.args[1] as string | Uint8Array);
      const size = realFs.statSync(call.path).size;
      if (name === 'writeFile') {
        events.push({ do: 'cut', file, size: 0 });
      }
      events.push({ do: 'write', file, at: size - bytes.length, bytes: bytes.toString('base64') });
    } else if (name === 'rename' || name === 'link') {
      events.push({ do: name, from: String(call.args[0]), to: call.path });
    } else if (name === 'unlink') {
      events.push({ do: 'unlink', path: call.path });
    } else if (call.kind === 'write' || call.kind === 'sync' || call.kind === 'close') {
      afterHandle(call, name);
    }
  }

  function afterOpen(call: Call, fd: number): void {
    const flags = call.args[1];
    const has = (flag: number, letter: string) =>
      typeof flags === 'number' ? (flags & flag) !== 0 : String(flags ?? 'r').includes(letter);
    const file = ++files;
    open.set(fd, { file, appends: has(constants.O_APPEND, 'a'), position: 0 });
    events.push({ do: 'open', path: call.path, file });
    if (has(constants.O_TRUNC, 'w')) {
      events.push({ do: 'cut', file, size: 0 });
    }
  }

  function afterHandle(call: Call, name: string): void {
    const target = opened(call.fd);
    if (call.kind === 'close') {
      open.delete(call.fd ?? -1);
    } else if (call.kind === 'sync') {
      events.push({ do: 'sync', file: target.file });
    } else if (name === 'handle.truncate') {
      events.push({ do: 'cut', file: target.file, size: Number(call.args[0] ?? 0) });
    } else {
      const bytes = written(call);
      const at = offsets.get(call) ?? 0;
      events.push({ do: 'write', file: target.file, at, bytes: bytes.toString('base64') });
      target.position = at + bytes.length;
    }
  }

  return { events, hook: { before, after } };
}

/** Folders that a recursive mkdir is about to make, from the top. */
function missingFolders(path: string): readonly string[] {
  return realFs.existsSync(path) ? [] : [...missingFolders(dirname(path)), path];
}

/** `write(buffer, offset, length, position)`, where the position is given. */
function position(call: Call): number | undefined {
  return isWrite(call) && typeof call.args[3] === 'number' ? call.args[3] : undefined;
}

function isWrite({ name }: Call): boolean {
  return name === 'handle.write' || name === 'handle.writeSync';
}

function written(call: Call): Buffer {
  const [data, offset, length] = call.args;
  const bytes = Buffer.from(data as string | Uint8Array);
  const start = isWrite(call) && typeof offset === 'number' ? offset : 0;
  const count = isWrite(call) && typeof length === 'number' ? length : bytes.length - start;
  return bytes.subarray(start, start + count);
}
