/**
 * The history of a namespace from a moment on: first what is there, by the index of when it was closed, page by page; from
 * then on what later commits have closed, by the index of what they changed.
 */

import type { ClientBase } from 'pg';
import type { Reservation } from '../../core/reservation';
import { misfit, reservationSchema } from '../files/schema';
import type { ClosedPiece } from '../store';
import { earliest } from './reading';

const PAGE = 2_000;

interface Row {
  readonly record: unknown;
  readonly closed: string;
  readonly seq: string;
}

export class HistoryRowsReading {
  /** What commits up to this version have closed is answered, or is being answered. */
  private version: string | undefined;
  /** Where the next page begins; undefined for the first one. */
  private last: Row | undefined;
  private isFollowing = false;

  constructor(private readonly since: Date) {}

  async next(client: ClientBase, id: number): Promise<ClosedPiece> {
    return this.isFollowing ? await this.follow(client, id) : await this.readPage(client, id);
  }

  private async readPage(client: ClientBase, id: number): Promise<ClosedPiece> {
    this.version ??= await versionOf(client, id);
    const { last } = this;
    const { rows }: { rows: Row[] } = await client.query<Row>({
      name: `agent_reservations history ${last ? 'on' : 'first'}`,
      text: `select record, closed_at::text as closed, seq from agent_reservations.reservation
        where namespace_id = $1 and state <> 'active' and closed_at >= $2 and changed <= $3
          ${last ? 'and (closed_at, seq) > ($5::timestamptz, $6::bigint)' : ''}
        order by closed_at, seq limit $4`,
      values: [id, earliest(this.since), this.version, PAGE, ...(last ? [last.closed, last.seq] : [])],
    });
    this.last = rows.at(-1) ?? last;
    this.isFollowing = rows.length < PAGE;
    return { closed: entriesOf(rows), isLast: this.isFollowing, isAnew: false };
  }

  private async follow(client: ClientBase, id: number): Promise<ClosedPiece> {
    const version = await versionOf(client, id);
    if (version === this.version) {
      return { closed: [], isLast: true, isAnew: false };
    }
    const { rows } = await client.query<Row>({
      name: 'agent_reservations history since',
      text: `select record, closed_at::text as closed, seq from agent_reservations.reservation
        where namespace_id = $1 and changed > $3 and changed <= $4 and state <> 'active' and closed_at >= $2
        order by changed, seq`,
      values: [id, earliest(this.since), this.version, version],
    });
    this.version = version;
    return { closed: entriesOf(rows), isLast: true, isAnew: false };
  }
}

async function versionOf(client: ClientBase, id: number): Promise<string> {
  const { rows } = await client.query<{ version: string }>({
    name: 'agent_reservations version',
    text: 'select version from agent_reservations.namespace where namespace_id = $1',
    values: [id],
  });
  return rows[0]?.version ?? '0';
}

function entriesOf(rows: readonly Row[]): readonly Reservation[] {
  return rows
    .map(({ record }) => record as Reservation)
    .filter((record) => misfit(reservationSchema, record) === undefined);
}
