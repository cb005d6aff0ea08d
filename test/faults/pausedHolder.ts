/**
 * A process is stopped in the middle of its work, for longer than anyone waits and longer than the lock's package
 * believes in a lock, and then goes on as if nothing had been. It has to find everything as it left it: three callers
 * are acknowledged in the end, and all three are in the store. proper-lockfile by itself must lose one of three.
 */

import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, Driver } from '../support/driver';
import { PATIENCE_MS } from '../support/patience';
import { reservation } from '../support/samples';
import { activeIn, FILES, historyIn, seedStore } from '../support/storeFiles';
import { dieHolding } from './deadLocks';
import { evidenceIn } from './evidence';
import { isLocked } from './hostile/work';
import { add, type Figures, goesOn, NO_FIGURES, type Outcome, type Scenario } from './scenario';

/** Past the 4.5 s that our callers wait, and the 10 s after which proper-lockfile calls an untouched lock stale. */
const PAUSE_MS = 11_500;
/** The last caller comes so long before the end of the pause, and is still waiting then. */
const LAST_WAITS_MS = 1_000;
/** It stands still a little longer than we look at it. */
const SEEN_MS = 300;
/** proper-lockfile with its shortest time to stale, 2 s, is past it. */
const CONTROL_PAUSE_MS = 3_500;
const CONTROLS = 3;

const FAR = '2999-01-01T00:00:00.000Z';

interface Case {
  readonly name: string;
  /** Where in its work the process is when it stops. */
  readonly at: { readonly step?: string; readonly file: string; readonly early?: boolean };
  readonly how: 'stopped' | 'busy';
  readonly command?: 'release';
  /** It stops while it breaks the lock of the dead, before it has one itself. */
  readonly breaks?: boolean;
}

const CASES: readonly Case[] = [
  { name: 'as it reads', at: { file: 'active.json' }, how: 'stopped' },
  { name: 'as it writes', at: { step: 'open', file: 'active.json.' }, how: 'stopped' },
  { name: 'as it appends to history', at: { step: 'open', file: 'history.jsonl' }, how: 'stopped', command: 'release' },
  { name: 'right before the rename', at: { step: 'rename', file: 'active.json' }, how: 'stopped' },
  { name: 'as it drops the lock', at: { step: 'unlink', file: '.lock' }, how: 'stopped' },
  {
    name: 'as it breaks a dead lock',
    at: { step: 'unlink', file: '.lock', early: true },
    how: 'stopped',
    breaks: true,
  },
  {
    name: 'with a blocked event loop, right before the rename',
    at: { step: 'rename', file: 'active.json' },
    how: 'busy',
  },
];

export const pausedHolder: Scenario = {
  name: 'a holder is stopped past every time limit and goes on',
  run: async (options) => {
    let figures = NO_FIGURES;
    const problems: string[] = [];
    const controls: Control[] = [];
    for (let done = 0; goesOn(options, done); done++) {
      const base = mkdtempSync(join(tmpdir(), 'agent-reservations-test-'));
      try {
        // Side by side, since each takes as long as the pause.
        const [controlled, ...outcomes] = await Promise.all([
          runControls(join(base, 'controls')),
          ...CASES.map((one, index) => runCase(one, join(base, String(index)))),
        ]);
        controls.push(...controlled);
        for (const outcome of outcomes) {
          figures = add(figures, outcome.figures);
          problems.push(...outcome.problems);
        }
      } finally {
        rmSync(base, { recursive: true, force: true });
      }
    }
    const controlsFound = controls.some(({ lost }) => lost) ? 1 : 0;
    return { figures: add(figures, { controlsFound }), problems, notes: [noteOn(controls)] };
  },
};

async function runCase(one: Case, folder: string): Promise<Outcome> {
  const root = seedStore(join(folder, 'store'), {
    active: one.command ? [reservation({ scope: 'first', expires_at: FAR })] : [],
  });
  const drivers = await Promise.all([1, 2, 3].map(() => Driver.run('faults/storeWorker', [root])));
  try {
    return await pauseInTheMiddle(one, root, drivers as [Driver, Driver, Driver]);
  } finally {
    await Promise.all(drivers.map((driver) => driver.kill()));
  }
}

async function pauseInTheMiddle(one: Case, root: string, drivers: [Driver, Driver, Driver]): Promise<Outcome> {
  const [paused, second, third] = drivers;
  const lock = join(root, FILES.lock);
  const reserve = (driver: Driver, scope: string) =>
    timed(driver.call('reserve', { agent: 'agent-a', scope, bead: 'b' }));
  if (one.breaks) {
    await dieHolding(lock, root);
  }
  const marker = join(root, '..', 'reached');
  await paused.call('stopAt', { ...one.at, marker, ...(one.how === 'busy' ? { ms: PAUSE_MS + SEEN_MS } : {}) });
  const first =
    one.command === 'release'
      ? timed(paused.call('release', { agent: 'agent-a', scope: 'first' }))
      : reserve(paused, 'first');
  if (!(await appears(marker))) {
    throw new Error(`${one.name}: the process never came to that step, so nothing would be shown`);
  }

  const before = incarnation(lock);
  const pause = sleep(PAUSE_MS);
  const almostOver = sleep(PAUSE_MS - LAST_WAITS_MS);
  const meanwhile = [await reserve(second, 'meanwhile')];
  await almostOver;
  const waiting = reserve(third, 'third');
  await pause;
  const after = incarnation(lock);
  paused.signal('SIGCONT');
  const answers = [await first, await reserve(second, 'second'), await waiting];
  if (one.breaks && isLocked(answers[0])) {
    // It had no lock yet, and while it stood still its time was up: it is told so, and served when it asks again.
    answers[0] = await reserve(paused, 'first');
  }
  return judge(one, { root, meanwhile, answers, untouched: before !== '' && before === after });
}

