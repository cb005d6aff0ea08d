/** Draws lanes into an SVG: for the screen those that are in sight, for a file all of them. */

import { axisTop } from 'd3-axis';
import type { ScaleTime } from 'd3-scale';
import { type BaseType, type Selection, select } from 'd3-selection';
import { oneLine } from '../core/display';
import { type Bar, type MarkKind, marksOf } from '../core/timeline/bar';
import { type Lane, type LanesBy, type Segment, segmentsOf, shortened } from '../core/timeline/lanes';
import type { Facts } from './facts';

export const AXIS_HEIGHT = 26;
const ROW_HEIGHT = 20;
const BAR_HEIGHT = 14;
const LANE_PADDING = 4;
const NARROWEST_BAR = 3;
/** So many pixels apart, two bars can be told apart. */
const LEAST_GAP = 3;
/** About as wide as a letter is. */
const LETTER = 6.6;
const SMALL_LETTER = 6;
const TICK_EVERY = 110;
const NOW_ROOM = 25;

export type Svg = Selection<SVGSVGElement, unknown, BaseType, unknown>;
export type Scale = ScaleTime<number, number>;

export interface View {
  readonly scale: Scale;
  /** Where the lanes begin, right of their names. */
  readonly left: number;
  readonly width: number;
  readonly by: LanesBy;
  readonly now: number;
  readonly facts: Facts;
}

/** A segment that is drawn though it is out of sight. */
export interface Extra {
  readonly lane: string;
  readonly key: string;
}

export interface PlacedLane {
  readonly lane: Lane;
  readonly top: number;
  readonly height: number;
}

interface PlacedSegment {
  readonly segment: Segment;
  readonly top: number;
}

export function heightOf({ rows }: Lane): number {
  return rows.length * ROW_HEIGHT + 2 * LANE_PADDING;
}

export function placed(lanes: readonly Lane[]): readonly PlacedLane[] {
  let top = 0;
  return lanes.map((lane) => {
    const one = { lane, top, height: heightOf(lane) };
    top += one.height;
    return one;
  });
}

/** The segments of each row of a lane, as they are drawn between two moments, and the one of the key `extra` wherever it is. */
export function segmentsIn(
  lane: Lane,
  { scale, now }: Pick<View, 'scale' | 'now'>,
  from: number,
  to: number,
  extra?: string,
): readonly (readonly Segment[])[] {
  const [begin, end] = scale.domain() as [Date, Date];
  const [left, right] = scale.range() as [number, number];
  const least = ((end.getTime() - begin.getTime()) / Math.max(1, right - left)) * LEAST_GAP;
  return lane.rows.map((row) => {
    if (extra === undefined) {
      return segmentsOf(row, { from, to, least, now });
    }
    const all = segmentsOf(row, { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, least, now });
    return all.filter(({ key, start, end }) => key === extra || (end >= from && start <= to));
  });
}

export function drawAxis(svg: Svg, { scale, facts, left, width, now }: View): void {
  const [from, to] = scale.domain() as [Date, Date];
  const span = to.getTime() - from.getTime();
  const ticks = scale.ticks(Math.max(2, Math.floor((width - left) / TICK_EVERY)));
  const axis = axisTop<Date>(scale)
    // The name of now stands there.
    .tickValues(ticks.filter((at) => scale(at) < scale(now) - NOW_ROOM))
    .tickFormat((at) => facts.tick(at, span));
  svg
    .selectAll<SVGGElement, null>('g.axis')
    .data([null])
    .join('g')
    .attr('class', 'axis')
    .attr('transform', `translate(0,${AXIS_HEIGHT - 2})`)
    .call(axis)
    // The library's own fonts are not the person's.
    .attr('font-size', null)
    .attr('font-family', null);
}

/** `offset` is how far they are moved down. `extra` is drawn though it is out of sight: what has the focus must stay. */
export function drawLanes(svg: Svg, lanes: readonly PlacedLane[], view: View, offset: number, extra?: Extra): void {
  const [from, to] = view.scale.domain().map((at) => at.getTime()) as [number, number];
  const rows = svg
    .selectAll<SVGGElement, PlacedLane>('g.lane')
    .data(lanes, ({ lane }) => lane.key)
    .join((enter) => {
      const made = enter.append('g').attr('class', 'lane');
      made.append('line').attr('class', 'rule');
      made.append('text').attr('class', 'name').append('title');
      made.append('g').attr('class', 'bars');
      return made;
    })
    .attr('role', 'group')
    .attr('aria-label', ({ lane }) => oneLine(lane.label))
    .attr('transform', ({ top }) => `translate(0,${top + offset})`);
  rows
    .select('line.rule')
    .attr('x2', view.width)
    .attr('y1', ({ height }) => height - 0.5)
    .attr('y2', ({ height }) => height - 0.5);
  rows.select<SVGTextElement>('text.name').each(function ({ lane, height }) {
    const name = lane.project === null ? oneLine(lane.label) : `${oneLine(lane.label)} (${oneLine(lane.project)})`;
    const text = select(this)
      .attr('x', 4)
      .attr('y', height / 2 + 4);
    const shown = shortened(oneLine(lane.label), Math.floor((view.left - 12) / LETTER));
    text.text(shown).append('title').text(name);
  });
  rows
    .select<SVGGElement>('g.bars')
    .selectAll<SVGGElement, PlacedSegment>('g.bar')
    .data(
      ({ lane }) =>
        segmentsIn(lane, view, from, to, lane.key === extra?.lane ? extra.key : undefined).flatMap((segments, row) =>
          segments.map((segment) => ({ segment, top: LANE_PADDING + row * ROW_HEIGHT })),
        ),
      ({ segment }) => segment.key,
    )
    .join(
      (enter) => appended(enter.append('g')),
      (update) => update,
      (exit) => exit.remove(),
    )
    .each(function (one) {
      drawSegment(select<SVGGElement, PlacedSegment>(this), one, view);
    });
}

