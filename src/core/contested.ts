/** Grants of what somebody else has just worked on: what the new holder knows of the files may be old. */

import { endOf } from './history';
import { quoted } from './input';
import { meet, type Wanted } from './meeting';
import type { Reservation } from './reservation';
import { HOUR_MS, instant } from './time';
import { waiterOf } from './waiting';

/** How long a refusal is held against what an agent knows. */
const CONTESTED_HOURS = 24;

export interface Contested {
  /** It took the place of an expired reservation, or it had been refused because of one that is over. */
  readonly because: 'takeover' | 'after_conflict';
  readonly previous_agent: string;
  /** What to do about it. */
  readonly message: string;
}

/** What a grant followed on. */
export interface Before {
  /** The entries whose place it took. */
  readonly takenOver: readonly Reservation[];
  /** What is active beside it. */
  readonly active: readonly Reservation[];
  /** What history closed of late, as far as it names the new holder. */
  readonly closed: readonly Reservation[];
}

/** Whether a grant is contested; only the first one after a conflict is. */
export function contestedBy(created: Reservation, wanted: Wanted, before: Before): Contested | undefined {
  const isMine = (entry: Reservation) => entry.agent_id === created.agent_id;
  const previous = before.takenOver.find((entry) => !isMine(entry));
  if (previous) {
    return told('takeover', previous);
  }
  const now = instant(created.created_at);
  const there = (entries: readonly Reservation[]) =>
    Object.values(meet(entries, wanted)).flat() as readonly Reservation[];
  const conflicts = there(before.closed.filter((entry) => !isMine(entry) && waiterOf(entry, created.agent_id)))
    .filter((entry) => endOf(entry) <= now && endOf(entry) > now - CONTESTED_HOURS * HOUR_MS)
    .sort((left, right) => endOf(right) - endOf(left));
  const [last] = conflicts;
  if (!last) {
    return undefined;
  }
  const own = [...before.active, ...before.closed].filter((entry) => isMine(entry) && !isSame(entry, created));
  const wasThereSince = there(own).some((entry) => instant(entry.created_at) >= endOf(last));
  return wasThereSince ? undefined : told('after_conflict', last);
}

function isSame(one: Reservation, other: Reservation): boolean {
  return one.reservation_id === other.reservation_id && one.scope === other.scope;
}

function told(because: Contested['because'], { agent_id, scope }: Reservation): Contested {
  return {
    because,
    previous_agent: agent_id,
    message: `${quoted(agent_id)} held ${quoted(scope)} before you: read the files again before you change them.`,
  };
}
