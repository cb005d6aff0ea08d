/** What the store stands on: rights, links, file system, and files that were put aside. */

import { access, chmod, constants } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { asProblem, errno, StoreProblem } from '../../problem';
import { ASIDE_ENDING } from '../aside';
import {
  below,
  type Check,
  entriesOf,
  type Found,
  finding,
  foldersOf,
  gone,
  outOfReach,
  repaired,
  statsOf,
  type Ward,
} from './check';

const FIRST_FEW = 5;
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const MODE_BITS = 0o777;

/** Numbers of statfs on Linux; elsewhere they mean something else, or nothing. */
const NETWORK_FILE_SYSTEMS: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'CIFS',
  4266872130: 'SMB',
  16914839: '9p',
  12805120: 'Ceph',
  1397113167: 'AFS',
  1799439955: 'AFS',
  1937076805: 'Coda',
  22092: 'NCP',
  198183888: 'Lustre',
};

/** The name of a network file system by its number, or undefined for any other. */
export function networkFileSystem(type: number): string | undefined {
  // Where a long has 32 bits, the upper half of the numbers is negative.
  return NETWORK_FILE_SYSTEMS[type >>> 0];
}

/** Rights and kinds of what is there: what the other checks need to look at anything at all. */
export const reachCheck: Check = {
  kinds: ['OUT_OF_REACH'],
  async find({ paths }) {
    const found: Found[] = [];
    for (const folder of foldersOf(paths)) {
      const stats = await statsOf(folder);
      if (stats && !stats.isSymbolicLink()) {
        found.push(
          ...(await reach(() => {
            if (!stats.isDirectory()) {
              throw notAFolder(folder);
            }
            return access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
          }, folder)),
        );
      }
    }
    for (const file of [paths.active, paths.history, paths.journal]) {
      const stats = await statsOf(file);
      if (stats && !stats.isSymbolicLink()) {
        found.push(
          ...(await reach(() => {
            if (!stats.isFile()) {
              throw notAFile(file);
            }
            return access(file, constants.R_OK | constants.W_OK);
          }, file)),
        );
      }
    }
    return found;

    async function reach(look: () => Promise<void>, path: string): Promise<readonly Found[]> {
      try {
        await look();
        return [];
      } catch (error) {
        return [outOfReach(paths, asProblem(error, path, 'read and write'), path)];
      }
    }
  },
};

function notAFolder(path: string): StoreProblem {
  return new StoreProblem('NOT_A_FOLDER', path, `${path} should be a folder, and is not. Move it away.`);
}

function notAFile(path: string): StoreProblem {
  return new StoreProblem('NOT_A_FOLDER', path, `${path} should be a file, and is not. Move it away.`);
}

/** A link in the place of the lock is the lock's affair. */
export const linkCheck: Check = {
  kinds: ['SYMBOLIC_LINK'],
  async find({ paths }) {
    const found: Found[] = [];
    const tell = (path: string) =>
      found.push({
        finding: finding(paths, 'SYMBOLIC_LINK', path, {
          message: `${path} is a symbolic link. The store writes through none: what it stands for cannot be changed.`,
        }),
      });
    if ((await statsOf(paths.root))?.isSymbolicLink()) {
      tell(paths.root);
    }
    for (const folder of foldersOf(paths)) {
      for (const entry of await entriesOf(folder)) {
        const path = join(folder, entry.name);
        if (entry.isSymbolicLink() && path !== paths.lock) {
          tell(path);
        }
      }
    }
    return found;
  },
};

export const putAsideCheck: Check = {
  kinds: ['PUT_ASIDE'],
  async find({ paths }) {
    const found: Found[] = [];
    for (const folder of foldersOf(paths)) {
      for (const entry of await entriesOf(folder)) {
        if (entry.name.endsWith(ASIDE_ENDING)) {
          const path = join(folder, entry.name);
          found.push({
            finding: finding(paths, 'PUT_ASIDE', path, {
              message: `${path} was put aside earlier. Look whether anything in it is still needed, then delete it.`,
            }),
          });
        }
      }
    }
    return found;
  },
};

/** On Windows, access is not in the mode. */
export const modeCheck: Check = {
  kinds: ['WRONG_MODE'],
  async find(ward) {
    const wide = process.platform === 'win32' ? [] : await tooWide(ward);
    if (wide.length === 0) {
      return [];
    }
    const names = wide.slice(0, FIRST_FEW).map(({ path }) => below(ward.paths, path));
    const folders = wide.filter(({ isFolder }) => isFolder).length;
    const files = wide.length - folders;
    return [
      {
        finding: finding(ward.paths, 'WRONG_MODE', ward.paths.root, {
          message:
            `Other users may read or write ${folders} folders and ${files} files of the store, ` +
            `such as ${names.map((name) => JSON.stringify(name)).join(', ')}.`,
          repair: 'Take those rights away from others: folders 0700, files 0600.',
          facts: { folders, files, first: names },
        }),
        repair: () => narrow(ward),
      },
    ];
  },
};

interface Wide {
  readonly path: string;
  readonly isFolder: boolean;
  readonly mode: number;
}

/** Folders first, from the root down. Nothing that is not a plain file or folder of the store. */
async function tooWide({ paths }: Ward): Promise<readonly Wide[]> {
  const folders = foldersOf(paths);
  const files: string[] = [];
  for (const folder of folders) {
    for (const entry of await entriesOf(folder)) {
      // The lock comes and goes with beadboard's mode, and holds nothing that others may not know.
      if (entry.isFile() && !entry.name.startsWith(basename(paths.lock))) {
        files.push(join(folder, entry.name));
      }
    }
  }
  const wide: Wide[] = [];
  for (const path of [...folders, ...files]) {
    const stats = await statsOf(path);
    if (stats?.isDirectory() || stats?.isFile()) {
      const isFolder = stats.isDirectory();
      const mode = stats.mode & MODE_BITS;
      if ((mode & ~(isFolder ? FOLDER_MODE : FILE_MODE)) !== 0) {
        wide.push({ path, isFolder, mode });
      }
    }
  }
  return wide;
}

async function narrow(ward: Ward) {
  const wide = await tooWide(ward);
  if (wide.length === 0) {
    return gone(ward.paths.root);
  }
  for (const { path, isFolder, mode } of wide) {
    await chmod(path, mode & (isFolder ? FOLDER_MODE : FILE_MODE)).catch((error: unknown) => {
      // Temporary files and locks come and go.
      if (errno(error) !== 'ENOENT') {
        throw asProblem(error, path, 'change the mode of');
      }
    });
  }
  return repaired(`Took the rights of others away from ${wide.length} folders and files.`);
}

export const fileSystemCheck: Check = {
  kinds: ['NETWORK_FILE_SYSTEM'],
  async find({ paths, fileSystemType }) {
    const name = process.platform === 'linux' ? networkFileSystem(await fileSystemType(paths.root)) : undefined;
    if (name === undefined) {
      return [];
    }
    return [
      {
        finding: finding(paths, 'NETWORK_FILE_SYSTEM', paths.root, {
          message:
            `The store is on a network file system (${name}). The lock of another machine that died has to be cleared ` +
            'by hand, what others change may be noticed late, and after a crash of the server more may be lost.',
          facts: { fileSystem: name },
        }),
      },
    ];
  },
};
