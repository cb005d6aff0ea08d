/** Sees every step by which the store changes the disk, and can make one of them fail. A test shows that first. */

import { tmpdir } from 'node:os';
import { hookCalls, unhookCalls } from '../faults/calls/fsHooks';

export interface FsCall {
  /** Such as `rename` or `handle.sync`, whether it blocks or not. */
  readonly name: string;
  /** The file or folder; of a link or a rename, the new name. */
  readonly path: string;
}

export interface Watched {
  /** Completed calls, in order of completion. */
  readonly calls: readonly FsCall[];
  restore(): void;
}

const CHANGES = new Set(['openWrite', 'write', 'sync', 'change']);

/** `before` runs ahead of each call; what it throws, the call fails with. Below the system's temporary folder only. */
export function watchFs(before: (call: FsCall) => void = () => undefined): Watched {
  const calls: FsCall[] = [];
  const stepOf = ({ name, path }: FsCall): FsCall => ({ name: name.replace(/Sync$/, ''), path });
  hookCalls(tmpdir(), {
    before: (call) => {
      if (CHANGES.has(call.kind)) {
        try {
          before(stepOf(call));
        } catch (error) {
          return { half: false, error: error as NodeJS.ErrnoException };
        }
      }
      return undefined;
    },
    after: (call) => {
      if (CHANGES.has(call.kind)) {
        calls.push(stepOf(call));
      }
    },
  });
  return { calls, restore: unhookCalls };
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
