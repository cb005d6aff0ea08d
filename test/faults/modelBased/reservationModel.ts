/**
 * The rules of reservations, told anew and as plainly as possible. It shares no code with the product but the names of
 * codes: what a scope covers is written down here by hand, for the few scopes that the steps use.
 */

import type { ErrorCode } from '../../../src/core/envelope';
import { type Closed, type Held, MINUTE, type Model, type Sent } from './model';

/** All paths that matter, and which of them each scope covers. */
export const COVERS = {
  src: ['src', 'src/a.ts', 'src/a.ts/x', 'src/b', 'src/b/c'],
  'src/*': ['src/a.ts', 'src/b'],
  'src/a.ts': ['src/a.ts', 'src/a.ts/x'],
  'src/b/*': ['src/b/c'],
  docs: ['docs', 'docs/x'],
  between: ['between'],
} as const satisfies Record<string, readonly string[]>;

export const PATHS = [...new Set(Object.values(COVERS).flat())];

export interface Reserve {
  readonly agent: string;
  readonly scope: string;
  readonly bead: string;
  readonly ttl: number;
  readonly takeoverStale: boolean;
  readonly project?: string | undefined;
  readonly onOverlap?: 'deny' | 'warn' | undefined;
}

type Code = ErrorCode | 'ok';
type Place = { readonly scope: string; readonly project?: string | undefined };

export const isOver = (model: Model, held: Held) => held.end <= model.now;
const isLive = (model: Model, held: Held) => !isOver(model, held);

export function covered(scope: string): readonly string[] {
  return COVERS[scope as keyof typeof COVERS] ?? [];
}

