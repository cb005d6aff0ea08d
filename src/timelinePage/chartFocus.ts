/** The bar that the keyboard is on, and its neighbours: kept by what it is, since bars come together and apart. */

import type { Bar } from '../core/timeline/bar';
import type { Lane, Segment } from '../core/timeline/lanes';
import type { PlacedLane } from './draw';

export interface Neighbour {
  readonly placed: PlacedLane;
  readonly segment: Segment;
}

export interface Focused {
  /** The key of its lane. */
  readonly lane: string;
  /** That of the segment. */
  readonly key: string;
  /** The time that goes with it from lane to lane, in ms since the epoch. */
  readonly at: number;
}

export class ChartFocus {
  private focused: Focused | undefined;
  private bars: readonly Bar[] = [];

  /** @param segmentsOf all segments of a lane, by time, wherever the window is */
  constructor(private readonly segmentsOf: (lane: Lane) => readonly Segment[]) {}

  get here(): Focused | undefined {
    return this.focused;
  }

  set(lane: Lane, segment: Segment, at = segment.start): void {
    this.focused = { lane: lane.key, key: segment.key, at: Math.min(Math.max(at, segment.start), segment.end) };
    this.bars = segment.bars;
  }

  /** Where bars have come together or apart, the keyboard is on what its bar is in now. */
  follow(lanes: readonly PlacedLane[]): void {
    const { focused } = this;
    const one = lanes.find(({ lane }) => lane.key === focused?.lane);
    if (focused && one) {
      const segments = this.segmentsOf(one.lane);
      const [bar] = this.bars;
      const now =
        segments.find(({ key }) => key === focused.key) ??
        segments.find(({ bars }) => bars.some(({ key }) => key === bar?.key));
      this.focused = now && { ...focused, key: now.key };
      this.bars = now?.bars ?? [];
    }
  }

  /** So many places on in its lane; the last one there is. */
  beside(lanes: readonly PlacedLane[], by: number): Neighbour | undefined {
    const placed = lanes[this.indexIn(lanes)];
    if (!placed) {
      return undefined;
    }
    const segments = this.segmentsOf(placed.lane);
    const here = segments.findIndex(({ key }) => key === this.focused?.key);
    const segment = segments[Math.min(Math.max(here + by, 0), segments.length - 1)];
    return segment && { placed, segment };
  }

  /** So many lanes down, what is nearest in time. */
  below(lanes: readonly PlacedLane[], by: number): Neighbour | undefined {
    const placed = lanes[this.indexIn(lanes) + by];
    if (!placed) {
      return undefined;
    }
    const at = this.focused?.at ?? 0;
    const distance = ({ start, end }: Segment) => Math.max(start - at, at - end, 0);
    const [segment] = this.segmentsOf(placed.lane).toSorted((left, right) => distance(left) - distance(right));
    return segment && { placed, segment };
  }

  private indexIn(lanes: readonly PlacedLane[]): number {
    return lanes.findIndex(({ lane }) => lane.key === this.focused?.lane);
  }
}
