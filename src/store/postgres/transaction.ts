/** One transaction: lock, read what changed, write, commit. Few round trips, since each is a way through a network. */

import { randomUUID } from 'node:crypto';
import type { ClientBase, QueryResult } from 'pg';
import type { AgentRecord } from '../../core/agent';
import type { Message } from '../../core/message';
import type { StorePart } from '../store';
import type { ActiveList, ActiveRow } from './activeList';
import type { Namespace } from './namespace';
import { CHANNEL, payload } from './notification';
import type { Opened, Writes } from './session';

/** Of all advisory locks of a database, ours: the second number is the namespace's. */
const LOCK_CLASS = 0x61_67_72_76;

/** What the callers of a batch want to know before they decide. */
export interface Needs {
  readonly active: boolean;
  readonly agents: readonly string[];
  readonly messages: readonly string[];
}

interface NamespaceRow {
  readonly version: string;
  readonly fence: string;
  readonly seq: string;
  readonly now: string;
}

/** Numbers only ever come into a statement that was checked to be numbers; all else goes as a parameter. */
function digits(number: number): string {
  if (!Number.isSafeInteger(number)) {
    throw new Error(`${number} is no whole number.`);
  }
  return String(number);
}

/** The rows that have changed since what is known, or all that are active. */
export function activeSql(id: number, since: number): string {
  return since < 0
    ? `select seq, record from agent_reservations.reservation
       where namespace_id = ${digits(id)} and state = 'active' order by seq`
    : `select seq, case when state = 'active' then record end as record from agent_reservations.reservation
       where namespace_id = ${digits(id)} and changed > ${digits(since)} order by seq`;
}

/** Begins, waits for the lock, and reads. The clock is asked once the lock is held. */
export async function open(
  client: ClientBase,
  namespace: Namespace,
  list: ActiveList,
  needs: Needs,
  lockMs: number,
): Promise<Opened> {
  const id = await namespace.ensure(client);
  const since = list.version;
  const results = await statements(client, [
    'begin',
    `set local lock_timeout = ${digits(Math.max(1, Math.floor(lockMs)))}`,
    `select pg_advisory_xact_lock(${LOCK_CLASS}, ${digits(id)})`,
    `select version, fence, seq, floor(extract(epoch from clock_timestamp()) * 1000) as now
       from agent_reservations.namespace where namespace_id = ${digits(id)}`,
    ...(needs.active ? [activeSql(id, since)] : []),
  ]);
  const row = results[3]?.rows[0] as NamespaceRow | undefined;
  if (!row) {
    namespace.forget();
    throw new Error('The namespace has gone away.');
  }
  const version = Number(row.version);
  if (needs.active && !list.read(version, since, (results[4]?.rows ?? []) as ActiveRow[])) {
    list.read(version, -1, (await client.query<ActiveRow>(activeSql(id, -1))).rows);
  }
  return {
    now: new Date(Number(row.now)),
    version,
    fence: Number(row.fence),
    seq: Number(row.seq),
    active: needs.active ? list.records.records : [],
    agents: await byId<AgentRecord>(client, 'agent', id, needs.agents),
    messages: await byId<Message>(client, 'message', id, needs.messages),
  };
}

/** The active rows as they are, without a lock. */
export async function readActive(client: ClientBase, id: number, list: ActiveList): Promise<void> {
  const since = list.version;
  const results = await statements(client, [
    'begin isolation level repeatable read read only',
    `select version from agent_reservations.namespace where namespace_id = ${digits(id)}`,
    activeSql(id, since),
    'commit',
  ]);
  const version = Number((results[1]?.rows[0] as { version: string } | undefined)?.version ?? 0);
  if (!list.read(version, since, (results[2]?.rows ?? []) as ActiveRow[])) {
    await readActive(client, id, list);
  }
}

/** By what they write, the parts of the one statement that writes; `$a` and `$b` stand for their two lists. */
const PARTS = {
  updated: `update agent_reservations.reservation as row
  set record = one.record, changed = $2, expires_at = (one.record ->> 'expires_at')::timestamptz,
    closed_at = case when one.record ->> 'state' <> 'active'
      then coalesce(one.record ->> 'released_at', one.record ->> 'expires_at')::timestamptz end
  from unnest($a::bigint[], $b::json[]) as one (seq, record)
  where row.namespace_id = $1 and row.seq = one.seq
  returning 1`,
  inserted: `insert into agent_reservations.reservation (namespace_id, seq, changed, record, expires_at, closed_at)
  select $1, one.seq, $2, one.record, (one.record ->> 'expires_at')::timestamptz,
    case when one.record ->> 'state' <> 'active'
      then coalesce(one.record ->> 'released_at', one.record ->> 'expires_at')::timestamptz end
  from unnest($a::bigint[], $b::json[]) as one (seq, record)`,
  agents: `insert into agent_reservations.agent (namespace_id, agent_id, record)
  select $1, one.id, one.record from unnest($a::text[], $b::json[]) as one (id, record)
  on conflict (namespace_id, agent_id) do update set record = excluded.record`,
  messages: `update agent_reservations.message as message
  set record = one.record, acked_at = (one.record ->> 'acked_at')::timestamptz
  from unnest($a::text[], $b::json[]) as one (id, record)
  where message.namespace_id = $1 and message.message_id = one.id`,
  delivered: `insert into agent_reservations.message (namespace_id, message_id, record, created_at, acked_at)
  select $1, one.id, one.record, (one.record ->> 'created_at')::timestamptz, (one.record ->> 'acked_at')::timestamptz
  from unnest($a::text[], $b::json[]) as one (id, record)
  on conflict do nothing`,
};

