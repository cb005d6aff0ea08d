/** Where the bars of a timeline lie: lanes, rows within them, and what is too dense to be told apart. */

import { type Bar, placeOf } from './bar';
import { byText } from './summary';

export type LanesBy = 'scope' | 'agent';

/** What overlaps more often than this within a lane shares its last row. */
export const MOST_ROWS = 12;

export interface Lane {
  readonly key: string;
  readonly label: string;
  /** Of lanes by scope; null for none, or where lanes are by agent. */
  readonly project: string | null;
  /** In each row none overlaps the next, but in a last one where there are {@link MOST_ROWS}; by their beginning. */
  readonly rows: readonly (readonly Bar[])[];
}

/** One bar, or several that lie too close to be told apart. */
export interface Segment {
  readonly key: string;
  readonly bars: readonly Bar[];
  readonly start: number;
  /** Where the last of them ends; what is held still ends now. */
  readonly end: number;
}

/** By name, so that a lane keeps its place. */
export function lanesOf(bars: readonly Bar[], by: LanesBy, now: number): readonly Lane[] {
  const groups = new Map<string, Bar[]>();
  for (const bar of bars) {
    const key = by === 'scope' ? placeOf(bar) : bar.agent;
    const group = groups.get(key);
    if (group) {
      group.push(bar);
    } else {
      groups.set(key, [bar]);
    }
  }
  return Array.from(groups, ([key, group]): Lane => {
    const [{ scope, agent, project }] = group as [Bar];
    const name = by === 'scope' ? { label: scope, project } : { label: agent, project: null };
    return { key, ...name, rows: packed(group, now) };
  }).sort((left, right) => byText(left.label, right.label) || byText(left.project ?? '', right.project ?? ''));
}

/** As few rows as can be: each bar goes into the first one that is free when it begins. */
export function packed(bars: readonly Bar[], now: number): readonly (readonly Bar[])[] {
  const rows: Bar[][] = [];
  const ends: number[] = [];
  for (const bar of bars.toSorted((left, right) => left.start - right.start || byText(left.key, right.key))) {
    const free = ends.findIndex((end) => end <= bar.start);
    const index = free >= 0 ? free : Math.min(rows.length, MOST_ROWS - 1);
    const row = rows[index];
    if (row) {
      row.push(bar);
    } else {
      rows.push([bar]);
    }
    ends[index] = Math.max(ends[index] ?? 0, endAt(bar, now));
  }
  return rows;
}

/**
 * What is to be drawn of a row between two moments. Bars that begin within `least` ms of the end of the one before are one
 * segment with it where either is shorter than that, and so are those that overlap.
 */
export function segmentsOf(
  row: readonly Bar[],
  {
    from,
    to,
    least,
    now,
  }: { readonly from: number; readonly to: number; readonly least: number; readonly now: number },
): readonly Segment[] {
  const segments: { bars: Bar[]; start: number; end: number; isShort: boolean }[] = [];
  for (const bar of row) {
    const end = endAt(bar, now);
    if (end < from || bar.start > to) {
      continue;
    }
    const isShort = end - bar.start < least;
    const before = segments.at(-1);
    const gap = before ? bar.start - before.end : Number.POSITIVE_INFINITY;
    if (before && (gap < 0 || (gap < least && (isShort || before.isShort)))) {
      before.bars.push(bar);
      before.end = Math.max(before.end, end);
    } else {
      segments.push({ bars: [bar], start: bar.start, end, isShort });
    }
  }
  return segments.map(({ bars, start, end }) => ({ key: keyOf(bars), bars, start, end }));
}

export function endAt({ start, end }: Bar, now: number): number {
  return end ?? Math.max(start, now);
}

/** A text of that many characters at most, its middle left out: the end of a path says most. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) {
    return text;
  }
  const end = Math.ceil((most - 1) / 2);
  return `${text.slice(0, Math.max(0, most - 1 - end))}…${text.slice(text.length - end)}`;
}

function keyOf(bars: readonly Bar[]): string {
  const key = bars[0]?.key ?? '';
  return bars.length === 1 ? key : `${key} and more`;
}
