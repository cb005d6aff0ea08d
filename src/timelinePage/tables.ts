/** The table of what is shown, and the tables of the summary. */

import { oneLine } from '../core/display';
import type { Bar } from '../core/timeline/bar';
import { endAt } from '../core/timeline/lanes';
import type { HolderRow, HotSpot, Summary } from '../core/timeline/summary';
import { button, element, fill } from './dom';
import type { Facts } from './facts';

/** So many rows are there at once, until more are asked for. */
const ROWS = 200;

type Cell = string | { readonly number: string } | { readonly time: string };

export class BarTable {
  readonly root = element('div', { class: 'panel scrolled', tabindex: '0', role: 'region' });
  private listed = ROWS;
  private bars: readonly Bar[] = [];
  private now = 0;

  constructor(private readonly facts: Facts) {
    this.root.setAttribute('aria-label', facts.words.table);
  }

  /** The latest first. */
  show(bars: readonly Bar[], now: number): void {
    this.bars = bars.toSorted((left, right) => right.start - left.start);
    this.now = now;
    this.draw();
  }

  private draw(): void {
    const { words } = this.facts;
    const heads = [
      words.scope,
      words.agent,
      words.bead,
      words.project,
      words.state,
      words.from,
      words.to,
      words.held,
      words.marks,
    ];
    const rows = this.bars.slice(0, this.listed).map((bar) => this.cells(bar));
    const more = this.bars.length - rows.length;
    const content: Node[] = [table(words.table, heads, rows)];
    if (more > 0) {
      content.push(
        button(fill(words.showMore, more), () => {
          const before = this.listed;
          this.listed += ROWS;
          this.draw();
          this.root.querySelectorAll<HTMLElement>('tbody tr')[before]?.focus();
        }),
      );
    }
    const { scrollTop } = this.root;
    this.root.replaceChildren(...content);
    this.root.scrollTop = scrollTop;
  }

  private cells(bar: Bar): readonly Cell[] {
    const { facts } = this;
    const forced =
      bar.releasedBy === null
        ? []
        : [
            `${facts.words.forcedBy}: ${oneLine(bar.releasedBy)}${bar.reason === null ? '' : ` (${oneLine(bar.reason)})`}`,
          ];
    return [
      oneLine(bar.scope),
      oneLine(bar.agent),
      oneLine(bar.bead),
      facts.project(bar.project),
      facts.words[bar.state],
      { time: facts.time(bar.start) },
      { time: facts.end(bar) },
      { number: facts.duration(endAt(bar, this.now) - bar.start) },
      [...facts.marks(bar), ...forced].join('; '),
    ];
  }
}

export function summaryTables(facts: Facts, summary: Summary, since: number): readonly Node[] {
  const { words } = facts;
  const hot =
    summary.hotSpots.length > 0
      ? [
          table(
            words.hotSpots,
            [
              words.scope,
              words.project,
              words.refused,
              words.asked,
              words.takeovers,
              words.forcedReleases,
              words.waited,
              words.held,
              words.times,
            ],
            summary.hotSpots.map((spot) => hotSpot(facts, spot)),
            2,
          ),
          ...moreRows(facts, summary.moreHotSpots),
        ]
      : [element('h2', {}, words.hotSpots), element('p', { class: 'hint' }, words.noHotSpots)];
  return [
    element('p', { class: 'hint' }, fill(words.summarySince, facts.time(since))),
    ...hot,
    element('p', { class: 'hint' }, words.hotSpotsHelp),
    table(
      words.whoHeld,
      [words.agent, words.scope, words.project, words.held, words.times],
      summary.holders.map((row) => holder(facts, row)),
      3,
    ),
    ...moreRows(facts, summary.moreHolders),
    ...(summary.others > 0 ? [element('p', { class: 'hint' }, fill(words.others, summary.others))] : []),
  ];
}

function hotSpot(facts: Facts, spot: HotSpot): readonly Cell[] {
  const numbers = [spot.refused, spot.asked, spot.takeovers, spot.forced].map((count) => ({ number: String(count) }));
  return [
    oneLine(spot.scope),
    facts.project(spot.project),
    ...numbers,
    { number: spot.waited === 0 ? '' : facts.duration(spot.waited) },
    { number: facts.duration(spot.held) },
    { number: String(spot.times) },
  ];
}

function holder(facts: Facts, { agent, scope, project, held, times }: HolderRow): readonly Cell[] {
  return [
    oneLine(agent),
    oneLine(scope),
    facts.project(project),
    { number: facts.duration(held) },
    { number: String(times) },
  ];
}

function moreRows(facts: Facts, more: number): readonly Node[] {
  return more > 0 ? [element('p', { class: 'hint' }, fill(facts.words.moreRows, more))] : [];
}

/** Columns from `numbers` on are of numbers. */
function table(
  name: string,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  numbers = Number.POSITIVE_INFINITY,
): HTMLTableElement {
  const head = heads.map((text, index) =>
    element('th', { scope: 'col', ...(index >= numbers ? { class: 'number' } : {}) }, text),
  );
  const body = rows.map((cells) => element('tr', { tabindex: '-1' }, ...cells.map(cell)));
  return element(
    'table',
    {},
    element('caption', {}, name),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...body),
  );
}

function cell(value: Cell): HTMLTableCellElement {
  if (typeof value === 'string') {
    return element('td', {}, value);
  }
  return 'number' in value
    ? element('td', { class: 'number' }, value.number)
    : element('td', { class: 'time' }, value.time);
}
