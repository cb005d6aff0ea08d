/**
 * A list of reservations of 50 MB, sound or not, and a process that is not given much memory: it answers in time, and
 * keeps what it cannot read.
 */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Driver } from '../../support/driver';
import { reservation } from '../../support/samples';
import { activeIn, FILES, seedStore } from '../../support/storeFiles';
import { add, NO_FIGURES, type Outcome } from '../scenario';
import type { Work } from '../storeWorker.process';
import { LONGEST_ANSWER_MS, work } from './work';

const BYTES = 50 * 1024 * 1024;
/** For the objects of V8, in MB; a file of that size and its text are outside it. */
const HEAP_MB = 512;
const LONGEST_MEMORY_MB = 1_000;
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
  readonly sound: boolean;
}

const entries = () => {
  const size = JSON.stringify(reservation({ scope: 'scope-000000', expires_at: FAR })).length + 1;
  return Array.from({ length: Math.floor(BYTES / size) }, (_, n) =>
    reservation({ reservation_id: `res_${n}`, scope: `scope-${n}`, expires_at: FAR }),
  );
};

const CASES: Readonly<Record<string, () => Bulk>> = {
  'many entries': () => ({ content: JSON.stringify({ reservations: entries() }), sound: true }),
  'one huge field': () => ({
    content: JSON.stringify({ reservations: [reservation({ note: 'x'.repeat(BYTES), expires_at: FAR })] }),
    sound: true,
  }),
  'many wrong entries': () => ({ content: `[${'null,'.repeat(BYTES / 5)}null]`, sound: false }),
  'not JSON': () => ({ content: 'x'.repeat(BYTES), sound: false }),
  'opening brackets': () => ({ content: '['.repeat(BYTES), sound: false }),
  'cut short': () => ({ content: JSON.stringify({ reservations: entries() }).slice(0, -9), sound: false }),
};

export async function swellActive(base: string): Promise<Outcome> {
  let total: Required<Outcome> = { figures: NO_FIGURES, problems: [], notes: [] };
  for (const [name, make] of Object.entries(CASES)) {
    const { figures, problems, notes } = await swellOne(join(base, name.replaceAll(' ', '-')), make());
    total = {
      figures: add(total.figures, figures),
      problems: [...total.problems, ...problems.map((text) => `50 MB, ${name}: ${text}`)],
      notes: [...total.notes, ...notes.map((text) => `50 MB, ${name}: ${text}`)],
    };
  }
  return total;
}

async function swellOne(root: string, { content, sound }: Bulk): Promise<Required<Outcome>> {
  seedStore(root);
  const path = join(root, FILES.active);
  writeFileSync(path, content);
  const driver = await Driver.run('faults/storeWorker', [], [`--max-old-space-size=${HEAP_MB}`]);
  try {
    const answers = await work(driver, root, WORKS);
    const { megabytes } = await driver.call<{ megabytes: number }>('used');
    const slowest = Math.max(...answers.map(({ ms }) => ms));
    const refused = answers.filter(({ answer }) => !answer.ok);
    const isKept = sound ? activeIn(root).length === JSON.parse(content).reservations.length : holds(root, content);
    const unclear = sound ? refused : refused.filter(({ answer }) => answer.error?.code !== 'INTERNAL_ERROR');
    const problems = [
      ...unclear.map(({ answer }) => JSON.stringify(answer.error)),
      ...(isKept ? [] : ['it is not kept']),
      ...(slowest > LONGEST_ANSWER_MS ? [`answered after ${slowest.toFixed(0)} ms`] : []),
      ...(megabytes > LONGEST_MEMORY_MB ? [`took ${megabytes.toFixed(0)} MB of memory`] : []),
    ];
    const figures = { operations: answers.length, faults: 1, lost: isKept ? 0 : 1, blocked: problems.length };
    const notes = [`${slowest.toFixed(0)} ms and ${megabytes.toFixed(0)} MB at most, ${refused.length} refused`];
    return { figures: add(NO_FIGURES, figures), problems, notes };
  } finally {
    await driver.kill();
  }
}

/** Whether some file beside the list, whatever its name, has the very content. */
function holds(root: string, content: string): boolean {
  const digest = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
  const folder = join(root, 'reservations');
  const wanted = digest(content);
  return readdirSync(folder).some((name) => digest(readFileSync(join(folder, name))) === wanted);
}
