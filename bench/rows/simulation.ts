/**
 * A hundred agents on one project for an hour, in simulated time: what they get done, how long they wait for the store's
 * lock and for each other's scopes, how unevenly, and whether what must hold did hold.
 */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withProcesses } from '../processes';
import type { Context, Row } from '../row';
import type { Crew } from '../simulation/agents.process';
import { judge, type Stored, type Verdict } from '../simulation/judge';
import { type Log, together } from '../simulation/log';
import { MINUTE_MS } from '../simulation/time';
import { median, quantile } from '../stats';

const AGENTS = 100;
const PROCESSES = 8;
const SPEED = 100;
/** Simulated; a part of the hour is enough beside the whole. */
const MINUTES = { ours: 60, oursAlone: 4, bb: 4 };
/** Until it begins, so that by then every process has got its crew. */
const START_MS = 200;
/** What takes the lock whenever it is called. */
const LOCKING = ['reserve', 'renew', 'release', 'heartbeat', 'send', 'ack', 'request'];

export const simulation: Row = {
  name: `simulation, ${AGENTS} agents for an hour`,
  unit: 'calls/s',
  target: { failures: { most: 0 }, lost: { most: 0 }, 'held twice': { most: 0 } },
  async run(context) {
    const ours = await simulate(context, 'ours');
    const alone = await simulate(context, 'oursAlone');
    const bb = await simulate(context, 'bb');
    return {
      ours: ours.rate,
      peers: { 'ours, each alone': alone.rate, bb: bb.rate },
      ratio: {
        failures: ours.log.failures.length,
        lost: ours.verdict.lost.length,
        'held twice': ours.verdict.heldTwice.length + ours.verdict.seenTwice.length,
        'lock, longest over median': fairness(ours.locking),
        'lock, longest over median, beside bb': fairness(ours.locking) / fairness(bb.locking),
        'scopes, longest wait over median': fairness(ours.log.waits),
      },
      notes: [
        `seed ${context.seed}, ${PROCESSES} processes, an hour in ${(60 * 60) / SPEED} s: ${SPEED} times the load of such an hour`,
        ...inWords('ours', ours),
        ...inWords('oursAlone', alone),
        ...inWords('bb', bb),
      ],
    };
  },
};

interface Simulated {
  readonly log: Log;
  readonly verdict: Verdict;
  /** Calls in a second of the wall. */
  readonly rate: number;
  /** ms of the wall for each call that takes the lock. */
  readonly locking: readonly number[];
}

async function simulate(context: Context, kind: Crew['kind']): Promise<Simulated> {
  const root = await context.folder(`simulation-${kind}`);
  const agents = Array.from({ length: AGENTS }, (_, index) => `agent-${index}`);
  const logs = await withProcesses<Crew, Log, readonly Log[]>(
    'simulation/agents.process.js',
    PROCESSES,
    (processes) => {
      const pace = { began: Date.now() + START_MS, speed: SPEED };
      const crews = Array.from({ length: PROCESSES }, (_, place) => {
        const own = agents.filter((_, index) => index % PROCESSES === place);
        return { kind, root, agents, own, pace, minutes: MINUTES[kind], seed: context.seed };
      });
      return processes.run(crews);
    },
  );
  const log = together(logs);
  return {
    log,
    verdict: judge(await readStored(root), log),
    rate: Object.values(log.times).flat().length / ((MINUTES[kind] * MINUTE_MS) / SPEED / 1_000),
    locking: LOCKING.flatMap((what) => log.times[what] ?? []),
  };
}

/** As it is in the files: not even our own reading stands between. What nobody has written is not there. */
async function readStored(root: string): Promise<Stored> {
  const folder = join(root, 'reservations');
  const active = await readFile(join(folder, 'active.json'), 'utf8').catch(orWhereAbsent('{ "reservations": [] }'));
  const history = await readFile(join(folder, 'history.jsonl'), 'utf8').catch(orWhereAbsent(''));
  const index = join(root, 'messages', 'index');
  const messages = await readdir(index).catch(orWhereAbsent([]));
  return {
    active: JSON.parse(active).reservations,
    history: history
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
    messages: await Promise.all(messages.map(async (name) => JSON.parse(await readFile(join(index, name), 'utf8')))),
  };
}

function orWhereAbsent<T>(nothing: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code !== 'ENOENT') {
      throw error;
    }
    return nothing;
  };
}

function inWords(kind: Crew['kind'], { log, verdict, rate, locking }: Simulated): string[] {
  const { granted = 0, refused = 0, stale = 0, died = 0, swept = 0, ...counts } = log.counts;
  const minutes = (ms: readonly number[], share: number) => (quantile(ms, share) / MINUTE_MS).toFixed(1);
  const calls = Object.values(log.times).flat().length;
  return [
    `${kind}: ${calls} calls in ${MINUTES[kind]} simulated min, ${rate.toFixed(0)}/s of the wall; granted ${granted}, ` +
      `refused ${refused}, given up ${log.givenUp.length}, died ${died}, swept ${swept}, stale ${stale}, ` +
      `taken over ${counts['taken over'] ?? 0}, too late ${counts['too late'] ?? 0}`,
    `${kind}: ms p50, p95, p99, longest: ${Object.entries(log.times)
      .map(([what, times]) => `${times.length} × ${what} ${inMs(times)}`)
      .join('; ')}; all that lock ${inMs(locking)}`,
    `${kind}: waits for a scope: ${log.waits.length}${log.waits.length > 0 ? `, simulated min: median ${minutes(log.waits, 0.5)}, p95 ${minutes(log.waits, 0.95)}, longest ${minutes(log.waits, 1)}` : ''}`,
    `${kind}: overlapping scopes held by two at once ${verdict.heldTwice.length}, as the agents saw it ` +
      `${verdict.seenTwice.length}; lost ${verdict.lost.length}; failures ${log.failures.length}`,
    ...[...log.failures, ...verdict.lost, ...verdict.heldTwice, ...verdict.seenTwice]
      .slice(0, kind === 'ours' ? 10 : 2)
      .map((what) => `${kind}: ${what}`),
  ];
}

function inMs(times: readonly number[]): string {
  return [0.5, 0.95, 0.99, 1].map((share) => quantile(times, share).toFixed(0)).join(' ');
}

function fairness(waits: readonly number[]): number {
  return quantile(waits, 1) / median(waits);
}
