/** Reads the tables with SQL alone, and holds them against what the clients were told: none of the product's code is used. */

import { Client } from 'pg';
import { FAILURES, type Told } from './told';

interface Row {
  readonly seq: string;
  readonly scope: string;
  readonly agent: string;
  readonly bead: string;
  readonly id: string;
  readonly state: string;
  readonly fence: string | null;
  readonly made: Date;
  readonly ended: Date | null;
}

export interface Verdict {
  readonly violations: readonly string[];
  readonly lost: readonly string[];
  readonly rows: number;
}

/** Of all calls of a namespace what they were told must be there, and nothing else. */
export async function judge(url: string, told: readonly Told[], namespace = 'default'): Promise<Verdict> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Row>(
      `select seq, record ->> 'scope' as scope, record ->> 'agent_id' as agent, record ->> 'bead_id' as bead,
         record ->> 'reservation_id' as id, record ->> 'state' as state, record ->> 'fence' as fence,
         (record ->> 'created_at')::timestamptz as made,
         case when state <> 'active' then coalesce(record ->> 'released_at', record ->> 'expires_at')::timestamptz end as ended
       from agent_reservations.reservation where namespace_id =
         (select namespace_id from agent_reservations.namespace where namespace = $1) order by seq::bigint`,
      [namespace],
    );
    const [{ now } = { now: new Date(0) }] = (await client.query<{ now: Date }>('select clock_timestamp() as now'))
      .rows;
    const problems = { violations: [...heldTwice(rows), ...fencesTwice(rows), ...atOtherTimes(rows, now)], lost: [] };
    return { ...against(rows, told, problems), rows: rows.length };
  } finally {
    await client.end();
  }
}

function against(
  rows: readonly Row[],
  told: readonly Told[],
  { violations, lost }: { violations: string[]; lost: string[] },
): Pick<Verdict, 'violations' | 'lost'> {
  const byBead = grouped(rows);
  const releases = grouped(told.filter(({ what }) => what === 'release'));
  for (const { what, bead, code, id } of told) {
    const [row, second] = byBead.get(bead) ?? [];
    if (what === 'release') {
      if (code === 'ok' && (row?.id !== id || row?.state !== 'released')) {
        lost.push(`the release of ${id} (${bead}), which is ${row?.state ?? 'not there'}`);
      }
      continue;
    }
    if (second) {
      violations.push(`${bead} was granted twice`);
    }
    if (code === 'ok' && row?.id !== id) {
      lost.push(`the grant of ${id} (${bead})`);
    }
    if (code !== 'ok' && code !== 'OUTCOME_UNKNOWN' && row) {
      violations.push(`${bead} was told ${code}, and is there`);
    }
    const ends = releases.get(bead) ?? [];
    if (row && row.state !== 'active' && !ends.some((end) => end.code === 'ok' || end.code === 'OUTCOME_UNKNOWN')) {
      violations.push(`${row.id} (${bead}) is ${row.state}, though nobody has been told that it ended`);
    }
    if (code !== 'ok' && !FAILURES.includes(code) && !code.startsWith('RESERVATION_')) {
      violations.push(`${bead} was told ${code}`);
    }
  }
  return { violations, lost };
}

/** Two that cover the same path at the same time. Scopes of these scenarios are plain paths. */
function heldTwice(rows: readonly Row[]): string[] {
  const found: string[] = [];
  for (const [index, one] of rows.entries()) {
    for (const other of rows.slice(index + 1)) {
      const isApart = (one.ended ?? FOREVER) <= other.made || (other.ended ?? FOREVER) <= one.made;
      if (!isApart && one.agent !== other.agent && (covers(one.scope, other.scope) || covers(other.scope, one.scope))) {
        found.push(
          `held twice: ${one.scope} by ${one.agent}, and ${other.scope} by ${other.agent} (${one.id}, ${other.id})`,
        );
      }
    }
  }
  return found;
}

const FOREVER = new Date(8.64e15);

const covers = (above: string, below: string) => below === above || below.startsWith(`${above}/`);

/** In the order of the rows, the fences of grants grow. */
function fencesTwice(rows: readonly Row[]): string[] {
  const fences = rows.flatMap(({ fence, id }) => (fence === null ? [] : [{ fence: Number(fence), id }]));
  return fences.flatMap(({ fence, id }, index) =>
    index > 0 && fence <= (fences[index - 1]?.fence ?? 0) ? [`the fence of ${id} is not above the one before`] : [],
  );
}

/** Leases begin and end by the server's clock: none can have begun or been ended more than an hour ago, or later than now. */
function atOtherTimes(rows: readonly Row[], now: Date): string[] {
  const isOff = (time: Date | null) => time !== null && (time > now || time.getTime() < now.getTime() - 3_600_000);
  return rows
    .filter(({ made, ended }) => isOff(made) || isOff(ended))
    .map(({ id }) => `${id} has times of another clock`);
}

function grouped<T extends { readonly bead: string }>(all: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(one.bead);
    if (group) {
      group.push(one);
    } else {
      groups.set(one.bead, [one]);
    }
  }
  return groups;
}
