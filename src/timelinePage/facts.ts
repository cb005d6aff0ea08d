/** What there is to say of a reservation, in words: the same for the eye, the keyboard and the table. */

import { oneLine } from '../core/display';
import { HOUR_MS, MINUTE_MS } from '../core/time';
import type { Bar } from '../core/timeline/bar';
import { endAt, type Segment } from '../core/timeline/lanes';
import { fill } from './dom';
import type { Words } from './messages';

export type Fact = readonly [name: string, value: string];

const MINUTES_PER_HOUR = 60;

export class Facts {
  private readonly full: Intl.DateTimeFormat;
  private readonly clock: Intl.DateTimeFormat;
  private readonly seconds: Intl.DateTimeFormat;
  private readonly day: Intl.DateTimeFormat;

  constructor(
    readonly words: Words,
    language: string,
  ) {
    this.full = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
    this.clock = new Intl.DateTimeFormat(language, { timeStyle: 'short' });
    this.seconds = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
    this.day = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric' });
  }

  time(at: number): string {
    return this.full.format(at);
  }

  /** Of a tick: the day at its beginning, else the time of day. */
  tick(at: Date, spanMs: number): string {
    const isMidnight = at.getHours() + at.getMinutes() + at.getSeconds() === 0;
    const format = isMidnight && spanMs > HOUR_MS ? this.day : spanMs < 10 * MINUTE_MS ? this.seconds : this.clock;
    return format.format(at);
  }

  duration(ms: number): string {
    const minutes = Math.floor(ms / MINUTE_MS);
    const [hours, rest] = [Math.floor(minutes / MINUTES_PER_HOUR), minutes % MINUTES_PER_HOUR];
    if (minutes < 1) {
      return this.words.underMinute;
    }
    if (hours === 0) {
      return fill(this.words.minutes, rest);
    }
    return rest === 0 ? fill(this.words.hours, hours) : fill(this.words.hoursMinutes, hours, rest);
  }

  project(project: string | null): string {
    return project === null ? this.words.noProject : oneLine(project);
  }

  /** Where it ended, or until when it is held. */
  end(bar: Bar): string {
    return bar.end === null ? this.words.heldStill : this.time(bar.end);
  }

  /** What happened to it, each in a few words. */
  marks(bar: Bar): readonly string[] {
    const { words } = this;
    const waits = bar.waits.map(({ agent, scope, since, asked }) =>
      fill(asked ? words.hasAsked : words.wasRefused, oneLine(agent), oneLine(scope), this.time(since)),
    );
    const takeover =
      bar.takenFrom === null ? [] : [`${words.takeover}: ${fill(words.tookOver, oneLine(bar.takenFrom))}`];
    return [...takeover, ...waits];
  }

  of(bar: Bar, now: number): readonly Fact[] {
    const { words } = this;
    const facts: Fact[] = [
      [words.scope, oneLine(bar.scope)],
      [words.agent, oneLine(bar.agent)],
      [words.bead, oneLine(bar.bead)],
      [words.project, this.project(bar.project)],
      [words.state, words[bar.state]],
      [words.from, this.time(bar.start)],
      bar.end === null ? [words.until, this.time(bar.expires)] : [words.to, this.time(bar.end)],
      [words.held, this.duration(endAt(bar, now) - bar.start)],
    ];
    if (bar.renewed !== null) {
      facts.push([words.renewed, this.time(bar.renewed)]);
    }
    if (bar.releasedBy !== null) {
      facts.push([words.forcedBy, oneLine(bar.releasedBy)]);
    }
    if (bar.reason !== null) {
      facts.push([words.reason, oneLine(bar.reason)]);
    }
    return [...facts, ...this.marks(bar).map((mark): Fact => [words.marks, mark])];
  }

  ofSegment(segment: Segment, now: number): readonly Fact[] {
    const [bar] = segment.bars;
    return segment.bars.length === 1 && bar ? this.of(bar, now) : [[this.words.timeline, this.cluster(segment)]];
  }

  /** For a screen reader: the facts in one line. */
  line(segment: Segment, now: number): string {
    const [bar] = segment.bars;
    return segment.bars.length === 1 && bar
      ? this.of(bar, now)
          .map(([name, value]) => `${name}: ${value}`)
          .join(', ')
      : this.cluster(segment);
  }

  private cluster({ bars, start, end }: Segment): string {
    return fill(this.words.cluster, bars.length, this.time(start), this.time(end));
  }
}
