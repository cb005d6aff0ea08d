/** No room: at the server for connections, among one's own, in the tables for another version, and on the server's disk. */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { createCoordination } from '../../../src/coordination/coordination';
import { randomHex } from '../../../src/store/files/durable';
import { SCHEMA_VERSION } from '../../../src/store/postgres/migrations';
import { openPostgresStore, type PostgresStoreOptions } from '../../../src/store/postgres/postgresStore';
import { PATIENCE_MS } from '../../support/patience';
import type { PostgresServer } from '../../support/postgresServer';
import { add, type Figures, goesOn, NO_FIGURES, type Outcome, type Scenario } from '../scenario';
import { type Call, callOf } from './calls';
import { judge } from './judge';
import { prepared, withServer } from './place';
import { FAILURES, type Told } from './told';

const CONNECTIONS = 14;
const CALLERS = 60;
const LIMITS = { connectMs: 1_000, lockMs: 700, statementMs: 1_500 };
/** Far more than these add up to; who waits for all the others, one after the other, takes longer. */
const LONGEST_MS = 30_000;
const NOBODY = 65_534;

interface Trial {
  readonly told: Told[];
  readonly problems: string[];
  /** How often each code was told of a full pool. */
  readonly pool: Map<string, number>;
  faults: number;
  blocked: number;
}

/** Each trial in turn, and in the end the tables are judged. */
export const postgresFull: Scenario = {
  name: 'no connection, no place in the pool, other tables, no disk',
  run: ({ deadline, rounds }) =>
    withServer({ settings: [`max_connections=${CONNECTIONS}`] }, async (server) => {
      const url = await server.database('full');
      await prepared(url, ['agent-0']);
      await server.query(`create role plain login password 'p'`);
      await server.query(`select agent_reservations.admit('plain', 'default')`, [], 'full');
      const asPlain = url.replace(/\/\/.*@/, '//plain:p@');
      const trial: Trial = { told: [], problems: [], pool: new Map(), faults: 0, blocked: 0 };
      const notes: string[] = [];
      for (let round = 0; goesOn({ rounds, deadline }, round); round++) {
        for (const one of [noConnections, fullPool, otherTables]) {
          await one(trial, { server, url: asPlain, name: `${round}` });
        }
      }
      const verdict = await judge(url, trial.told);
      const disk = await noDisk(server);
      notes.push(`a full pool: ${[...trial.pool].map(([code, times]) => `${code} ${times}`).join(', ')}`, disk.note);
      const figures: Figures = add(NO_FIGURES, {
        operations: trial.told.length + disk.operations,
        faults: trial.faults + disk.faults,
        blocked: trial.blocked + disk.blocked,
        violations: verdict.violations.length + disk.violations.length,
        lost: verdict.lost.length + disk.lost.length,
      });
      const all = [...verdict.violations, ...verdict.lost, ...disk.violations, ...disk.lost, ...disk.problems];
      return { figures, problems: [...trial.problems, ...all], notes } satisfies Outcome;
    }),
};

interface Where {
  readonly server: PostgresServer;
  readonly url: string;
  readonly name: string;
}

/** Others have all the connections that the server gives. */
async function noConnections(trial: Trial, { url, name }: Where): Promise<void> {
  const others: Client[] = [];
  try {
    for (let isFull = false; !isFull; ) {
      const client = new Client({ connectionString: url });
      client.on('error', () => undefined);
      try {
        await client.connect();
        others.push(client);
      } catch {
        isFull = true;
      }
    }
    await withCall({ url, limits: LIMITS }, async (call) => {
      await expectCode(trial, call, `connections/${name}`, ['STORE_UNREACHABLE'], 'no connection left');
      await Promise.all(others.splice(0).map((client) => client.end()));
      await expectToGoOn(trial, call, `connections/${name}`, 'no connection left');
    });
  } finally {
    await Promise.all(others.map((client) => client.end()));
  }
}

