/** Who held what for how long, and where agents stood in each other's way, added up one reservation after the other. */

import { type Bar, heldBetween, marksOf, placeOf } from './bar';

/** So many are told apart; what comes then is counted together. */
export const MOST_GROUPS = 50_000;
/** So many are listed. */
export const MOST_ROWS_LISTED = 500;

/** What one agent held of one scope. */
export interface HolderRow {
  readonly agent: string;
  readonly scope: string;
  readonly project: string | null;
  /** In ms, within the time that is looked at. */
  readonly held: number;
  readonly times: number;
}

/** A scope at which agents met. */
export interface HotSpot {
  readonly scope: string;
  readonly project: string | null;
  /** Agents that were refused because of it, each once for each reservation. */
  readonly refused: number;
  /** Agents that asked for it by a message. */
  readonly asked: number;
  readonly takeovers: number;
  readonly forced: number;
  /** From the first refusal or request to the end of what was in the way, added up, in ms. */
  readonly waited: number;
  readonly held: number;
  readonly times: number;
}

export interface Summary {
  readonly times: number;
  /** The longest first. */
  readonly holders: readonly HolderRow[];
  /** How many more there are. */
  readonly moreHolders: number;
  /** Where most was refused or asked for first; scopes at which nobody met anybody are left out. */
  readonly hotSpots: readonly HotSpot[];
  readonly moreHotSpots: number;
  /** What is in no row, since too many were told apart already. */
  readonly others: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export class Summing {
  private times = 0;
  private others = 0;

  constructor(
    private readonly since: number,
    private readonly holders = new Map<string, Writable<HolderRow>>(),
    private readonly scopes = new Map<string, Writable<HotSpot>>(),
  ) {}

  /** @param now where what is held still is cut */
  add(bar: Bar, now: number): void {
    this.times++;
    const { agent, scope, project } = bar;
    const place = placeOf(bar);
    const held = heldBetween(bar, this.since, now);
    const holder = row(this.holders, `${agent} ${place}`, (): Writable<HolderRow> => {
      return { agent, scope, project, held: 0, times: 0 };
    });
    const spot = row(this.scopes, place, () => nothingAt(scope, project));
    if (holder === undefined || spot === undefined) {
      this.others++;
    }
    if (holder) {
      holder.held += held;
      holder.times++;
    }
    if (spot) {
      spot.held += held;
      spot.times++;
      this.addMarks(bar, spot, now);
    }
  }

  /** What it is with these beside it, which are not kept. */
  summary(beside: readonly Bar[], now: number): Summary {
    const all = new Summing(this.since, copied(this.holders), copied(this.scopes));
    all.times = this.times;
    all.others = this.others;
    for (const bar of beside) {
      all.add(bar, now);
    }
    const holders = [...all.holders.values()].sort(
      (left, right) => right.held - left.held || byText(left.agent, right.agent) || byText(left.scope, right.scope),
    );
    const hotSpots = [...all.scopes.values()].filter((spot) => heat(spot) > 0).sort(byHeat);
    return {
      times: all.times,
      holders: holders.slice(0, MOST_ROWS_LISTED),
      moreHolders: Math.max(0, holders.length - MOST_ROWS_LISTED),
      hotSpots: hotSpots.slice(0, MOST_ROWS_LISTED),
      moreHotSpots: Math.max(0, hotSpots.length - MOST_ROWS_LISTED),
      others: all.others,
    };
  }

  private addMarks(bar: Bar, spot: Writable<HotSpot>, now: number): void {
    for (const { kind, at } of marksOf(bar)) {
      if (at >= this.since) {
        spot.refused += kind === 'refused' ? 1 : 0;
        spot.asked += kind === 'asked' ? 1 : 0;
        spot.takeovers += kind === 'takeover' ? 1 : 0;
        spot.forced += kind === 'forced' ? 1 : 0;
      }
    }
    for (const { since } of bar.waits) {
      spot.waited += Math.max(0, (bar.end ?? now) - Math.max(since, this.since));
    }
  }
}

function row<R>(rows: Map<string, R>, key: string, make: () => R): R | undefined {
  const known = rows.get(key);
  if (known !== undefined || rows.size >= MOST_GROUPS) {
    return known;
  }
  const made = make();
  rows.set(key, made);
  return made;
}

function nothingAt(scope: string, project: string | null): Writable<HotSpot> {
  return { scope, project, refused: 0, asked: 0, takeovers: 0, forced: 0, waited: 0, held: 0, times: 0 };
}

function copied<R extends object>(rows: ReadonlyMap<string, R>): Map<string, R> {
  return new Map(Array.from(rows, ([key, one]) => [key, { ...one }]));
}

function heat({ refused, asked, takeovers, forced }: HotSpot): number {
  return refused + asked + takeovers + forced;
}

function byHeat(left: HotSpot, right: HotSpot): number {
  return (
    right.refused + right.asked - (left.refused + left.asked) ||
    heat(right) - heat(left) ||
    right.waited - left.waited ||
    byText(left.scope, right.scope)
  );
}

export function byText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
