/**
 * A real PostgreSQL server on a free loopback port, in a temporary folder: to start, stop, kill and start again. It
 * ends with the process that started it, however that ends. Its programs are where AGENT_RESERVATIONS_POSTGRES says
 * (scripts/lib/postgres.mjs finds them, or fetches them).
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

const PASSWORD = 'only-for-tests';
const START_MS = 30_000;
/** PostgreSQL refuses to run as root; this is nobody, and nobody's group. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

/**
 * Outlives whoever started it by a moment: once that one is gone, which closes its stdin, the server is stopped and its
 * folder removed. Arguments: the folder.
 */
const KEEPER = `
const { readFileSync, rmSync } = require('node:fs');
process.stdin.resume().on('end', () => {
  try { process.kill(Number(readFileSync(process.argv[1] + '/data/postmaster.pid', 'utf8').split('\\n')[0]), 'SIGQUIT'); } catch {}
  setTimeout(() => rmSync(process.argv[1], { recursive: true, force: true, maxRetries: 5 }), 300);
});
process.on('SIGINT', () => {}).on('SIGTERM', () => {}).on('SIGHUP', () => {});`;

export interface ServerOptions {
  /** Settings of the server, such as `fsync=off`, beside those that a test needs. */
  readonly settings?: readonly string[];
  /** For TLS, as PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

export class PostgresServer {
  private child: ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly settings: readonly string[],
    private readonly keeper: ChildProcess,
  ) {}

  static async start({ settings = [], tls }: ServerOptions = {}): Promise<PostgresServer> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'agent-reservations-postgres-')));
    // Inside a desktop VS Code, process.execPath is VS Code itself.
    const node = process.env['AGENT_RESERVATIONS_TEST_NODE'] ?? process.execPath;
    const keeper = spawn(node, ['-e', KEEPER, folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    keeper.unref();
    (keeper.stdin as unknown as { unref(): void }).unref();
    try {
      const secret = join(folder, 'password');
      writeFileSync(secret, PASSWORD, { mode: 0o600 });
      if (NOBODY) {
        chownSync(folder, NOBODY.uid, NOBODY.gid);
        chownSync(secret, NOBODY.uid, NOBODY.gid);
      }
      const data = join(folder, 'data');
      const flags = ['--auth=scram-sha-256', '--username=postgres', `--pwfile=${secret}`, '--encoding=UTF8'];
      execFileSync(program('initdb'), [...flags, '--locale=C', '--no-sync', `--pgdata=${data}`], {
        ...NOBODY,
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const all = [...settings];
      for (const [name, content] of tls ? Object.entries({ cert: tls.certificate, key: tls.key }) : []) {
        const path = join(folder, `${name}.pem`);
        writeFileSync(path, content, { mode: 0o600 });
        if (NOBODY) {
          chownSync(path, NOBODY.uid, NOBODY.gid);
        }
        all.push('ssl=on', `ssl_${name}_file=${path}`);
      }
      const server = new PostgresServer(folder, await freePort(), all, keeper);
      await server.restart();
      return server;
    } catch (error) {
      keeper.stdin?.end();
      if ((error as NodeJS.ErrnoException).code === 'EACCES' && NOBODY) {
        const message = `PostgreSQL does not run as root, and user ${NOBODY.uid} may not run ${program('initdb')}.`;
        throw new Error(`${message} Install it, or have the tests run by a user of your own.`, { cause: error });
      }
      throw error;
    }
  }

  /** For the superuser of the server. */
  url(database = 'postgres'): string {
    return `postgres://postgres:${PASSWORD}@127.0.0.1:${this.port}/${database}`;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /**
   * Starts it again on the same port and data, and waits until it takes connections. It is tried again where it ends at once:
   * processes of the one before may be about to end, and somebody else may have the port for a moment.
   */
  async restart(): Promise<void> {
    const deadline = Date.now() + START_MS;
    let log = '';
    while (!(await this.answers())) {
      if (Date.now() > deadline) {
        throw new Error(`PostgreSQL did not start:\n${log}`);
      }
      if (!this.child || this.child.exitCode !== null) {
        log = '';
        this.spawn((text) => {
          log = `${log}${text}`.slice(-10_000);
        });
      }
      await sleep(25);
    }
  }

  private spawn(onLog: (text: string) => void): void {
    const settings = ['listen_addresses=127.0.0.1', `port=${this.port}`, 'unix_socket_directories=', ...this.settings];
    const args = ['-D', join(this.folder, 'data'), ...settings.flatMap((setting) => ['-c', setting])];
    const child = spawn(program('postgres'), args, {
      ...NOBODY,
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (chunk: Buffer) => onLog(String(chunk)));
    child.unref();
    (child.stderr as unknown as { unref(): void }).unref();
    this.child = child;
  }

  /** Ends it as an administrator would: connections are closed, and what they were doing is undone. */
  stop(): Promise<void> {
    return this.end('SIGINT');
  }

  /** kill -9, of the server and of all of its processes. */
  async kill(): Promise<void> {
    const pids = this.processes();
    const ended = this.end('SIGKILL');
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended already.
      }
    }
    await ended;
  }

  /** Stops it, and removes all that it held. */
  async remove(): Promise<void> {
    await this.end('SIGQUIT');
    this.keeper.stdin?.end();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  /** Creates a database, empty unless it is to be a copy of `template`, and returns its URL. */
  async database(name: string, template = 'template0'): Promise<string> {
    await this.query(`create database "${name}" template "${template}"`);
    return this.url(name);
  }

  async query<R extends object>(
    sql: string,
    values: readonly unknown[] = [],
    database = 'postgres',
  ): Promise<readonly R[]> {
    const client = new Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      return (await client.query<R>(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  private processes(): readonly number[] {
    try {
      const path = `/proc/${this.pid}/task/${this.pid}/children`;
      return readFileSync(path, 'utf8').trim().split(' ').filter(Boolean).map(Number);
    } catch {
      // Not on Linux: they end by themselves once they see that their parent is gone.
      return [];
    }
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child && child.exitCode === null && child.signalCode === null) {
      child.ref();
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
  }

  private async answers(): Promise<boolean> {
    const client = new Client({ connectionString: this.url(), connectionTimeoutMillis: 1_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      return false;
    }
  }
}

function program(name: string): string {
  const folder = process.env['AGENT_RESERVATIONS_POSTGRES'];
  if (!folder) {
    throw new Error('AGENT_RESERVATIONS_POSTGRES does not say where PostgreSQL is: run npm run test:postgres.');
  }
  return join(folder, process.platform === 'win32' ? `${name}.exe` : name);
}

/** Another could take it before the server does, which then does not start. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
