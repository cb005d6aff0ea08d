/** The lanes on the screen: moved and zoomed by mouse and keyboard, with one bar that the keyboard is on. */

import { scaleTime } from 'd3-scale';
import { select } from 'd3-selection';
import type { Bar } from '../core/timeline/bar';
import { type Lane, type LanesBy, lanesOf, type Segment } from '../core/timeline/lanes';
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

/** Nobody needs to tell less than this apart, in ms. */
const SHORTEST_SPAN = 10_000;
const ZOOM = 1.5;
/** The part of the time that one press of an arrow moves by. */
const PAN = 0.15;
const NAMES_WIDTH = 190;
/** Room for what is now, right of it: a part of the whole. */
const AHEAD = 0.05;

export interface Window {
  readonly from: number;
  readonly to: number;
}

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
  private whole: Window = { from: 0, to: 1 };
  private now = 0;
  /** Undefined while the whole time is seen, which moves on. */
  private zoomed: Window | undefined;
  private focused: { readonly lane: string; readonly key: string; readonly at: number } | undefined;
  private focusedBars: readonly Bar[] = [];
  private pinned: string | undefined;
  private frame = 0;

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
      button('+', () => this.zoom(1 / ZOOM), { 'aria-label': words.zoomIn, title: words.zoomIn }),
      button('−', () => this.zoom(ZOOM), { 'aria-label': words.zoomOut, title: words.zoomOut }),
      button(words.wholeRange, () => this.setWindow(undefined)),
      beside,
    );
    this.root = element('div', { class: 'panel chart' }, tools, this.axis.node() as SVGSVGElement, this.scroller);
    this.listen();
  }

  get window(): Window | undefined {
    return this.zoomed;
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
    this.now = now;
    this.whole = { from, to: now + (now - from) * AHEAD };
    this.lanes = placed(lanesOf(bars, by, now));
    this.draw();
  }

  /** As it was before the page was hidden. */
  restore(zoomed: Window | undefined, scrolled: number, pinned: string | undefined): void {
    this.zoomed = zoomed;
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
    if (now > this.now) {
      this.whole = { from: this.whole.from + (now - this.now), to: this.whole.to + (now - this.now) };
      this.now = now;
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
      (one) => one.lane.key === this.focused?.lane || (one.top < top + height && one.top + one.height > top),
    );
    const hadFocus = this.bars.node()?.contains(document.activeElement) === true;
    this.followFocus();
    drawLanes(this.bars, inSight, view, -top, this.focused);
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

  /** Where bars have come together or apart, the keyboard is on what its bar is in now. */
  private followFocus(): void {
    const { focused } = this;
    const one = this.lanes.find(({ lane }) => lane.key === focused?.lane);
    if (focused && one) {
      const segments = this.segmentsOf(one.lane);
      const [bar] = this.focusedBars;
      const now =
        segments.find(({ key }) => key === focused.key) ??
        segments.find(({ bars }) => bars.some(({ key }) => key === bar?.key));
      this.focused = now && { ...focused, key: now.key };
      this.focusedBars = now?.bars ?? [];
    }
  }

  private focusedElement(): SVGGElement | undefined {
    const bars = [...(this.bars.node()?.querySelectorAll<SVGGElement>('g.bar') ?? [])];
    return bars.find((bar) => bar.dataset['key'] === this.focused?.key);
  }

  /** One bar can be reached by Tab: the one that the keyboard was on, else the first. */
  private markFocus(): void {
    const bars = [...(this.bars.node()?.querySelectorAll<SVGGElement>('g.bar') ?? [])];
    const focused = bars.find((bar) => bar.dataset['key'] === this.focused?.key) ?? bars[0];
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
    return { scale: this.scale(left, width), left, width, by: this.by, now: this.now, facts: this.options.facts };
  }

  private scale(left: number, width: number): Scale {
    const { from, to } = this.zoomed ?? this.whole;
    return scaleTime()
      .domain([new Date(from), new Date(to)])
      .range([left, width]);
  }

  private setWindow(window: Window | undefined): void {
    const { from, to } = this.whole;
    if (window) {
      const span = Math.min(Math.max(window.to - window.from, SHORTEST_SPAN), to - from);
      const begin = Math.min(Math.max(window.from, from), to - span);
      this.zoomed = span >= to - from ? undefined : { from: begin, to: begin + span };
    } else {
      this.zoomed = undefined;
    }
    this.options.onMove();
    this.draw();
  }

  /** Makes the time that is seen so many times as long, around a place in it. */
  private zoom(factor: number, around?: number): void {
    const { from, to } = this.zoomed ?? this.whole;
    const still =
      around ?? (this.focused && this.focused.at >= from && this.focused.at <= to ? this.focused.at : (from + to) / 2);
    this.setWindow({ from: still - (still - from) * factor, to: still + (to - still) * factor });
  }

  private pan(ms: number): void {
    const { from, to } = this.zoomed ?? this.whole;
    this.setWindow({ from: from + ms, to: to + ms });
  }

  private listen(): void {
    const { scroller } = this;
    scroller.addEventListener('scroll', () => {
      this.options.onMove();
      this.draw();
    });
    new ResizeObserver(() => this.draw()).observe(scroller);
    scroller.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    scroller.addEventListener('keydown', (event) => this.onKey(event));
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
      this.zoom(event.deltaY > 0 ? ZOOM : 1 / ZOOM, this.view().scale.invert(x).getTime());
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      this.pan(this.msOf(event.deltaX || event.deltaY));
    }
  }

  private onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    const isOnBar = event.target !== this.scroller;
    const done = this.onAnyKey(event.key) || (isOnBar ? this.onBarKey(event.key) : this.onChartKey(event.key));
    if (done) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  private onAnyKey(key: string): boolean {
    switch (key) {
      case '+':
      case '=':
        this.zoom(1 / ZOOM);
        return true;
      case '-':
        this.zoom(ZOOM);
        return true;
      case '0':
        this.setWindow(undefined);
        return true;
      case 'Escape':
        this.unpin();
        return true;
      default:
        return false;
    }
  }

  private onChartKey(key: string): boolean {
    const { from, to } = this.zoomed ?? this.whole;
    switch (key) {
      case 'ArrowLeft':
        this.pan((from - to) * PAN);
        return true;
      case 'ArrowRight':
        this.pan((to - from) * PAN);
        return true;
      default:
        // Up, Down and the like scroll by themselves.
        return false;
    }
  }

  private onBarKey(key: string): boolean {
    switch (key) {
      case 'ArrowLeft':
      case 'ArrowRight':
        this.go(key === 'ArrowLeft' ? -1 : 1);
        return true;
      case 'Home':
      case 'End':
        this.go(key === 'Home' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
        return true;
      case 'ArrowUp':
      case 'ArrowDown':
        this.goToLane(key === 'ArrowUp' ? -1 : 1);
        return true;
      case 'Enter':
      case ' ':
        this.choose();
        return true;
      default:
        return false;
    }
  }

  /** All segments of a lane, by time, wherever the window is. */
  private segmentsOf(lane: Lane): readonly Segment[] {
    return segmentsIn(lane, this.view(), Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
      .flat()
      .sort((left, right) => left.start - right.start);
  }

  private go(by: number): void {
    const index = this.lanes.findIndex(({ lane }) => lane.key === this.focused?.lane);
    const one = this.lanes[index];
    if (one) {
      const segments = this.segmentsOf(one.lane);
      const here = segments.findIndex(({ key }) => key === this.focused?.key);
      this.focus(one, segments[Math.min(Math.max(here + by, 0), segments.length - 1)]);
    }
  }

  private goToLane(by: number): void {
    const index = this.lanes.findIndex(({ lane }) => lane.key === this.focused?.lane);
    const one = this.lanes[index + by];
    if (one) {
      const at = this.focused?.at ?? 0;
      const distance = ({ start, end }: Segment) => Math.max(start - at, at - end, 0);
      const [nearest] = this.segmentsOf(one.lane).toSorted((left, right) => distance(left) - distance(right));
      this.focus(one, nearest, at);
    }
  }

  /** Puts the keyboard on a segment, and brings it into sight. */
  private focus({ lane, top, height }: PlacedLane, segment: Segment | undefined, at = segment?.start ?? 0): void {
    if (!segment) {
      return;
    }
    this.focused = { lane: lane.key, key: segment.key, at: Math.min(Math.max(at, segment.start), segment.end) };
    const { from, to } = this.zoomed ?? this.whole;
    if (segment.end < from || segment.start > to) {
      this.pan((segment.start + segment.end) / 2 - (from + to) / 2);
    }
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop || top + height > scrollTop + clientHeight) {
      this.scroller.scrollTop = top < scrollTop ? top : top + height - clientHeight;
    }
    this.focusedBars = segment.bars;
    cancelAnimationFrame(this.frame);
    this.drawNow();
    this.focusedElement()?.focus({ preventScroll: true });
  }

  /** Keeps the details of a bar, or goes into a segment of several. */
  private choose(): void {
    const segment = this.segmentOf(this.focused?.key);
    if (segment && segment.bars.length > 1) {
      const margin = Math.max((segment.end - segment.start) * PAN, SHORTEST_SPAN / 4);
      this.setWindow({ from: segment.start - margin, to: segment.end + margin });
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
      return { key: one.key, bars: [one], start: one.start, end: one.end ?? this.now };
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
    if (this.focused?.key !== segment.key) {
      this.focused = { lane: lane.key, key: segment.key, at: segment.start };
      this.focusedBars = segment.bars;
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
