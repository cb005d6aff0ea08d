/** What a timeline shows, collected from what history closed, one piece after the other, and from what is held now. */

import { granted, type Outcome, refused } from '../envelope';
import { pastTime } from '../history';
import { asText, quoted, trimmed } from '../input';
import type { Reservation } from '../reservation';
import { type Bar, barOf, placeOf } from './bar';
import { type Summary, Summing } from './summary';

/** So many of what is over are drawn, the latest of them; the others are in the summary only. */
export const MOST_BARS = 10_000;
/** Of so many scopes it is known who had them last. */
const MOST_PLACES = 50_000;
/** So many of a kind are there to choose from. */
export const MOST_CHOICES = 1_000;

export interface TimelineInput {
  /** A time, or how long ago: `90m`, `12h`, `7d`. */
  readonly since: string;
  readonly agent?: string | undefined;
  readonly bead?: string | undefined;
  /** Only of that project; null: only of none. */
  readonly project?: string | null | undefined;
}

export interface TimelineRequest {
  readonly since: Date;
  readonly agent: string;
  readonly bead: string;
  readonly project: string | null | undefined;
}

/** What there is to filter by, in the time that is looked at, whatever the filter is. */
export interface Choices {
  readonly agents: readonly string[];
  readonly beads: readonly string[];
  readonly projects: readonly (string | null)[];
}

export interface TimelineData {
  /** What is over and was not told before, in order of closing. */
  readonly added: readonly Bar[];
  /** Everything that is held now, or past its time and not swept. */
  readonly active: readonly Bar[];
  /** How many that are over are not drawn. */
  readonly more: number;
  readonly summary: Summary;
  readonly choices: Choices;
  readonly since: number;
  readonly now: number;
}

/** Who is named need not be registered any more: history remembers. */
export function checkTimeline(input: TimelineInput, now: Date): Outcome<TimelineRequest> {
  const since = pastTime(trimmed(input.since), now);
  if (since === undefined) {
    return refused(
      'INVALID_ARGS',
      `${quoted(asText(input.since))} is no time: write it as 2026-02-13T09:00:00Z, or how long ago, as 90m, 12h or 7d.`,
      { since: input.since },
    );
  }
  const project = input.project === null ? null : trimmed(input.project) || undefined;
  return granted({ since, agent: trimmed(input.agent), bead: trimmed(input.bead), project });
}

/** Who had a scope last. */
interface Last {
  readonly agent: string;
  readonly isExpired: boolean;
  readonly end: number;
}

export class Collecting {
  private readonly since: number;
  private readonly sums: Summing;
  private last = new Map<string, Last>();
  private readonly choices = {
    agents: new Set<string>(),
    beads: new Set<string>(),
    projects: new Set<string | null>(),
  };
  private bars: Bar[] = [];
  /** How many of the bars have been told. */
  private told = 0;
  private dropped = 0;

  constructor(private readonly request: TimelineRequest) {
    this.since = request.since.getTime();
    this.sums = new Summing(this.since);
  }

  /** Takes what was closed, in order of closing. */
  add(closed: readonly Reservation[], now: Date): void {
    for (const entry of closed) {
      const bar = this.barOf(entry, now);
      this.remember(bar);
      if (this.isShown(bar)) {
        this.bars.push(bar);
        this.sums.add(bar, now.getTime());
      }
    }
    // In big steps: to move them all for each one would take longer than all the rest.
    if (this.bars.length > 2 * MOST_BARS) {
      this.drop();
    }
  }

  /** What there is now; what it told once as added, it tells no more. */
  data(active: readonly Reservation[], now: Date): TimelineData {
    this.drop();
    const bars = active.map((entry) => this.barOf(entry, now)).filter((bar) => this.isShown(bar));
    const added = this.bars.slice(this.told);
    this.told = this.bars.length;
    return {
      added,
      active: bars,
      more: this.dropped,
      summary: this.sums.summary(bars, now.getTime()),
      choices: {
        agents: [...this.choices.agents].sort(),
        beads: [...this.choices.beads].sort(),
        projects: [...this.choices.projects].sort(),
      },
      since: this.since,
      now: now.getTime(),
    };
  }

  private drop(): void {
    const tooMany = this.bars.length - MOST_BARS;
    if (tooMany > 0) {
      this.bars = this.bars.slice(tooMany);
      this.told = Math.max(0, this.told - tooMany);
      this.dropped += tooMany;
    }
  }

  private barOf(entry: Reservation, now: Date): Bar {
    const bar = barOf(entry, now);
    const before = this.last.get(placeOf(bar));
    const isTakeover = before?.isExpired === true && before.agent !== bar.agent && before.end <= bar.start;
    return isTakeover ? { ...bar, takenFrom: before.agent } : bar;
  }

  private remember(bar: Bar): void {
    const place = placeOf(bar);
    // Set anew, so that the first of the map is the one that nobody has had for the longest time.
    this.last.delete(place);
    this.last.set(place, { agent: bar.agent, isExpired: bar.state === 'expired', end: bar.end ?? bar.start });
    // In big steps too: the first of a map is behind all that were ever taken out of it.
    if (this.last.size > 2 * MOST_PLACES) {
      this.last = new Map([...this.last].slice(MOST_PLACES));
    }
  }

  /** Whether it reaches into the time that is looked at, and passes the filter. */
  private isShown(bar: Bar): boolean {
    if (bar.end !== null && bar.end < this.since) {
      return false;
    }
    const { agents, beads, projects } = this.choices;
    choose(agents, bar.agent);
    choose(beads, bar.bead);
    choose(projects, bar.project);
    const { agent, bead, project } = this.request;
    return (
      (!agent || bar.agent === agent) &&
      (!bead || bar.bead === bead) &&
      (project === undefined || bar.project === project)
    );
  }
}

function choose<T>(choices: Set<T>, one: T): void {
  if (choices.size < MOST_CHOICES) {
    choices.add(one);
  }
}