async function appears(file: string): Promise<boolean> {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await sleep(10)) {
    if (existsSync(file)) {
      return true;
    }
  }
  return false;
}

interface Seen {
  readonly root: string;
  readonly meanwhile: readonly Timed[];
  readonly answers: readonly Timed[];
  readonly untouched: boolean;
}

function judge(one: Case, { root, meanwhile, answers, untouched }: Seen): Outcome {
  const refused = answers.filter(({ answer }) => !answer.ok);
  const late = meanwhile.filter((asked) => !isLocked(asked));
  const scopes = [...activeIn(root), ...historyIn(root)].map((entry) => entry.scope);
  const lost = ['first', 'second', 'third'].filter((scope) => !scopes.includes(scope));
  const tooMany = scopes.length - new Set(scopes).size + (scopes.includes('meanwhile') ? 1 : 0);
  const figures: Partial<Figures> = {
    operations: answers.length + meanwhile.length,
    faults: 1,
    kills: one.breaks ? 1 : 0,
    violations: (untouched ? 0 : 1) + tooMany,
    lost: lost.length,
    blocked: refused.length + late.length,
  };
  const problems = [
    ...refused.map(({ answer }) => `refused: ${JSON.stringify(answer.error)}`),
    ...late.map(({ answer, ms }) => `asked meanwhile: ${JSON.stringify(answer)} after ${ms.toFixed(0)} ms`),
    ...(untouched ? [] : ['the lock was touched while its holder stood still']),
    ...(lost.length > 0 ? [`acknowledged and lost: ${lost.join(', ')}`] : []),
    ...(tooMany > 0 ? [`what nobody was granted is there, or is there twice: ${scopes.join(', ')}`] : []),
  ];
  return { figures: add(NO_FIGURES, figures), problems: problems.map((text) => `${one.name}: ${text}`) };
}

function runControls(folder: string): Promise<readonly Control[]> {
  return Promise.all(Array.from({ length: CONTROLS }, (_, index) => runControl(join(folder, String(index)))));
}

function noteOn(controls: readonly Control[]): string {
  const count = (name: keyof Control) => controls.filter((control) => control[name]).length;
  return (
    `package, holder stopped: of ${controls.length}, two holders in ${count('overlapped')}, one of three acknowledged ` +
    `lost in ${count('lost')}, the next one's lock removed in ${count('robbed')}`
  );
}

interface Control {
  readonly overlapped: boolean;
  readonly lost: boolean;
  /** The stopped one, going on, removed the lock of the one that came after it. */
  readonly robbed: boolean;
}

async function runControl(folder: string): Promise<Control> {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, '.lock');
  const drivers = await Promise.all([1, 2, 3].map(() => Driver.run('faults/lockWorker', ['package'])));
  const [paused, second, third] = drivers as [Driver, Driver, Driver];
  try {
    await paused.call('enter', { lock, folder });
    paused.signal('SIGSTOP');
    await sleep(CONTROL_PAUSE_MS);
    await second.call('enter', { lock, folder });
    paused.signal('SIGCONT');
    await paused.call('leave', { folder });
    const robbed = incarnation(lock) === '';
    if (robbed) {
      await third.call('enter', { lock, folder });
      await second.call('leave', { folder });
      await third.call('leave', { folder });
    } else {
      await second.call('leave', { folder });
      await third.call('enter', { lock, folder });
      await third.call('leave', { folder });
    }
    const { mostInside, counted } = evidenceIn(folder);
    return { overlapped: mostInside > 1, lost: counted < 3, robbed };
  } finally {
    await Promise.all(drivers.map((driver) => driver.kill()));
  }
}

/** What tells one taking of the lock from another; '' where there is none. */
function incarnation(lock: string): string {
  const stats = lstatSync(lock, { bigint: true, throwIfNoEntry: false });
  return stats ? `${stats.ino} ${stats.mtimeNs} ${stats.isFile() ? readFileSync(lock, 'utf8') : ''}` : '';
}

interface Timed {
  readonly answer: Answer;
  readonly ms: number;
}

async function timed(call: Promise<Answer>): Promise<Timed> {
  const started = performance.now();
  const answer = await call;
  return { answer, ms: performance.now() - started };
}
