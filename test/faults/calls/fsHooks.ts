/**
 * Stands between the store and the disk: every call that the store makes below one folder can be counted, made to
 * fail, done by half, or be the last thing that its process does.
 *
 * The bundles call `node:fs` and `node:fs/promises` by their module objects, so replacing a function there replaces it
 * for all of them. A function that is not replaced here and yet used below the folder fails the run: a call that nobody
 * counts would be a crash that nobody tries.
 */

import fs from 'node:fs';
import fsPromises, { type FileHandle } from 'node:fs/promises';
import { sep } from 'node:path';

/** What a call does to the disk, as far as faults differ by it. */
export type CallKind =
  /** Opens for reading, or lists: takes a file descriptor. */
  | 'openRead'
  /** Opens for writing: takes a descriptor, and may make a file. */
  | 'openWrite'
  /** Reads from a descriptor, or asks about it. */
  | 'read'
  | 'write'
  | 'sync'
  | 'close'
  /** Changes a folder: makes, renames, links or removes. */
  | 'change'
  /** Asks about a path without opening it. */
  | 'look';

export interface Call {
  /** Such as `rename`, `handle.sync` or `unlinkSync`. */
  readonly name: string;
  /** The file or folder; of a link or a rename, the new name. */
  readonly path: string;
  readonly kind: CallKind;
  readonly args: readonly unknown[];
  /** Of a call on an open file: the file's descriptor. */
  readonly fd?: number;
}

/** What is to happen in place of the call: an error, perhaps after half of the data has been written. */
export interface Fault {
  readonly half: boolean;
  /** Fails with this error, or, being undefined, ends the process. */
  readonly error: NodeJS.ErrnoException | undefined;
}

export interface Hook {
  before(call: Call): Fault | undefined;
  after(call: Call, result: unknown): void;
}

type Callable = (...args: unknown[]) => unknown;
type Functions = Record<string, Callable>;

const PATH_CALLS: Readonly<Record<string, CallKind>> = {
  readFile: 'openRead',
  readdir: 'openRead',
  writeFile: 'openWrite',
  appendFile: 'openWrite',
  copyFile: 'openWrite',
  mkdir: 'change',
  rename: 'change',
  link: 'change',
  symlink: 'change',
  unlink: 'change',
  rm: 'change',
  rmdir: 'change',
  truncate: 'change',
  chmod: 'change',
  utimes: 'change',
  stat: 'look',
  lstat: 'look',
  access: 'look',
  realpath: 'look',
  readlink: 'look',
};
/** Whose second argument names what is changed. */
const TWO_PATHS = new Set(['rename', 'link', 'symlink', 'copyFile']);

/** What is called with a descriptor, and what the same is called of a handle. */
const DESCRIPTOR_CALLS: Readonly<Record<string, string>> = {
  readSync: 'read',
  readFileSync: 'readFile',
  fstatSync: 'stat',
  writeSync: 'write',
  ftruncateSync: 'truncate',
  fsyncSync: 'sync',
  fdatasyncSync: 'datasync',
  closeSync: 'close',
};

const HANDLE_CALLS: Readonly<Record<string, CallKind>> = {
  read: 'read',
  readFile: 'read',
  stat: 'read',
  write: 'write',
  writeFile: 'write',
  appendFile: 'write',
  truncate: 'write',
  chmod: 'write',
  utimes: 'write',
  sync: 'sync',
  datasync: 'sync',
  close: 'close',
};

/** What nobody may use below the folder, because it would go uncounted; watching changes nothing. */
const UNCOUNTED = new Set(['watch', 'watchFile', 'unwatchFile', 'existsSync']);

/** The functions as they are without hooks. */
export const realFs: typeof fs = { ...fs };

let folder: string | undefined;
let hook: Hook | undefined;
let running = 0;
let isWithinCall = false;
/** The paths of what was opened without a handle, by descriptor. */
const descriptors = new Map<number, string>();

/** Puts the hook on all calls below `root`, in place of the one before. The first use replaces the functions. */
export function hookCalls(root: string, next: Hook): void {
  install();
  folder = root;
  hook = next;
}

export function unhookCalls(): void {
  hook = undefined;
}

/** Waits until the store has done what it goes on with after its answer: until nothing has been called for some turns. */
export async function quiet(): Promise<void> {
  for (let idle = 0; idle < 20; idle++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (running > 0) {
      idle = 0;
    }
  }
}

let installed = false;

function install(): void {
  if (installed) {
    return;
  }
  installed = true;
  const promises = fsPromises as unknown as Functions;
  const plain = fs as unknown as Functions;
  const realPromises = { ...promises };
  for (const [name, kind] of Object.entries(PATH_CALLS)) {
    replace(promises, name, (real) => (...args) => {
      const call = pathCall(name, kind, args);
      return call ? perform(call, () => real(...args), halfOf(call)) : real(...args);
    });
    replace(plain, `${name}Sync`, (real) => (...args) => {
      const call = pathCall(`${name}Sync`, kind, args);
      return call ? performSync(call, () => real(...args)) : real(...args);
    });
  }
  replace(promises, 'open', (real) => async (...args) => {
    const kind = isForWriting(args[1]) ? 'openWrite' : 'openRead';
    const call = pathCall('open', kind, args);
    if (!call) {
      return real(...args);
    }
    return await perform(call, async () => hookHandle((await real(...args)) as FileHandle, call.path));
  });
  hookDescriptors(plain);
  forbidTheRest(plain, new Set([...Object.keys(PATH_CALLS).map((name) => `${name}Sync`), 'openSync']));
  forbidTheRest(promises, new Set([...Object.keys(PATH_CALLS), 'open']));

  function halfOf(call: Call): (() => unknown) | undefined {
    const data = call.args[1];
    return call.name === 'writeFile' || call.name === 'appendFile'
      ? () => realPromises[call.name]?.(call.args[0], firstHalf(data))
      : undefined;
  }
}

