import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { listBelow } from '../../support/tempFolder';

/** All that is below, with what it takes to see a write: inode, mode, time of change, content. */
export function fingerprint(folder: string): string {
  return ['', ...listBelow(folder)]
    .map((name) => {
      const path = join(folder, name);
      const { ino, mode, mtimeNs, ctimeNs } = lstatSync(path, { bigint: true });
      const stats = lstatSync(path);
      const content = stats.isFile() ? readFileSync(path, 'base64') : stats.isSymbolicLink() ? readlinkSync(path) : '';
      return [name, ino, mode, mtimeNs, ctimeNs, content].join(' ');
    })
    .join('\n');
}
