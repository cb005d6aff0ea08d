/** What a recording and the files left behind prove: histories that no order explains, and acknowledged work that is gone. */

import type { Reservation } from '../../../src/core/reservation';
import { instant } from '../../../src/core/time';
import { check, type Step, type Verdict } from './checker';
import { type Lease, type ScopeOp, type ScopeState, scopeModel } from './model';
import type { Recorded } from './recorder';
import type { Instant, Seen } from './recording';

/** The files, read by the test itself once every process is gone. */
export interface Remains {
  readonly active: readonly Reservation[];
  readonly history: readonly Reservation[];
  readonly at: Instant;
}

export interface Findings {
  /** One for each scope whose history no order explains. */
  readonly violations: readonly string[];
  /** One for each acknowledged reserve or release that was undone. */
  readonly lost: readonly string[];
  /** Calls that a store refused whose lock had not changed hands while they waited. */
  readonly blocked: readonly string[];
  /** How often each answer was given, to see that a history is not empty talk. */
  readonly answers: Readonly<Record<string, number>>;
}

type ScopeStep = Step<ScopeOp>;

/**
 * Who waited 4.5 s for the lock, and then met one that is younger, was overtaken by others again and again. A busy machine
 * does that; a dead holder that keeps everybody out has an old lock.
 */
