import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { listBelow } from '../../support/tempFolder';

/** What the system says of a file or folder that changes whenever it is written or replaced; '' where there is none. */
export function stamp(path: string): string {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats ? [stats.ino, stats.mode, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ') : '';
}

/** All that is below, by its stamps and contents. */
export function fingerprint(folder: string): string {
  return ['', ...listBelow(folder)]
    .map((name) => {
      const path = join(folder, name);
      const stats = lstatSync(path);
      const content = stats.isFile() ? readFileSync(path, 'base64') : stats.isSymbolicLink() ? readlinkSync(path) : '';
      return [name, stamp(path), content].join(' ');
    })
    .join('\n');
}