type Part = readonly [name: keyof typeof PARTS, keys: readonly unknown[], records: readonly string[]];

/** Of what there is to write alone: to begin with what has nothing to do takes the server as long as the rest. */
function writeStatement(parts: readonly Part[]): { readonly name: string; readonly text: string } {
  const names = parts.map(([name]) => name);
  const clauses = names.map((name, index) => {
    const first = COMMON_VALUES + 1 + 2 * index;
    return `${name} as (${PARTS[name].replace('$a', `$${first}`).replace('$b', `$${first + 1}`)})`;
  });
  const text = `
with made as (
  insert into agent_reservations.commit_made (namespace_id, slot, version, token) values ($1, $2 % 10000, $2, $7)
  on conflict (namespace_id, slot) do update set version = excluded.version, token = excluded.token
), ${clauses.join(', ')}
update agent_reservations.namespace set version = $2, fence = $3, seq = $4
where namespace_id = $1 and version = $5
returning txid_current()::text as transaction, pg_backend_pid() as process,
  ${names.includes('updated') ? '(select count(*) from updated)::int' : '0'} as updated, pg_notify('${CHANNEL}', $6)`;
  // By first letters: the server knows only the first 63 bytes of a name.
  return { name: `agent_reservations write ${names.map(([letter]) => letter).join('')}`, text };
}

/** How many values come before those of the parts. */
const COMMON_VALUES = 7;

export interface Wrote {
  readonly namespace: number;
  /** The version that the commit makes, and what tells it from another that makes the same one. */
  readonly version: number;
  readonly token: string;
  /** The numbers of the transaction and of the server's process, for as long as they are at work. */
  readonly transaction: string;
  readonly process: number;
}

/** Writes, and has the commit told to those who listen. Nothing of it holds before the commit. */
export async function write(
  client: ClientBase,
  namespace: Namespace,
  { version }: Opened,
  fence: number,
  writes: Writes,
): Promise<Wrote> {
  const { updated, inserted, agents, messages, delivered, seq } = writes;
  const id = await namespace.ensure(client);
  const token = randomUUID();
  const all: readonly Part[] = [
    ['updated', updated.map((one) => one.seq), updated.map((one) => one.json)],
    ['inserted', inserted.map((one) => one.seq), inserted.map((one) => one.json)],
    ['agents', [...agents.keys()], [...agents.values()]],
    ['messages', [...messages.keys()], [...messages.values()]],
    ['delivered', [...delivered.keys()], [...delivered.values()]],
  ];
  const parts = all.filter(([, keys]) => keys.length > 0);
  const { rows } = await client.query<Pick<Wrote, 'transaction' | 'process'> & { updated: number }>({
    ...writeStatement(parts),
    values: [
      id,
      version + 1,
      fence,
      seq,
      version,
      payload(namespace, partsOf(writes)),
      token,
      ...parts.flatMap(([, keys, records]) => [keys, records]),
    ],
  });
  const [wrote] = rows;
  if (wrote?.updated !== updated.length) {
    // Only who does not take the lock can have changed it meanwhile.
    throw Object.assign(new Error('The namespace was changed by a client that does not hold the lock.'), {
      code: '40001',
      severity: 'ERROR',
    });
  }
  return { ...wrote, namespace: id, version: version + 1, token };
}

function partsOf({ updated, inserted, agents, messages, delivered }: Writes): ReadonlySet<StorePart> {
  const parts = new Set<StorePart>();
  if (updated.length + inserted.length > 0) {
    parts.add('reservations');
  }
  if (messages.size + delivered.size > 0) {
    parts.add('messages');
  }
  if (agents.size > 0) {
    parts.add('agents');
  }
  return parts;
}

async function byId<R>(
  client: ClientBase,
  table: 'agent' | 'message',
  id: number,
  ids: readonly string[],
): Promise<ReadonlyMap<string, R>> {
  if (ids.length === 0) {
    return new Map();
  }
  const { rows } = await client.query<{ id: string; record: R }>({
    name: `agent_reservations ${table}s by id`,
    text: `select ${table}_id as id, record from agent_reservations.${table}
      where namespace_id = $1 and ${table}_id = any($2)`,
    values: [id, ids],
  });
  return new Map(rows.map(({ id: one, record }) => [one, record]));
}

/** Several statements in one way to the server and back. */
async function statements(client: ClientBase, all: readonly string[]): Promise<readonly QueryResult[]> {
  return (await client.query(all.join('; '))) as unknown as readonly QueryResult[];
}