const YOUNG_LOCK = /locked by .* for [0-3] s \(/;

export function judge(calls: readonly Recorded[], remains: Remains, scopes: readonly string[]): Findings {
  const violations: string[] = [];
  const blocked: string[] = [];
  const answers: Record<string, number> = {};
  for (const { call, answer } of calls) {
    const told = `${call.do} ${answer?.code ?? 'killed'}`;
    answers[told] = (answers[told] ?? 0) + 1;
    if (answer?.code === 'INTERNAL_ERROR') {
      const message = answer.message ?? '';
      if (!/locked|lock was not to be had/.test(message)) {
        violations.push(`${call.do}: ${message}`);
      } else if (!YOUNG_LOCK.test(message)) {
        blocked.push(`${call.do}: ${message}`);
      }
    }
  }
  for (const scope of scopes) {
    const verdict = check(historyOf(scope, calls, remains), scopeModel);
    if (verdict.kind !== 'linearizable') {
      violations.push(`${scope}: ${inWords(verdict)}`);
    }
  }
  return { violations, lost: lostIn(calls, remains), blocked, answers };
}

/** All that happened to one scope; the state of the files at the end counts as a last reading. */
export function historyOf(scope: string, calls: readonly Recorded[], remains: Remains): readonly ScopeStep[] {
  const made = [...remains.active, ...remains.history];
  const steps = calls.flatMap((recorded) => stepsOf(scope, recorded, made));
  const last = { what: 'saw', id: idSeen(liveAt(remains), scope), from: remains.at.wall, to: remains.at.wall } as const;
  const invoked = toNumber(remains.at);
  return [...steps, { op: last, invoked, returned: invoked, optional: false }];
}

function stepsOf(scope: string, recorded: Recorded, made: readonly Reservation[]): readonly ScopeStep[] {
  const { call, answer } = recorded;
  if (call.do !== 'status' && call.scope !== scope) {
    return [];
  }
  const times = {
    invoked: toNumber(recorded.invoked),
    returned: recorded.returned ? toNumber(recorded.returned) : Infinity,
  };
  const from = recorded.invoked.wall;
  const to = recorded.returned?.wall ?? Infinity;
  const isKnown = answer !== undefined && answer.code !== 'INTERNAL_ERROR';
  const must = (op: ScopeOp): ScopeStep => ({ op, ...times, optional: false });
  /** What an unanswered call did, it may have done in part, and what it left half done, another may have finished. */
  const may = (op: ScopeOp): ScopeStep =>
    isKnown ? { op, ...times, optional: true } : { op, invoked: times.invoked, returned: Infinity, optional: true };
  const sweep = may({ what: 'swept', from, to: isKnown ? to : Infinity });
  const [first] = answer?.entries ?? [];
  const holder = first && identity(first);

  switch (call.do) {
    case 'status':
      return isKnown && answer.code === 'ok'
        ? [sweep, must({ what: 'saw', id: idSeen(answer.entries, scope), from, to })]
        : [sweep];
    case 'reserve':
      if (!isKnown) {
        const entry = made.find((one) => one.scope === scope && one.reservation_id.endsWith(`_${call.tail}`));
        const effect = entry && { takeover: call.takeover, lease: leaseOf(entry), from, to: Infinity };
        return effect ? [sweep, may({ what: 'reserveCutShort', ...effect })] : [sweep];
      }
      switch (answer.code) {
        case 'ok':
          return [must({ what: 'reserved', takeover: call.takeover, lease: leaseOf(first as Seen), from, to })];
        case 'RESERVATION_CONFLICT':
          return [must({ what: 'conflict', holder, from, to })];
        case 'RESERVATION_STALE_FOUND':
          return [must({ what: 'staleFound', holder, from, to })];
      }
      break;
    case 'release':
      if (!isKnown) {
        return [sweep, may({ what: 'releaseCutShort', agent: call.agent, from, to: Infinity })];
      }
      switch (answer.code) {
        case 'ok': {
          const releasedAt = instant(first?.released_at ?? '');
          return [must({ what: 'released', agent: call.agent, id: holder ?? '', releasedAt, from, to })];
        }
        case 'RELEASE_FORBIDDEN':
          return [must({ what: 'forbidden', agent: call.agent, holder, from, to })];
        case 'RESERVATION_NOT_FOUND':
          return [must({ what: 'notFound', from, to })];
      }
  }
  throw new Error(`${call.do} was answered ${answer?.code}, which no rule gives here: ${answer?.message}`);
}

/** Acknowledged work that the files do not show: a reservation in neither, or not active though nobody ended it. */
function lostIn(calls: readonly Recorded[], remains: Remains): readonly string[] {
  const active = new Set(remains.active.map(identity));
  const closed = new Set(remains.history.map(identity));
  const released = new Set(remains.history.filter(({ state }) => state === 'released').map(identity));
  return calls.flatMap(({ call, answer }) => {
    const [entry] = answer?.entries ?? [];
    if (answer?.code !== 'ok' || !entry || call.do === 'status') {
      return [];
    }
    const id = identity(entry);
    if (call.do === 'release') {
      return released.has(id) && !active.has(id) ? [] : [`release of ${id}`];
    }
    const isOver = released.has(id) || instant(entry.expires_at) <= remains.at.wall;
    return active.has(id) || (isOver && closed.has(id)) ? [] : [`reservation ${id}`];
  });
}

function liveAt({ active, at }: Remains): readonly Reservation[] {
  return active.filter((entry) => instant(entry.expires_at) > at.wall);
}

/** Two of one scope are a name that no state of the model has. */
function idSeen(entries: readonly Seen[], scope: string): string | undefined {
  const ids = entries.filter((entry) => entry.scope === scope).map(identity);
  return ids.length > 0 ? ids.join(' and ') : undefined;
}

function identity(entry: Pick<Seen, 'reservation_id' | 'expires_at'>): string {
  return `${entry.reservation_id} until ${entry.expires_at}`;
}

function leaseOf(entry: Seen): Lease {
  return {
    id: identity(entry),
    agent: entry.agent_id ?? '',
    createdAt: instant(entry.created_at ?? ''),
    end: instant(entry.expires_at),
  };
}

/** ns as a number: exact for the first hundred days of a machine, and to a few ns for years. */
function toNumber({ mono }: Instant): number {
  return Number(mono);
}

function inWords(verdict: Exclude<Verdict<ScopeState, ScopeOp>, { kind: 'linearizable' }>): string {
  if (verdict.kind === 'undecided') {
    return `given up after ${verdict.nodes} steps`;
  }
  const { explained, state, next } = verdict.stuck;
  const choices = next.slice(0, 4).map(({ op }) => JSON.stringify(op));
  return `after ${explained} calls, with ${JSON.stringify(state)}, none of these can be next: ${choices.join(' or ')}`;
}
