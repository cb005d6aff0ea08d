/**
 * A disk that forgets: of what was written since the last sync of a file, and of the names that changed since the last
 * sync of a folder, a power cut keeps any part. This is more than any real file system loses, so whatever holds here
 * holds on all of them.
 */

import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Event } from './recorder';

type Entry = { readonly folder: string } | { readonly file: File };
/** New names and old ones that go with them, all or nothing. */
interface Change {
  readonly set?: readonly [string, Entry];
  readonly remove?: string;
}
type Write = { readonly at: number; readonly bytes: Buffer } | { readonly size: number };

interface File {
  durable: Buffer;
  pending: Write[];
}

interface Folder {
  durable: Map<string, Entry>;
  pending: Change[];
}

/** What becomes of each thing that is not durable, asked in a fixed order. */
export interface Fate {
  /** Whether a name that was made, moved or removed is so on disk. */
  keepsName(): boolean;
  /** How much of a write is on disk: all, none, its first half, or its length only. */
  keepsWrite(): 'all' | 'none' | 'half' | 'zeros';
}

/** What survives: the content of each file, undefined for a folder, by path below the top. */
export type Survivors = ReadonlyMap<string, Buffer | undefined>;

export class ForgetfulDisk {
  private readonly folders = new Map<string, Folder>();
  private readonly open = new Map<number, Entry>();

  /** What is below `top` now is durable. */
  constructor(private readonly top: string) {
    this.load(top);
  }

  private load(path: string): void {
    const folder: Folder = { durable: new Map(), pending: [] };
    this.folders.set(path, folder);
    for (const name of readdirSync(path)) {
      const below = join(path, name);
      if (statSync(below).isDirectory()) {
        folder.durable.set(name, { folder: below });
        this.load(below);
      } else {
        folder.durable.set(name, { file: { durable: readFileSync(below), pending: [] } });
      }
    }
  }

  apply(event: Event): void {
    switch (event.do) {
      case 'mkdir':
        this.folders.set(event.path, { durable: new Map(), pending: [] });
        this.change(event.path, { set: [basename(event.path), { folder: event.path }] });
        break;
      case 'open':
        this.open.set(event.file, this.find(event.path) ?? this.create(event.path));
        break;
      case 'write':
        this.file(event.file).pending.push({ at: event.at, bytes: Buffer.from(event.bytes, 'base64') });
        break;
      case 'cut':
        this.file(event.file).pending.push({ size: event.size });
        break;
      case 'sync':
        this.sync(event.file);
        break;
      case 'rename':
      case 'link': {
        const entry = this.find(event.from);
        if (!entry || dirname(event.from) !== dirname(event.to)) {
          throw new Error(`the disk knows nothing of ${event.from}`);
        }
        const set = [basename(event.to), entry] as const;
        this.change(event.to, event.do === 'link' ? { set } : { set, remove: basename(event.from) });
        break;
      }
      case 'unlink':
        this.change(event.path, { remove: basename(event.path) });
        break;
      default:
    }
  }

  /** What a power cut leaves now. */
  survivors(fate: Fate): Survivors {
    const found = new Map<string, Buffer | undefined>();
    const visit = (path: string, shown: string) => {
      const folder = this.folder(path);
      const kept = folder.pending.filter(() => fate.keepsName());
      for (const [name, entry] of entriesAfter(folder.durable, kept)) {
        const below = join(shown, name);
        found.set(below, 'file' in entry ? contentAfter(entry.file, () => fate.keepsWrite()) : undefined);
        if ('folder' in entry) {
          visit(entry.folder, below);
        }
      }
    };
    visit(this.top, '');
    return found;
  }

  private create(path: string): Entry {
    const entry: Entry = { file: { durable: Buffer.alloc(0), pending: [] } };
    this.change(path, { set: [basename(path), entry] });
    return entry;
  }

  private find(path: string): Entry | undefined {
    if (this.folders.has(path)) {
      return { folder: path };
    }
    const { durable, pending } = this.folder(dirname(path));
    return entriesAfter(durable, pending).get(basename(path));
  }

  private change(path: string, change: Change): void {
    this.folder(dirname(path)).pending.push(change);
  }

  private sync(opened: number): void {
    const entry = this.open.get(opened);
    if (entry && 'folder' in entry) {
      const folder = this.folder(entry.folder);
      folder.durable = entriesAfter(folder.durable, folder.pending);
      folder.pending = [];
    } else {
      const file = this.file(opened);
      file.durable = contentAfter(file, () => 'all');
      file.pending = [];
    }
  }

  private file(opened: number): File {
    const entry = this.open.get(opened);
    if (!entry || !('file' in entry)) {
      throw new Error('the disk knows no such file');
    }
    return entry.file;
  }

  private folder(path: string): Folder {
    const folder = this.folders.get(path);
    if (!folder) {
      throw new Error(`the disk knows no folder ${path}`);
    }
    return folder;
  }
}

function entriesAfter(before: ReadonlyMap<string, Entry>, changes: readonly Change[]): Map<string, Entry> {
  const entries = new Map(before);
  for (const { set, remove } of changes) {
    if (remove !== undefined) {
      entries.delete(remove);
    }
    if (set) {
      entries.set(...set);
    }
  }
  return entries;
}

function contentAfter({ durable, pending }: File, fate: () => ReturnType<Fate['keepsWrite']>): Buffer {
  let content = durable;
  for (const write of pending) {
    const kept = fate();
    if (kept === 'none') {
      continue;
    }
    if ('size' in write) {
      content = resized(content, write.size);
    } else {
      const bytes = kept === 'half' ? write.bytes.subarray(0, write.bytes.length >> 1) : write.bytes;
      content = resized(content, Math.max(content.length, write.at + bytes.length));
      (kept === 'zeros' ? Buffer.alloc(bytes.length) : bytes).copy(content, write.at);
    }
  }
  return content;
}

function resized(content: Buffer, size: number): Buffer {
  const next = Buffer.alloc(size);
  content.copy(next);
  return next;
}

/** A machine that comes up again needs more than the 10 s for which a new lock is believed. */
const DOWN_SECONDS = 60;

/** Writes what has survived below `folder`, as it is found after the machine has come up again. */
export function materialise(survivors: Survivors, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const then = Date.now() / 1000 - DOWN_SECONDS;
  for (const [name, content] of survivors) {
    const path = join(folder, name);
    if (content === undefined) {
      mkdirSync(path, { recursive: true });
    } else {
      writeFileSync(path, ofAnotherBoot(content));
      utimesSync(path, then, then);
    }
  }
}

/** Names another boot as the owner's, where the machine has an id by which that can be told. */
function ofAnotherBoot(content: Buffer): Buffer {
  const text = content.toString('latin1');
  const changed = text.replace(/("machine":"[^"]+".*"boot":")[^"]+"/, '$1before-the-power-cut"');
  return changed === text ? content : Buffer.from(changed, 'latin1');
}
