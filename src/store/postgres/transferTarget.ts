/**
 * The folder of an export: nothing is written over but an earlier export of the same namespace, and that only as long as
 * nobody has worked in it since. A file beside the store's says what was exported, and what it was then.
 */

import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { granted, type Outcome, refused } from '../../core/envelope';
import { replaceFile } from '../files/durable';
import { toJson } from '../files/json';
import { storePaths } from '../files/paths';

const NOTE = '.export.json';
const FOLDER_MODE = 0o700;
const CHUNK_BYTES = 256 * 1024;

interface Note {
  readonly namespace: string;
  /** Of all files; null while it is being written. */
  readonly digest: string | null;
}

/** Makes the folder ready to be written: INVALID_ARGS where it holds anything but an export of this namespace. */
export async function beginExport(folder: string, namespace: string): Promise<Outcome<string>> {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  const names = stats?.isDirectory() ? readdirSync(folder) : [];
  if (stats && !stats.isDirectory()) {
    return refusal(folder, 'is no folder');
  }
  if (names.length > 0) {
    const note = names.includes(NOTE) ? noteIn(folder) : undefined;
    if (!note || names.some((name) => !PARTS.includes(name))) {
      return refusal(folder, 'is not empty, and holds no export');
    }
    if (note.namespace !== namespace) {
      return refusal(folder, `holds an export of the namespace ${JSON.stringify(note.namespace)}`);
    }
    if (note.digest !== null && note.digest !== digestOf(folder)) {
      return refusal(folder, 'holds an export that has been changed since');
    }
  }
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  chmodSync(folder, FOLDER_MODE);
  await writeNote(folder, { namespace, digest: null });
  const { agents, messages, reservations } = storePaths(folder);
  for (const part of [agents, messages, reservations]) {
    rmSync(part, { recursive: true, force: true });
  }
  return granted(folder);
}

export async function endExport(folder: string, namespace: string): Promise<void> {
  await writeNote(folder, { namespace, digest: digestOf(folder) });
}

const PARTS = [NOTE, 'agents', 'messages', 'reservations'];

function refusal(folder: string, why: string): Outcome<never> {
  return refused(
    'INVALID_ARGS',
    `${JSON.stringify(folder)} ${why}. Name a folder that is empty, or is not there yet.`,
    {
      folder,
    },
  );
}

function noteIn(folder: string): Note | undefined {
  try {
    const { namespace, digest } = JSON.parse(readFileSync(join(folder, NOTE), 'utf8')) as Partial<Note>;
    const isNote = typeof namespace === 'string' && (typeof digest === 'string' || digest === null);
    return isNote ? { namespace, digest } : undefined;
  } catch {
    return undefined;
  }
}

async function writeNote(folder: string, note: Note): Promise<void> {
  await replaceFile(join(folder, NOTE), toJson(note));
}

/** Of the names and contents of all files. */
function digestOf(folder: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const path of entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()) {
    if (path === join(folder, NOTE)) {
      continue;
    }
    hash.update(`${path.slice(folder.length)}\n`);
    if (!lstatSync(path).isFile()) {
      hash.update('no file\n');
      continue;
    }
    const file = openSync(path, 'r');
    try {
      for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
        hash.update(chunk.subarray(0, read));
      }
    } finally {
      closeSync(file);
    }
  }
  return hash.digest('hex');
}
