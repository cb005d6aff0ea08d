/** The rule of looking at what is over. */

import { granted, type Outcome, refused } from './envelope';
import { asText, quoted, trimmed } from './input';
import type { Reservation } from './reservation';
import { checkStatus, matchesStatus, type StatusInput, type StatusRequest } from './status';
import { HOUR_MS, instant, MINUTE_MS } from './time';

export const DEFAULT_HISTORY_LIMIT = 50;
export const MAX_HISTORY_LIMIT = 500;
const DAY_MS = 24 * HOUR_MS;
const DEFAULT_SINCE_MS = 7 * DAY_MS;
const UNIT_MS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

export interface HistoryInput extends StatusInput {
  /** A time (ISO-8601, UTC where it names no zone), or how long ago: `90m`, `12h`, `7d`. 7 days unless told. */
  readonly since?: string | undefined;
  /** 1 to 500; 50 unless told. */
  readonly limit?: number | undefined;
}

export interface HistoryRequest extends StatusRequest {
  readonly since: Date;
  readonly limit: number;
}

/** Checks in order: the agent, where one is named; then the time and the limit. */
export function checkHistory(input: HistoryInput, agentRegistered: boolean, now: Date): Outcome<HistoryRequest> {
  const filters = checkStatus(input, agentRegistered);
  if (!filters.ok) {
    return filters;
  }
  const since = timeAsked(trimmed(input.since), now);
  if (since === undefined) {
    return refused(
      'INVALID_ARGS',
      `${quoted(asText(input.since))} is no time: write it as 2026-02-13T09:00:00Z, or how long ago, as 90m, 12h or 7d.`,
      { since: input.since },
    );
  }
  const limit: unknown = input.limit ?? DEFAULT_HISTORY_LIMIT;
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > MAX_HISTORY_LIMIT) {
    return refused(
      'INVALID_LIMIT',
      `Limit ${quoted(asText(limit))} is not a whole number from 1 to ${MAX_HISTORY_LIMIT}.`,
      { limit, minimum: 1, maximum: MAX_HISTORY_LIMIT },
    );
  }
  return granted({ ...filters.data, since, limit });
}

/** What ended since then and passes the filters, in the order given, at most `limit` of it. */
export function selectHistory(closed: readonly Reservation[], request: HistoryRequest): readonly Reservation[] {
  return closed.filter((entry) => isAskedFor(entry, request)).slice(0, request.limit);
}

/** Whether a closed reservation ended since then and passes the filters. */
export function isAskedFor(entry: Reservation, request: HistoryRequest): boolean {
  return endOf(entry) >= request.since.getTime() && matchesStatus(entry, request);
}

/** When a closed reservation was over, in ms since the epoch. */
export function endOf({ released_at, expires_at }: Reservation): number {
  return instant(released_at ?? expires_at);
}

function timeAsked(text: string, now: Date): Date | undefined {
  return text ? pastTime(text, now) : new Date(now.getTime() - DEFAULT_SINCE_MS);
}

/** A time (ISO-8601, UTC where it names no zone), or how long ago: `90m`, `12h`, `7d`. Undefined for what is neither. */
export function pastTime(text: string, now: Date): Date | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const ms = count === undefined ? timeOf(text) : now.getTime() - Number(count) * (UNIT_MS[unit] ?? 0);
  return Number.isNaN(ms) ? undefined : new Date(ms);
}

function timeOf(text: string): number {
  const [, zone] = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? ['', ''];
  // A date alone is UTC already; a time of day without a zone would be the machine's.
  return zone === '' ? Number.NaN : instant(text.includes('T') && zone === undefined ? `${text}Z` : text);
}
