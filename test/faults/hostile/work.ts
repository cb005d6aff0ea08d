/** Everything that a store can be asked to do, and whether what it answered is what it did. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Driver } from '../../support/driver';
import { PATIENCE_MS } from '../../support/patience';
import { agent, message, reservation } from '../../support/samples';
import { activeIn, FILES, historyIn, seedStore } from '../../support/storeFiles';
import { listBelow } from '../../support/tempFolder';
import type { Work } from '../storeWorker.process';

const FAR = '2999-01-01T00:00:00.000Z';
const PAST = '2020-01-01T00:00:00.000Z';
const MESSAGE = message({ to_agent: 'agent-b' });

/** A caller who cannot be served waits 4.5 s for the lock; this only tells those who are answered from those who never are. */
export const LONGEST_ANSWER_MS = 2 * PATIENCE_MS;

export interface Timed {
  readonly answer: Answer;
  readonly ms: number;
}

/** Whether the lock was not to be had in time. */
export function isLocked(timed: Timed | undefined): boolean {
  return timed?.answer.error?.details?.['cause'] === 'STORE_LOCKED';
}

/** A store that has something of everything: agents, a message, a reservation that lives and two that are past. */
export function seedFull(root: string): string {
  seedStore(root, {
    active: [
      reservation({ reservation_id: 'res_1', scope: 'mine', expires_at: FAR }),
      reservation({ reservation_id: 'res_2', scope: 'stale', expires_at: PAST }),
      reservation({ reservation_id: 'res_3', scope: 'past', expires_at: PAST }),
    ],
  });
  const closed = reservation({ reservation_id: 'res_0', scope: 'old', state: 'released', released_at: PAST });
  write(root, FILES.history, `${JSON.stringify(closed)}\n`);
  write(root, 'messages/agent-b.jsonl', `${JSON.stringify(MESSAGE)}\n`);
  write(root, `messages/index/${MESSAGE.message_id}.json`, `${JSON.stringify(MESSAGE, null, 2)}\n`);
  write(root, 'agents/agent-d.json', `${JSON.stringify(agent({ agent_id: 'agent-d' }), null, 2)}\n`);
  return root;
}

const note = { from: 'agent-a', bead: 'b', category: 'HANDOFF', subject: 's', body: 'b' };

/** Each operation that may write, in an order in which all of them are granted on a sound store. */
export const EVERYTHING: readonly Work[] = [
  { operation: 'reserve', args: { agent: 'agent-a', scope: 'stale', bead: 'b', takeoverStale: true } },
  { operation: 'status', args: {} },
  { operation: 'release', args: { agent: 'agent-a', scope: 'mine' } },
  { operation: 'reserve', args: { agent: 'agent-b', scope: 'new', bead: 'b' } },
  { operation: 'register', args: { name: 'agent-c', role: 'qa' } },
  { operation: 'register', args: { name: 'agent-d', role: 'qa', forceUpdate: true } },
  { operation: 'send', args: { ...note, to: 'agent-b' } },
  { operation: 'read', args: { agent: 'agent-b', message: MESSAGE.message_id } },
  { operation: 'ack', args: { agent: 'agent-b', message: MESSAGE.message_id } },
  { operation: 'inbox', args: { agent: 'agent-b' } },
  { operation: 'list', args: {} },
];

export const ONE_MORE: readonly Work[] = [
  { operation: 'reserve', args: { agent: 'agent-b', scope: 'more', bead: 'b' } },
];

/** Every file and folder that a store has once everything has been asked of it, the root and the lock too. */
export async function placesOf(root: string, driver: Driver): Promise<readonly string[]> {
  seedFull(root);
  const refused = (await work(driver, root, EVERYTHING)).filter(({ answer }) => !answer.ok);
  if (refused.length > 0) {
    throw new Error(`refused on a sound store: ${JSON.stringify(refused)}`);
  }
  const isRandom = (name: string) => /^messages\/index\/(?!msg_20260213)/.test(name);
  const found = listBelow(root).filter((name) => !isRandom(name) && name !== FILES.lock);
  return ['', FILES.lock, ...found];
}

/** Who gets through on a sound store after whatever happened to it. */
export function work(driver: Driver, root: string, works: readonly Work[], atOnce = false): Promise<Timed[]> {
  return driver.call('work', { root, works, atOnce });
}

/** What is wrong with what {@link EVERYTHING} answered, as the store stands; the store must be readable again. */
export function falseAnswers(root: string, answers: readonly Timed[]): string[] {
  const active = activeIn(root).map((entry) => entry.scope);
  const closed = historyIn(root).map((entry) => entry.scope);
  const role = (id: string) => (readRecord(root, `agents/${id}.json`) as { role?: string } | undefined)?.role;
  const state = () => (readRecord(root, `messages/index/${MESSAGE.message_id}.json`) as { state?: string }).state;
  const [takeover, , release, reserve, register, update, send, , ack] = answers.map(({ answer }) => answer);
  const sent = (send?.data as { message_id?: string } | null)?.message_id ?? '';
  const expectations: readonly (readonly [string, boolean])[] = [
    ['taken over, and not there', !takeover?.ok || active.includes('stale')],
    ['released, and still held', !release?.ok || !active.includes('mine')],
    ['neither held nor in history: mine', active.includes('mine') || closed.includes('mine')],
    ['neither held nor in history: past', active.includes('past') || closed.includes('past')],
    ['reserved, and not there', !reserve?.ok || active.includes('new')],
    ['registered, and not there', !register?.ok || role('agent-c') === 'qa'],
    ['updated, and as before', !update?.ok || role('agent-d') === 'qa'],
    ['acknowledged, and as before', !ack?.ok || state() === 'acked'],
    ['sent, and not there', !send?.ok || readRecord(root, `messages/index/${sent}.json`) !== undefined],
    ['history is gone', closed.includes('old')],
  ];
  return expectations.filter(([, holds]) => !holds).map(([what]) => what);
}

/**
 * Refusals that say too little, and answers that came too late. Everyone is registered and everything is there: whatever
 * is refused, it is for what stands in the way, but for the codes that are `excused`.
 */
export function unclearAnswers(root: string, answers: readonly Timed[], excused: readonly string[] = []): string[] {
  return answers.flatMap(({ answer, ms }) => {
    const late = ms > LONGEST_ANSWER_MS ? [`${answer.command} answered after ${ms.toFixed(0)} ms`] : [];
    const { details, message: text = '' } = answer.error ?? {};
    const isClear = answer.ok || isAbout(root, details?.['path'], text) || excused.includes(answer.error?.code ?? '');
    return isClear ? late : [...late, `${answer.command}: unclear: ${JSON.stringify(answer.error)}`];
  });
}

function isAbout(root: string, path: unknown, text: string): boolean {
  return typeof path === 'string' && path.startsWith(root) && text.includes(path);
}

function readRecord(root: string, file: string): unknown {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

function write(root: string, file: string, content: string): void {
  writeFileSync(join(root, file), content);
}
