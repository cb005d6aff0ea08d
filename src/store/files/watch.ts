/**
 * Watching the folders of a store with the system's own notifications. A folder that does not exist yet is waited for
 * at its nearest existing ancestor; one that is replaced is watched anew. No polling: nothing happens, nothing runs.
 */

import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { StorePart, Watching } from '../store';
import type { StorePaths } from './paths';

const EVERYTHING: readonly StorePart[] = ['reservations', 'messages', 'agents'];

interface Target {
  readonly folder: string;
  readonly parts: readonly StorePart[];
  /** Whether a change of this name in the folder can matter: locks and temporary files come and go unseen. */
  readonly matters: (name: string) => boolean;
}

interface Attached {
  readonly watcher: FSWatcher;
  readonly inode: number;
}

export function watchStore(paths: StorePaths, onChange: (parts: ReadonlySet<StorePart>) => void): Watching {
  const attached = new Map<string, Attached>();
  let disposed = false;

  function detach(folder: string): void {
    attached.get(folder)?.watcher.close();
    attached.delete(folder);
  }

  /** Watches what should be watched now; answers whether that is other than before. */
  function reconcile(): boolean {
    const targets = targetsOf(paths);
    let changed = false;
    for (const folder of attached.keys()) {
      if (!targets.some((target) => target.folder === folder && inodeOf(folder) === attached.get(folder)?.inode)) {
        detach(folder);
        changed = true;
      }
    }
    for (const target of targets) {
      if (!attached.has(target.folder) && attach(target)) {
        changed = true;
      }
    }
    return changed;
  }

  function attach({ folder, parts, matters }: Target): boolean {
    const inode = inodeOf(folder);
    if (inode === undefined) {
      return false;
    }
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        // Without a name, or with the folder's own: the folder itself was moved or removed.
        const isItself = name === null || name === basename(folder);
        if (disposed || !(isItself || matters(name))) {
          return;
        }
        if (isItself) {
          // One that was made again at once may have the inode of the old one, which this watcher is still about.
          detach(folder);
        }
        onChange(new Set(settle() ? EVERYTHING : parts));
      });
      watcher.on('error', () => {
        detach(folder);
        if (!disposed) {
          settle();
          onChange(new Set(EVERYTHING));
        }
      });
      attached.set(folder, { watcher, inode });
      return true;
    } catch {
      // Gone again, or out of watches: the next event of its parent tries anew.
      return false;
    }
  }

  /** A folder may have appeared inside one that was only just attached: repeat until nothing changes. */
  function settle(): boolean {
    let changed = false;
    for (let round = 0; round < 8 && reconcile(); round++) {
      changed = true;
    }
    return changed;
  }

  settle();
  return {
    dispose: () => {
      disposed = true;
      for (const folder of [...attached.keys()]) {
        detach(folder);
      }
    },
  };
}

/**
 * The store's own folders as far as they exist, and the folder above the first one: there the root is created, moved
 * away or put back.
 */
function targetsOf(paths: StorePaths): readonly Target[] {
  let missing = paths.root;
  let above = dirname(missing);
  while (inodeOf(above) === undefined && dirname(above) !== above) {
    missing = above;
    above = dirname(above);
  }
  const isJson = (name: string) => name.endsWith('.json');
  const targets: readonly Target[] = [
    { folder: above, parts: EVERYTHING, matters: (name) => name === basename(missing) },
    { folder: paths.root, parts: EVERYTHING, matters: () => true },
    {
      folder: paths.reservations,
      parts: ['reservations'],
      matters: (name) => name === basename(paths.active) || name === basename(paths.history),
    },
    {
      folder: paths.messages,
      parts: ['messages'],
      matters: (name) => name === basename(paths.messageIndex) || name === basename(paths.outbox),
    },
    { folder: paths.messageIndex, parts: ['messages'], matters: isJson },
    { folder: paths.agents, parts: ['agents'], matters: isJson },
  ];
  return targets.filter(({ folder }) => inodeOf(folder) !== undefined);
}

function inodeOf(folder: string): number | undefined {
  const stats = statSync(folder, { throwIfNoEntry: false });
  return stats?.isDirectory() ? stats.ino : undefined;
}
