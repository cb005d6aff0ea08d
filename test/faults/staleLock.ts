/**
 * Eight processes meet one dead lock: at once, or spread over a few ms, with and without time passing between their
 * steps. One after the other has to get in. Two ways of locking that are known to let in two are tried in the same
 * rounds: where the harness does not catch them, it proves nothing.
 */

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Driver } from '../support/driver';
import { deadLocksOf, dieHolding, type Plant, plantStaleFolder } from './deadLocks';
import { clearEvidence, evidenceIn } from './evidence';
import type { Way } from './lockWays';
import { add, type Figures, goesOn, NO_FIGURES, type Outcome, type Scenario, type ScenarioOptions } from './scenario';

const PROCESSES = 8;
/** Of 13 rounds, 10 start at one instant and 3 spread their starts: 2,000 to 600 in a whole long run. */
const AT_ONCE_OF_13 = 10;
const SPREAD_MS = 10;
const LONGEST_DELAY_MS = 3;
/** From the call for a round to its start: time enough for the call to reach everyone. */
const LEAD_MS = 4;
const STAY_MS = 1;
/** Of so many rounds, one is done by each control. */
const CONTROL_EVERY = 4;
const ENOUGH_FOR_CONTROL = 100;
/** After so many rounds another process is killed, whose lock the next rounds meet. */
const ROUNDS_PER_VICTIM = 50;

interface Team {
  readonly way: Way;
  readonly folder: string;
  readonly lock: string;
  readonly members: readonly Driver[];
}

interface Round {
  readonly acknowledged: number;
  readonly refused: readonly string[];
  readonly mostInside: number;
  readonly counted: number;
  readonly leftovers: readonly string[];
}

export const staleLock: Scenario = {
  name: 'eight processes meet one dead lock',
  run: async (options) => {
    const base = mkdtempSync(join(tmpdir(), 'agent-reservations-test-'));
    const teams: Team[] = [];
    try {
      for (const [way, delayed] of [['ours'], ['ours', true], ['package'], ['package', true], ['naive']] as const) {
        teams.push(await gather(join(base, String(teams.length)), way, delayed ?? false));
      }
      return await runRounds(options, teams);
    } finally {
      await Promise.all(teams.flatMap(({ members }) => members.map((member) => member.kill())));
      rmSync(base, { recursive: true, force: true });
    }
  },
};

async function gather(folder: string, way: Way, isDelayed: boolean): Promise<Team> {
  mkdirSync(folder);
  const start = () => Driver.run('faults/lockWorker', [way]);
  const members = await Promise.all(Array.from({ length: PROCESSES }, start));
  if (isDelayed) {
    await Promise.all(members.map((member) => member.call('delay', { longest: LONGEST_DELAY_MS })));
  }
  return { way, folder, lock: join(folder, '.lock'), members };
}

async function runRounds(options: ScenarioOptions, teams: readonly Team[]): Promise<Outcome> {
  const [plain, delayed, ...controls] = teams as [Team, Team, ...Team[]];
  const races = new Map(controls.map((team): [Team, Tally] => [team, { raced: 0, rounds: 0 }]));
  const problems: string[] = [];
  let figures = NO_FIGURES;
  let plants: [string, Plant][] = [];
  let done = 0;
  for (; goesOn(options, done); done++) {
    if (done % ROUNDS_PER_VICTIM === 0) {
      const dead = await dieHolding(plain.lock, plain.folder);
      rmSync(plain.lock);
      plants = Object.entries(deadLocksOf(dead));
      figures = add(figures, { kills: 1 });
    }
    const spread = done % 13 < AT_ONCE_OF_13 ? 0 : SPREAD_MS;
    const [name, plant] = plants[done % plants.length] as [string, Plant];
    const team = Math.floor(done / 13) % 3 < 2 ? plain : delayed;
    const round = await meet(team, plant, spread);
    figures = add(figures, judge(round));
    problems.push(...describe(round).map((text) => `round ${done + 1}, ${name}, spread ${spread} ms: ${text}`));
    if (done % CONTROL_EVERY === 0) {
      for (const [control, tally] of races) {
        await race(control, controlPlant(control, plants), spread, tally);
      }
    }
  }
  for (const [control, tally] of races) {
    // They let in two by chance: a short run gives it time to happen.
    while (tally.raced === 0 && tally.rounds < ENOUGH_FOR_CONTROL) {
      await race(control, controlPlant(control, plants), 0, tally);
    }
  }
  const steps = await Promise.all(delayed.members.map((member) => member.call<number>('delayed')));
  const found = [...races.values()].filter(({ raced }) => raced > 0).length;
  const notes = [...races].map(
    ([{ way }, { raced, rounds: of }], index) =>
      `${way}${index === 1 ? ', delayed' : ''}: two holders in ${raced} of ${of} rounds ` +
      `(${((100 * raced) / Math.max(1, of)).toFixed(0)} %)`,
  );
  notes.unshift(`ours: ${done} rounds of ${PROCESSES}, ${steps.reduce((sum, n) => sum + n, 0)} steps delayed`);
  return { figures: add(figures, { controlsFound: found }), problems, notes };
}

interface Tally {
  raced: number;
  rounds: number;
}

async function race(control: Team, plant: Plant, spreadMs: number, tally: Tally): Promise<void> {
  const { mostInside, acknowledged, counted } = await meet(control, plant, spreadMs);
  tally.raced += mostInside > 1 || counted < acknowledged ? 1 : 0;
  tally.rounds++;
}

function controlPlant({ way }: Team, plants: readonly [string, Plant][]): Plant {
  return way === 'package' ? plantStaleFolder : (plants[0] as [string, Plant])[1];
}

/** One round: the dead lock, everyone at it, and what they left. */
async function meet(team: Team, plant: Plant, spreadMs: number): Promise<Round> {
  const { folder, lock, members } = team;
  rmSync(lock, { recursive: true, force: true });
  clearEvidence(folder);
  plant(lock);
  const start = Number(process.hrtime.bigint()) / 1e6 + LEAD_MS;
  const visits = await Promise.allSettled(
    members.map((member, index) => {
      const at = start + (spreadMs * index) / (members.length - 1);
      return member.call<number>('visit', { lock, folder, at, stay: STAY_MS });
    }),
  );
  const refused = visits.flatMap((visit) => (visit.status === 'rejected' ? [String(visit.reason)] : []));
  const { mostInside, counted } = evidenceIn(folder);
  const leftovers = readdirSync(folder).filter((name) => name.startsWith('.lock'));
  return { acknowledged: visits.length - refused.length, refused, mostInside, counted, leftovers };
}

/** Who was refused was blocked, as the next one is by what is left behind; who was robbed was never alone inside. */
function judge({ acknowledged, refused, mostInside, counted, leftovers }: Round): Partial<Figures> {
  const robbed = refused.filter((reason) => reason.includes('went away while it was held')).length;
  return {
    operations: acknowledged + refused.length,
    faults: 1,
    violations: robbed + (mostInside > 1 ? 1 : 0),
    lost: Math.max(0, acknowledged - counted),
    blocked: refused.length - robbed + leftovers.length,
  };
}

function describe({ acknowledged, refused, mostInside, counted, leftovers }: Round): string[] {
  return [
    ...refused,
    ...(mostInside > 1 ? [`${mostInside} were inside at once`] : []),
    ...(counted < acknowledged ? [`${acknowledged} were acknowledged, ${counted} were counted`] : []),
    ...(leftovers.length > 0 ? [`left behind: ${leftovers.join(', ')}`] : []),
  ];
}
