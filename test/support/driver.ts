/** The near end of a helper process: tests drive several at once, and every one is gone when its test is over. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ErrorBody } from '../../src/core/envelope';
import { testOut } from './paths';

/** An envelope as it comes through a pipe. */
export interface Answer {
  readonly ok: boolean;
  readonly command: string;
  readonly data: unknown;
  readonly error: ErrorBody | null;
}

/** `ours` runs the product's coordination over its file store, `peer` speaks beadboard's protocol. */
export type Kind = 'ours' | 'peer';

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

export class Driver {
  private readonly waiting = new Map<number, Waiting>();
  /** How the process ended: its exit code, or the signal that killed it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  private calls = 0;
  private isOver = false;

  private constructor(
    private readonly child: ChildProcess,
    ready: () => void,
  ) {
    // Not at its exit: what it said before may still be in the pipe.
    this.ended = once(child, 'close').then(([code, signal]) => {
      this.isOver = true;
      this.fail();
      return signal ?? code;
    });
    const { stdout } = child;
    if (!stdout) {
      throw new Error('the process has no stdout');
    }
    createInterface({ input: stdout }).on('line', (line) => {
      const { id, answer, failure } = JSON.parse(line) as { id?: number; answer?: unknown; failure?: string };
      if (id === undefined) {
        ready();
        return;
      }
      const call = this.waiting.get(id);
      this.waiting.delete(id);
      if (failure === undefined) {
        call?.resolve(answer);
      } else {
        call?.reject(new Error(failure));
      }
    });
  }

  static start(kind: Kind, root: string): Promise<Driver> {
    return Driver.run(`support/${kind}`, [root]);
  }

  /** Runs `NAME.process.ts` below `test`, which must serve as service.ts says; `flags` are Node's own. */
  static async run(name: string, args: readonly string[] = [], flags: readonly string[] = []): Promise<Driver> {
    // Inside a desktop VS Code, process.execPath is VS Code itself.
    const node = process.env['AGENT_RESERVATIONS_TEST_NODE'] ?? process.execPath;
    const child = spawn(node, [...flags, join(testOut, `${name}.process.js`), ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // A killed process closes its end of the pipe; the pending calls are failed when it exits.
    child.stdin?.on('error', () => undefined);
    let driver: Driver | undefined;
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new Error('the process ended at once')));
      driver = new Driver(child, resolve);
    });
    if (!driver) {
      throw new Error('the process did not start');
    }
    return driver;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Rejects where the command fails, or where the process ends before it answers. */
  call<T = Answer>(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const id = ++this.calls;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve: (answer) => resolve(answer as T), reject });
      if (this.isOver) {
        this.fail();
      }
      this.child.stdin?.write(`${JSON.stringify({ id, command, args })}\n`);
    });
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** kill -9, and until it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Closes stdin and waits for the process to end by itself. */
  async end(): Promise<void> {
    this.child.stdin?.end();
    await this.ended;
  }

  private fail(): void {
    for (const { reject } of this.waiting.values()) {
      reject(new Error('the process ended before it answered'));
    }
    this.waiting.clear();
  }
}

/** Starts processes for one test; what is still running after it is killed, stopped ones too. */
export function useDrivers(): (kind: Kind, root: string, count?: number) => Promise<Driver[]> {
  const started: Driver[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((driver) => driver.kill()));
  });
  return async (kind, root, count = 1) => {
    const drivers = await Promise.all(Array.from({ length: count }, () => Driver.start(kind, root)));
    started.push(...drivers);
    return drivers;
  };
}
