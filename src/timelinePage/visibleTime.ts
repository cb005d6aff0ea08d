/** Which part of the time is seen: all of it, which moves on, or as much as was zoomed into. All times are in ms since the epoch. */

/** Nobody needs to tell less than this apart. */
export const SHORTEST_SPAN_MS = 10_000;
/** Room for what is now, right of it: a part of the whole. */
const AHEAD = 0.05;

export interface Window {
  readonly from: number;
  readonly to: number;
}

export class VisibleTime {
  private whole: Window = { from: 0, to: 1 };
  private part: Window | undefined;
  private current = 0;

  get now(): number {
    return this.current;
  }

  get seen(): Window {
    return this.part ?? this.whole;
  }

  /** Undefined while the whole time is seen. */
  get zoomed(): Window | undefined {
    return this.part;
  }

  /** What there is to be seen from now on. */
  setWhole(from: number, now: number): void {
    this.current = now;
    this.whole = { from, to: now + (now - from) * AHEAD };
  }

  /** As it was before the page was hidden; its whole time may be told only later. */
  restore(part: Window | undefined): void {
    this.part = part;
  }

  /** The whole moves on with the time; a part of it stays. Answers whether any time has passed. */
  moveOn(now: number): boolean {
    const passed = now - this.current;
    if (passed <= 0) {
      return false;
    }
    this.whole = { from: this.whole.from + passed, to: this.whole.to + passed };
    this.current = now;
    return true;
  }

  /** A part within the whole that is not too short to be of use, or the whole. */
  set(part: Window | undefined): void {
    const { from, to } = this.whole;
    if (!part) {
      this.part = undefined;
      return;
    }
    const span = Math.min(Math.max(part.to - part.from, SHORTEST_SPAN_MS), to - from);
    const begin = Math.min(Math.max(part.from, from), to - span);
    this.part = span >= to - from ? undefined : { from: begin, to: begin + span };
  }

  /** The time, where it is in sight. */
  sighted(at: number | undefined): number | undefined {
    const { from, to } = this.seen;
    return at !== undefined && at >= from && at <= to ? at : undefined;
  }

  /** Makes what is seen so many times as long, around a time that stays where it is; the middle, unless told. */
  zoom(factor: number, around?: number): void {
    const { from, to } = this.seen;
    const still = around ?? (from + to) / 2;
    this.set({ from: still - (still - from) * factor, to: still + (to - still) * factor });
  }

  pan(ms: number): void {
    const { from, to } = this.seen;
    this.set({ from: from + ms, to: to + ms });
  }
}
