/** The operation of the timeline: what was held since a moment, added up while the history is read piece by piece. */

import { type Envelope, granted, type Outcome } from '../core/envelope';
import {
  Collecting,
  checkTimeline,
  type TimelineData,
  type TimelineInput,
  type TimelineRequest,
} from '../core/timeline/collect';
import type { Store } from '../store/store';
import { answer, complete, when } from './answers';

/** A timeline that is followed: each look reads only what has come since the one before. */
export interface FollowedTimeline {
  /**
   * `isAnew` where what earlier looks have added does not count any more. One after the other, never two at once.
   * A signal gives a long reading up: what it answers then is of no use.
   */
  look(signal?: AbortSignal): Promise<Envelope<TimelineLook>>;
}

export interface TimelineLook extends TimelineData {
  readonly isAnew: boolean;
}

export function openTimeline(
  store: Store,
  clock: () => Date,
  input: TimelineInput,
): Promise<Envelope<FollowedTimeline>> {
  return answer('agent timeline', async () =>
    when(checkTimeline(input, clock()), (request) => Promise.resolve(granted(follow(store, clock, request)))),
  );
}

function follow(store: Store, clock: () => Date, request: TimelineRequest): FollowedTimeline {
  const reading = store.readHistory(request.since);
  let collecting = new Collecting(request);
  let isFirst = true;

  async function read(signal?: AbortSignal): Promise<Outcome<TimelineLook>> {
    // Active before history: what is closed in between is then seen twice, and left out of the first.
    const active = complete(await store.readActive());
    const now = clock();
    const held = new Map(active.map((entry) => [`${entry.reservation_id} ${entry.scope}`, entry]));
    let isAnew = isFirst;
    for (let isLast = false; !isLast && signal?.aborted !== true; ) {
      const piece = await reading.next();
      if (piece.isAnew) {
        collecting = new Collecting(request);
        isAnew = true;
      }
      collecting.add(piece.closed, now);
      for (const { reservation_id, scope } of piece.closed) {
        held.delete(`${reservation_id} ${scope}`);
      }
      ({ isLast } = piece);
    }
    isFirst = false;
    return granted({ ...collecting.data([...held.values()], now), isAnew });
  }

  return { look: (signal) => answer('agent timeline', () => read(signal)) };
}
