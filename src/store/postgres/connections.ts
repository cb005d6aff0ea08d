/**
 * The connections of one process to its server: few, made when they are needed, and given up where they are of no use.
 */

import { type Client, type ClientConfig, Pool, type PoolClient } from 'pg';
import { type Address, placeOf } from './address';
import { Breaker } from './breaker';
import { EndingClient } from './endingClient';
import { SCHEMA_VERSION } from './migrations';
import { customaryPassword } from './password';
import {
  asServerProblem,
  codeOf,
  isConnectionLost,
  noneFree,
  notConnected,
  schemaTooNew,
  schemaTooOld,
} from './problems';

export interface Limits {
  /** Connections at most, besides the one that listens. */
  readonly poolSize: number;
  /** For all of what follows: ms. How long a connection may take to come about. */
  readonly connectMs: number;
  /** How long a caller waits for the lock. */
  readonly lockMs: number;
  /** How long the server works on one statement, the wait for the lock included. */
  readonly statementMs: number;
  /**
   * How long a transaction of ours may do nothing before the server ends it: a client that is stopped keeps its lock so
   * long.
   */
  readonly idleInTransactionMs: number;
  /** How long a commit is looked for whose outcome is not known. */
  readonly outcomeMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  poolSize: 3,
  connectMs: 3_000,
  lockMs: 4_500,
  statementMs: 10_000,
  idleInTransactionMs: 10_000,
  outcomeMs: 15_000,
};

/** Idle for so long, a connection is closed. */
const IDLE_MS = 60_000;
const KEEP_ALIVE_MS = 10_000;
/** What a server that has gone away without a word is given beyond its own limit. */
const SILENCE_MS = 2_000;

/**
 * What a new connection is asked first. A commit that is acknowledged is on the server's disk, whatever its default is.
 */
const GREETING = `
  select pg_postmaster_start_time()::text as started,
    (select coalesce(max(version), 0) from agent_reservations.migration)::int as version,
    floor(extract(epoch from clock_timestamp()) * 1000) as now,
    set_config('synchronous_commit', case current_setting('synchronous_commit') when 'off' then 'on'
      else current_setting('synchronous_commit') end, false)`;

export class Connections {
  private readonly pool: Pool;
  private readonly breaker = new Breaker();
  private readonly greeted = new WeakSet<PoolClient>();
  private started: string | undefined;
  private version: number | undefined;
  private aheadMs = 0;
  /** Connections that somebody works with. */
  private working = 0;

  /**
   * `onOtherServer`: whoever answers now is not the server process of before: what is remembered of it may be wrong.
   */
  constructor(
    readonly address: Address,
    private readonly limits: Limits,
    private readonly onOtherServer: () => void,
  ) {
    this.pool = new Pool({
      ...this.config(),
      Client: EndingClient,
      max: limits.poolSize,
      idleTimeoutMillis: IDLE_MS,
      allowExitOnIdle: true,
    });
    // One that breaks while nobody uses it is taken out of the pool, and that is all.
    this.pool.on('error', () => undefined);
    // And one that breaks between two statements of somebody's work: the next statement tells it.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** A connection beside the pool, not yet opened. It keeps no process from ending. */
  single(): Client {
    return new EndingClient(this.config());
  }

  /**
   * Works with a connection, which is given up where the work fails. What fails because an idle connection was dead is
   * done again, so `work` must be such that this does no harm where the connection is lost.
   *
   * @throws StoreProblem, or what `work` throws that is none of the server's
   */
  async use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return await this.useAny(async (client) => {
      await this.greet(client);
      return await work(client);
    });
  }

  /** The same whatever the tables are like, if there are any. */
  async useAny<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    for (;;) {
      const client = await this.take();
      const isUsed = this.greeted.has(client);
      try {
        const answer = await work(client);
        client.release();
        return answer;
      } catch (error) {
        const isLost = isDriverFailure(error) && isConnectionLost(error);
        // With its transaction, if it has one: that is undone, and nothing waits for a connection that may be dead.
        client.release(true);
        if (!isLost || !isUsed) {
          throw isLost || isDriverFailure(error) ? asServerProblem(error, this.address) : error;
        }
      } finally {
        this.working--;
      }
    }
  }

  /** The version of the tables, asked anew; 0 where there are none. */
  async schemaVersion(): Promise<number> {
    return await this.useAny(async (client) => (await askVersion(client)).version);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async take(): Promise<PoolClient> {
    this.breaker.pass();
    try {
      const client = await this.pool.connect();
      this.breaker.succeeded();
      this.working++;
      return client;
    } catch (error) {
      if (this.working >= this.limits.poolSize) {
        // It says nothing of the server, and who comes next may find one free.
        this.breaker.gaveUp();
        throw noneFree(this.address, this.working, error);
      }
      const problem = notConnected(error, this.address);
      this.breaker.failed(problem);
      throw problem;
    }
  }

  private async greet(client: PoolClient): Promise<void> {
    if (this.greeted.has(client)) {
      return;
    }
    const asked = Date.now();
    const { started, version, now } = await askVersion(client);
    if (version < SCHEMA_VERSION) {
      throw schemaTooOld(this.address, version);
    }
    if (version > SCHEMA_VERSION) {
      throw schemaTooNew(this.address, version);
    }
    if (this.started !== started || this.version !== version) {
      this.onOtherServer();
    }
    this.aheadMs = Number(now) - (asked + Date.now()) / 2;
    this.started = started;
    this.version = version;
    this.greeted.add(client);
  }

  private config(): ClientConfig {
    const { host, port, database, user, password, ssl } = this.address;
    const { connectMs, statementMs, lockMs, idleInTransactionMs } = this.limits;
    return {
      host,
      port,
      database,
      ...(user === undefined ? {} : { user }),
      // The types do not know that it is told whom it is for, and may have none.
      password: (password ?? customaryPassword) as () => string,
      // The name is verified against the certificate; for an address there is none to send.
      ssl,
      application_name: 'agent-reservations',
      connectionTimeoutMillis: connectMs,
      statement_timeout: statementMs,
      lock_timeout: lockMs,
      idle_in_transaction_session_timeout: idleInTransactionMs,
      query_timeout: statementMs + SILENCE_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    };
  }

  /**
   * The server's clock as far as it is known, which it is from the first connection on: to half the time that it took
   * to ask.
   */
  now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  get place(): string {
    return placeOf(this.address);
  }
}

interface Greeting {
  readonly started: string;
  readonly version: number;
  readonly now: string;
}

const NO_TABLES: Greeting = { started: '', version: 0, now: '' };

async function askVersion(client: PoolClient): Promise<Greeting> {
  try {
    const { rows } = await client.query<Greeting>(GREETING);
    return rows[0] ?? NO_TABLES;
  } catch (error) {
    // No such table, no such schema.
    if (['42P01', '3F000'].includes(codeOf(error) ?? '')) {
      return NO_TABLES;
    }
    throw error;
  }
}

/** An error of the server or of the connection, as opposed to one of ours, or a fault in a decision. */
function isDriverFailure(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name !== 'StoreProblem' &&
    ('severity' in error ||
      codeOf(error) !== undefined ||
      /Connection terminated|not queryable|Query read timeout|timeout exceeded|Client was closed/.test(error.message))
  );
}
