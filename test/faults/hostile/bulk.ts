/**
 * A list of reservations of 50 MB, sound or not, a large one that is served still, and a process that is not given much
 * memory: it answers in time, and what it does not read it keeps. What is no file at all does not hold it up either.
 */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Driver } from '../../support/driver';
import { reservation } from '../../support/samples';
import { activeIn, FILES, seedStore } from '../../support/storeFiles';
import { add, NO_FIGURES, type Outcome } from '../scenario';
import type { Work } from '../storeWorker.process';
import { LONGEST_ANSWER_MS, unclearAnswers, work } from './work';

const MB = 1024 * 1024;
/** For the objects of V8, in MB; a file of that size and its text are outside it. */
const HEAP_MB = 512;
const MOST_MEMORY_MB = 700;
const FAR = '2999-01-01T00:00:00.000Z';

const RESERVE: Work = { operation: 'reserve', args: { agent: 'agent-a', scope: 'mine', bead: 'b' } };
const WORKS: readonly Work[] = [
  RESERVE,
  { operation: 'status', args: {} },
  { operation: 'release', args: { agent: 'agent-a', scope: 'mine' } },
];

interface Bulk {
  readonly content: string;
  /** Whether it is a list that has to be served. */
  readonly served: boolean;
}

function listOf(bytes: number): string {
  const size = JSON.stringify(reservation({ scope: 'scope-000000', expires_at: FAR })).length + 1;
  const entries = Array.from({ length: Math.floor(bytes / size) }, (_, n) =>
    reservation({ reservation_id: `res_${n}`, scope: `scope-${n}`, expires_at: FAR }),
  );
  return JSON.stringify({ reservations: entries });
}

const refused = (content: string): Bulk => ({ content, served: false });

const CASES: Readonly<Record<string, () => Bulk>> = {
  '4 MB of entries': () => ({ content: listOf(4 * MB), served: true }),
  '50 MB of entries': () => refused(listOf(50 * MB)),
  '50 MB of one entry': () =>
    refused(JSON.stringify({ reservations: [reservation({ note: 'x'.repeat(50 * MB), expires_at: FAR })] })),
  '50 MB of wrong entries': () => refused(`[${'null,'.repeat(10 * MB)}null]`),
  '3 MB of wrong entries': () => refused(`[${'{},'.repeat(MB)}{}]`),
  '50 MB that are not JSON': () => refused('x'.repeat(50 * MB)),
  '7 MB of opening brackets': () => refused('['.repeat(7 * MB)),
  '7 MB cut short': () => refused(listOf(7 * MB).slice(0, -9)),
};

export async function swellActive(base: string): Promise<Outcome> {
  let total: Required<Outcome> = { figures: NO_FIGURES, problems: [], notes: [] };
  for (const [name, make] of Object.entries(CASES)) {
    const { figures, problems, notes } = await swellOne(join(base, name.replaceAll(' ', '-')), make());
    total = {
      figures: add(total.figures, figures),
      problems: [...total.problems, ...problems.map((text) => `${name}: ${text}`)],
      notes: [...total.notes, ...notes.map((text) => `${name}: ${text}`)],
    };
  }
  return total;
}

async function swellOne(root: string, { content, served }: Bulk): Promise<Required<Outcome>> {
  seedStore(root);
  const path = join(root, FILES.active);
  writeFileSync(path, content);
  const driver = await Driver.run('faults/storeWorker', [], [`--max-old-space-size=${HEAP_MB}`]);
  try {
    const answers = await work(driver, root, WORKS);
    const { megabytes } = await driver.call<{ megabytes: number }>('used');
    const slowest = Math.max(...answers.map(({ ms }) => ms));
    const refusals = answers.filter(({ answer }) => !answer.ok);
    const isKept = served ? activeIn(root).length === entriesOf(content) : holds(root, content);
    const unclear = served ? refusals.map(({ answer }) => JSON.stringify(answer.error)) : unclearAnswers(root, answers);
    const problems = [
      ...unclear,
      ...(isKept ? [] : ['it is not kept']),
      ...(slowest > LONGEST_ANSWER_MS ? [`answered after ${slowest.toFixed(0)} ms`] : []),
      ...(megabytes > MOST_MEMORY_MB ? [`took ${megabytes.toFixed(0)} MB of memory`] : []),
    ];
    const figures = { operations: answers.length, faults: 1, lost: isKept ? 0 : 1, blocked: problems.length };
    const notes = [`${slowest.toFixed(0)} ms and ${megabytes.toFixed(0)} MB at most, ${refusals.length} refused`];
    return { figures: add(NO_FIGURES, figures), problems, notes };
  } finally {
    await driver.kill();
  }
}

function entriesOf(content: string): number {
  const value = JSON.parse(content);
  return (Array.isArray(value) ? value : value.reservations).length;
}

/** Whether some file beside the list, whatever its name, has the very content. */
function holds(root: string, content: string): boolean {
  const digest = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
  const folder = join(root, 'reservations');
  const wanted = digest(content);
  return readdirSync(folder).some((name) => digest(readFileSync(join(folder, name))) === wanted);
}
