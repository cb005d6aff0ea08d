/** A process that is killed at every step that it takes on disk, and what the next one then meets. */

import { join } from 'node:path';
import type { Finding } from './calls/judge';
import { isAcknowledged, judgeNext, runArgs } from './calls/next';
import { OPERATIONS, type Operation } from './calls/operations';
import type { Plan } from './calls/plan';
import { inPool, type Slot, startWorker } from './calls/pool';
import type { Settled, Timed, Writer } from './calls/protocol';
import { Tally } from './calls/tally';
import { makeWorld } from './calls/world';
import { goesOn, type Scenario, type ScenarioOptions } from './scenario';

/** Every kill costs a process, and a run of the tests is one round. */
const STRIDE = 5;

type When = Extract<Plan, { do: 'kill' }>['when'];

interface Crash {
  readonly operation: Operation;
  readonly writer: Writer;
  readonly when: When;
  readonly at: number;
}

/** Everything that was found in crashes of one writer, by where it was. */
interface Found {
  readonly where: string;
  readonly findings: readonly Finding[];
}

/**
 * The first five rounds kill before each call and within each write, the next five after each call; each takes every
 * fifth one of them.
 */
export const crashAtEveryCall: Scenario = {
  name: 'crash at every call',
  run: async ({ seed, deadline, rounds }: ScenarioOptions) => {
    const tally = new Tally();
    // First, so that no run is too short for them: without them the rest would prove nothing.
    await runControls(tally);
    for (let round = 1; goesOn({ rounds, deadline }, round - 1); round++) {
      const whens: readonly When[] = (round - 1) % (2 * STRIDE) < STRIDE ? ['before', 'half'] : ['after'];
      const isNow = (at: number) => (at + round + seed) % STRIDE === 0;
      for (const { where, findings } of await crashes(OPERATIONS, 'ours', whens, isNow, deadline, tally)) {
        tally.find(where, findings);
      }
    }
    return tally.outcome();
  },
};

async function runControls(tally: Tally): Promise<void> {
  const release = OPERATIONS.filter((operation) => operation.name === 'release');
  const findingsOf = async (writer: Writer) =>
    (await crashes(release, writer, ['before', 'half'], () => true, Infinity, new Tally())).flatMap(
      ({ findings }) => findings,
    );
  tally.control(
    'a list that is overwritten in place',
    await findingsOf('inPlace'),
    ({ text }) => text.includes('a file is torn') && text.includes('active.json'),
  );
  tally.control(
    'taken off the list before history has it',
    await findingsOf('activeFirst'),
    ({ kind, text }) => kind === 'lost' && text.includes('res_mine is neither active nor in history'),
  );
}

async function crashes(
  operations: readonly Operation[],
  writer: Writer,
  whens: readonly When[],
  isNow: (at: number) => boolean,
  deadline: number,
  tally: Tally,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  const jobs: Crash[] = [];
  await inPool(operations, async (operation, slot) => {
    const { calls, findings } = await withoutFault(operation, writer, slot, tally);
    found.push({ where: `${operation.name}, no fault`, findings });
    for (const [index, { name }] of calls.entries()) {
      for (const when of isNow(index + 1) ? whens : []) {
        if (when !== 'half' || /write|append/i.test(name)) {
          jobs.push({ operation, writer, when, at: index + 1 });
        }
      }
    }
    tally.note('calls of one run each', calls.length);
    // One more than there are: it must come through, or there are more than were counted.
    jobs.push({ operation, writer, when: whens[0] ?? 'before', at: calls.length + 1 });
  });
  await inPool(jobs, async (crash, slot) => {
    if (Date.now() < deadline) {
      found.push(await crashOnce(crash, slot, tally));
    }
  });
  return found;
}

/** One run in peace: what it calls, and that the judge has nothing to say of it. */
async function withoutFault(
  operation: Operation,
  writer: Writer,
  slot: Slot,
  tally: Tally,
): Promise<{ calls: Settled['calls']; findings: readonly Finding[] }> {
  return await slot.inFolder(async (folder) => {
    const root = join(folder, 'store');
    makeWorld(root, operation.world);
    const worker = await startWorker();
    const { answer } = await worker.call<Timed>('run', runArgs(root, operation, writer, { do: 'nothing' }));
    const { calls } = await worker.call<Settled>('settle');
    await worker.end();
    const acknowledged = isAcknowledged(operation, answer);
    const findings: Finding[] = [
      ...(await judgeNext(root, operation.world, [{ operation, acknowledged }], slot, tally)).findings,
    ];
    if (!acknowledged) {
      findings.push({ kind: 'violation', text: `answered ${JSON.stringify(answer)}` });
    }
    return { calls, findings };
  });
}

async function crashOnce(crash: Crash, slot: Slot, tally: Tally): Promise<Found> {
  const { operation, writer, when, at } = crash;
  return await slot.inFolder(async (folder) => {
    const root = join(folder, 'store');
    makeWorld(root, operation.world);
    const worker = await startWorker();
    const answer = await worker
      .call<Timed>('run', runArgs(root, operation, writer, { do: 'kill', when, at }))
      .then((run) => run.answer)
      .catch(() => undefined);
    const settled = await worker.call<Settled>('settle').catch(() => undefined);
    await worker.end();
    const end = await worker.ended;
    const where = `${operation.name}, killed ${when} call ${at}`;
    if (settled) {
      tally.note('came through beyond the last call');
    } else if (end !== 'SIGKILL') {
      return { where, findings: [{ kind: 'violation', text: `ended by itself with ${end}` }] };
    } else {
      tally.count({ kills: 1 });
    }
    const acknowledged = answer !== undefined && isAcknowledged(operation, answer);
    tally.note('acknowledged before the kill', answer && !settled ? 1 : 0);
    const { findings } = await judgeNext(root, operation.world, [{ operation, acknowledged }], slot, tally);
    return { where, findings };
  });
}
