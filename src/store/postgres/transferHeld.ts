/** What becomes of the reservations that are held, in the files or there: decided under the lock. */

import type { ClientBase } from 'pg';
import { isRenewedLater } from '../../core/renew';
import { asExpired, isExpired, projectOf, type Reservation } from '../../core/reservation';
import { instant } from '../../core/time';
import { mergedWaiters } from '../../core/waiting';
import { identity } from '../files/recovery';
import type { ActiveList } from './activeList';
import type { Opened } from './session';
import type { Tally } from './transferImport';
import type { LeftOut } from './transferSource';

export interface Decided {
  /** Rows that are there and change. */
  readonly updated: readonly { readonly seq: number; readonly entry: Reservation }[];
  /** New ones: active, or over where they would be in the way. */
  readonly inserted: readonly Reservation[];
  readonly tally: Tally;
  /** How many of the updated ones the history of the files has closed. */
  readonly closings: number;
  readonly leftOut: readonly LeftOut[];
}

const BY_IDENTITY = `
  from unnest($1::text[], $2::text[], $3::text[]) as wanted (reservation_id, scope, created_at)
  join`;

/**
 * @param held active entries of the files, with the projects' shared names; their history is staged already
 */
export async function decideHeld(
  client: ClientBase,
  namespace: number,
  opened: Opened,
  list: ActiveList,
  held: readonly Reservation[],
): Promise<Decided> {
  const there = new Map(opened.active.map((entry) => [identity(entry), entry]));
  const updates = new Map<string, Reservation>();
  const closings = await closedInFiles(client, [...opened.active, ...held]);
  for (const [key, entry] of there) {
    const closing = closings.get(key);
    if (closing && !isOutlived(closing, entry)) {
      updates.set(key, closing);
    }
  }
  const closed = updates.size;
  const over = await closedThere(client, namespace, held);
  const standing = new Map<string, Reservation>();
  for (const [key, entry] of there) {
    if (!updates.has(key)) {
      standing.set(exact(entry), entry);
    }
  }
  const inserted: Reservation[] = [];
  const leftOut: LeftOut[] = [];
  let [added, updated, kept] = [0, 0, 0];
  for (const entry of held) {
    const key = identity(entry);
    const same = there.get(key);
    const closing = closings.get(key);
    if ((closing && !isOutlived(closing, entry)) || over.has(key) || updates.has(key)) {
      kept++;
    } else if (same) {
      const merged = newest(same, entry);
      if (merged !== same) {
        updates.set(key, merged);
      }
      updated += merged === same ? 0 : 1;
      kept += merged === same ? 1 : 0;
    } else {
      const other = standing.get(exact(entry));
      const isOver = isExpired(entry, opened.now);
      if (other && there.has(identity(other)) && isExpired(other, opened.now)) {
        updates.set(identity(other), asExpired(other));
      } else if (other && !isOver) {
        leftOut.push(inTheWay(entry, other));
        continue;
      }
      added++;
      inserted.push(other && isOver ? asExpired(entry) : entry);
      if (!(other && isOver)) {
        standing.set(exact(entry), entry);
      }
    }
  }
  return {
    updated: [...updates].map(([key, entry]) => ({ seq: seqOf(list, there.get(key)), entry })),
    inserted,
    tally: { added, updated, kept },
    closings: closed,
    leftOut,
  };
}

/** What the files' history says of these, by identity; that it was released rather than that it expired. */
async function closedInFiles(
  client: ClientBase,
  entries: readonly Reservation[],
): Promise<ReadonlyMap<string, Reservation>> {
  const { rows } = await client.query<{ record: Reservation }>(
    `select staged.record ${BY_IDENTITY} pg_temp.staged_closed as staged using (reservation_id, scope, created_at)
     order by staged.state, staged.line desc`,
    columns(entries),
  );
  return new Map(rows.map(({ record }) => [identity(record), record]));
}

/** Which of these are over there. */
async function closedThere(
  client: ClientBase,
  namespace: number,
  entries: readonly Reservation[],
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ record: Reservation }>(
    `select row.record ${BY_IDENTITY} agent_reservations.reservation as row
       on row.reservation_id = wanted.reservation_id and row.scope = wanted.scope
         and row.record ->> 'created_at' = wanted.created_at
     where row.namespace_id = $4 and row.state <> 'active'`,
    [...columns(entries), namespace],
  );
  return new Set(rows.map(({ record }) => identity(record)));
}

function columns(entries: readonly Reservation[]): string[][] {
  return [
    entries.map(({ reservation_id }) => reservation_id),
    entries.map(({ scope }) => scope),
    entries.map(({ created_at }) => created_at),
  ];
}

/** Whether the lease was renewed since: a sweep that went by an old reading closed it. */
function isOutlived(closing: Reservation, entry: Reservation): boolean {
  return closing.state === 'expired' && instant(entry.expires_at) > instant(closing.expires_at);
}

/** What is there, with what the files know better; the very entry where that is nothing. */
function newest(there: Reservation, entry: Reservation): Reservation {
  const lasting = isRenewedLater(entry, there) ? { ...there, ...entry } : there;
  const waiting = mergedWaiters(there, entry);
  return waiting ? { ...lasting, waiting } : lasting;
}

/** Two of these at once are impossible. */
function exact(entry: Reservation): string {
  return JSON.stringify([projectOf(entry) ?? '', entry.scope]);
}

function inTheWay({ reservation_id, scope }: Reservation, other: Reservation): LeftOut {
  return {
    what: 'reservation',
    id: reservation_id,
    why: `${JSON.stringify(scope)} is held by ${other.agent_id} already (${other.reservation_id})`,
  };
}

function seqOf(list: ActiveList, entry: Reservation | undefined): number {
  const seq = entry && list.seqOf(entry);
  if (seq === undefined) {
    throw new Error('No row is known of a reservation that is there.');
  }
  return seq;
}