/** All of a process's connections are at work on what takes too long, and many more want one. */
async function fullPool(trial: Trial, { server, url, name }: Where): Promise<void> {
  const slow = new Client({ connectionString: server.url('full') });
  await slow.connect();
  const store = openPostgresStore({ url, limits: LIMITS });
  const call = callOf(createCoordination(store, { random: () => randomHex(4) }), 'agent-0');
  try {
    await call('reserve', `pool/${name}`, `pool ${name}`).then((told) => trial.told.push(told));
    await slow.query('begin; lock table agent_reservations.reservation in access exclusive mode');
    const started = performance.now();
    const readings = Array.from({ length: CALLERS }, () => store.readClosed(new Date(0)).catch(() => undefined));
    const answers = await Promise.all(
      Array.from({ length: CALLERS }, (_, index) => call('reserve', `pool/${name}/${index}`, `pool ${name} ${index}`)),
    );
    await Promise.all(readings);
    trial.faults++;
    trial.told.push(...answers);
    for (const { code } of answers) {
      trial.pool.set(code, (trial.pool.get(code) ?? 0) + 1);
    }
    const ms = performance.now() - started;
    const wrong = answers.filter(({ code }) => !['STORE_LOCKED', 'STORE_UNREACHABLE'].includes(code));
    if (wrong.length > 0 || ms > LONGEST_MS) {
      trial.blocked++;
      trial.problems.push(`a full pool: ${wrong[0]?.code ?? 'answered'} after ${ms.toFixed(0)} ms`);
    }
    await slow.query('rollback');
    await expectToGoOn(trial, call, `pool/${name}`, 'a full pool');
  } finally {
    await slow.end();
    await store.close();
  }
}

/** Clients that are older than the tables, or newer, do nothing. */
async function otherTables(trial: Trial, { server, url, name }: Where): Promise<void> {
  const change = (sql: string) => server.query(sql, [], 'full');
  const newer = SCHEMA_VERSION + 1;
  await withCall({ url, limits: LIMITS }, async (call) => {
    await change(`insert into agent_reservations.migration (version) values (${newer})`);
    await expectCode(trial, call, `newer/${name}`, ['SCHEMA_TOO_NEW'], 'newer tables');
    await change(`delete from agent_reservations.migration where version = ${newer}`);
    await expectToGoOn(trial, call, `newer/${name}`, 'newer tables');
  });
  await withCall({ url, limits: LIMITS }, async (call) => {
    await change('create table public.kept as select * from agent_reservations.migration');
    await change(`delete from agent_reservations.migration where version = ${SCHEMA_VERSION}`);
    await expectCode(trial, call, `older/${name}`, ['SCHEMA_TOO_OLD'], 'older tables');
    await change(
      `insert into agent_reservations.migration select * from public.kept where version = ${SCHEMA_VERSION}; drop table public.kept`,
    );
    await expectToGoOn(trial, call, `older/${name}`, 'older tables');
  });
}

interface Disk {
  readonly note: string;
  readonly operations: number;
  readonly faults: number;
  readonly blocked: number;
  readonly violations: readonly string[];
  readonly lost: readonly string[];
  readonly problems: readonly string[];
}

