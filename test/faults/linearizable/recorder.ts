/** Starts processes that work at random on one store, kills some if told to, and gathers what they wrote down. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { testOut } from '../../support/paths';
import { PATIENCE_MS } from '../../support/patience';
import type { Random } from '../random';
import { type Answer, type Call, type Instant, instantNow, type Line, type WorkerOptions } from './recording';

/** One call; without `returned` and `answer`, its process was killed before. */
export interface Recorded {
  readonly by: WorkerOptions;
  readonly call: Call;
  readonly invoked: Instant;
  readonly returned?: Instant;
  readonly answer?: Answer;
}

export interface Recording {
  readonly calls: readonly Recorded[];
  readonly kills: number;
  /** Foreign rewrites that our store told it had set right. */
  readonly repairs: number;
}

export interface Course {
  readonly workers: readonly WorkerOptions[];
  /** Kills one of the workers after every so many answers on average, and starts another in its place. */
  readonly killEvery?: number;
  readonly random: Random;
  /** The recording goes on until this is true: a slow machine takes longer, and shows no less. */
  isEnough(progress: Progress): boolean;
}

/** What has been recorded so far, without what pollers do: they never pause, and would be most of it. */
export interface Progress {
  readonly answered: number;
  readonly kills: number;
  /** How often each answer was given, as `reserve ok`. */
  readonly answers: Readonly<Record<string, number>>;
}

/** A worker dies up to so long after the answer that was waited for, and so at any point of what the workers do. */
const LATEST_KILL_MS = 5;

/** The wall clock may be slewed a little in a while, but not set. */
const LARGEST_DRIFT_MS = 5;

interface Worker {
  readonly options: WorkerOptions;
  readonly child: ChildProcess;
  /** All lines are read and the process is gone. */
  readonly closed: Promise<readonly Recorded[]>;
  repairs: number;
}

/** @throws Error where the clocks cannot be compared, or a process ended of itself: then nothing was recorded */
export async function record({ workers, killEvery = Infinity, random, isEnough }: Course): Promise<Recording> {
  const offset = wallOffset();
  const watch = new Watch();
  const crew: (Worker | undefined)[] = await Promise.all(workers.map((options) => start(options, watch)));
  const gone: Worker[] = [];
  const starting: Promise<void>[] = [];
  const progress = (): Progress => ({ answered: watch.answered, kills: gone.length, answers: watch.answers });
  while (!isEnough(progress())) {
    const next = watch.answered + killEvery * (0.5 + random.next());
    await watch.until(() => watch.answered >= next || isEnough(progress()));
    const place = random.pick([...crew.keys()].filter((one) => crew[one]));
    const victim = crew[place];
    if (!victim || watch.answered < next) {
      continue;
    }
    await sleep(random.below(LATEST_KILL_MS + 1));
    victim.child.kill('SIGKILL');
    gone.push(victim);
    crew[place] = undefined;
    const number = workers.length + gone.length;
    const another = start({ ...victim.options, number, seed: victim.options.seed + number }, watch).then((worker) => {
      crew[place] = worker;
    });
    starting.push(another);
    if (!crew.some((worker) => worker)) {
      await another;
    }
  }
  await Promise.all(starting);
  const alive = crew.filter((worker) => worker !== undefined);
  for (const { child } of alive) {
    child.stdin?.end();
  }
  const all = [...gone, ...alive];
  const calls = (await Promise.all(all.map(({ closed }) => closed))).flat();
  if (Math.abs(wallOffset() - offset) > LARGEST_DRIFT_MS) {
    throw new Error('the wall clock was set while a history was recorded');
  }
  return { calls, kills: gone.length, repairs: all.reduce((sum, { repairs }) => sum + repairs, 0) };
}

/** Counts the answers of all workers as they come, and wakes whoever waits for a number of them. */
class Watch {
  answered = 0;
  readonly answers: Record<string, number> = {};
  private wake: () => void = () => undefined;
  private fail: (error: Error) => void = () => undefined;
  private failure: Error | undefined;

  /** @throws Error where a worker has ended by itself, or nothing was answered for so long that nothing will be */
  async until(isSo: () => boolean): Promise<void> {
    for (;;) {
      if (this.failure) {
        throw this.failure;
      }
      if (isSo()) {
        return;
      }
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve, reject) => {
        const inVain = `no worker answered for ${PATIENCE_MS / 1_000} s; before, there were ${JSON.stringify(this.answers)}`;
        timer = setTimeout(() => reject(new Error(inVain)), PATIENCE_MS);
        this.wake = resolve;
        this.fail = reject;
      }).finally(() => clearTimeout(timer));
    }
  }

  answer({ kind }: WorkerOptions, call: Call, answer: Answer): void {
    if (kind !== 'poller') {
      this.answered++;
      const told = `${call.do} ${answer.code}`;
      this.answers[told] = (this.answers[told] ?? 0) + 1;
      this.wake();
    }
  }

  ended(error: Error): void {
    this.failure = error;
    this.fail(error);
  }
}

async function start(options: WorkerOptions, watch: Watch): Promise<Worker> {
  const before = process.hrtime.bigint();
  const node = process.env['AGENT_RESERVATIONS_TEST_NODE'] ?? process.execPath;
  const file = join(testOut, 'faults', 'linearizable', 'worker.process.js');
  const child = spawn(node, [file, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin?.on('error', () => undefined);
  const { stdout } = child;
  if (!stdout) {
    throw new Error('the process has no stdout');
  }
  const calls = new Map<number, Recorded>();
  const lines = createInterface({ input: stdout });
  const closed = Promise.all([once(child, 'close'), once(lines, 'close')]).then(([[code, signal]]) => {
    if (code !== 0 && signal !== 'SIGKILL') {
      throw new Error(`a worker ended with ${code ?? signal}`);
    }
    return [...calls.values()];
  });
  closed.catch((error: Error) => watch.ended(error));
  const worker: Worker = { options, child, closed, repairs: 0 };
  const hello = await new Promise<Instant>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('a worker ended at once')));
    lines.on('line', (text) => {
      const line = parseLine(text);
      if (!line) {
        return;
      }
      if ('hello' in line) {
        resolve(line.at);
      } else if ('repaired' in line) {
        worker.repairs++;
      } else if ('call' in line) {
        calls.set(line.number, { by: options, call: line.call, invoked: line.at });
      } else {
        const made = calls.get(line.number);
        if (made) {
          calls.set(line.number, { ...made, returned: line.at, answer: line.answer });
          watch.answer(options, made.call, line.answer);
        }
      }
    });
  });
  const saidAt = BigInt(hello.mono);
  if (saidAt < before || saidAt > process.hrtime.bigint()) {
    throw new Error('the monotonic clocks of two processes cannot be compared here');
  }
  return worker;
}

/** The last line of a killed process may be torn: what it told did not happen as far as anybody knows. */
function parseLine(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

/** How far the wall clock is from the monotonic one, in ms; the best of several looks. */
function wallOffset(): number {
  const looks = Array.from({ length: 50 }, () => {
    const { mono, wall } = instantNow();
    return Number(BigInt(wall) - BigInt(mono) / 1_000_000n);
  });
  return Math.min(...looks);
}
