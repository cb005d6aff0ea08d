/** The page of the timeline: what is asked of the extension, and how its answers are laid out. */

import type { Bar } from '../core/timeline/bar';
import type { TimelineData } from '../core/timeline/collect';
import { MOST_BARS } from '../core/timeline/collect';
import type { LanesBy, Segment } from '../core/timeline/lanes';
import { Chart } from './chart';
import { choice, type Select, tabs } from './controls';
import { button, element, fill } from './dom';
import { Facts } from './facts';
import { legend } from './legend';
import { type Filter, type HostMessage, type PageMessage, RANGES, type Range, type Words } from './messages';
import { BarTable, summaryTables } from './tables';
import type { Window } from './visibleTime';

declare function acquireVsCodeApi(): {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: State): void;
};

type Tab = 'timeline' | 'table' | 'summary';

/** What outlives the page, which is thrown away when it is hidden. */
interface State {
  readonly tab: Tab;
  readonly range: Range;
  readonly by: LanesBy;
  readonly filter: Filter;
  readonly window?: Window | undefined;
  readonly scrolled?: number | undefined;
  readonly pinned?: string | undefined;
}

const BEGINNING: State = { tab: 'timeline', range: 'day', by: 'scope', filter: {} };
const RANGE_MS: Readonly<Record<Range, number>> = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 };
/** So often the line of now moves. */
const TICK_MS = 30_000;

const vscode = acquireVsCodeApi();
let state: State = { ...BEGINNING, ...(vscode.getState() as Partial<State> | undefined) };
let page: Page | undefined;

window.addEventListener('message', ({ data }: MessageEvent<HostMessage>) => {
  if (data.type === 'begin') {
    page ??= new Page(data.words, data.language);
  } else {
    page?.receive(data);
  }
});
vscode.postMessage({ type: 'ready' });

class Page {
  private readonly facts: Facts;
  private readonly status = element('div', { class: 'status', role: 'status' });
  private readonly chart: Chart;
  private readonly table: BarTable;
  private readonly summary = element('div', { class: 'panel scrolled', tabindex: '0', role: 'region' });
  private readonly details = element('section', { class: 'details', 'aria-live': 'polite' });
  private readonly agents: Select;
  private readonly beads: Select;
  private readonly projects: Select;
  private readonly ranges: readonly HTMLButtonElement[];
  private closed: Bar[] = [];
  private told: TimelineData | undefined;
  /** The clock of the store, ahead of this machine's by so many ms. */
  private ahead = 0;
  private asked = 0;
  /** As it was before the page was hidden; undefined once it is so again. */
  private restored: State | undefined = state;
  private frame = 0;

  constructor(
    private readonly words: Words,
    language: string,
  ) {
    this.facts = new Facts(words, language);
    const looking = {
      facts: this.facts,
      onLook: (segment: Segment | undefined, pinned: boolean) => this.showDetails(segment, pinned),
      onMove: () => this.keep({ window: this.chart.window, scrolled: this.chart.scrolled }),
    };
    this.chart = new Chart(looking, legend(words));
    this.table = new BarTable(this.facts);
    this.summary.setAttribute('aria-label', words.summary);
    this.details.setAttribute('aria-label', words.details);
    this.agents = choice(words.agent, (value) => this.filter({ agent: value }));
    this.beads = choice(words.bead, (value) => this.filter({ bead: value }));
    this.projects = choice(words.project, (value) => this.filter({ project: projectOf(value) }));
    this.ranges = RANGES.map((range) => button(this.rangeName(range), () => this.setRange(range)));
    this.layOut();
    this.showDetails(undefined, false);
    this.ask();
    setInterval(() => document.visibilityState === 'visible' && this.chart.moveOn(this.now()), TICK_MS);
  }

  receive(message: Exclude<HostMessage, { type: 'begin' }>): void {
    if (message.ask !== this.asked) {
      return;
    }
    document.body.setAttribute('aria-busy', 'false');
    if (message.type === 'failed') {
      this.say(message.text, true);
      return;
    }
    this.closed = message.isAnew ? [...message.added] : [...this.closed, ...message.added].slice(-MOST_BARS);
    this.told = message;
    this.ahead = message.now - Date.now();
    this.draw();
  }

  private layOut(): void {
    const { words } = this;
    const lanes = choice(words.lanes, (value) => {
      this.keep({ by: value === 'agent' ? 'agent' : 'scope', scrolled: 0 });
      this.draw();
    });
    lanes.offer(
      [
        { value: 'scope', text: words.byScope },
        { value: 'agent', text: words.byAgent },
      ],
      state.by,
    );
    const chart = element('div', { class: 'panel' }, this.chart.root, this.details);
    const shown = tabs(
      words.views,
      [
        { name: 'timeline', text: words.timeline, panel: chart },
        { name: 'table', text: words.table, panel: this.table.root },
        { name: 'summary', text: words.summary, panel: this.summary },
      ],
      state.tab,
      (tab) => {
        this.keep({ tab: tab as Tab });
        this.chart.draw();
      },
    );
    const range = element('div', { class: 'group', role: 'group', 'aria-label': words.range }, ...this.ranges);
    const tools = element(
      'div',
      { class: 'tools' },
      shown.bar,
      range,
      lanes.root,
      this.agents.root,
      this.beads.root,
      this.projects.root,
      button(words.saveCsv, () => vscode.postMessage({ type: 'saveCsv' })),
      button(words.saveSvg, () => vscode.postMessage({ type: 'saveSvg', svg: this.chart.file() })),
    );
    (document.getElementById('page') as HTMLElement).replaceChildren(tools, this.status, ...shown.panels);
  }