/** The tables on a file system in memory that is soon full, which takes root on Linux. */
async function noDisk(server: PostgresServer): Promise<Disk> {
  const folder = join(server.folder, 'tiny');
  mkdirSync(folder);
  const nothing = { operations: 0, faults: 0, blocked: 0, violations: [], lost: [], problems: [] };
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=14m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return { ...nothing, note: 'a full disk was left out: it takes root, on Linux' };
  }
  try {
    chownSync(folder, NOBODY, NOBODY);
    await server.query(`create tablespace tiny location '${folder}'`);
    await server.query('create database tiny template template0 tablespace tiny');
    const url = server.url('tiny');
    await prepared(url, ['agent-0']);
    const told: Told[] = [];
    let refused: string | undefined;
    const problems: string[] = [];
    await withCall({ url, limits: LIMITS }, async (call) => {
      for (let number = 0; number < 500 && refused === undefined; number++) {
        const bead = `disk ${number}`;
        // Of what cannot be made smaller.
        told.push(await call('reserve', `disk/${number}/${randomBytes(450).toString('hex')}`, bead));
        const code = told.at(-1)?.code ?? '';
        refused = code === 'ok' || FAILURES.includes(code) ? undefined : code;
        await fillUp(server, number);
      }
      if (refused !== 'IO_ERROR') {
        problems.push(`a full disk: told ${refused}`);
      }
      execFileSync('mount', ['-o', 'remount,size=64m', folder]);
      for (const until = performance.now() + PATIENCE_MS; performance.now() < until && told.at(-1)?.code !== 'ok'; ) {
        told.push(await call('reserve', `disk/after/${told.length}`, `disk after ${told.length}`));
      }
    });
    const isOn = told.at(-1)?.code === 'ok';
    // What was told is as true as anywhere; that the server has no room is the very fault, and its name was looked at above.
    const { violations, lost } = await judge(
      url,
      told.filter(({ code }) => code !== 'IO_ERROR'),
    );
    const made = await server.query<{ count: number }>(
      `select count(*)::int as count from agent_reservations.reservation where record ->> 'bead_id' = any($1)`,
      [told.filter(({ code }) => code === 'IO_ERROR').map(({ bead }) => bead)],
      'tiny',
    );
    return {
      note: `a full disk: ${refused} after ${told.length - 2} grants`,
      operations: told.length,
      faults: 1,
      blocked: isOn ? 0 : 1,
      violations: [...violations, ...(made[0]?.count === 0 ? [] : ['told IO_ERROR, and is there'])],
      lost,
      problems: [...problems, ...(isOn ? [] : [`after a full disk: ${told.at(-1)?.code}`])],
    };
  } finally {
    await server.query('drop database if exists tiny with (force)').catch(() => undefined);
    await server.query('drop tablespace if exists tiny').catch(() => undefined);
    execFileSync('umount', ['--lazy', folder]);
  }
}

/** Others fill it, too: a change of ours is small. */
async function fillUp(server: PostgresServer, number: number): Promise<void> {
  await server
    .query(
      number === 0
        ? 'create table public.filler as select 1 as n, repeat(md5(random()::text), 1000) as text'
        : 'insert into public.filler select n, repeat(md5(random()::text || n), 60) from generate_series(1, 100) as n',
      [],
      'tiny',
    )
    .catch(() => undefined);
}

async function withCall(options: PostgresStoreOptions, work: (call: Call) => Promise<void>): Promise<void> {
  const store = openPostgresStore(options);
  try {
    await work(callOf(createCoordination(store, { random: () => randomHex(4) }), 'agent-0'));
  } finally {
    await store.close();
  }
}

async function expectCode(
  trial: Trial,
  call: Call,
  scope: string,
  codes: readonly string[],
  what: string,
): Promise<void> {
  let told = await call('reserve', `${scope}/refused`, `${scope} refused`);
  // A busy machine may be slower than the limits here: that was no answer yet.
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await sleep(50)) {
    if (codes.includes(told.code) || !FAILURES.includes(told.code)) {
      break;
    }
    trial.told.push(told);
    told = await call('reserve', `${scope}/refused/${trial.told.length}`, `${scope} refused ${trial.told.length}`);
  }
  trial.faults++;
  if (!codes.includes(told.code) || told.ms > LONGEST_MS) {
    trial.blocked++;
    trial.problems.push(`${what}: told ${told.code} after ${told.ms.toFixed(0)} ms`);
  }
  // A clear code that is expected here is none of those that any call may get.
  trial.told.push(codes.includes(told.code) ? { ...told, code: 'STORE_UNREACHABLE' } : told);
}

async function expectToGoOn(trial: Trial, call: Call, scope: string, what: string): Promise<void> {
  let code = '';
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until && code !== 'ok'; await sleep(50)) {
    const told = await call('reserve', `${scope}/${trial.told.length}`, `${scope} ${trial.told.length}`);
    trial.told.push(told);
    ({ code } = told);
  }
  if (code !== 'ok') {
    trial.blocked++;
    trial.problems.push(`${what}: afterwards still told ${code}`);
  }
}