function mayBeOne(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

const isSame = (held: Held, place: Place) => held.scope === place.scope && mayBeOne(held.project, place.project);

const isThere = (held: Held, place: Place) =>
  isSame(held, place) ||
  (held.project !== undefined &&
    held.project === place.project &&
    covered(held.scope).some((path) => covered(place.scope).includes(path)));

/** Ends it, and has those who had asked told, but not who has ended it. */
export function close(model: Model, held: Held, state: Closed['state'], by?: string): void {
  model.held = model.held.filter((one) => one !== held);
  model.closed.push({ ...held, state, at: model.now });
  for (const { agent, asked } of held.waiting) {
    if (asked && agent !== by) {
      model.notices.push({ from: held.agent, to: agent, bead: held.bead });
    }
  }
}

export interface Decided {
  readonly code: Code;
  /** The ids of what was in the way, or is overlapped. */
  readonly conflicts?: readonly string[];
  readonly contested?: 'takeover' | 'after_conflict' | undefined;
}

/** `id` is what the reservation is called, if it is granted. */
export function reserve(model: Model, step: Reserve, id: string): Decided {
  if (!model.agents.has(step.agent)) {
    return { code: 'AGENT_NOT_FOUND' };
  }
  if (step.bead === '' || !isTtl(step.ttl)) {
    return { code: 'INVALID_ARGS' };
  }
  const same = model.held.filter((held) => isSame(held, step));
  const holders = same.filter((held) => isLive(model, held));
  const overlapped = model.held.filter(
    (held) => isThere(held, step) && !same.includes(held) && held.agent !== step.agent && isLive(model, held),
  );
  const inTheWay = step.onOverlap === 'warn' ? holders : [...holders, ...overlapped];
  if (inTheWay.length > 0) {
    for (const held of inTheWay.filter(({ agent, waiting }) => agent !== step.agent && !waits(waiting, step.agent))) {
      held.waiting.push({ agent: step.agent, asked: false });
    }
    return { code: 'RESERVATION_CONFLICT', conflicts: inTheWay.map((held) => held.id) };
  }
  if (same.length > 0 && !step.takeoverStale) {
    return { code: 'RESERVATION_STALE_FOUND' };
  }
  const contested = isContested(model, step, same);
  for (const held of same) {
    close(model, held, 'expired', step.agent);
  }
  const { scope, agent, bead, project } = step;
  const end = model.now + step.ttl * MINUTE;
  model.held.push({ id, scope, agent, bead, project, made: model.now, end, firstEnd: end, ours: true, waiting: [] });
  return { code: 'ok', contested, conflicts: overlapped.map((held) => held.id) };
}

function isContested(model: Model, step: Reserve, takenOver: readonly Held[]): Decided['contested'] {
  if (takenOver.some(({ agent }) => agent !== step.agent)) {
    return 'takeover';
  }
  // What the store looks through is what was closed before: what a takeover itself closes is no history yet.
  if (takenOver.length > 0) {
    return undefined;
  }
  const endOf = (one: Closed) => (one.state === 'released' ? one.at : one.end);
  const ends = model.closed
    .filter((one) => one.agent !== step.agent && waits(one.waiting, step.agent) && isThere(one, step))
    .map(endOf)
    .filter((end) => end <= model.now && end > model.now - 24 * 60 * MINUTE);
  const own = [...model.held, ...model.closed].filter((one) => one.agent === step.agent && isThere(one, step));
  return ends.length > 0 && !own.some(({ made }) => made >= Math.max(...ends)) ? 'after_conflict' : undefined;
}

export interface Named extends Place {
  readonly agent: string;
}

/** Which of several is meant is for the store to choose, so long as it is the agent's own if any is. */
function own(model: Model, { agent, ...place }: Named, chosen: string): Held | Code {
  if (!model.agents.has(agent)) {
    return 'AGENT_NOT_FOUND';
  }
  const live = model.held.filter((held) => isSame(held, place) && isLive(model, held));
  const mine = live.filter((held) => held.agent === agent);
  if (mine.length > 0) {
    return mine.find(({ id }) => id === chosen) ?? 'INTERNAL_ERROR';
  }
  return live.length > 0 ? 'RELEASE_FORBIDDEN' : 'RESERVATION_NOT_FOUND';
}

export function release(model: Model, step: Named, chosen: string): Code {
  const found = own(model, step, chosen);
  if (found === 'RESERVATION_NOT_FOUND') {
    for (const held of model.held.filter((one) => isSame(one, step))) {
      close(model, held, 'expired', step.agent);
    }
  }
  if (typeof found === 'string') {
    return found;
  }
  close(model, found, 'released', step.agent);
  return 'ok';
}

export function renew(model: Model, step: Named & { readonly ttl: number }, chosen: string): Code {
  if (model.agents.has(step.agent) && !isTtl(step.ttl)) {
    return 'INVALID_ARGS';
  }
  const found = own(model, step, chosen);
  if (typeof found === 'string') {
    return found === 'RELEASE_FORBIDDEN' ? 'RENEW_FORBIDDEN' : found;
  }
  found.end = Math.max(found.end, model.now + step.ttl * MINUTE);
  return 'ok';
}

export function forceRelease(model: Model, by: string, id: string, reason: string): Code {
  if (!model.agents.has(by)) {
    return 'AGENT_NOT_FOUND';
  }
  if (reason === '') {
    return 'INVALID_ARGS';
  }
  const held = model.held.find((one) => one.id === id);
  if (!held || isOver(model, held)) {
    if (held) {
      close(model, held, 'expired', by);
    }
    return 'RESERVATION_NOT_FOUND';
  }
  if (held.agent !== by) {
    model.notices.push({ from: by, to: held.agent, bead: held.bead });
  }
  close(model, held, 'released', by);
  return 'ok';
}

/** Whom it asks: each reservation in the way, with whether that had been asked for before. */
export function request(model: Model, step: Named): ErrorCode | readonly { held: Held; already: boolean }[] {
  if (!model.agents.has(step.agent)) {
    return 'AGENT_NOT_FOUND';
  }
  const inTheWay = model.held.filter((held) => isThere(held, step) && held.agent !== step.agent && isLive(model, held));
  if (inTheWay.length === 0) {
    return 'RESERVATION_NOT_FOUND';
  }
  return inTheWay.map((held) => {
    const waiter = held.waiting.find(({ agent }) => agent === step.agent);
    const already = waiter?.asked === true;
    held.waiting = [...held.waiting.filter((one) => one !== waiter), { agent: step.agent, asked: true }];
    return { held, already };
  });
}

/** The message by which a holder is asked. */
export function asks(model: Model, from: string, held: Held, id: string): Sent {
  return { id, from, to: held.agent, bead: held.bead, at: model.now, mustAck: true, state: 'unread' };
}

/** The ids of what covers a path, as far as it may be of the project. */
export function holders(model: Model, path: string, project: string | undefined): readonly string[] {
  return model.held
    .filter((held) => isLive(model, held) && mayBeOne(held.project, project) && covered(held.scope).includes(path))
    .map(({ id }) => id);
}

function waits(waiting: Held['waiting'], agent: string): boolean {
  return waiting.some((one) => one.agent === agent);
}

function isTtl(ttl: number): boolean {
  return Number.isInteger(ttl) && ttl >= 5 && ttl <= 1440;
}
