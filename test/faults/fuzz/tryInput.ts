/**
 * One damaged file, and everything that works on it: each reading gives data or a StoreProblem, each operation an
 * envelope whose cause is a known one, and nothing that was in the file is gone afterwards.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createCoordination } from '../../../src/coordination/coordination';
import type { Envelope } from '../../../src/core/envelope';
import { HOUR_MS } from '../../../src/core/time';
import { FileStore } from '../../../src/store/files/fileStore';
import { PROBLEM_KINDS, StoreProblem } from '../../../src/store/problem';
import { NOW } from '../../support/samples';
import { isKeptReady } from '../../support/tempFolder';
import { filesBelow, lay, type Target, type Template } from './template';

export interface Tried {
  readonly operations: number;
  /** How the store took the damage: data all the same, a problem told, or a refusal. */
  readonly told: boolean;
  readonly problems: readonly string[];
}

const KNOWN_CAUSES: ReadonlySet<unknown> = new Set(PROBLEM_KINDS);
const LATER_MS = 30 * 60_000;

/** The doctor looks at far more than one file, so it is not called for each input. */
export async function tryInput(
  template: Template,
  root: string,
  target: Target,
  content: Buffer,
  { withDoctor = true }: { readonly withDoctor?: boolean } = {},
): Promise<Tried> {
  lay(template, root, target, content);
  const now = new Date(NOW.getTime() + LATER_MS);
  const clock = () => now;
  const notices: StoreProblem[] = [];
  const store = new FileStore(root, { clock, onNotice: (notice) => notices.push(notice) });
  const problems: string[] = [];
  let told = false;

  const readings: Readonly<Record<string, () => Promise<unknown>>> = {
    readActive: () => store.readActive(),
    readClosed: () => store.readClosed(new Date(now.getTime() - HOUR_MS)),
    readAgent: () => store.readAgent('agent-a'),
    readAgents: () => store.readAgents(),
    readInbox: () => store.readInbox('agent-b'),
    readMessage: () => store.readMessage(template.messages[0] ?? ''),
    readUnacked: () => store.readUnacked(),
    ...(withDoctor ? { diagnose: () => store.diagnose() } : {}),
  };
  for (const [name, read] of Object.entries(readings)) {
    try {
      const value = (await read()) as { problems?: readonly unknown[] } | undefined;
      told ||= (value?.problems?.length ?? 0) > 0;
    } catch (error) {
      told = true;
      if (!(error instanceof StoreProblem)) {
        problems.push(`${name} threw ${error instanceof Error ? error.stack : String(error)}`);
      }
    }
  }
  if (!readFileSync(join(root, target.path)).equals(content) || filesBelow(root).length !== template.contents.size) {
    problems.push('a reading wrote');
  }

  let ids = 0xf000;
  const operations = createCoordination(store, { clock, random: () => (++ids).toString(16).padStart(8, '0') });
  const work = WORK[target.kind];
  for (const [name, input] of work(template)) {
    const answer: Envelope<unknown> = await operations[name](input as never);
    if (!answer.ok && answer.error.code === 'INTERNAL_ERROR') {
      told = true;
      if (!KNOWN_CAUSES.has(answer.error.details?.['cause'])) {
        problems.push(`${name} answered ${JSON.stringify(answer.error)}`);
      }
    }
  }
  problems.push(...KEPT[target.kind](content, root, target));
  const leftovers = readdirSync(join(root, 'reservations')).filter(
    (name) => /\.lock|\.tmp$/.test(name) && !isKeptReady(name),
  );
  if (leftovers.length > 0) {
    problems.push(`left behind: ${leftovers.join(', ')}`);
  }
  return { operations: work(template).length, told: told || notices.length > 0, problems };
}

type Operation = 'reserve' | 'release' | 'status' | 'register' | 'list' | 'send' | 'inbox' | 'read' | 'ack';
type Work = (template: Template) => readonly (readonly [Operation, object])[];

const onReservations: Work = () => [
  ['reserve', { agent: 'agent-b', scope: 'new', bead: 'bd-2' }],
  ['release', { agent: 'agent-a', scope: 'docs' }],
  ['reserve', { agent: 'agent-c', scope: 'src/app', bead: 'bd-2', takeoverStale: true }],
  ['status', {}],
];

