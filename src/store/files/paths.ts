/** Where the files of a store are. The layout is beadboard's; see docs/architecture.md. */

import { promises } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isAgentId } from '../../core/agent';
import { isMessageId } from '../../core/message';
import { asProblem, errno } from '../problem';

const RECORD_ENDING = '.json';

export interface StorePaths {
  readonly root: string;
  readonly agents: string;
  readonly messages: string;
  readonly messageIndex: string;
  /** Ours alone: what is being sent. */
  readonly outbox: string;
  readonly reservations: string;
  readonly active: string;
  readonly history: string;
  readonly lock: string;
  /** Ours alone; beadboard does not look at it. */
  readonly journal: string;
}

/**
 * The root that beadboard uses: `.beadboard/agent` in the home folder, on every operating system.
 * USERPROFILE goes first, as in the seed, also where it is not Windows.
 */
export function defaultRoot(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['USERPROFILE']?.trim() || homedir(), '.beadboard', 'agent');
}

export function storePaths(root: string): StorePaths {
  const messages = join(root, 'messages');
  const reservations = join(root, 'reservations');
  return {
    root,
    agents: join(root, 'agents'),
    messages,
    messageIndex: join(messages, 'index'),
    outbox: join(messages, '.outbox'),
    reservations,
    active: join(reservations, 'active.json'),
    history: join(reservations, 'history.jsonl'),
    lock: join(reservations, '.lock'),
    journal: join(reservations, '.journal'),
  };
}

/** @throws Error for an id that is not one: callers check first, so this is a fault of ours, not of the input. */
export function agentFile(paths: StorePaths, id: string): string {
  return join(paths.agents, `${checked(id, isAgentId)}.json`);
}

export function inboxFile(paths: StorePaths, agent: string): string {
  return join(paths.messages, `${checked(agent, isAgentId)}.jsonl`);
}

/** A colon is allowed in a message id but not in a file name on Windows, where such a message cannot exist. */
export function messageFile(paths: StorePaths, id: string): string {
  return join(paths.messageIndex, `${checked(id, isMessageId)}.json`);
}

/** The ids that the names of a folder's record files stand for; none where there is no such folder. @throws StoreProblem */
export async function recordIds(folder: string, isId: (id: string) => boolean): Promise<string[]> {
  try {
    const names = await promises.readdir(folder);
    const ids: string[] = [];
    for (const name of names) {
      const id = name.slice(0, -RECORD_ENDING.length);
      if (name.endsWith(RECORD_ENDING) && isId(id)) {
        ids.push(id);
      }
    }
    return ids;
  } catch (error) {
    if (errno(error) === 'ENOENT') {
      return [];
    }
    throw asProblem(error, folder, 'read');
  }
}

function checked(id: string, isSafe: (id: string) => boolean): string {
  if (!isSafe(id)) {
    throw new Error(`Refusing to build a path from the unchecked id ${JSON.stringify(id)}.`);
  }
  return id;
}
