/** The near end of the process that changes the store. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Carried, Order } from './writer.process';

export interface Writer {
  carryOut(order: Order): Promise<Carried>;
  stop(): void;
}

export async function startWriter(): Promise<Writer> {
  // The extension host may be no Node by itself, and has arguments of its own.
  const execPath = process.env['AGENT_RESERVATIONS_BENCH_NODE'] ?? process.execPath;
  const child = fork(join(__dirname, 'writer.process.js'), { execPath, execArgv: [] });
  await once(child, 'message');
  return {
    carryOut: async (order) => {
      const ended = new Promise<never>((_, reject) => child.once('exit', () => reject(new Error('The writer ended.'))));
      const answer = once(child, 'message');
      child.send(order);
      const [carried] = (await Promise.race([answer, ended])) as [Carried];
      child.removeAllListeners('exit');
      return carried;
    },
    stop: () => child.kill(),
  };
}
