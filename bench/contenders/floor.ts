import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Contender, type Entry, entryFor } from '../contender';

/**
 * The bare system calls that the promise needs, and nothing decided: a lock linked and removed; the list read, written
 * beside, synced, renamed, and its folder synced; for a release, a line appended and synced before. Not for several at once.
 */
export function floor(root: string): Contender {
  const folder = join(root, 'reservations');
  const active = join(folder, 'active.json');
  const lock = join(folder, '.lock');
  const owner = join(folder, `.owner-${process.pid}`);
  closeSync(openSync(owner, 'w'));

  function commit(change: (entries: Entry[]) => Entry[], line?: string): void {
    linkSync(owner, lock);
    const { reservations } = JSON.parse(readFileSync(active, 'utf8')) as { reservations: Entry[] };
    if (line !== undefined) {
      writeSynced(join(folder, 'history.jsonl'), line, 'a');
    }
    const temporary = `${active}.tmp`;
    writeSynced(temporary, `${JSON.stringify({ reservations: change(reservations) }, null, 2)}\n`, 'w');
    renameSync(temporary, active);
    const handle = openSync(folder, 'r');
    fsyncSync(handle);
    closeSync(handle);
    unlinkSync(lock);
  }

  const reserve = (scope: string) => {
    commit((entries) => [...entries, entryFor(scope)]);
    return Promise.resolve();
  };
  return {
    reserve,
    async cycle(scope) {
      await reserve(scope);
      const line = `${JSON.stringify({ ...entryFor(scope), state: 'released' })}\n`;
      commit((entries) => entries.filter((one) => one.scope !== scope), line);
    },
    close: () => unlinkSync(owner),
  };
}

function writeSynced(path: string, content: string, flag: 'a' | 'w'): void {
  const handle = openSync(path, flag);
  writeSync(handle, content);
  fsyncSync(handle);
  closeSync(handle);
}
