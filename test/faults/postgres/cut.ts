/**
 * A connection that fails at each message of a change in turn: whatever is answered must be true, nobody hangs, and the next
 * call goes through.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { createCoordination } from '../../../src/coordination/coordination';
import { randomHex } from '../../../src/store/files/durable';
import { openPostgresStore } from '../../../src/store/postgres/postgresStore';
import { type Direction, type Fault, FaultyProxy, type Order } from '../../support/faultyProxy';
import { PATIENCE_MS } from '../../support/patience';
import type { PostgresServer } from '../../support/postgresServer';
import { add, type Figures, goesOn, NO_FIGURES, type Scenario } from '../scenario';
import { callOf } from './calls';
import { judge } from './judge';
import { prepared, withServer } from './place';
import type { Told } from './told';

const LANES = 8;
const LIMITS = { connectMs: 500, lockMs: 800, statementMs: 800, idleInTransactionMs: 800, outcomeMs: 6_000 };
/** A few more than a change has. */
const MOST_MESSAGES = { toServer: 24, toClient: 44 };
const MUTE_MS = 1_200;

type Job = Order | 'mute';

/** Each round takes a part of the messages, and after eight of them each has had its turn. */
const ROUNDS = 8;

export const postgresCut: Scenario = {
  name: 'a connection that fails at each message of a change',
  run: ({ seed, deadline, rounds }) =>
    withServer({}, async (server) => {
      const lanes = Array.from({ length: LANES }, (_, index) => `lane ${index}`);
      const url = await server.database('cut');
      await prepared(url, ['agent-0'], lanes);
      let figures: Figures = NO_FIGURES;
      const problems: string[] = [];
      const told: Told[][] = lanes.map(() => []);
      for (let round = 0; goesOn({ rounds, deadline }, round); round++) {
        const jobs = jobsOf(round + seed);
        await Promise.all(
          lanes.map((namespace, lane) =>
            inLane(server, url, namespace, async (tryOne) => {
              for (let job = jobs.shift(); job; job = jobs.shift()) {
                const found = await tryOne(job, `${round}-${jobs.length}-${lane}`);
                told[lane]?.push(...found.told);
                problems.push(...found.problems);
                figures = add(figures, found.figures);
              }
            }),
          ),
        );
      }
      for (const [lane, namespace] of lanes.entries()) {
        const { violations, lost } = await judge(url, told[lane] ?? [], namespace);
        figures = add(figures, { violations: violations.length, lost: lost.length });
        problems.push(...violations, ...lost.map((what) => `acknowledged and lost: ${what}`));
      }
      return { figures, problems, notes: [inWords(told.flat().filter(({ bead }) => bead.startsWith('at ')))] };
    }),
};

function jobsOf(round: number): Job[] {
  const jobs: Job[] = ['mute'];
  for (const fault of ['cut', 'reset', 'delay', 'silence'] as const satisfies readonly Fault[]) {
    for (const direction of ['toServer', 'toClient'] as const satisfies readonly Direction[]) {
      for (let after = 0; after < MOST_MESSAGES[direction]; after++) {
        if ((after + round) % ROUNDS === 0) {
          jobs.push({ fault, direction, after });
        }
      }
    }
  }
  return jobs;
}

interface Found {
  readonly told: readonly Told[];
  readonly problems: readonly string[];
  readonly figures: Partial<Figures>;
}

async function inLane(
  server: PostgresServer,
  url: string,
  namespace: string,
  work: (tryOne: (job: Job, name: string) => Promise<Found>) => Promise<void>,
): Promise<void> {
  const proxy = await FaultyProxy.start(server.port);
  const through = url.replace(`:${server.port}/`, `:${proxy.port}/`);
  const store = openPostgresStore({ url: through, namespace, limits: LIMITS });
  const call = callOf(createCoordination(store, { random: () => randomHex(4) }), 'agent-0');
  try {
    await call('reserve', 'warm', 'warm');
    await work(async (job, name) => {
      const where = job === 'mute' ? 'mute' : `${job.fault} ${job.direction} ${job.after}`;
      if (job === 'mute') {
        proxy.isMute = true;
        setTimeout(() => {
          proxy.isMute = false;
          proxy.cutAll();
        }, MUTE_MS);
      } else {
        proxy.arm(job);
      }
      const first = await call('reserve', `scope/${name}`, `at ${name}`);
      const isDone = job === 'mute' || proxy.disarm();
      const after = await goOn(call, name);
      const isLate = first.ms > PATIENCE_MS;
      return {
        told: [first, ...after],
        problems: [
          ...(isLate ? [`${where}: answered after ${first.ms.toFixed(0)} ms`] : []),
          ...(after.at(-1)?.code === 'ok' ? [] : [`${where}: the next calls were told ${after.at(-1)?.code}`]),
        ],
        figures: {
          operations: 1 + after.length,
          faults: isDone ? 1 : 0,
          blocked: isLate || after.at(-1)?.code !== 'ok' ? 1 : 0,
        },
      };
    });
  } finally {
    proxy.close();
    await store.close();
  }
}

async function goOn(call: ReturnType<typeof callOf>, name: string): Promise<readonly Told[]> {
  const told: Told[] = [];
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await sleep(50)) {
    const number = told.length;
    told.push(await call('reserve', `next/${name}/${number}`, `next ${name} ${number}`));
    if (told.at(-1)?.code === 'ok') {
      break;
    }
  }
  return told;
}

function inWords(told: readonly Told[]): string {
  const codes = new Map<string, number>();
  for (const { code } of told) {
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  const longest = Math.max(...told.map(({ ms }) => ms));
  return `told ${[...codes].map(([code, times]) => `${code} ${times}`).join(', ')}; the longest after ${longest.toFixed(0)} ms`;
}
