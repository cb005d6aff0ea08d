/** The lanes on the screen: moved and zoomed by mouse and keyboard, with one bar that the keyboard is on. */

import { scaleTime } from 'd3-scale';
import { select } from 'd3-selection';
import type { Bar } from '../core/timeline/bar';
import { type Lane, type LanesBy, lanesOf, type Segment } from '../core/timeline/lanes';
import { ChartFocus, type Neighbour } from './chartFocus';
import { type KeyActions, onKey } from './chartKeys';
import { button, element } from './dom';
import {
  AXIS_HEIGHT,
  drawAxis,
  drawLanes,
  drawNow,
  drawPatterns,
  type PlacedLane,
  placed,
  type Scale,
  type Svg,
  segmentsIn,
  type View,
} from './draw';
import type { Facts } from './facts';
import { svgFile } from './svgFile';
import { SHORTEST_SPAN_MS, VisibleTime, type Window } from './visibleTime';

const ZOOM = 1.5;
/** The part of the time that one press of an arrow moves by. */
const PAN = 0.15;
const NAMES_WIDTH = 190;
export interface ChartOptions {
  readonly facts: Facts;
  /** The segment that is pointed at or that the keyboard is on; undefined for none. */
  readonly onLook: (segment: Segment | undefined, pinned: boolean) => void;
  /** What is seen has changed: the time, or how far it is scrolled. */
  readonly onMove: () => void;
}

export class Chart {
  readonly root: HTMLElement;
  private readonly axis: Svg;
  private readonly bars: Svg;
  private readonly scroller: HTMLElement;
  private readonly space: HTMLElement;
  private shown: readonly Bar[] = [];
  private lanes: readonly PlacedLane[] = [];
  private by: LanesBy = 'scope';
  private readonly time = new VisibleTime();
  private readonly focus = new ChartFocus((lane) => this.segmentsOf(lane));
  private pinned: string | undefined;
  private frame = 0;

  private readonly keys: KeyActions = {
    zoom: (steps) => this.zoom(steps),
    seeWhole: () => this.see(undefined),
    unpin: () => this.unpin(),
    pan: (steps) => this.pan((this.time.seen.to - this.time.seen.from) * PAN * steps),
    go: (by) => this.goTo(this.focus.beside(this.lanes, by)),
    goToLane: (by) => this.goTo(this.focus.below(this.lanes, by), this.focus.here?.at ?? 0),
    choose: () => this.choose(),
  };

  /** `beside` stands beside the buttons. */
  constructor(
    private readonly options: ChartOptions,
    beside: HTMLElement,
  ) {
    const { words } = options.facts;
    const svg = (name: string, attributes: Record<string, string>) => {
      const made = select(document.createElementNS('http://www.w3.org/2000/svg', 'svg'));
      for (const [attribute, value] of Object.entries({ class: name, ...attributes })) {
        made.attr(attribute, value);
      }
      return made as unknown as Svg;
    };
    this.axis = svg('times', { height: String(AXIS_HEIGHT), 'aria-hidden': 'true' });
    this.bars = svg('drawn', { role: 'group', 'aria-label': words.chart });
    drawPatterns(this.bars, 'screen');
    this.space = element('div', { class: 'space' });
    this.scroller = element('div', { class: 'lanes', tabindex: '0', role: 'region', 'aria-label': words.chart });
    this.scroller.append(this.space, this.bars.node() as SVGSVGElement);
    const tools = element(
      'div',
      { class: 'tools' },
      button('+', () => this.zoom(1), { 'aria-label': words.zoomIn, title: words.zoomIn }),
      button('−', () => this.zoom(-1), { 'aria-label': words.zoomOut, title: words.zoomOut }),
      button(words.wholeRange, () => this.see(undefined)),
      beside,
    );
    this.root = element('div', { class: 'panel chart' }, tools, this.axis.node() as SVGSVGElement, this.scroller);
    this.listen();
  }

  get window(): Window | undefined {
    return this.time.zoomed;
  }

  get scrolled(): number {
    return this.scroller.scrollTop;
  }

  get pinnedKey(): string | undefined {
    return this.pinned;
  }

  show(bars: readonly Bar[], by: LanesBy, from: number, now: number): void {
    this.shown = bars;
    this.by = by;
    this.time.setWhole(from, now);
    this.lanes = placed(lanesOf(bars, by, now));
    this.draw();
  }

