/** The command as its users have it: the built file, run as a process of its own. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import { createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import type { Answer } from './driver';
import { grantedData } from './outcomes';
import { repoRoot } from './paths';
import { PATIENCE_MS } from './patience';

export const CLI = join(repoRoot, 'dist', 'cli.js');

export interface Called {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CallOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What it reads from standard input; nothing unless told. */
  readonly input?: string;
}

/** The command for one store, with nothing of the environment of whoever runs the tests. */
export class Command {
  private readonly running = new Set<ChildProcess>();

  constructor(
    readonly store: string,
    private readonly cwd: string,
  ) {}

  start(args: readonly string[], { cwd = this.cwd, env = {}, input }: CallOptions = {}): ChildProcess {
    const node = process.env['AGENT_RESERVATIONS_TEST_NODE'] ?? process.execPath;
    const { BB_AGENT: _agent, NO_COLOR: _colour, ...rest } = process.env;
    const child = spawn(node, [CLI, ...args], {
      cwd,
      env: { ...rest, AGENT_RESERVATIONS_STORE: this.store, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    child.stdin?.end(input);
    this.running.add(child);
    child.once('close', () => this.running.delete(child));
    return child;
  }

  async call(args: readonly string[], options: CallOptions = {}): Promise<Called> {
    const child = this.start(args, options);
    let [out, err] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      out += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      err += text;
    });
    const [code] = await once(child, 'close');
    return { code, out, err };
  }

  /** Calls with --json: standard output must be an envelope and nothing else, standard error empty. */
  async json(args: readonly string[], options: CallOptions = {}): Promise<Answer & { readonly code: number | null }> {
    const { code, out, err } = await this.call([...args, '--json'], options);
    assert.equal(err, '');
    const answer = JSON.parse(out) as Answer;
    assert.deepEqual(Object.keys(answer), ['ok', 'command', 'data', 'error']);
    return { ...answer, code };
  }

  /** Calls what must be done; answers its data. */
  async done<T = unknown>(args: readonly string[], options: CallOptions = {}): Promise<T> {
    const { code, data, error } = await this.json(args, options);
    assert.equal(code, 0, JSON.stringify(error));
    return data as T;
  }

  /** As by the verb, which has its own tests; a process for each name would take most of the time of many others. */
  async register(...names: readonly string[]): Promise<void> {
    const store = isAbsolute(this.store) ? new FileStore(this.store) : undefined;
    const operations = store && createCoordination(store, { random: () => randomHex(4) });
    for (const name of names) {
      if (operations) {
        grantedData(await operations.register({ name, role: 'test' }));
      } else {
        await this.done(['register', '--name', name, '--role', 'test']);
      }
    }
  }

  /** Ends what a test has left running. */
  async end(): Promise<void> {
    await Promise.all(
      [...this.running].map(async (child) => {
        const closed = once(child, 'close');
        child.kill('SIGKILL');
        await closed;
      }),
    );
  }
}

/** Lines of JSON as they come. */
export class JsonLines {
  readonly lines: Record<string, unknown>[] = [];
  private wake: () => void = () => undefined;

  constructor(child: ChildProcess) {
    assert.ok(child.stdout);
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.push(JSON.parse(line));
      this.wake();
    });
  }

  /** The first line that fits, of those that were and will be. */
  async find(
    fits: (line: Record<string, unknown>) => boolean,
    timeoutMs = PATIENCE_MS,
  ): Promise<Record<string, unknown>> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = this.lines.find(fits);
      if (found) {
        return found;
      }
      const left = deadline - Date.now();
      assert.ok(left > 0, `waited in vain; there were ${JSON.stringify(this.lines)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
