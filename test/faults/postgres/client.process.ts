/**
 * A client of a store on a server that works without a pause, and says of each call what it was told. Usage: node
 * client.process.js URL OPTIONS, commands as in service.ts.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { createCoordination } from '../../../src/coordination/coordination';
import { randomHex } from '../../../src/store/files/durable';
import { openPostgresStore } from '../../../src/store/postgres/postgresStore';
import { serve } from '../../support/service';
import { seeded } from '../random';
import { callOf } from './calls';
import { FAILURES, type Told } from './told';

export interface ClientOptions {
  readonly agent: string;
  readonly scopes: readonly string[];
  readonly seed: number;
  /** How far this machine's clock is ahead. */
  readonly aheadMs: number;
  readonly limits: Readonly<Record<string, number>>;
}

/** How far its work has come. */
export interface WorkProgress {
  readonly told: number;
  readonly granted: number;
}

/** So long a release is tried again until it is known what became of it. */
const SETTLE_MS = 20_000;

const { agent, scopes, seed, aheadMs, limits } = JSON.parse(process.argv[3] ?? '{}') as ClientOptions;
if (aheadMs !== 0) {
  setClock(aheadMs);
}
const random = seeded(seed);
const store = openPostgresStore({ url: process.argv[2] ?? '', limits });
const call = callOf(createCoordination(store, { random: () => randomHex(4) }), agent);
/** What it was told of its work so far. */
const made: Told[] = [];
let attempts = 0;
let isStopping = false;

serve({
  /** Reserves and releases until it is to stop, and answers all that it was told. */
  work: async () => {
    while (!isStopping) {
      await cycle(made);
    }
    return made;
  },
  progress: (): WorkProgress => ({
    told: made.length,
    granted: made.filter(({ what, code }) => what === 'reserve' && code === 'ok').length,
  }),
  stop: () => {
    isStopping = true;
  },
  /** The same until one reservation was granted and released: null where that did not happen in time. */
  goOn: async ({ ms }) => {
    const told: Told[] = [];
    for (const end = performance.now() + Number(ms); performance.now() < end; ) {
      await cycle(told);
      if (told.some(({ what, code }) => what === 'release' && code === 'ok')) {
        return told;
      }
    }
    return null;
  },
});

async function cycle(told: Told[]): Promise<void> {
  const scope = random.pick(scopes);
  const bead = `${agent}-${seed}-${++attempts}`;
  const made = await call('reserve', scope, bead);
  told.push(made);
  const isUncertain = made.code === 'OUTCOME_UNKNOWN';
  if (made.code === 'ok') {
    await sleep(random.below(10));
  } else if (!isUncertain) {
    await sleep(1 + random.below(10));
    return;
  }
  for (const until = performance.now() + SETTLE_MS; performance.now() < until; await sleep(20)) {
    const ended = await call('release', scope, bead);
    told.push(ended);
    if (!FAILURES.includes(ended.code)) {
      return;
    }
  }
}

/** All of this process then thinks that it is another time. */
function setClock(ms: number): void {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...args: readonly unknown[]) {
      super(...((args.length === 0 ? [Real.now() + ms] : args) as [number]));
    }
    static override now(): number {
      return Real.now() + ms;
    }
  } as DateConstructor;
}
