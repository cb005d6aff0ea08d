/** What is read beside the active reservations. No lock is taken, and each is one statement. */

import type { ClientBase } from 'pg';
import type { Message } from '../../core/message';
import type { Reservation } from '../../core/reservation';
import { messageSchema, misfit, reservationSchema } from '../files/schema';
import { StoreProblem } from '../problem';
import type { Enough, Records } from '../store';

/** The first page of the history, and the following ones. */
const PAGES = [200, 2_000];
/** Conflicts are held against somebody for a day, and more than this nobody makes of them. */
const RECENT = 300;

interface ClosedRow {
  readonly record: unknown;
  /** When: its name is another than the column's, by which the rows are to be ordered. */
  readonly closed: string;
  readonly seq: string;
}

/** Newest first, page by page, until there is enough. */
export async function readClosed(
  client: ClientBase,
  id: number,
  since: Date,
  enough?: Enough,
): Promise<readonly Reservation[]> {
  const closed: Reservation[] = [];
  let found = 0;
  let last: ClosedRow | undefined;
  for (let page = 0; ; page++) {
    const limit = PAGES[Math.min(page, PAGES.length - 1)] ?? 0;
    const { rows }: { rows: ClosedRow[] } = await client.query<ClosedRow>({
      name: `agent_reservations closed ${last ? 'on' : 'first'}`,
      text: `select record, closed_at::text as closed, seq from agent_reservations.reservation
        where namespace_id = $1 and state <> 'active' and closed_at >= $2
          ${last ? 'and (closed_at, seq) < ($4::timestamptz, $5::bigint)' : ''}
        order by closed_at desc, seq desc limit $3`,
      values: [id, earliest(since), limit, ...(last ? [last.closed, last.seq] : [])],
    });
    for (const { record } of rows) {
      if (misfit(reservationSchema, record) === undefined) {
        closed.push(record as Reservation);
        found += enough?.matches(record as Reservation) === true ? 1 : 0;
        if (found === enough?.count) {
          return closed;
        }
      }
    }
    last = rows.at(-1);
    if (rows.length < limit) {
      return closed;
    }
  }
}

/**
 * As holder, or as one who waited; newest first, each at most so many. What it held itself only matters beside what it has
 * waited for, and most agents have waited for nothing: theirs is not read, which is the most of it.
 */
export async function readRecentlyClosed(
  client: ClientBase,
  id: number,
  agent: string,
): Promise<readonly Reservation[]> {
  const { rows } = await client.query<{ record: Reservation }>({
    name: 'agent_reservations recently closed',
    text: `with waited as materialized (
        select record, closed_at, seq from (
          select record, closed_at, seq, agent_id from agent_reservations.reservation
          where namespace_id = $1 and state <> 'active' and json_typeof(record -> 'waiting') = 'array'
          order by closed_at desc, seq desc limit $3) as recent
        where agent_id <> $2
          and exists (select from json_array_elements(record -> 'waiting') as one where one ->> 'agent_id' = $2)
      )
      select record, closed_at, seq from waited
      union all
      (select record, closed_at, seq from agent_reservations.reservation
        where namespace_id = $1 and state <> 'active' and agent_id = $2 and exists (select from waited)
        order by closed_at desc, seq desc limit $3)
      order by closed_at desc, seq desc`,
    values: [id, agent, RECENT],
  });
  return rows.map(({ record }) => record).filter((record) => misfit(reservationSchema, record) === undefined);
}

/** All messages to an agent, those of them that a view shows, or all that wait for an acknowledgement. */
export type Which = { readonly to: string } | { readonly lettersTo: string } | 'open';

/** Of the messages that a view shows: those that wait for something first, then the newest. */
const MOST_LETTERS = 1_000;

function whichSql(which: Which): { readonly name: string; readonly where: string; readonly values: readonly string[] } {
  if (which === 'open') {
    return { name: 'open', where: 'is_open', values: [] };
  }
  if ('to' in which) {
    return { name: 'to', where: 'to_agent = $2', values: [which.to] };
  }
  const where = `to_agent = $2
        order by (is_open or record ->> 'state' = 'unread') desc, created_at desc limit ${MOST_LETTERS}`;
  return { name: 'letters', where, values: [which.lettersTo] };
}

export async function readMessages(
  client: ClientBase,
  id: number,
  which: Which,
  place: string,
): Promise<Records<Message>> {
  const { name, where, values } = whichSql(which);
  const { rows } = await client.query<{ id: string; record: unknown }>({
    name: `agent_reservations messages ${name}`,
    text: `select message_id as id, record from agent_reservations.message where namespace_id = $1 and ${where}`,
    values: [id, ...values],
  });
  const problems: StoreProblem[] = [];
  const records: Message[] = [];
  for (const { id: message, record } of rows) {
    const reason = misfit(messageSchema, record);
    if (reason === undefined) {
      records.push(record as Message);
    } else {
      problems.push(
        new StoreProblem(
          'BAD_ENTRY',
          place,
          `The message ${message} in ${place} is wrong (${reason}); it is passed over.`,
          {
            facts: { entry: message, reason, message },
          },
        ),
      );
    }
  }
  return { records, problems };
}

/** Agents or messages as they are: the one of that id, or all. */
export async function readRecords<R>(
  client: ClientBase,
  table: 'agent' | 'message',
  id: number,
  one?: string,
): Promise<readonly R[]> {
  const { rows } = await client.query<{ record: R }>({
    name: `agent_reservations ${table} ${one === undefined ? 'all' : 'one'}`,
    text: `select record from agent_reservations.${table}
      where namespace_id = $1 ${one === undefined ? '' : `and ${table}_id = $2`} order by ${table}_id`,
    values: one === undefined ? [id] : [id, one],
  });
  return rows.map(({ record }) => record);
}

/** PostgreSQL's times begin later than those of JavaScript. */
export function earliest(since: Date): Date {
  return new Date(Math.max(since.getTime(), -200_000_000_000_000));
}
