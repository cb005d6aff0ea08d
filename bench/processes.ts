/** The processes of a row: all are there before any begins. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Processes<W extends object, D> {
  /** Gives each its work, in order, and answers what each has done. @throws where one ends without an answer */
  run(works: readonly W[]): Promise<readonly D[]>;
  end(): void;
}

/** Does the work with so many processes of a script of the bench, and ends them whatever becomes of it. */
export async function withProcesses<W extends object, D, T>(
  script: string,
  count: number,
  work: (processes: Processes<W, D>) => Promise<T>,
): Promise<T> {
  const processes = await startProcesses<W, D>(script, count);
  try {
    return await work(processes);
  } finally {
    processes.end();
  }
}

async function startProcesses<W extends object, D>(script: string, count: number): Promise<Processes<W, D>> {
  const children = Array.from({ length: count }, () => fork(join(__dirname, script)));
  const end = () => {
    for (const child of children) {
      child.kill();
    }
  };
  const orEnd = <T>(answers: Promise<T>) =>
    answers.catch((error: unknown) => {
      end();
      throw error;
    });
  await orEnd(Promise.all(children.map(said)));
  return {
    run: (works) =>
      orEnd(
        Promise.all(
          children.map((child, place) => {
            const answer = said(child);
            child.send(works[place] as W);
            return answer as Promise<D>;
          }),
        ),
      ),
    end,
  };
}

/** The other side: says that it is there, does what it is given, and says each time what it has done. */
export function serve<W, D>(work: (given: W) => Promise<D>): void {
  process.on('message', (given) => {
    work(given as W).then(
      (done) => process.send?.(done),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.once('disconnect', () => process.exit());
  process.send?.('ready');
}

async function said(child: ChildProcess): Promise<unknown> {
  const heard = new AbortController();
  const { signal } = heard;
  const message = once(child, 'message', { signal });
  const exit = once(child, 'exit', { signal });
  try {
    const [first] = await Promise.race([message, exit.then(([code]) => Promise.reject(endedWith(code)))]);
    return first;
  } finally {
    heard.abort();
    await Promise.allSettled([message, exit]);
  }
}

function endedWith(code: unknown): Error {
  return new Error(`A process of the bench ended with ${code} before it had answered.`);
}
