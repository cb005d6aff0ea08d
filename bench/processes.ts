/** The processes of a row: all are there before any begins. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * Starts so many processes of a script of the bench, then gives each its work, in order, and answers what each has done.
 *
 * @throws where one ends without an answer; the others are ended too
 */
export async function inProcesses<W extends object, D>(
  script: string,
  count: number,
  works: () => readonly W[],
): Promise<readonly D[]> {
  const children = Array.from({ length: count }, () => fork(join(__dirname, script)));
  try {
    await Promise.all(children.map(said));
    const given = works();
    return await Promise.all(
      children.map((child, place) => {
        const answer = said(child);
        child.send(given[place] as W);
        return answer as Promise<D>;
      }),
    );
  } finally {
    for (const child of children) {
      child.kill();
    }
  }
}

/** The other side: says that it is there, does the work that it is given, and says what it has done. */
export function serve<W, D>(work: (given: W) => Promise<D>): void {
  process.once('message', (given) => {
    work(given as W).then(
      (done) => process.send?.(done, () => process.exit(0)),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.send?.('ready');
}

async function said(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const { signal } = ended;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`A process of the bench ended with ${code} before it had answered.`);
      }),
    ]);
  } finally {
    ended.abort();
  }
}
