/** The bars of a timeline as a table for other programs: RFC 4180, times in UTC. */

import { csvFormatRows } from 'd3-dsv';
import type { Bar, Wait } from '../../core/timeline/bar';

const COLUMNS = [
  'scope',
  'agent',
  'bead',
  'project',
  'state',
  'created_at',
  'ended_at',
  'expires_at',
  'renewed_at',
  'released_by',
  'reason',
  'taken_over_from',
  'refused',
  'asked',
  'reservation_id',
];

/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** A line for each bar, the latest first, below one of names. */
export function csvOf(bars: readonly Bar[]): string {
  const rows = bars.toSorted((left, right) => right.start - left.start).map(row);
  return `${csvFormatRows([COLUMNS, ...rows.map((cells) => cells.map(harmless))])}\n`;
}

function row(bar: Bar): readonly string[] {
  return [
    bar.scope,
    bar.agent,
    bar.bead,
    bar.project ?? '',
    bar.state,
    time(bar.start),
    time(bar.end),
    time(bar.expires),
    time(bar.renewed),
    bar.releasedBy ?? '',
    bar.reason ?? '',
    bar.takenFrom ?? '',
    waits(bar.waits.filter(({ asked }) => !asked)),
    waits(bar.waits.filter(({ asked }) => asked)),
    bar.id,
  ];
}

function waits(some: readonly Wait[]): string {
  return some.map(({ agent, since }) => `${agent} ${time(since)}`).join('; ');
}

function time(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString();
}

/** Agents write scopes and reasons: what one of them begins with must not be calculated. */
function harmless(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell;
}