const onMessages: Work = ({ messages: [first = '', , last = ''] }) => [
  ['inbox', { agent: 'agent-b' }],
  ['read', { agent: 'agent-b', message: first }],
  ['ack', { agent: 'agent-b', message: first }],
  ['ack', { agent: 'agent-b', message: last }],
  ['send', { from: 'agent-c', to: 'agent-b', bead: 'b', category: 'INFO', subject: 's', body: 'b' }],
];

const WORK: Readonly<Record<Target['kind'], Work>> = {
  active: onReservations,
  history: onReservations,
  journal: onReservations,
  inbox: onMessages,
  message: onMessages,
  agent: () => [
    ['list', {}],
    ['reserve', { agent: 'agent-a', scope: 'new', bead: 'bd-2' }],
    ['register', { name: 'agent-a', role: 'other', forceUpdate: true }],
    ['send', { from: 'agent-a', to: 'broadcast', bead: 'b', category: 'INFO', subject: 's', body: 'b' }],
  ],
};

/** What is gone that was in the file, in words. */
type Kept = (content: Buffer, root: string, target: Target) => readonly string[];

/** Only ever appended to. */
const keepsItsBeginning: Kept = (content, root, { path }) =>
  readFileSync(join(root, path)).subarray(0, content.length).equals(content) ? [] : [`${path} lost what it began with`];

/** Either untouched, or understood and changed in the fields that the operations change. */
const keepsItsFields: Kept = (content, root, { path, kind }) => {
  const after = readFileSync(join(root, path));
  if (after.equals(content)) {
    return [];
  }
  const changing = kind === 'agent' ? ['role', 'last_seen_at', 'version'] : ['state', 'read_at', 'acked_at'];
  const [before, now] = [parse(content), parse(after)];
  const isKept = (key: string) => changing.includes(key) || isDeepStrictEqual(field(before, key), field(now, key));
  return isObject(before) && Object.keys(before).every(isKept) ? [] : [`${path} lost fields, or was made anew`];
};

/** An entry as it was before somebody was refused because of it. */
function withoutWaiting(entry: unknown): unknown {
  if (!isObject(entry)) {
    return entry;
  }
  const { waiting: _, ...rest } = entry as Record<string, unknown>;
  return rest;
}

/** Each entry is still there, or closed in history; a file that made no sense is there as it was, by whatever name. */
const keepsItsEntries: Kept = (content, root, { path }) => {
  const folder = join(root, 'reservations');
  const copies = readdirSync(folder).filter((name) => name.startsWith('active.json'));
  if (copies.some((name) => readFileSync(join(folder, name)).equals(content))) {
    return [];
  }
  const before = parse(content);
  const after = parse(readFileSync(join(root, path)));
  const [entries, left] = [entriesOf(before), entriesOf(after)];
  if (!entries || !left) {
    return [`${path} was overwritten: it is nowhere as it was`];
  }
  const history = existsSync(join(folder, 'history.jsonl')) ? readFileSync(join(folder, 'history.jsonl'), 'utf8') : '';
  const closed = history.split('\n').map((line) => field(parse(Buffer.from(line)), 'reservation_id'));
  const lost = entries.filter(
    (entry) =>
      !left.some((other) => isDeepStrictEqual(entry, other) || isDeepStrictEqual(entry, withoutWaiting(other))) &&
      !(isObject(entry) && closed.includes(field(entry, 'reservation_id'))),
  );
  const extra = isObject(before) && !Array.isArray(before) ? Object.keys(before) : [];
  const gone = extra.filter(
    (key) => key !== 'reservations' && !isDeepStrictEqual(field(before, key), field(after, key)),
  );
  return [
    ...lost.map((entry) => `${path} lost the entry ${JSON.stringify(entry).slice(0, 300)}`),
    ...gone.map((key) => `${path} lost the key ${JSON.stringify(key)}`),
  ];
};

const KEPT: Readonly<Record<Target['kind'], Kept>> = {
  active: keepsItsEntries,
  history: keepsItsBeginning,
  inbox: keepsItsBeginning,
  agent: keepsItsFields,
  message: keepsItsFields,
  journal: () => [],
};

function entriesOf(value: unknown): readonly unknown[] | undefined {
  const entries = Array.isArray(value) ? value : field(value, 'reservations');
  return Array.isArray(entries) ? entries : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function field(value: unknown, key: string): unknown {
  return isObject(value) ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
