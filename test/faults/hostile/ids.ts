/**
 * Names that try to become paths, in every field of every operation. None makes a file outside the store, or one inside
 * that is not of the store's own kinds; none is an unforeseen failure; and what is granted is kept to the letter.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '../../support/driver';
import { activeIn, historyIn } from '../../support/storeFiles';
import { listBelow } from '../../support/tempFolder';
import { add, NO_FIGURES, type Outcome } from '../scenario';
import type { Work } from '../storeWorker.process';
import { fingerprint } from './fingerprint';
import { ONE_MORE, seedFull, type Timed, work } from './work';

const TRICKS: readonly unknown[] = [
  ...['../outside/hit', '../../outside/hit', '..', '.', './x', '/', '//x', '~', '~/x', 'a/../../outside/hit', 'a/b'],
  ...[
    '..\\outside\\hit',
    'C:\\outside\\hit',
    'c:hit',
    '\\\\host\\share',
    '%2e%2e%2fhit',
    '..%2foutside',
    'hit%00.json',
  ],
  ...['hit\0', '\0', '../outside/hit\0.json', 'a\nb', 'a\rb', '\u202ehit', 'a\u0000../../outside/hit', '\u2025/hit'],
  ...['con', 'nul', 'aux', 'prn', 'com1', 'lpt1', 'CON', 'con.json', 'hit.', 'hit ', 'hit:stream', 'agent-a::$DATA'],
  ...['a'.repeat(48), 'a'.repeat(49), 'a'.repeat(255), 'a'.repeat(256), 'a'.repeat(5000), '../'.repeat(2000)],
  ...[
    '\u00e9t\u00e9',
    'e\u0301',
    '\ud83d\ude00',
    '\ud800',
    '\uff0e\uff0e\uff0fhit',
    'agent\u2010a',
    '\u0430gent-a',
    '\u200b',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', ' ', '-', '--', '-rf', '$(hit)', '`hit`', '*', '?'],
  ...[null, 0, -1, true, [], ['../outside/hit'], {}, { toString: '../outside/hit' }, { length: 9 }],
];

const NOTE = { from: 'agent-a', to: 'agent-b', bead: 'b', category: 'INFO', subject: 's', body: 'b', thread: 't' };

/** Sound inputs, of which one field at a time is replaced. */
const OPERATIONS: readonly (readonly [Work['operation'], Readonly<Record<string, unknown>>])[] = [
  ['register', { name: 'agent-n', role: 'qa', display: 'N', forceUpdate: true }],
  ['show', { agent: 'agent-a' }],
  ['list', { role: 'qa', status: 'idle' }],
  ['reserve', { agent: 'agent-a', scope: 'src', bead: 'b', ttl: 5 }],
  ['release', { agent: 'agent-a', scope: 'src' }],
  ['status', { agent: 'agent-a', bead: 'b' }],
  ['send', NOTE],
  ['inbox', { agent: 'agent-b', state: 'unread', bead: 'b', limit: 5 }],
  ['read', { agent: 'agent-b', message: 'msg_20260213_220000_0a1b2c3d' }],
  ['ack', { agent: 'agent-b', message: 'msg_20260213_220000_0a1b2c3d' }],
  ['showMessage', { message: 'msg_20260213_220000_0a1b2c3d' }],
];

/** The fields that name something. */
const NAMES = ['name', 'agent', 'scope', 'bead', 'from', 'to', 'thread', 'message', 'ttl', 'limit'];

/** The store's own kinds of files, and folders. */
const KINDS = [
  /^agents(\/[a-z0-9]+(-[a-z0-9]+)*\.json)?$/,
  /^messages(\/[a-z0-9]+(-[a-z0-9]+)*\.jsonl)?$/,
  /^messages\/index(\/[A-Za-z0-9_-]+\.json)?$/,
  /^reservations(\/active\.json|\/history\.jsonl|\/\.journal)?$/,
];

export async function trickWithIds(base: string, driver: Driver): Promise<Outcome> {
  const root = join(base, 'around', 'store');
  const outside = join(base, 'outside');
  mkdirSync(outside, { recursive: true });
  writeFileSync(join(outside, 'hit.json'), '{}');
  mkdirSync(join(base, 'around'));
  seedFull(root);
  // What is in a group is asked for at once: a commit for each of thousands would take minutes.
  const groups: readonly (readonly Work[])[] = OPERATIONS.flatMap(([operation, sound]) => [
    ...Object.keys(sound)
      .filter((field) => NAMES.includes(field))
      .map((field) => TRICKS.map((trick) => ({ operation, args: { ...sound, [field]: trick } }))),
    TRICKS.map((args) => ({ operation, args })),
  ]);
  const works = groups.flat();

  const before = fingerprint(outside);
  const answers: Timed[] = [];
  for (const group of groups) {
    answers.push(...(await work(driver, root, group, true)));
  }
  const escaped =
    fingerprint(outside) !== before ||
    listBelow(base).some((name) => !/^(around(\/store.*)?|outside(\/hit\.json)?)$/s.test(name));
  const strange = listBelow(root).filter((name) => !KINDS.some((kind) => kind.test(name)));
  const unforeseen = answers.flatMap(({ answer }, index) =>
    answer.error?.code === 'INTERNAL_ERROR' ? [`${JSON.stringify(works[index])}: ${answer.error.message}`] : [],
  );
  const changed = notKept(root, works, answers);
  const next = (await work(driver, root, ONE_MORE)).filter(({ answer }) => !answer.ok);
  const granted = answers.filter(({ answer }) => answer.ok).length;
  return {
    figures: add(NO_FIGURES, {
      operations: answers.length + 1,
      faults: works.length,
      violations: (escaped ? 1 : 0) + strange.length + unforeseen.length,
      lost: changed.length,
      blocked: next.length,
    }),
    problems: [
      ...(escaped ? ['something was written outside the store'] : []),
      ...strange.map((name) => `made in the store: ${JSON.stringify(name)}`),
      ...unforeseen,
      ...changed,
      ...next.map(({ answer }) => `and after it: ${JSON.stringify(answer.error)}`),
    ],
    notes: [`ids: ${works.length} tricks, ${granted} of them granted as harmless text`],
  };
}

/** Scopes that were granted, and are not there under the name that the answer gives. */
function notKept(root: string, works: readonly Work[], answers: readonly Timed[]): string[] {
  const scopes = new Set([...activeIn(root), ...historyIn(root)].map((entry) => entry.scope));
  return works.flatMap(({ operation, args }, index) => {
    const scope = (args as { scope?: unknown } | null)?.scope;
    const { ok, data } = answers[index]?.answer ?? {};
    const stored = operation === 'reserve' && ok === true ? (data as { scope?: unknown }).scope : undefined;
    return stored !== undefined && scope !== 'src' && !scopes.has(String(stored))
      ? [`reserved as ${JSON.stringify(scope)}, and not there under that name`]
      : [];
  });
}
