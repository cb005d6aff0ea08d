/** One reservation as the timeline draws it: plain fields, so that it can be sent to a page. Times are ms since the epoch. */

import { endOf } from '../history';
import { isExpired, projectOf, type Reservation } from '../reservation';
import { instant } from '../time';
import { waitersOf } from '../waiting';

/** `forced`: released by another in the holder's place. */
export type BarState = 'active' | 'released' | 'forced' | 'expired';

export interface Bar {
  /** Tells it from all others, also where two drew the same id. */
  readonly key: string;
  readonly id: string;
  readonly scope: string;
  readonly agent: string;
  readonly bead: string;
  /** Null where it names none. */
  readonly project: string | null;
  readonly state: BarState;
  readonly start: number;
  /** Null while it is held. */
  readonly end: number | null;
  readonly expires: number;
  readonly renewed: number | null;
  readonly waits: readonly Wait[];
  /** Who held the same scope before it and had let it expire; null where nobody did. */
  readonly takenFrom: string | null;
  readonly releasedBy: string | null;
  readonly reason: string | null;
}

/** An agent that was refused because of it, or has asked its holder to release it. Of each agent the first time is known. */
export interface Wait {
  readonly agent: string;
  readonly scope: string;
  readonly since: number;
  readonly asked: boolean;
}

export type MarkKind = 'refused' | 'asked' | 'takeover' | 'forced';

/** Something that happened to a reservation at a moment. */
export interface Mark {
  readonly kind: MarkKind;
  readonly at: number;
  readonly agent: string;
}

/** What the store knows of a reservation, closed or not. One that is past its time and not swept is as good as closed. */
export function barOf(entry: Reservation, now: Date, takenFrom: string | null = null): Bar {
  const start = instant(entry.created_at);
  const isHeld = entry.state === 'active' && !isExpired(entry, now);
  // Clocks of several programs: an end before the beginning would be drawn backwards.
  const end = isHeld ? null : Math.max(start, endOf(entry));
  const { released_by, reason, renewed_at } = entry;
  return {
    key: `${entry.reservation_id} ${entry.scope}`,
    id: entry.reservation_id,
    scope: entry.scope,
    agent: entry.agent_id,
    bead: entry.bead_id,
    project: projectOf(entry) ?? null,
    state: isHeld ? 'active' : entry.state === 'released' ? releasedState(entry) : 'expired',
    start,
    end,
    expires: instant(entry.expires_at),
    renewed: timeOf(renewed_at),
    waits: waitersOf(entry).flatMap(({ agent_id, scope, since, message_id }) => {
      const at = timeOf(since);
      return at === null ? [] : [{ agent: agent_id, scope, since: at, asked: message_id !== undefined }];
    }),
    takenFrom,
    releasedBy: typeof released_by === 'string' ? released_by : null,
    reason: typeof reason === 'string' ? reason : null,
  };
}

/** In order of time. */
export function marksOf(bar: Bar): readonly Mark[] {
  const marks: Mark[] = bar.waits.map(({ agent, since, asked }) => ({
    kind: asked ? 'asked' : 'refused',
    at: since,
    agent,
  }));
  if (bar.takenFrom !== null) {
    marks.push({ kind: 'takeover', at: bar.start, agent: bar.takenFrom });
  }
  if (bar.state === 'forced' && bar.end !== null && bar.releasedBy !== null) {
    marks.push({ kind: 'forced', at: bar.end, agent: bar.releasedBy });
  }
  return marks.sort((left, right) => left.at - right.at);
}

/** For how long it was held between two moments, in ms. */
export function heldBetween({ start, end }: Bar, from: number, to: number): number {
  return Math.max(0, Math.min(end ?? to, to) - Math.max(start, from));
}

/** What tells a scope from the same text in another project. */
export function placeOf({ scope, project }: Pick<Bar, 'scope' | 'project'>): string {
  return `${project ?? ''}\0${scope}`;
}

function releasedState({ released_by, agent_id }: Reservation): BarState {
  return typeof released_by === 'string' && released_by !== agent_id ? 'forced' : 'released';
}

function timeOf(iso: unknown): number | null {
  const at = typeof iso === 'string' ? instant(iso) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}