/** A descriptor is known from its opening until it is closed; `fsync` is the one call on it that does not block. */
function hookDescriptors(plain: Functions): void {
  replace(plain, 'openSync', (real) => (...args) => {
    const call = pathCall('openSync', isForWriting(args[1]) ? 'openWrite' : 'openRead', args);
    if (!call) {
      return real(...args);
    }
    const fd = performSync(call, () => real(...args)) as number;
    descriptors.set(fd, call.path);
    return fd;
  });
  for (const [name, method] of Object.entries(DESCRIPTOR_CALLS)) {
    replace(plain, name, (real) => (...args) => {
      const call = descriptorCall(`handle.${method}Sync`, HANDLE_CALLS[method] ?? 'look', args);
      if (!call) {
        return real(...args);
      }
      if (method === 'close') {
        descriptors.delete(call.fd ?? -1);
      }
      return performSync(
        call,
        () => real(...args),
        () => writeHalf(call),
      );
    });
  }
  replace(plain, 'fsync', (real) => (...args) => {
    const done = args[1] as (error: unknown) => void;
    const call = descriptorCall('handle.sync', 'sync', args);
    if (!call) {
      return real(...args);
    }
    const work = () =>
      new Promise<void>((resolve, reject) => {
        real(args[0], (error: unknown) => (error ? reject(error) : resolve()));
      });
    perform(call, work).then(() => done(null), done);
    return undefined;
  });
}

function descriptorCall(name: string, kind: CallKind, [fd, ...args]: readonly unknown[]): Call | undefined {
  const path = typeof fd === 'number' ? descriptors.get(fd) : undefined;
  return hook && !isWithinCall && path !== undefined ? { name, path, kind, args, fd: fd as number } : undefined;
}

function writeHalf({ name, fd, args: [data, offset, length, position] }: Call): void {
  if (name === 'handle.writeSync' && fd !== undefined) {
    const bytes = Buffer.from(data as string | Uint8Array).subarray(Number(offset ?? 0));
    const half = bytes.subarray(0, Math.min(bytes.length, Number(length ?? bytes.length)) >> 1);
    realFs.writeSync(fd, half, 0, half.length, (position as number | undefined) ?? null);
  }
}

function replace(functions: Functions, name: string, make: (real: Callable) => Callable): void {
  const real = functions[name];
  if (real) {
    // With what hangs on it, such as realpath.native.
    functions[name] = Object.assign(make(real.bind(functions)), real);
  }
}

function forbidTheRest(functions: Functions, hooked: ReadonlySet<string>): void {
  for (const name of Object.keys(functions)) {
    if (!hooked.has(name) && !UNCOUNTED.has(name) && /^[a-z]/.test(name) && typeof functions[name] === 'function') {
      replace(functions, name, (real) => (...args) => {
        if (isBelow(args[0]) && hook && !isWithinCall) {
          throw new Error(`${name} is used on the store, and the fault harness does not count it`);
        }
        return real(...args);
      });
    }
  }
}

function pathCall(name: string, kind: CallKind, args: readonly unknown[]): Call | undefined {
  const path = args[TWO_PATHS.has(name.replace(/Sync$/, '')) ? 1 : 0];
  return hook && !isWithinCall && isBelow(path) ? { name, path, kind, args } : undefined;
}

function isBelow(path: unknown): path is string {
  return folder !== undefined && typeof path === 'string' && (path === folder || path.startsWith(folder + sep));
}

function isForWriting(flags: unknown): boolean {
  const { O_WRONLY, O_RDWR } = fs.constants;
  return typeof flags === 'number' ? (flags & (O_WRONLY | O_RDWR)) !== 0 : /[wa+]/.test(String(flags ?? 'r'));
}

function hookHandle(handle: FileHandle, path: string): FileHandle {
  const methods = handle as unknown as Functions;
  const write = handle.write.bind(handle);
  for (const [name, kind] of Object.entries(HANDLE_CALLS)) {
    const real = methods[name]?.bind(handle);
    if (real) {
      methods[name] = (...args) => {
        const half = /write|append/.test(name) ? () => write(firstHalf(args[0])) : undefined;
        const call: Call = { name: `handle.${name}`, path, kind, args, fd: handle.fd };
        return hook ? perform(call, () => real(...args), half) : real(...args);
      };
    }
  }
  return handle;
}

function firstHalf(data: unknown): Buffer {
  const bytes = Buffer.from(data as string | Uint8Array);
  return bytes.subarray(0, bytes.length >> 1);
}

async function perform(call: Call, work: () => unknown, half?: () => unknown): Promise<unknown> {
  running++;
  try {
    const fault = hook?.before(call);
    if (fault) {
      if (fault.half) {
        await half?.();
      }
      // A close that reports an error has closed all the same; the descriptor must not leak into the next round.
      if (call.kind === 'close') {
        await work();
      }
      return end(fault);
    }
    const result = await work();
    hook?.after(call, result);
    return result;
  } finally {
    running--;
  }
}

function performSync(call: Call, work: () => unknown, half?: () => void): unknown {
  const fault = hook?.before(call);
  if (fault) {
    if (fault.half) {
      half?.();
    }
    if (call.kind === 'close') {
      work();
    }
    return end(fault);
  }
  // Node makes some of these functions of others: what is counted is the whole.
  isWithinCall = true;
  try {
    const result = work();
    hook?.after(call, result);
    return result;
  } finally {
    isWithinCall = false;
  }
}

function end(fault: Fault): never {
  if (fault.error) {
    throw fault.error;
  }
  die();
}

/** As a crash would: nothing of this process runs after it. */
export function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('a killed process went on');
}
