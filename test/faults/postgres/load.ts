/** Several client processes on few scopes of one server, with something that disturbs them; then the tables are judged. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Driver } from '../../support/driver';
import { eventually, PATIENCE_MS } from '../../support/patience';
import type { PostgresServer } from '../../support/postgresServer';
import { type Random, seeded } from '../random';
import { add, type Figures, goesOn, NO_FIGURES, type Outcome, type Scenario } from '../scenario';
import type { ClientOptions, WorkProgress } from './client.process';
import { judge } from './judge';
import { prepared, withServer } from './place';
import type { Told } from './told';

const SCOPES = ['src', 'src/a', 'src/a/x.ts', 'docs', 'docs/b.md', 'test'];
const CLIENTS = 4;
const DAY_MS = 24 * 3_600_000;

interface Disturbed {
  readonly kills?: number;
  readonly faults?: number;
}

interface Plan {
  readonly name: string;
  readonly limits: Readonly<Record<string, number>>;
  /** Of each client's clock, in ms. */
  readonly ahead: readonly number[];
  /** How often it disturbs in a round, each time after somebody has been granted something since the last. */
  readonly times: number;
  /** How many answers make up a round at least. */
  readonly answers: number;
  /** Once, and leaves everything in order. */
  disturb(server: PostgresServer, clients: readonly Driver[], random: Random): Promise<Disturbed>;
}

function underLoad(plan: Plan): Scenario {
  return {
    name: plan.name,
    run: ({ seed, deadline, rounds }) =>
      withServer({}, async (server) => {
        const random = seeded(seed);
        let figures: Figures = NO_FIGURES;
        const problems: string[] = [];
        const codes = new Map<string, number>();
        let round = 0;
        for (; goesOn({ rounds, deadline }, round); round++) {
          const { told, ...outcome } = await playRound(plan, server, random, `round_${round}`);
          figures = add(figures, outcome.figures);
          problems.push(...outcome.problems.map((problem) => `round ${round + 1}: ${problem}`));
          for (const { what, code } of told) {
            codes.set(`${what} ${code}`, (codes.get(`${what} ${code}`) ?? 0) + 1);
          }
        }
        const answers = [...codes].map(([code, times]) => `${code} ${times}`).sort();
        return { figures, problems, notes: [`${round} rounds; ${answers.join(', ')}`] };
      }),
  };
}

async function playRound(
  plan: Plan,
  server: PostgresServer,
  random: Random,
  database: string,
): Promise<Outcome & { readonly told: readonly Told[] }> {
  const url = await server.database(database);
  const agents = Array.from({ length: CLIENTS }, (_, index) => `agent-${index}`);
  await prepared(url, agents);
  const clients = await Promise.all(
    agents.map((agent, index) => {
      const options: ClientOptions = {
        agent,
        scopes: SCOPES,
        seed: random.below(2 ** 31),
        aheadMs: plan.ahead[index % plan.ahead.length] ?? 0,
        limits: plan.limits,
      };
      return Driver.run('faults/postgres/client', [url, JSON.stringify(options)]);
    }),
  );
  try {
    const working = Promise.all(clients.map((client) => client.call<readonly Told[]>('work')));
    const disturbed = await Promise.race([disturb(plan, server, clients, random), working.then(endedEarly)]);
    await Promise.all(clients.map((client) => client.call('stop')));
    const told = (await working).flat();
    const after = await Promise.all(
      clients.map((client) => client.call<readonly Told[] | null>('goOn', { ms: PATIENCE_MS })),
    );
    const all = [...told, ...after.flatMap((one) => one ?? [])];
    const blocked = after.filter((one) => one === null).length;
    const { violations, lost } = await judge(url, all);
    return {
      told: all,
      figures: add(NO_FIGURES, {
        ...disturbed,
        operations: all.length,
        violations: violations.length,
        lost: lost.length,
        blocked,
      }),
      problems: [
        ...violations,
        ...lost.map((what) => `acknowledged and lost: ${what}`),
        ...(blocked > 0 ? [`${blocked} clients did not go on`] : []),
      ],
    };
  } finally {
    await Promise.all(clients.map((client) => client.kill()));
    await server.query(`drop database if exists "${database}" with (force)`);
  }
}

/** All that a plan has in store for the clients while they work. */
async function disturb(
  plan: Plan,
  server: PostgresServer,
  clients: readonly Driver[],
  random: Random,
): Promise<Disturbed> {
  const total = async (what: keyof WorkProgress) => {
    const all = await Promise.all(clients.map((client) => client.call<WorkProgress>('progress')));
    return all.reduce((sum, one) => sum + one[what], 0);
  };
  let disturbed = { kills: 0, faults: 0 };
  for (let times = 0; times < plan.times; times++) {
    const before = await total('granted');
    await eventually('a client is granted something', async () => (await total('granted')) > before);
    const { kills = 0, faults = 0 } = await plan.disturb(server, clients, random);
    disturbed = { kills: disturbed.kills + kills, faults: disturbed.faults + faults };
  }
  await eventually(`there are ${plan.answers} answers`, async () => (await total('told')) >= plan.answers);
  return disturbed;
}

function endedEarly(): never {
  throw new Error('the clients stopped working before they were told to');
}

export const postgresKilled: Scenario = underLoad({
  name: 'kill -9 of the server under load',
  limits: {},
  ahead: [0],
  times: 3,
  answers: 60,
  disturb: async (server, _, random) => {
    await sleep(random.below(300));
    await server.kill();
    await server.restart();
    return { kills: 1 };
  },
});

export const postgresClocks: Scenario = underLoad({
  name: 'clients whose clocks are a day and ten years apart',
  limits: {},
  ahead: [0, DAY_MS, -DAY_MS, 3_650 * DAY_MS],
  times: 1,
  answers: 400,
  disturb: async (_, clients) => ({ faults: clients.length - 1 }),
});

/** Stopped wherever it happens to be, for longer than the server lets a transaction do nothing. */
export const postgresStopped: Scenario = underLoad({
  name: 'clients stopped wherever they are',
  limits: { idleInTransactionMs: 150 },
  ahead: [0],
  times: 6,
  answers: 150,
  disturb: async (_, clients, random) => {
    await sleep(random.below(60));
    const client = random.pick(clients);
    client.signal('SIGSTOP');
    await sleep(200 + random.below(200));
    client.signal('SIGCONT');
    return { faults: 1 };
  },
});
