/** What agents have seen: how long each call took, how long they waited, what they held, and what went wrong. */

/** From when to when an agent knew that it held a scope, in simulated ms since the epoch. */
export interface Holding {
  readonly id: string;
  readonly agent: string;
  readonly scope: string;
  readonly from: number;
  /** When it asked for the release, or when the lease ended without one. */
  to: number;
  released: boolean;
}

export interface Log {
  /** ms of the wall for each call, by the name of what was called. */
  readonly times: Record<string, number[]>;
  /** Simulated ms from the first refusal to the grant. */
  readonly waits: number[];
  /** Simulated ms after which an agent turned to something else. */
  readonly givenUp: number[];
  readonly counts: Record<string, number>;
  readonly holdings: Holding[];
  /** Ids of messages that were sent, and of those that were acknowledged. */
  readonly sent: string[];
  readonly acked: string[];
  /** What was answered and should not have been. */
  readonly failures: string[];
}

export function emptyLog(): Log {
  return { times: {}, waits: [], givenUp: [], counts: {}, holdings: [], sent: [], acked: [], failures: [] };
}

export function count(log: Log, what: string, times = 1): void {
  log.counts[what] = (log.counts[what] ?? 0) + times;
}

/** Notes how long the call takes, whatever becomes of it. */
export async function noted<T>(log: Log, what: string, call: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await call();
  } finally {
    log.times[what] ??= [];
    log.times[what].push(performance.now() - started);
  }
}

/** All of several logs as one. */
export function together(logs: readonly Log[]): Log {
  const all = emptyLog();
  for (const log of logs) {
    for (const [what, times] of Object.entries(log.times)) {
      all.times[what] = [...(all.times[what] ?? []), ...times];
    }
    for (const [what, number] of Object.entries(log.counts)) {
      all.counts[what] = (all.counts[what] ?? 0) + number;
    }
    all.waits.push(...log.waits);
    all.givenUp.push(...log.givenUp);
    all.holdings.push(...log.holdings);
    all.sent.push(...log.sent);
    all.acked.push(...log.acked);
    all.failures.push(...log.failures);
  }
  return all;
}
