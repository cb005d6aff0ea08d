/**
 * Recorded histories of several processes on one store, checked against the sequential model of a scope. Half of the
 * reservations last some milliseconds only, so that ends, takeovers and sweeps happen among everything else.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCoordination } from '../../../src/coordination/coordination';
import type { Reservation } from '../../../src/core/reservation';
import { randomHex } from '../../../src/store/files/durable';
import { FileStore } from '../../../src/store/files/fileStore';
import { repoRoot } from '../../support/paths';
import { activeIn, FILES, seedStore } from '../../support/storeFiles';
import { type Random, seeded } from '../random';
import { add, NO_FIGURES, type Outcome, type Scenario, type ScenarioOptions } from '../scenario';
import { withFolder } from '../workFolder';
import { type Recorded, record } from './recorder';
import { type Answer, instantNow, type WorkerOptions } from './recording';
import { type Findings, judge, type Remains } from './verdicts';

const SCOPES = ['src', 'src/*', 'docs'];
const AGENTS = ['agent-a', 'agent-b', 'agent-c'];
/** Enough answers for a lot to overlap, few enough for the search, and for a failure to be read by a person. */
const ROUND_ANSWERS = { memory: 500, disk: 200 };
/** A history without any of these would show little. */
const WANTED = ['reserve ok', 'reserve RESERVATION_CONFLICT', 'release ok'];
/** So many answers on average between one kill and the next. */
const KILL_EVERY = 40;

const UNTOLD: Answer = { code: 'UNTOLD', entries: [] };

interface Plan {
  readonly name: string;
  /** How many processes of each kind. */
  readonly crew: Partial<Record<WorkerOptions['kind'], number>>;
  readonly killEvery?: number;
  /** What pollers see does not count, and one commit of ours follows before the files are looked at. */
  readonly hasRepairs?: boolean;
}

interface Round {
  readonly findings: Findings;
  readonly calls: number;
  readonly kills: number;
  readonly repairs: number;
}

function workersOf(plan: Plan, root: string, random: Random): readonly WorkerOptions[] {
  const kinds = (['ours', 'peer', 'poller'] as const).flatMap((kind) =>
    new Array<WorkerOptions['kind']>(plan.crew[kind] ?? 0).fill(kind),
  );
  return kinds.map((kind, number) => ({
    root,
    kind,
    number,
    seed: random.below(2 ** 31),
    scopes: SCOPES,
    agents: AGENTS,
    // The peer's lock names a process only, so two callers in one of them are not kept apart.
    chains: kind === 'ours' ? 2 : 1,
    pause: kind === 'poller' ? 1 : 4,
    // Where the sweep is not the point, peers do not do it: it loses work, as the control shows.
    statusShare: kind === 'peer' ? 0 : 0.2,
  }));
}

/** Every fourth round on the disk, where a sync takes its time; the others where there is more of everything. */
function playRound(plan: Plan, random: Random, round: number): Promise<Round> {
  const place = round % 4 === 1 ? 'disk' : 'memory';
  return withFolder(place, async (folder) => {
    const root = seedStore(join(folder, 'store'), { agents: AGENTS });
    const { calls, kills, repairs } = await record({
      workers: workersOf(plan, root, random),
      random,
      isEnough: ({ answered, answers }) => answered >= ROUND_ANSWERS[place] && WANTED.every((one) => answers[one]),
      ...(plan.killEvery === undefined ? {} : { killEvery: plan.killEvery }),
    });
    if (plan.hasRepairs) {
      await commitOnce(root);
    }
    const told = plan.hasRepairs ? calls.map(withoutReading) : calls;
    const remains = remainsOf(root);
    const findings = judge(told, remains, SCOPES);
    if (findings.violations.length > 0) {
      keep(plan, told, remains);
    }
    return { findings, calls: calls.length, kills, repairs };
  });
}

/** For whoever wants to know what happened: the last one of each plan, one line for each call in the order of the calls. */
function keep(plan: Plan, calls: readonly Recorded[], remains: Remains): void {
  const folder = join(repoRoot, 'out', 'faults');
  mkdirSync(folder, { recursive: true });
  const lines = calls
    .toSorted((left, right) => Number(left.invoked.mono) - Number(right.invoked.mono))
    .map(({ by, ...told }) => JSON.stringify({ by: `${by.kind} ${by.number}`, ...told }));
  const file = join(folder, `${plan.name.replace(/\W+/g, '-')}.jsonl`);
  writeFileSync(file, `${[...lines, JSON.stringify({ remains })].join('\n')}\n`);
}

