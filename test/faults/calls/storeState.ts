/** What is on disk, read without any of the product's code, which is under test. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentRecord } from '../../../src/core/agent';
import type { Message } from '../../../src/core/message';
import type { Reservation } from '../../../src/core/reservation';
import { FILES } from '../../support/storeFiles';
import { isKeptReady } from '../../support/tempFolder';

export interface StoreState {
  readonly active: readonly Reservation[];
  readonly history: readonly Reservation[];
  /** By id. */
  readonly agents: ReadonlyMap<string, AgentRecord>;
  readonly messages: ReadonlyMap<string, Message>;
  /** Messages as they were sent, by recipient. */
  readonly streams: ReadonlyMap<string, readonly Message[]>;
  /** Files that must be whole at all times, and are not. */
  readonly unreadable: readonly string[];
  /** Lines of history and streams that are cut short, which readers pass over. */
  readonly tornLines: number;
  /** Temporary, ready and break files, and a lock. */
  readonly leftovers: readonly string[];
}

export function readState(root: string): StoreState {
  const unreadable: string[] = [];
  let tornLines = 0;

  function whole(name: string): unknown {
    try {
      return JSON.parse(readFileSync(join(root, name), 'utf8'));
    } catch (error) {
      unreadable.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  function lines<R>(name: string): R[] {
    const path = join(root, name);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    return text.split('\n').flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as R];
      } catch {
        tornLines++;
        return [];
      }
    });
  }

  function records<R>(folder: string, idOf: (record: R) => string): Map<string, R> {
    const found = new Map<string, R>();
    for (const name of namesIn(join(root, folder)).filter((each) => each.endsWith('.json'))) {
      const record = whole(`${folder}/${name}`) as R | undefined;
      if (record && `${idOf(record)}.json` !== name) {
        unreadable.push(`${folder}/${name}: holds the record of ${idOf(record)}`);
      } else if (record) {
        found.set(idOf(record), record);
      }
    }
    return found;
  }

  const names = readdirSyncBelow(root);
  const streams = namesIn(join(root, 'messages')).filter((name) => name.endsWith('.jsonl'));
  return {
    active: existsSync(join(root, FILES.active)) ? entriesOf(whole(FILES.active)) : [],
    history: lines(FILES.history),
    agents: records<AgentRecord>('agents', (record) => record.agent_id),
    messages: records<Message>('messages/index', (record) => record.message_id),
    streams: new Map(streams.map((name) => [name.slice(0, -'.jsonl'.length), lines<Message>(`messages/${name}`)])),
    unreadable,
    get tornLines() {
      return tornLines;
    },
    leftovers: names.filter((name) => /\.(tmp|ready)$|\.break\.|\.lock$/.test(name) && !isKeptReady(name)),
  };
}

function entriesOf(file: unknown): readonly Reservation[] {
  return (file as { reservations?: readonly Reservation[] } | undefined)?.reservations ?? [];
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function readdirSyncBelow(root: string): string[] {
  return existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }) : [];
}