  private rangeName(range: Range): string {
    const { lastHour, lastDay, lastWeek } = this.words;
    return { hour: lastHour, day: lastDay, week: lastWeek }[range];
  }

  private setRange(range: Range): void {
    this.keep({ range, window: undefined });
    this.chart.restore(undefined, this.chart.scrolled, this.chart.pinnedKey);
    this.ask();
  }

  private filter(change: Filter): void {
    this.keep({ filter: { ...state.filter, ...change } });
    this.ask();
  }

  private ask(): void {
    for (const [index, range] of RANGES.entries()) {
      this.ranges[index]?.setAttribute('aria-pressed', String(range === state.range));
    }
    document.body.setAttribute('aria-busy', 'true');
    this.say(this.words.reading);
    vscode.postMessage({ type: 'ask', ask: ++this.asked, range: state.range, filter: state.filter });
  }

  /** At most once a frame, however much is told. */
  private draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      if (this.told) {
        this.drawTold(this.told);
      }
    });
  }

  private drawTold({ active, more, summary, choices, since }: TimelineData): void {
    const now = this.now();
    // Of one that was seen held and closed, the closed one counts.
    const bars = [...new Map([...active, ...this.closed].map((bar) => [bar.key, bar])).values()];
    this.chart.show(bars, state.by, now - RANGE_MS[state.range], now);
    this.table.show(bars, now);
    this.summary.replaceChildren(...summaryTables(this.facts, summary, since));
    const { all, none } = this.words;
    const { agent, bead, project } = state.filter;
    const named = (text: string) => ({ value: text, text });
    this.agents.offer([{ value: '', text: all }, ...choices.agents.map(named)], agent ?? '');
    this.beads.offer([{ value: '', text: all }, ...choices.beads.map(named)], bead ?? '');
    this.projects.offer(
      [{ value: '', text: all }, ...choices.projects.map((one) => ({ value: asValue(one), text: one ?? none }))],
      project === undefined ? '' : asValue(project),
    );
    this.tellCount(bars.length, more, since);
    if (this.restored) {
      const { window: zoomed, scrolled, pinned } = this.restored;
      this.restored = undefined;
      this.chart.restore(zoomed, scrolled ?? 0, pinned);
    }
  }

  private tellCount(count: number, more: number, since: number): void {
    const { words } = this;
    const isFiltered = Object.values(state.filter).some((value) => value !== undefined && value !== '');
    if (count === 0) {
      this.say(isFiltered ? words.nothingPasses : words.nothingAtAll);
      return;
    }
    const time = this.facts.time(since);
    const shown = count === 1 ? fill(words.shownOne, time) : fill(words.shown, count, time);
    this.say(more > 0 ? `${shown} ${fill(words.notDrawn, more)}` : shown);
  }

  private showDetails(segment: Segment | undefined, isPinned: boolean): void {
    const { words } = this;
    this.keep({ pinned: isPinned ? segment?.key : undefined });
    if (!segment) {
      this.details.replaceChildren(element('p', {}, words.noDetails));
      return;
    }
    const facts = this.facts
      .ofSegment(segment, this.now())
      .map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)));
    const [bar] = segment.bars;
    const actions =
      segment.bars.length === 1 && bar
        ? [
            ...(bar.end === null
              ? [button(words.reveal, () => vscode.postMessage({ type: 'reveal', key: bar.key }))]
              : []),
            button(words.open, () => vscode.postMessage({ type: 'open', key: bar.key })),
          ]
        : [];
    const row = element('div', { class: 'tools' }, ...actions, ...(isPinned ? [words.pinned] : []));
    this.details.replaceChildren(element('dl', {}, ...facts), row);
  }

  private say(text: string, isFailure = false): void {
    this.status.classList.toggle('failed', isFailure);
    if (this.status.textContent !== text) {
      this.status.textContent = text;
    }
  }

  private now(): number {
    return Date.now() + this.ahead;
  }

  private keep(change: Partial<State>): void {
    state = { ...state, ...change };
    vscode.setState(state);
  }
}

/** As the value of an option: a name may be anything, so that none stands for nothing. */
function asValue(project: string | null): string {
  return project === null ? 'none' : `named ${project}`;
}

function projectOf(value: string | undefined): string | null | undefined {
  return value === undefined ? undefined : value === 'none' ? null : value.slice('named '.length);
}