  /** As it was before the page was hidden. */
  restore(zoomed: Window | undefined, scrolled: number, pinned: string | undefined): void {
    this.time.restore(zoomed);
    this.pinned = pinned;
    this.layOut();
    this.scroller.scrollTop = scrolled;
    const segment = this.pinnedSegment();
    if (segment) {
      this.options.onLook(segment, true);
    }
    this.draw();
  }

  /** Time has passed, and nothing else. */
  moveOn(now: number): void {
    if (this.time.moveOn(now)) {
      this.draw();
    }
  }

  unpin(): void {
    this.pinned = undefined;
    this.options.onLook(undefined, false);
    this.draw();
  }

  /** What is seen, as a drawing that stands alone. */
  file(): string {
    return svgFile(this.lanes, this.view());
  }

  draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.drawNow());
  }

  private drawNow(): void {
    const view = this.view();
    this.layOut();
    this.axis.attr('width', view.width);
    drawAxis(this.axis, view);
    drawNow(this.axis, view, AXIS_HEIGHT, true);
    const height = Math.max(1, this.scroller.clientHeight);
    this.bars.attr('width', view.width).attr('height', height);
    const top = this.scroller.scrollTop;
    const inSight = this.lanes.filter(
      (one) => one.lane.key === this.focus.here?.lane || (one.top < top + height && one.top + one.height > top),
    );
    const hadFocus = this.bars.node()?.contains(document.activeElement) === true;
    this.focus.follow(this.lanes);
    drawLanes(this.bars, inSight, view, -top, this.focus.here);
    drawNow(this.bars, view, height, false);
    this.markFocus();
    if (hadFocus && !this.bars.node()?.contains(document.activeElement)) {
      this.focusedElement()?.focus({ preventScroll: true });
    }
  }

  private layOut(): void {
    const last = this.lanes.at(-1);
    this.space.style.height = `${last ? last.top + last.height : 0}px`;
  }

  private focusedElement(): SVGGElement | undefined {
    const bars = [...(this.bars.node()?.querySelectorAll<SVGGElement>('g.bar') ?? [])];
    return bars.find((bar) => bar.dataset['key'] === this.focus.here?.key);
  }

  /** One bar can be reached by Tab: the one that the keyboard was on, else the first. */
  private markFocus(): void {
    const bars = [...(this.bars.node()?.querySelectorAll<SVGGElement>('g.bar') ?? [])];
    const focused = bars.find((bar) => bar.dataset['key'] === this.focus.here?.key) ?? bars[0];
    for (const bar of bars) {
      bar.setAttribute('tabindex', bar === focused ? '0' : '-1');
      const isPinned = bar.dataset['key'] === this.pinned;
      bar.classList.toggle('pinned', isPinned);
      bar.setAttribute('aria-pressed', String(isPinned));
    }
  }

  private view(): View {
    const width = Math.max(NAMES_WIDTH + 50, this.scroller.clientWidth);
    const left = Math.min(NAMES_WIDTH, width / 3);
    return { scale: this.scale(left, width), left, width, by: this.by, now: this.time.now, facts: this.options.facts };
  }

  private scale(left: number, width: number): Scale {
    const { from, to } = this.time.seen;
    return scaleTime()
      .domain([new Date(from), new Date(to)])
      .range([left, width]);
  }

  /** A part of the time, or all of it. */
  private see(part: Window | undefined): void {
    this.time.set(part);
    this.moved();
  }

  /** By so many steps, around a time or where the keyboard is. */
  private zoom(steps: number, around = this.time.sighted(this.focus.here?.at)): void {
    this.time.zoom(ZOOM ** -steps, around);
    this.moved();
  }

  private pan(ms: number): void {
    this.time.pan(ms);
    this.moved();
  }

  private moved(): void {
    this.options.onMove();
    this.draw();
  }

  private listen(): void {
    const { scroller } = this;
    scroller.addEventListener('scroll', () => this.moved());
    new ResizeObserver(() => this.draw()).observe(scroller);
    scroller.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    scroller.addEventListener('keydown', (event) => onKey(event, event.target !== scroller, this.keys));
    scroller.addEventListener('pointerover', (event) => this.onPoint(event));
    scroller.addEventListener('pointerleave', () =>
      this.options.onLook(this.pinnedSegment(), this.pinned !== undefined),
    );
    scroller.addEventListener('focusin', (event) => this.onFocus(event));
    scroller.addEventListener('click', (event) => this.onClick(event));
    this.listenToDrag();
  }

  private listenToDrag(): void {
    const { scroller } = this;
    let last: { readonly x: number; readonly y: number } | undefined;
    scroller.addEventListener('pointerdown', (event) => {
      if (event.button === 0 && event.clientX - scroller.getBoundingClientRect().left > this.view().left) {
        last = { x: event.clientX, y: event.clientY };
      }
    });
    window.addEventListener('pointerup', () => {
      last = undefined;
    });
    window.addEventListener('pointermove', (event) => {
      if (last) {
        this.pan(this.msOf(last.x - event.clientX));
        scroller.scrollTop += last.y - event.clientY;
        last = { x: event.clientX, y: event.clientY };
      }
    });
  }

  private msOf(pixels: number): number {
    const { scale } = this.view();
    return (
      scale.invert(scale.range()[0] as number).getTime() - scale.invert((scale.range()[0] as number) - pixels).getTime()
    );
  }

  private onWheel(event: WheelEvent): void {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const x = event.clientX - this.scroller.getBoundingClientRect().left;
      this.zoom(event.deltaY > 0 ? -1 : 1, this.view().scale.invert(x).getTime());
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      this.pan(this.msOf(event.deltaX || event.deltaY));
    }
  }

  /** All segments of a lane, by time, wherever the window is. */
  private segmentsOf(lane: Lane): readonly Segment[] {
    return segmentsIn(lane, this.view(), Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
      .flat()
      .sort((left, right) => left.start - right.start);
  }

  /** Puts the keyboard on a segment, and brings it into sight. */
  private goTo(neighbour: Neighbour | undefined, at?: number): void {
    if (!neighbour) {
      return;
    }
    const { segment } = neighbour;
    const { lane, top, height } = neighbour.placed;
    this.focus.set(lane, segment, at);
    const { from, to } = this.time.seen;
    if (segment.end < from || segment.start > to) {
      this.pan((segment.start + segment.end) / 2 - (from + to) / 2);
    }
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop || top + height > scrollTop + clientHeight) {
      this.scroller.scrollTop = top < scrollTop ? top : top + height - clientHeight;
    }
    cancelAnimationFrame(this.frame);
    this.drawNow();
    this.focusedElement()?.focus({ preventScroll: true });
  }

  /** Keeps the details of a bar, or goes into a segment of several. */
  private choose(): void {
    const segment = this.segmentOf(this.focus.here?.key);
    if (segment && segment.bars.length > 1) {
      const margin = Math.max((segment.end - segment.start) * PAN, SHORTEST_SPAN_MS / 4);
      this.see({ from: segment.start - margin, to: segment.end + margin });
    } else if (segment) {
      this.pinned = this.pinned === segment.key ? undefined : segment.key;
      this.options.onLook(segment, this.pinned !== undefined);
      this.draw();
    }
  }

  private pinnedSegment(): Segment | undefined {
    return this.segmentOf(this.pinned);
  }

  private segmentOf(key: string | undefined): Segment | undefined {
    const one = this.shown.find((bar) => bar.key === key);
    if (one) {
      return { key: one.key, bars: [one], start: one.start, end: one.end ?? this.time.now };
    }
    for (const bar of this.bars.selectAll<SVGGElement, { segment: Segment }>('g.bar').data()) {
      if (bar.segment.key === key) {
        return bar.segment;
      }
    }
    return undefined;
  }

  private barAt({ target }: Event): { readonly element: SVGGElement; readonly segment: Segment } | undefined {
    const found = target instanceof Element ? target.closest<SVGGElement>('g.bar') : null;
    return found
      ? { element: found, segment: select<SVGGElement, { segment: Segment }>(found).datum().segment }
      : undefined;
  }

  private onPoint(event: Event): void {
    const found = this.barAt(event);
    if (found && this.pinned === undefined) {
      this.options.onLook(found.segment, false);
    }
  }

  private onFocus(event: Event): void {
    const found = this.barAt(event);
    if (!found) {
      return;
    }
    const { lane } = select<Element, PlacedLane>(found.element.closest('g.lane') as Element).datum();
    const { segment } = found;
    if (this.focus.here?.key !== segment.key) {
      this.focus.set(lane, segment);
      this.markFocus();
    }
    if (this.pinned === undefined) {
      this.options.onLook(segment, false);
    }
  }

  private onClick(event: Event): void {
    const found = this.barAt(event);
    if (found) {
      found.element.focus({ preventScroll: true });
      this.choose();
    }
  }
}
