/** What is read from a server: status, history, what a role sees of it, and what another process hears of a change. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCoordination } from '../../src/coordination/coordination';
import { FileStore } from '../../src/store/files/fileStore';
import { openPostgresStore } from '../../src/store/postgres/postgresStore';
import type { Contender } from '../contender';
import { entryFor } from '../contender';
import { openContender, prepare } from '../contenders/all';
import { fillServer } from '../postgres/fill';
import { database, server } from '../postgres/server';
import type { Seen } from '../postgres/watcher.process';
import type { Context, Result, Row } from '../row';
import { median, quantile, timed } from '../stats';

const ROUNDS = 5;
const CYCLES = 12;
const LOOKS = 20;
const ACTIVE = 10_000;
const CLOSED = 100_000;
const LAST = 200;
const CHANGES = 40;

export const postgresReadings: readonly Row[] = [
  {
    name: 'postgres, a role beside the owner',
    unit: 'ms for a reserve and a release',
    target: { owner: { most: 1.5 } },
    run: asRole,
  },
  {
    name: 'postgres, status, 10,000 active',
    unit: 'ms, warm',
    target: { 'warm ms': { most: 15 } },
    run: status,
  },
  {
    name: 'postgres, last 200 of 100,000 closed',
    unit: 'ms',
    target: { ms: { most: 10 }, 'beside 1,000 closed': { most: 1.25 } },
    run: history,
  },
  {
    name: 'postgres, a change seen by another process',
    unit: 'ms from its answer until it is read, p95',
    target: { p95: { most: 50 } },
    run: seen,
  },
];

async function asRole(): Promise<Result> {
  const url = await database();
  await prepare('postgres', url, 36);
  const { host, pathname } = new URL(url);
  const role = `agents${pathname.slice(1)}`;
  const running = await server();
  await running.query(`create role "${role}" login password 'bench'`);
  await running.query('select agent_reservations.admit($1, $2)', [role, 'default'], pathname.slice(1));
  const stores: [Contender, Contender] = [
    openContender('postgres', url),
    openContender('postgres', `postgres://${role}:bench@${host}${pathname}`),
  ];
  const times: [number[], number[]] = [[], []];
  for (let round = -1; round < ROUNDS; round++) {
    for (const [index, store] of stores.entries()) {
      for (let cycle = 0; cycle < CYCLES; cycle++) {
        const ms = await timed(() => store.cycle(`src/${index}/round-${round}/file-${cycle}.ts`));
        // The first round warms up.
        if (round >= 0) {
          times[index]?.push(ms);
        }
      }
    }
  }
  await Promise.all(stores.map((store) => store.close()));
  const [owner, ours] = [median(times[0]), median(times[1])];
  return { ours, peers: { owner }, ratio: { owner: ours / owner, 'ms more': ours - owner } };
}

async function status(context: Context): Promise<Result> {
  const url = await database();
  const root = await context.folder('status');
  const active = Array.from({ length: ACTIVE }, (_, index) => entryFor(`held/scope-${index}/**`));
  await Promise.all([fillServer(url, { active }), prepare('ours', root, ACTIVE)]);
  const times = { postgres: [] as number[], files: [] as number[], first: [] as number[] };
  for (let round = 0; round < 2; round++) {
    for (const [kind, store] of [
      ['postgres', openPostgresStore({ url })],
      ['files', new FileStore(root)],
    ] as const) {
      const operations = createCoordination(store, { random: () => '0123abcd' });
      const look = async () => {
        const { ok, data } = await operations.status({});
        if (!ok || data.summary.active !== ACTIVE) {
          throw new Error('The status is not what was written.');
        }
      };
      const first = await timed(look);
      for (let again = 0; again < LOOKS; again++) {
        times[kind].push(await timed(look));
      }
      if ('close' in store) {
        times.first.push(first);
        await store.close();
      }
    }
  }
  const ours = median(times.postgres);
  return {
    ours,
    peers: { 'ours, first': median(times.first), files: median(times.files) },
    ratio: { 'warm ms': ours, files: ours / median(times.files) },
  };
}

async function history(): Promise<Result> {
  const stores = await Promise.all([closed(1_000), closed(CLOSED)]);
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < LOOKS; round++) {
    for (const [index, store] of stores.entries()) {
      const operations = createCoordination(store, { random: () => '0123abcd' });
      times[index]?.push(
        await timed(async () => {
          const { ok, data } = await operations.history({ limit: LAST });
          if (!ok || data.length !== LAST) {
            throw new Error('The history is not what was written.');
          }
        }),
      );
    }
  }
  await Promise.all(stores.map((store) => store.close()));
  const [short, ours] = [median(times[0]), median(times[1])];
  return { ours, peers: { 'of 1,000': short }, ratio: { ms: ours, 'beside 1,000 closed': ours / short } };
}

async function closed(count: number) {
  const url = await database();
  const now = Date.now();
  const entries = Array.from({ length: count }, (_, index) => {
    const at = new Date(now - (count - index) * 1_000);
    return { ...entryFor(`src/file-${index}.ts`, at), state: 'released', released_at: at.toISOString() };
  });
  await fillServer(url, { closed: entries });
  return openPostgresStore({ url });
}

async function seen(context: Context): Promise<Result> {
  const url = await database();
  const root = await context.folder('watched');
  await Promise.all([prepare('postgres', url, 36), prepare('ours', root, 36)]);
  const postgres = await following('postgres', url);
  const files = await following('ours', root);
  const at = (samples: readonly number[]) =>
    `${quantile(samples, 0.5).toFixed(1)}, ${quantile(samples, 0.95).toFixed(1)}`;
  return {
    ours: quantile(postgres.read, 0.95),
    peers: { 'files, p95': quantile(files.read, 0.95) },
    ratio: { p95: quantile(postgres.read, 0.95), p50: quantile(postgres.read, 0.5) },
    notes: Object.entries({ postgres, files }).map(
      ([kind, { told, read, whole }]) =>
        `${kind}, p50 and p95 in ms: from the answer until told ${at(told)}, until read ${at(read)}; from the call until read ${at(whole)}`,
    ),
  };
}

/** How long after the answer to a change another process is told, and has read it; and since the call. In ms. */
async function following(kind: 'postgres' | 'ours', root: string) {
  const store = openContender(kind, root);
  const watcher = fork(join(__dirname, 'postgres', 'watcher.process.js'), [kind, root]);
  const seen = new Map<string, Seen>();
  watcher.on('message', (message) => {
    for (const scope of (message as Seen).scopes) {
      seen.set(scope, message as Seen);
    }
  });
  const figures = { told: [] as number[], read: [] as number[], whole: [] as number[] };
  try {
    await once(watcher, 'message');
    // Until it follows: it is told once more then.
    await sleep(300);
    for (let change = 0; change < CHANGES; change++) {
      const scope = `watched/file-${change}.ts`;
      const called = process.hrtime.bigint();
      await store.reserve(scope);
      const answered = process.hrtime.bigint();
      for (let left = 2_000; !seen.has(scope); left--) {
        if (left === 0) {
          throw new Error(`${scope} was never seen.`);
        }
        await sleep(1);
      }
      const { told, read } = seen.get(scope) as Seen;
      figures.told.push(Number(BigInt(told) - answered) / 1e6);
      figures.read.push(Number(BigInt(read) - answered) / 1e6);
      figures.whole.push(Number(BigInt(read) - called) / 1e6);
    }
  } finally {
    watcher.kill();
    await store.close();
  }
  return figures;
}
