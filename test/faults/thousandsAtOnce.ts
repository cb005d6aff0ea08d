/**
 * Thousands of callers at once, in one process and in four beside each other: everyone is served, and what was granted
 * is on disk. A peer of beadboard's protocol, where each caller polls for the lock, has to fail at a fifth.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Driver } from '../support/driver';
import { PATIENCE_MS } from '../support/patience';
import { activeIn, historyIn, scopesOf, seedStore } from '../support/storeFiles';
import { isLocked, LONGEST_ANSWER_MS, type Timed, work } from './hostile/work';
import { add, goesOn, NO_FIGURES, type Outcome, type Scenario } from './scenario';
import type { Work } from './storeWorker.process';

const CALLERS = 2_000;
const CROWDS: readonly number[] = [1, 4];
const CONTROL_CALLERS = 400;

export const thousandsAtOnce: Scenario = {
  name: 'thousands of callers at once',
  run: async ({ deadline, rounds }) => {
    let { figures, problems, notes }: Required<Outcome> = await runControl();
    for (let round = 0; goesOn({ rounds, deadline }, round); round++) {
      for (const processes of CROWDS) {
        const outcome = await runCrowd(processes);
        figures = add(figures, outcome.figures);
        problems = [...problems, ...outcome.problems];
        notes = round === 0 ? [...notes, ...outcome.notes] : notes;
      }
    }
    return { figures, problems, notes };
  },
};

/** Everyone reserves a scope of their own at once, then everyone releases it at once. */
async function runCrowd(processes: number): Promise<Required<Outcome>> {
  const each = CALLERS / processes;
  let again = 0;
  return await inStore('faults/storeWorker', processes, async (root, drivers) => {
    const scopes = drivers.map((_, index) => Array.from({ length: each }, (_unused, n) => `process-${index}/${n}`));
    const everyone = async (operation: 'reserve' | 'release') => {
      const crowds = drivers.map((driver, index) =>
        untilServed(
          driver,
          root,
          (scopes[index] ?? []).map((scope) => ({ operation, args: { agent: 'agent-a', scope, bead: 'b' } })),
        ),
      );
      const served = await Promise.all(crowds);
      again += served.reduce((sum, one) => sum + one.again, 0);
      return served.flatMap(({ answers }) => answers);
    };
    const reserved = await everyone('reserve');
    const held = scopesOf(activeIn(root));
    const released = await everyone('release');
    const closed = scopesOf(historyIn(root));
    const left = activeIn(root).length;

    const answers = [...reserved, ...released];
    const refused = answers.filter(({ answer }) => !answer.ok);
    const late = answers.filter(({ ms }) => ms > LONGEST_ANSWER_MS);
    const lost = missing(scopes.flat(), held) + missing(scopes.flat(), closed);
    const tooMany = held.length + closed.length + lost - 2 * CALLERS + left;
    const who = `${processes} x ${each} at once`;
    return {
      figures: add(NO_FIGURES, {
        operations: answers.length,
        violations: Math.abs(tooMany),
        lost,
        blocked: refused.length + late.length,
      }),
      problems: [
        ...refused.slice(0, 3).map(({ answer }) => `${who}: ${JSON.stringify(answer.error)}`),
        ...(refused.length + late.length > 0 ? [`${who}: ${refused.length} refused, ${late.length} late`] : []),
        ...(lost > 0 ? [`${who}: ${lost} acknowledged and not on disk`] : []),
        ...(tooMany === 0 ? [] : [`${who}: ${held.length} held, then ${closed.length} closed and ${left} left`]),
      ],
      notes: [
        `${who}: ${slowest(reserved)} to reserve, ${slowest(released)} to release, at most; ${again} asked again`,
      ],
    };
  });
}

/**
 * All at once. Whether one who waits 4.5 s for the lock has it by then depends on how busy the machine is, and who has not
 * is told to try again, which they do; the last answers are those that count.
 */
async function untilServed(
  driver: Driver,
  root: string,
  works: readonly Work[],
): Promise<{ answers: readonly Timed[]; again: number }> {
  const answers = await work(driver, root, works, true);
  const end = performance.now() + PATIENCE_MS;
  let again = 0;
  for (;;) {
    const left = [...answers.keys()].filter((index) => isLocked(answers[index]));
    if (left.length === 0 || performance.now() > end) {
      return { answers, again };
    }
    again += left.length;
    const tried = works.filter((_, index) => left.includes(index));
    for (const [place, answer] of (await work(driver, root, tried, true)).entries()) {
      answers[left[place] ?? 0] = answer;
    }
  }
}

async function runControl(): Promise<Required<Outcome>> {
  return await inStore('support/peer', 1, async (_root, [peer]) => {
    const reserve = (_: unknown, n: number) => peer?.call('reserve', { agent: 'agent-a', scope: `s${n}`, bead: 'b' });
    const answers = await Promise.all(Array.from({ length: CONTROL_CALLERS }, reserve));
    const refused = answers.filter((answer) => answer?.ok === false).length;
    return {
      figures: add(NO_FIGURES, { controlsFound: refused > 0 ? 1 : 0 }),
      problems: [],
      notes: [`a peer, ${CONTROL_CALLERS} at once: ${refused} timed out`],
    };
  });
}

async function inStore<T>(
  process: string,
  count: number,
  use: (root: string, drivers: readonly Driver[]) => Promise<T>,
): Promise<T> {
  const root = seedStore(join(mkdtempSync(join(tmpdir(), 'agent-reservations-test-')), 'store'));
  const drivers = await Promise.all(Array.from({ length: count }, () => Driver.run(process, [root])));
  try {
    return await use(root, drivers);
  } finally {
    await Promise.all(drivers.map((driver) => driver.kill()));
    rmSync(join(root, '..'), { recursive: true, force: true });
  }
}

function missing(wanted: readonly string[], there: readonly string[]): number {
  const known = new Set(there);
  return wanted.filter((scope) => !known.has(scope)).length;
}

function slowest(answers: readonly Timed[]): string {
  return `${Math.max(...answers.map(({ ms }) => ms)).toFixed(0)} ms`;
}
