/** Starts processes that work at random on one store, kills some if told to, and gathers what they wrote down. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { testOut } from '../../support/paths';
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
  readonly milliseconds: number;
  /** Kills one of the workers every so many ms on average, and starts another in its place. */
  readonly killEvery?: number;
  readonly random: Random;
}

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
export async function record({ workers, milliseconds, killEvery, random }: Course): Promise<Recording> {
  const offset = wallOffset();
  const crew: (Worker | undefined)[] = await Promise.all(workers.map(start));
  const gone: Worker[] = [];
  const starting: Promise<void>[] = [];
  const end = performance.now() + milliseconds;
  for (let left = milliseconds; left > 0; left = end - performance.now()) {
    await sleep(Math.min(left, killEvery === undefined ? left : killEvery * (0.5 + random.next())));
    const place = random.below(crew.length);
    const victim = crew[place];
    if (killEvery === undefined || !victim || performance.now() >= end) {
      continue;
    }
    victim.child.kill('SIGKILL');
    gone.push(victim);
    crew[place] = undefined;
    const number = workers.length + gone.length;
    const next = start({ ...victim.options, number, seed: victim.options.seed + number });
    starting.push(
      next.then((worker) => {
        crew[place] = worker;
      }),
    );
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

async function start(options: WorkerOptions): Promise<Worker> {
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
  // Awaited at the end; until then, nobody listens.
  closed.catch(() => undefined);
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