export function drawNow(svg: Svg, { scale, now, facts, left, width }: View, height: number, isNamed: boolean): void {
  const x = scale(now);
  const inSight = x >= left && x <= width;
  svg
    .selectAll('line.now')
    .data(inSight ? [x] : [])
    .join('line')
    .attr('class', 'now')
    .attr('x1', (at) => at)
    .attr('x2', (at) => at)
    .attr('y1', 0)
    .attr('y2', height)
    .raise();
  svg
    .selectAll('text.nowName')
    .data(inSight && isNamed ? [x] : [])
    .join('text')
    .attr('class', 'nowName small')
    .attr('x', (at) => at + 4)
    .attr('y', 15)
    .text(facts.words.now);
}

/** The patterns that tell states apart where colours do not; `prefix` makes their names the drawing's own. */
export function drawPatterns(svg: Svg, prefix: string): void {
  const patterns = svg
    .append('defs')
    .selectAll('pattern')
    .data([
      { state: 'forced', line: 'M0,6L6,0' },
      { state: 'expired', line: 'M3,0L3,3' },
    ])
    .join('pattern')
    .attr('id', ({ state }) => `${prefix}-${state}`)
    .attr('patternUnits', 'userSpaceOnUse')
    .attr('width', 6)
    .attr('height', 6);
  patterns
    .append('path')
    .attr('class', ({ state }) => `stripe ${state}`)
    .attr('d', ({ line }) => line);
  svg.attr('data-patterns', prefix);
}

export function markPath(kind: MarkKind): string {
  switch (kind) {
    case 'refused':
      return 'M0,5L-4.5,-3.500L4.5,-3.500Z';
    case 'asked':
      return 'M-4,0A4,4 0 1 0 4,0A4,4 0 1 0 -4,0Z';
    case 'takeover':
      return 'M0,-5.500L4,0L0,5.500L-4,0Z';
    case 'forced':
      return 'M-4,-4L4,4M4,-4L-4,4';
  }
}

function appended(bars: Selection<SVGGElement, PlacedSegment, SVGGElement, PlacedLane>) {
  bars.append('title');
  bars.append('rect').attr('class', 'base');
  bars.append('rect').attr('class', 'pattern').attr('pointer-events', 'none');
  bars.append('text').attr('class', 'small inside').attr('aria-hidden', 'true');
  bars.append('g').attr('class', 'marks');
  bars.append('rect').attr('class', 'ring').attr('pointer-events', 'none');
  return bars;
}

function drawSegment(
  bar: Selection<SVGGElement, PlacedSegment, BaseType, unknown>,
  { segment, top }: PlacedSegment,
  view: View,
): void {
  const { scale, left, width, now, facts } = view;
  const [first] = segment.bars as [Bar];
  const isOne = segment.bars.length === 1;
  const from = Math.max(left, scale(segment.start));
  const to = Math.min(width, scale(segment.end));
  const breadth = Math.max(NARROWEST_BAR, to - from);
  const state = isOne ? first.state : 'cluster';
  const pinned = bar.classed('pinned');
  bar
    .attr('class', `bar ${state}${pinned ? ' pinned' : ''}`)
    .attr('data-key', segment.key)
    // What has the focus stays, though it is out of sight.
    .attr('opacity', scale(segment.end) < left || scale(segment.start) > width ? 0 : null)
    .attr('role', 'button')
    .attr('aria-label', facts.line(segment, now));
  for (const part of ['base', 'pattern', 'ring']) {
    const grow = part === 'ring' ? 2 : 0;
    bar
      .select(`rect.${part}`)
      .attr('x', from - grow)
      .attr('y', top + (ROW_HEIGHT - BAR_HEIGHT) / 2 - grow)
      .attr('width', breadth + 2 * grow)
      .attr('height', BAR_HEIGHT + 2 * grow)
      .attr('rx', state === 'active' ? 0 : 2);
  }
  const prefix = bar.node()?.ownerSVGElement?.getAttribute('data-patterns') ?? '';
  bar
    .select('rect.pattern')
    .attr('fill', state === 'forced' || state === 'expired' ? `url(#${prefix}-${state})` : 'none');
  bar.select('title').text(facts.line(segment, now));
  bar
    .select('text')
    .attr('x', from + 5)
    .attr('y', top + ROW_HEIGHT / 2 + 4)
    .text(inside(segment, view, breadth));
  bar
    .select('g.marks')
    .selectAll('path')
    .data(segment.bars.flatMap((one) => marksOf(one)).filter(({ at }) => scale(at) >= left && scale(at) <= width))
    .join('path')
    .attr('class', ({ kind }) => `mark ${kind}`)
    .attr('d', ({ kind }) => markPath(kind))
    .attr('transform', ({ at }) => `translate(${scale(at)},${top + ROW_HEIGHT / 2})`);
}

/** What a bar has room for: how many it is, or the other of scope and agent. */
function inside({ bars }: Segment, { by }: View, breadth: number): string {
  const room = Math.floor((breadth - 10) / SMALL_LETTER);
  const [first] = bars as [Bar];
  if (bars.length === 1 && first.waits.length > 0) {
    // Marks stand there.
    return '';
  }
  const text = bars.length > 1 ? String(bars.length) : oneLine(by === 'scope' ? first.agent : first.scope);
  return text.length <= room ? text : '';
}
