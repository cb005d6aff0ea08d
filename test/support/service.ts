/**
 * The far end of a {@link Driver}: a process that takes commands as lines of JSON on stdin and answers each with a line
 * of JSON on stdout. Commands run side by side. It ends by itself once stdin is closed and nothing is left to do.
 */

import { createInterface } from 'node:readline';

export type Handlers = Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => unknown>>;

interface Call {
  readonly id: number;
  readonly command: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export function serve(handlers: Handlers): void {
  const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, command, args } = JSON.parse(line) as Call;
    const handler = handlers[command];
    Promise.resolve()
      .then(() => (handler ? handler(args) : Promise.reject(new Error(`no such command: ${command}`))))
      .then(
        (answer) => say({ id, answer: answer ?? null }),
        (error: unknown) => say({ id, failure: error instanceof Error ? error.message : String(error) }),
      );
  });
  say({ ready: true });
}
