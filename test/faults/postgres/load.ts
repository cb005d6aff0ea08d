/** Several client processes on few scopes of one server, with something that disturbs them; then the tables are judged. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Driver } from '../../support/driver';
import type { PostgresServer } from '../../support/postgresServer';
import { type Random, seeded } from '../random';
import { add, type Figures, NO_FIGURES, type Outcome, type Scenario } from '../scenario';
import type { ClientOptions } from './client.process';
import { judge } from './judge';
import { prepared, withServer } from './place';
import type { Told } from './told';

const SCOPES = ['src', 'src/a', 'src/a/x.ts', 'docs', 'docs/b.md', 'test'];
const CLIENTS = 4;
const ROUND_MS = 3_500;
/** Until a client works again after all that disturbed it is over: the pause of its attempts is 5 s at most. */
const GO_ON_MS = 12_000;
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
  /** Until it is told to stop, which it must leave in order. */
  disturb(server: PostgresServer, clients: readonly Driver[], random: Random, end: number): Promise<Disturbed>;
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
        for (; round < rounds && (round === 0 || Date.now() < deadline); round++) {
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
    const working = clients.map((client) => client.call<readonly Told[]>('work', { ms: ROUND_MS }));
    const end = Date.now() + ROUND_MS - 500;
    const disturbed = await plan.disturb(server, clients, random, end);
    const told = (await Promise.all(working)).flat();
    const after = await Promise.all(
      clients.map((client) => client.call<readonly Told[] | null>('goOn', { ms: GO_ON_MS })),
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

export const postgresKilled: Scenario = underLoad({
  name: 'kill -9 of the server under load',
  limits: {},
  ahead: [0],
  disturb: async (server, _, random, end) => {
    let kills = 0;
    while (Date.now() < end) {
      await sleep(100 + random.below(600));
      await server.kill();
      kills++;
      await server.restart();
    }
    return { kills };
  },
});

export const postgresClocks: Scenario = underLoad({
  name: 'clients whose clocks are a day and ten years apart',
  limits: {},
  ahead: [0, DAY_MS, -DAY_MS, 3_650 * DAY_MS],
  disturb: async (_, clients, __, end) => {
    await sleep(Math.max(0, end - Date.now()));
    return { faults: clients.length - 1 };
  },
});

/** Stopped wherever it happens to be, for longer than the server lets a transaction do nothing. */
export const postgresStopped: Scenario = underLoad({
  name: 'clients stopped wherever they are',
  limits: { idleInTransactionMs: 150 },
  ahead: [0],
  disturb: async (_, clients, random, end) => {
    let faults = 0;
    while (Date.now() < end) {
      await sleep(random.below(60));
      const client = random.pick(clients);
      client.signal('SIGSTOP');
      await sleep(200 + random.below(200));
      client.signal('SIGCONT');
      faults++;
    }
    return { faults };
  },
});
