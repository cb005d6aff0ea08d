/** A process that is killed at every step that it takes on disk, and what the next one then meets. */

import { join } from 'node:path';
import { type Case, type Finding, judge } from './calls/judge';
import { OPERATIONS, type Operation } from './calls/operations';
import type { Plan } from './calls/plan';
import { inPool, type Slot, startWorker } from './calls/pool';
import type { Probed, RunArgs, Settled, Timed, Writer } from './calls/protocol';
import { readState } from './calls/storeState';
import { Tally } from './calls/tally';
import { makeWorld } from './calls/world';
import type { Scenario, ScenarioOptions } from './scenario';

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

/** Odd rounds kill before each call and within each write, even rounds after each call. */
export const crashAtEveryCall: Scenario = {
  name: 'crash at every call',
  run: async ({ deadline, rounds }: ScenarioOptions) => {
    const tally = new Tally();
    for (let round = 1; round <= rounds && Date.now() < deadline; round++) {
      const whens: readonly When[] = round % 2 === 1 ? ['before', 'half'] : ['after'];
      for (const { where, findings } of await crashes(OPERATIONS, 'ours', whens, deadline, tally)) {
        tally.find(where, findings);
      }
      if (round === 1) {
        await runControls(tally, deadline);
      }
    }
    return tally.outcome();
  },
};

async function runControls(tally: Tally, deadline: number): Promise<void> {
  const release = OPERATIONS.filter((operation) => operation.name === 'release');
  const findingsOf = async (writer: Writer) =>
    (await crashes(release, writer, ['before', 'half'], deadline, new Tally())).flatMap(({ findings }) => findings);
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
  deadline: number,
  tally: Tally,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  const jobs: Crash[] = [];
  await inPool(operations, async (operation, slot) => {
    const { calls, findings } = await withoutFault(operation, writer, slot, tally);
    found.push({ where: `${operation.name}, no fault`, findings });
    for (const [index, { name }] of calls.entries()) {
      for (const when of whens) {
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
    const findings: Finding[] = [...(await judgeNext(root, operation, acknowledged, slot, tally)).findings];
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
    const { findings } = await judgeNext(root, operation, acknowledged, slot, tally);
    return { where, findings };
  });
}

/** Lets the next caller at the store, and judges what is there before and after. */
async function judgeNext(
  root: string,
  operation: Operation,
  acknowledged: boolean,
  slot: Slot,
  tally: Tally,
): Promise<ReturnType<typeof judge>> {
  const raw = readState(root);
  const { command, args, retry = args } = operation;
  const probed = await slot.next.call<Probed>('probe', { root, command, retry });
  const final = readState(root);
  const tried: Case = { operation, acknowledged, raw, probed, final };
  const judged = judge(tried);
  tally.count({ operations: (acknowledged ? 1 : 0) + 5 + 1 + probed.inboxes.length + probed.reads.length });
  tally.note('leftovers right after', raw.leftovers.length);
  tally.note('leftovers after the next caller', final.leftovers.length);
  tally.note('torn lines passed over', raw.tornLines);
  tally.note(`not acknowledged, effect ${judged.effect}`, acknowledged ? 0 : 1);
  return judged;
}

function runArgs(root: string, operation: Operation, writer: Writer, plan: Plan): Record<string, unknown> {
  const args: RunArgs = { root, command: operation.command, args: operation.args, plan, writer };
  return { ...args };
}

function isAcknowledged(operation: Operation, answer: Timed['answer']): boolean {
  return (answer.ok ? 'ok' : answer.error.code) === operation.expected;
}
