/** Writing a namespace out as a file store: as it was at one moment, in an order that does not change. */

import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import type { ClientBase } from 'pg';
import { type AgentRecord, isAgentId } from '../../core/agent';
import { isMessageId, type Message } from '../../core/message';
import type { Reservation } from '../../core/reservation';
import { NO_ACTIVE_FILE, serializeActive } from '../files/active';
import { historyLine } from '../files/history';
import { fitting, toJson } from '../files/json';
import { agentFile, inboxFile, messageFile, type StorePaths, storePaths } from '../files/paths';
import { agentSchema, messageSchema, misfit, reservationSchema } from '../files/schema';
import { asProblem } from '../problem';
import type { Connections } from './connections';
import type { Namespace } from './namespace';
import type { LeftOut } from './transferSource';

const FILE = { mode: 0o600, flag: 'wx' } as const;
const FOLDER_MODE = 0o700;
const PAGE = 1_000;

export interface Exported {
  readonly namespace: string;
  readonly folder: string;
  readonly agents: number;
  readonly messages: number;
  readonly active: number;
  readonly history: number;
  /** Rows that are none of ours, as only SQL by hand leaves them. */
  readonly left_out: readonly LeftOut[];
}

/** Names the project of each entry by its folder here. */
type ToLocal = (entries: readonly Reservation[]) => Promise<readonly Reservation[]>;

/**
 * @param folder one that holds nothing of a store
 * @throws StoreProblem
 */
export function writeStore(
  connections: Connections,
  namespace: Namespace,
  folder: string,
  toLocal: ToLocal,
): Promise<Exported> {
  const paths = storePaths(folder);
  return connections.use(async (client) => {
    const id = (await namespace.find(client)) ?? -1;
    await client.query('begin isolation level repeatable read read only');
    try {
      for (const path of [paths.agents, paths.messages, paths.messageIndex, paths.reservations]) {
        mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
      }
      const left_out: LeftOut[] = [];
      const agents = await writeAgents(client, id, paths, left_out);
      const messages = await writeMessages(client, id, paths, left_out);
      const active = await writeActive(client, id, paths, toLocal, left_out);
      const history = await writeHistory(client, id, paths, toLocal, left_out);
      return { namespace: namespace.name, folder, agents, messages, active, history, left_out };
    } catch (error) {
      // The system's errors name what it could not do.
      throw error instanceof Error && 'syscall' in error && 'path' in error
        ? asProblem(error, folder, 'write to')
        : error;
    } finally {
      await client.query('rollback').catch(() => undefined);
    }
  });
}

async function writeAgents(client: ClientBase, id: number, paths: StorePaths, leftOut: LeftOut[]): Promise<number> {
  const { rows } = await client.query<{ id: string; record: AgentRecord }>(
    'select agent_id as id, record from agent_reservations.agent where namespace_id = $1 order by agent_id',
    [id],
  );
  const right = rows.filter(({ id: agent, record }) => {
    const why = isAgentId(agent) ? misfit(agentSchema, record) : 'it has no id of an agent';
    return isRight(leftOut, 'agent', agent, why);
  });
  for (const { id: agent, record } of right) {
    writeFileSync(agentFile(paths, agent), toJson(record), FILE);
  }
  return right.length;
}

interface Cursor {
  readonly at: string;
  readonly key: string;
}

/** The rows page by page, by a time and what tells those of one time apart. */
async function* pages<R>(
  client: ClientBase,
  id: number,
  { from, time, key }: { readonly from: string; readonly time: string; readonly key: string },
): AsyncGenerator<readonly (R & Cursor)[]> {
  for (let last: Cursor | undefined; ; ) {
    const { rows }: { rows: (R & Cursor)[] } = await client.query<R & Cursor>(
      `select record, ${time}::text as at, ${key}::text as key from agent_reservations.${from}
       ${last ? `and (${time}, ${key}) > ($3, $4)` : ''} order by ${time}, ${key} limit $2`,
      [id, PAGE, ...(last ? [last.at, last.key] : [])],
    );
    yield rows;
    last = rows.at(-1);
    if (rows.length < PAGE) {
      return;
    }
  }
}

async function writeMessages(client: ClientBase, id: number, paths: StorePaths, leftOut: LeftOut[]): Promise<number> {
  let count = 0;
  const all = { from: 'message where namespace_id = $1', time: 'created_at', key: 'message_id' };
  for await (const rows of pages<{ record: Message }>(client, id, all)) {
    const sent = new Map<string, string[]>();
    for (const { key, record } of rows) {
      const why = isMessageId(key) ? misfit(messageSchema, record) : 'it has no id of a message';
      if (!isRight(leftOut, 'message', key, why)) {
        continue;
      }
      count++;
      writeFileSync(messageFile(paths, key), toJson(record), FILE);
      const inbox = inboxFile(paths, record.to_agent);
      sent.set(inbox, [...(sent.get(inbox) ?? []), `${JSON.stringify(asSent(record))}\n`]);
    }
    for (const [inbox, lines] of sent) {
      appendFileSync(inbox, lines.join(''), { mode: FILE.mode });
    }
  }
  return count;
}

/** The inbox stream keeps each message as it was before anybody looked at it. */
function asSent(message: Message): Message {
  return { ...message, state: 'unread', read_at: null, acked_at: null };
}

async function writeActive(
  client: ClientBase,
  id: number,
  paths: StorePaths,
  toLocal: ToLocal,
  leftOut: LeftOut[],
): Promise<number> {
  const { rows } = await client.query<{ id: string; record: Reservation }>(
    `select reservation_id as id, record from agent_reservations.reservation
     where namespace_id = $1 and state = 'active' order by seq`,
    [id],
  );
  const right = rows.filter(({ id: one, record }) =>
    isRight(leftOut, 'reservation', one, misfit(reservationSchema, record)),
  );
  const entries = await toLocal(right.map(({ record }) => record));
  writeFileSync(paths.active, fitting(paths.active, serializeActive({ ...NO_ACTIVE_FILE, entries })), FILE);
  return entries.length;
}

async function writeHistory(
  client: ClientBase,
  id: number,
  paths: StorePaths,
  toLocal: ToLocal,
  leftOut: LeftOut[],
): Promise<number> {
  let count = 0;
  const file = openSync(paths.history, FILE.flag, FILE.mode);
  try {
    const closed = { from: "reservation where namespace_id = $1 and state <> 'active'", time: 'closed_at', key: 'seq' };
    for await (const rows of pages<{ record: Reservation }>(client, id, closed)) {
      const right = rows.filter(({ key, record }) =>
        isRight(leftOut, 'reservation', key, misfit(reservationSchema, record)),
      );
      count += right.length;
      const entries = await toLocal(right.map(({ record }) => record));
      appendFileSync(file, entries.map((entry) => `${historyLine(entry)}\n`).join(''));
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return count;
}

function isRight(leftOut: LeftOut[], what: LeftOut['what'], id: string, why: string | undefined): boolean {
  if (why !== undefined) {
    leftOut.push({ what, id, why });
  }
  return why === undefined;
}
