/**
 * Sees every step that the store takes on disk, and can make one of them fail. The bundles call `node:fs/promises` by
 * its module object, so replacing a function there replaces it for them; a test shows that first.
 */

import fsPromises, { type FileHandle } from 'node:fs/promises';

export interface FsCall {
  /** Such as `rename` or `handle.sync`. */
  readonly name: string;
  /** The file or folder; of a link or a rename, the new name. */
  readonly path: string;
}

export interface Watched {
  /** Completed calls, in order of completion. */
  readonly calls: readonly FsCall[];
  restore(): void;
}

/** Functions of the module that change the disk, and which argument names what is changed. */
const CHANGES = { mkdir: 0, rename: 1, link: 1, unlink: 0 } as const;
const HANDLE_CHANGES = ['writeFile', 'appendFile', 'sync'] as const;

type Replaceable = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** `before` runs ahead of each call; what it throws, the call fails with. */
export function watchFs(before: (call: FsCall) => void = () => undefined): Watched {
  const module = fsPromises as unknown as Replaceable;
  const calls: FsCall[] = [];
  const originals = new Map<string, Replaceable[string]>();

  async function perform<T>(call: FsCall, work: () => Promise<T>): Promise<T> {
    before(call);
    const result = await work();
    calls.push(call);
    return result;
  }

  function replace(name: string, make: (original: Replaceable[string]) => Replaceable[string]): void {
    const original = module[name];
    if (!original) {
      throw new Error(`node:fs/promises has no ${name}`);
    }
    originals.set(name, original);
    module[name] = make(original);
  }

  for (const [name, index] of Object.entries(CHANGES)) {
    replace(
      name,
      (original) =>
        (...args) =>
          perform({ name, path: String(args[index]) }, () => original(...args)),
    );
  }
  replace('open', (original) => async (...args) => {
    const path = String(args[0]);
    const handle = (await perform({ name: 'open', path }, () => original(...args))) as FileHandle;
    const methods = handle as unknown as Replaceable;
    for (const name of HANDLE_CHANGES) {
      const method = methods[name]?.bind(handle);
      if (method) {
        methods[name] = (...rest) => perform({ name: `handle.${name}`, path }, () => method(...rest));
      }
    }
    return handle;
  });

  return {
    calls,
    restore: () => {
      for (const [name, original] of originals) {
        module[name] = original;
      }
    },
  };
}

/** Kills this very process, as a crash would, just before the given call: 1 is the first. */
export function dieAtCall(number: number): void {
  let count = 0;
  watchFs(() => {
    if (++count === number) {
      process.kill(process.pid, 'SIGKILL');
    }
  });
}
