/** Fifty clients of one server at their daily work, beside as many that only make the statements that it takes at least. */

import { entryFor } from '../contender';
import { prepareFloor } from '../contenders/postgresFloor';
import type { Done, Work } from '../postgres/clients.process';
import type { DeskKind } from '../postgres/desk';
import { fillServer } from '../postgres/fill';
import { database } from '../postgres/server';
import { withProcesses } from '../processes';
import type { Context, Result, Row } from '../row';
import { quantile } from '../stats';

/** Each client has a store of its own, and so a connection; ten of them share a process. */
const CLIENTS = 50;
const PROCESSES = 5;
const ACTIVE = 36;
/** Where the row is asked for by its name, and within all the others. */
const LONG_MS = 60_000;
const SHORT_MS = 3_000;

export const postgresClients: Row = {
  name: 'postgres, 50 clients',
  unit: 'operations/s',
  target: {
    'operations/s beside the floor': { least: 0.8 },
    'p99 ms of a change': { most: 1_000 },
    errors: { most: 0 },
  },
  async run(context) {
    const ms = context.isAskedFor ? LONG_MS : SHORT_MS;
    const ours = await measured(context, 'postgres', ms);
    const floor = await measured(context, 'postgresFloorLocked', ms);
    return {
      ours: ours.rate,
      peers: { 'floor, locked': floor.rate },
      ratio: {
        'operations/s beside the floor': ours.rate / floor.rate,
        'p99 ms of a change': quantile(ours.changes, 0.99),
        'p99 beside the floor': quantile(ours.changes, 0.99) / quantile(floor.changes, 0.99),
        errors: ours.failed,
      },
      notes: [
        `${CLIENTS} clients, a connection each, in ${PROCESSES} processes, for ${ms / 1_000} s${context.isAskedFor ? '' : ' (60 s where it is asked for by its name)'}`,
        ours.inWords,
        floor.inWords,
      ],
    } satisfies Result;
  },
};

async function measured({ seed }: Context, kind: DeskKind, ms: number) {
  const agents = Array.from({ length: CLIENTS }, (_, index) => `agent-${index}`);
  const active = Array.from({ length: ACTIVE }, (_, index) => entryFor(`held/scope-${index}/**`));
  const url = await database();
  await (kind === 'postgres' ? fillServer(url, { active, agents }) : prepareFloor(url, active));
  const each = CLIENTS / PROCESSES;
  const works = Array.from(
    { length: PROCESSES },
    (_, index): Work => ({
      kind,
      url,
      ms,
      agents: agents.slice(index * each, (index + 1) * each),
      seed: seed * 1_000 + index * each,
    }),
  );
  const done = await withProcesses<Work, Done, readonly Done[]>('postgres/clients.process.js', PROCESSES, (processes) =>
    processes.run(works),
  );
  const [changes, looks] = [done.flatMap((one) => one.changes), done.flatMap((one) => one.looks)];
  const sum = (count: (one: Done) => number) => done.reduce((total, one) => total + count(one), 0);
  const failed = sum(({ errors }) => Object.values(errors).reduce((total, times) => total + times, 0));
  const names = [...new Set(done.flatMap(({ errors }) => Object.keys(errors)))];
  const times = (samples: readonly number[]) =>
    [0.5, 0.99, 1].map((share) => quantile(samples, share).toFixed(1)).join(', ');
  return {
    rate: (1_000 * (changes.length + looks.length)) / ms,
    changes,
    failed,
    inWords:
      `${kind}: ${changes.length} changes, p50, p99, longest ${times(changes)} ms; ${looks.length} looks ${times(looks)} ms; ` +
      `refused ${sum(({ refused }) => refused)}, errors ${failed}${names.length > 0 ? ` (${names.join(', ')})` : ''}, ` +
      `tried again ${sum(({ retries }) => retries)}`,
  };
}
