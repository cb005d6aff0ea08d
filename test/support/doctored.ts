/** A store that nothing is wrong with, for tests to spoil, and a doctor for it. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import type { Finding, FindingKind } from '../../src/store/finding';
import { grantedData } from './outcomes';
import { seedStore } from './storeFiles';

export const HOUR_MS = 3_600_000;
/** What statfs answers for ext4. */
const LOCAL_DISK = 0xef53;

/** A store with agents `agent-a` and `agent-b`, everything in it for this user only. */
export function soundStore(root: string, active: readonly object[] = []): string {
  seedStore(root, { active });
  close(root);
  return root;
}

export function storeOf(root: string, fileSystem = LOCAL_DISK): FileStore {
  return new FileStore(root, { fileSystemType: () => Promise.resolve(fileSystem) });
}

export function doctorOf(root: string): Coordination {
  return createCoordination(storeOf(root), { random: () => randomHex(4) });
}

/** Writes a file of the store, for this user only; answers its path. */
export function plant(root: string, name: string, content: string | Buffer, ageMs = 0): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode: 0o600 });
  age(path, ageMs);
  return path;
}

export function age(path: string, ageMs: number): void {
  const then = new Date(Date.now() - ageMs);
  utimesSync(path, then, then);
}

/** The pid of a process that has ended. */
export function endedPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

/** The one finding of that kind. */
export function only(findings: readonly Finding[], kind: FindingKind): Finding {
  const found = findings.filter((finding) => finding.kind === kind);
  assert.equal(found.length, 1, `${kind} in ${JSON.stringify(findings)}`);
  return found[0] as Finding;
}

export async function diagnosed(root: string): Promise<readonly Finding[]> {
  return grantedData(await doctorOf(root).doctor()).findings;
}

function close(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      close(path);
    } else {
      chmodSync(path, 0o600);
    }
  }
}