async function commitOnce(root: string): Promise<void> {
  const coordination = createCoordination(new FileStore(root), { random: () => randomHex(4) });
  const answer = await coordination.reserve({ agent: 'agent-a', scope: 'afterwards', bead: 'bd-1' });
  if (!answer.ok) {
    throw new Error(`the commit after a round was refused: ${answer.error.message}`);
  }
}

/** A poller's call as a sweep that may have had an effect, without what it saw. */
function withoutReading(recorded: Recorded): Recorded {
  return recorded.by.kind === 'poller' && recorded.answer ? { ...recorded, answer: UNTOLD } : recorded;
}

function remainsOf(root: string): Remains {
  return { active: activeIn(root), history: historyLines(root), at: instantNow() };
}

/** A line that cannot be read is none: a crash may tear one. */
function historyLines(root: string): readonly Reservation[] {
  const path = join(root, FILES.history);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as Reservation];
    } catch {
      return [];
    }
  });
}

/** Plays rounds until the time or the rounds are over; `count` says what a round's findings amount to. */
async function play(
  plan: Plan,
  options: ScenarioOptions,
  count: (findings: Findings) => { figures: Partial<Outcome['figures']>; problems: readonly string[] },
): Promise<Outcome> {
  const random = seeded(options.seed);
  let figures = NO_FIGURES;
  const problems: string[] = [];
  const answers: Record<string, number> = {};
  let rounds = 0;
  for (; rounds < options.rounds && (rounds === 0 || Date.now() < options.deadline); rounds++) {
    const { findings, calls, kills, repairs } = await playRound(plan, random, rounds);
    const counted = count(findings);
    figures = add(add(figures, { operations: calls, kills, faults: repairs }), counted.figures);
    problems.push(...counted.problems.map((problem) => `${plan.name}, round ${rounds + 1}: ${problem}`));
    for (const [answer, times] of Object.entries(findings.answers)) {
      answers[answer] = (answers[answer] ?? 0) + times;
    }
  }
  const told = Object.entries(answers).map(([answer, times]) => `${answer} ${times}`);
  return { figures, problems, notes: [`${plan.name}: ${rounds} rounds; ${told.sort().join(', ')}`] };
}

/** A store that keeps its promises: whatever is found is a fault of ours. */
function clean(plan: Plan): Scenario {
  return {
    name: plan.name,
    run: (options) =>
      play(plan, options, ({ violations, lost, blocked }) => ({
        figures: { violations: violations.length, lost: lost.length, blocked: blocked.length },
        problems: [...violations, ...lost.map((what) => `lost: ${what}`), ...blocked],
      })),
  };
}

/** A store that is known to lose work: what is found is the control. */
function control(plan: Plan): Scenario {
  return {
    name: plan.name,
    run: async (options) => {
      let violations = 0;
      let lost = 0;
      const outcome = await play(plan, options, (findings) => {
        violations += findings.violations.length;
        lost += findings.lost.length;
        return { figures: {}, problems: [] };
      });
      const isFound = violations > 0 && lost > 0;
      const notes = [...(outcome.notes ?? []), `${plan.name}: ${violations} histories not explained, ${lost} lost`];
      return {
        figures: add(outcome.figures, { controlsFound: isFound ? 1 : 0 }),
        problems: isFound ? [] : [`${plan.name}: the known fault was not found; this harness proves nothing`],
        notes,
      };
    },
  };
}

export const historyOurs: Scenario = clean({ name: 'a recorded history of ours', crew: { ours: 5 } });

export const historyMixed: Scenario = clean({
  name: 'a recorded history of ours beside peers',
  crew: { ours: 3, peer: 2 },
});

export const historyKilled: Scenario = clean({
  name: 'a recorded history of ours, with kill -9 all the time',
  crew: { ours: 8 },
  killEvery: KILL_EVERY,
});

/** Beadboard's protocol alone: its unlocked sweep loses reservations, and this must be seen. */
export const historyPeerSweep: Scenario = control({
  name: 'a recorded history of peers that sweep without the lock',
  crew: { peer: 3, poller: 2 },
});

/** The worst of both. */
export const historyBattered: Scenario = clean({
  name: 'a recorded history of ours, killed, beside sweeps without the lock',
  crew: { ours: 6, poller: 2 },
  killEvery: KILL_EVERY,
  hasRepairs: true,
});

/**
 * Ours beside that very sweep: what it drops or revives, we set right. What a poller reads between its doing and our
 * repair is left out: only what ours are told has to be true. One more commit of ours, and the files are right as well.
 */
export const historyRepaired: Scenario = clean({
  name: 'a recorded history of ours beside sweeps without the lock',
  crew: { ours: 4, poller: 2 },
  hasRepairs: true,
});
