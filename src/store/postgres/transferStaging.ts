/** Temporary tables of one connection, for what is taken over and may be too much for a statement or for memory. */

import type { ClientBase } from 'pg';
import type { Reservation } from '../../core/reservation';
import { StoreProblem } from '../problem';
import { storable } from './text';

export interface StagedReservation {
  /** Its line in the file, from 1. */
  readonly line: number;
  readonly entry: Reservation;
}

/** Ids are indexed whole, and an entry of an index has a limit. */
const LONGEST_ID = 500;

export const TEMPORARY = `
create temporary table staged_closed (line bigint not null, record json not null,
  reservation_id text not null generated always as (record ->> 'reservation_id') stored,
  scope text not null generated always as (record ->> 'scope') stored,
  created_at text not null generated always as (record ->> 'created_at') stored,
  state text not null generated always as (record ->> 'state') stored);
create temporary table staged_message (line bigint not null, record json not null,
  message_id text not null generated always as (record ->> 'message_id') stored)`;

const rank = (record: string) => `case ${record} ->> 'state' when 'acked' then 2 when 'read' then 1 else 0 end`;
const isOther = (one: string, other: string) =>
  ['from_agent', 'to_agent', 'created_at']
    .map((field) => `${one} ->> '${field}' is distinct from ${other} ->> '${field}'`)
    .join(' or ');

/** A reservation is one by its id, scope and time of making; of a file that closes it in two ways, both are kept. */
export const CLOSED = {
  table: 'pg_temp.staged_closed',
  /** $1 the namespace, $2 the number of the last row, $3 the version. */
  take: `
insert into agent_reservations.reservation (namespace_id, seq, changed, record, expires_at, closed_at)
select $1::integer, $2::bigint + row_number() over (order by line), $3::bigint, record,
  (record ->> 'expires_at')::timestamptz, coalesce(record ->> 'released_at', record ->> 'expires_at')::timestamptz
from (
  select distinct on (reservation_id, scope, created_at, state) * from pg_temp.staged_closed
  order by reservation_id, scope, created_at, state, line
) as staged
where not exists (
  select from agent_reservations.reservation as row
  where row.namespace_id = $1 and row.reservation_id = staged.reservation_id and row.scope = staged.scope
    and row.record ->> 'created_at' = staged.created_at
)`,
} as const;

/** What has been read or acknowledged stays so, wherever that was. */
export const MESSAGES = {
  table: 'pg_temp.staged_message',
  /** $1 the namespace. */
  strange: `
select staged.message_id as id from pg_temp.staged_message as staged
join agent_reservations.message as row on row.namespace_id = $1 and row.message_id = staged.message_id
where ${isOther('staged.record', 'row.record')}`,
  take: `
insert into agent_reservations.message as row (namespace_id, message_id, record, created_at, acked_at)
select distinct on (message_id) $1::integer, message_id, record, (record ->> 'created_at')::timestamptz,
  (record ->> 'acked_at')::timestamptz
from pg_temp.staged_message order by message_id
on conflict (namespace_id, message_id) do update set record = excluded.record, acked_at = excluded.acked_at
where ${rank('excluded.record')} > ${rank('row.record')} and not (${isOther('excluded.record', 'row.record')})
returning (xmax = 0) as added`,
} as const;

/** Answers how many were put there. */
export async function addStaged(
  client: ClientBase,
  { table }: { readonly table: string },
  records: readonly { readonly line: number; readonly record: object }[],
): Promise<number> {
  if (records.length > 0) {
    await client.query(`insert into ${table} (line, record) select * from unnest($1::bigint[], $2::json[])`, [
      records.map(({ line }) => line),
      records.map(({ record }) => JSON.stringify(record)),
    ]);
  }
  return records.length;
}

/** Why the server could not keep a record that a file can; undefined where it can. */
export function whyNotStorable(record: object): string | undefined {
  try {
    storable(record, 'the server');
  } catch (error) {
    if (error instanceof StoreProblem) {
      return error.message;
    }
    throw error;
  }
  for (const [field, value] of Object.entries(record)) {
    if (/_at$/.test(field) && typeof value === 'string' && !isServersTime(value)) {
      return `its ${field} is no time of the calendar`;
    }
    if (field === 'message_id' && String(value).length > LONGEST_ID) {
      return `its id is longer than ${LONGEST_ID} characters`;
    }
  }
  return undefined;
}

/** JavaScript takes the 30th of February for a day of March, and knows the year 0. */
function isServersTime(text: string): boolean {
  const [, year = 0, month = 0, day = 0, zone = 0] =
    /^(\d{4})-(\d\d)-(\d\d)T.*?(?:Z|[+-](\d\d):[0-5]\d)?$/.exec(text)?.map(Number) ?? [];
  const date = new Date(Date.UTC(year, month - 1, day));
  return year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day && !(zone > 15);
}
