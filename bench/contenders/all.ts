import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AGENT, type Contender, type Entry, entryFor, type Kind } from '../contender';
import { agentNow, fillServer } from '../postgres/fill';
import { bb } from './bb';
import { floor } from './floor';
import { lockfile } from './lockfile';
import { ours, oursOnServer } from './ours';
import { postgresFloor, prepareFloor } from './postgresFloor';
import { sqlite } from './sqlite';

/** `root` is a folder, or the address of a database. */
export function openContender(kind: Kind, root: string): Contender {
  switch (kind) {
    case 'ours':
      return ours(root);
    case 'bb':
      return bb(root);
    case 'lockfile':
      return lockfile(root);
    case 'sqliteFull':
      return sqlite(root, 'FULL');
    case 'sqliteNormal':
      return sqlite(root, 'NORMAL');
    case 'floor':
      return floor(root);
    case 'postgres':
      return oursOnServer(root);
    case 'postgresFloor':
      return postgresFloor(root, false);
    case 'postgresFloorLocked':
      return postgresFloor(root, true);
  }
}

/** Makes a store in which an agent is registered, and so many scopes are held. */
export async function prepare(kind: Kind, root: string, active: number): Promise<void> {
  const entries = Array.from({ length: active }, (_, index) => entryFor(`held/scope-${index}/**`));
  if (kind === 'sqliteFull' || kind === 'sqliteNormal') {
    await mkdir(root, { recursive: true });
    fill(root, entries);
    return;
  }
  if (kind === 'postgresFloor' || kind === 'postgresFloorLocked') {
    await prepareFloor(root, entries);
    return;
  }
  if (kind === 'postgres') {
    await fillServer(root, { active: entries });
    return;
  }
  const agent = agentNow();
  await mkdir(join(root, 'agents'), { recursive: true });
  await mkdir(join(root, 'reservations'), { recursive: true });
  await writeFile(join(root, 'agents', `${AGENT}.json`), `${JSON.stringify(agent, null, 2)}\n`);
  await writeFile(join(root, 'reservations', 'active.json'), `${JSON.stringify({ reservations: entries }, null, 2)}\n`);
}

function fill(root: string, entries: readonly Entry[]): void {
  const database = sqlite(root, 'NORMAL');
  database.fill(entries);
  database.close();
}
