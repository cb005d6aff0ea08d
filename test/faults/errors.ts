/** A disk that fails at every call, once or from there on: what is answered, what is left, and who can go on. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope } from '../../src/core/envelope';
import { PATIENCE_MS } from '../support/patience';
import type { Finding } from './calls/judge';
import { isAcknowledged, judgeNext, runArgs } from './calls/next';
import { OPERATIONS, type Operation } from './calls/operations';
import { ERRNOS, type Errno } from './calls/plan';
import { inPool, type Slot } from './calls/pool';
import type { Settled, Timed, Writer } from './calls/protocol';
import { Tally } from './calls/tally';
import { makeWorld } from './calls/world';
import { goesOn, type Scenario } from './scenario';

interface Failing {
  readonly operation: Operation;
  readonly writer: Writer;
  readonly errno: Errno;
  readonly persistent: boolean;
}

/** No operation takes nearly as many calls: there is an end even where a fault makes it try for ever. */
const MOST_CALLS = 400;

/** Each round takes every fifth call. */
const STEP = 5;

export const errorAtEveryCall: Scenario = {
  name: 'an error at every call',
  run: async ({ seed, deadline, rounds }) => {
    const tally = new Tally();
    // First, so that no run is too short for it: without it the rest would prove nothing.
    await runControl(tally);
    for (let round = 1; goesOn({ rounds, deadline }, round - 1); round++) {
      const stride: Stride = { first: 1 + ((round + seed) % STEP), step: STEP };
      const jobs = OPERATIONS.flatMap((operation) => allWays(operation, 'ours'));
      await inPool(jobs, async (failing, slot) => {
        for (const { where, findings } of await failAtEach(failing, stride, slot, deadline, tally)) {
          tally.find(where, findings);
        }
      });
    }
    return tally.outcome();
  },
};

function allWays(operation: Operation, writer: Writer): readonly Failing[] {
  return ERRNOS.flatMap((errno) =>
    [false, true].map((persistent): Failing => ({ operation, writer, errno, persistent })),
  );
}

async function runControl(tally: Tally): Promise<void> {
  const release = OPERATIONS.filter((operation) => operation.name === 'release');
  const jobs = release.flatMap((operation) => allWays(operation, 'inPlace'));
  const findings: Finding[] = [];
  await inPool(jobs, async (failing, slot) => {
    const found = await failAtEach(failing, { first: 1, step: 1 }, slot, Infinity, new Tally());
    findings.push(...found.flatMap((each) => each.findings));
  });
  tally.control('a list that is overwritten in place, on a full disk', findings, ({ text }) =>
    text.includes('a file is torn: reservations/active.json'),
  );
}

interface Stride {
  readonly first: number;
  readonly step: number;
}

/** Fails the first call that can fail so, in a new store the next, and so on until none is left. */
async function failAtEach(
  failing: Failing,
  { first, step }: Stride,
  slot: Slot,
  deadline: number,
  tally: Tally,
): Promise<readonly { readonly where: string; readonly findings: readonly Finding[] }[]> {
  const found: { where: string; findings: readonly Finding[] }[] = [];
  for (let at = first; at <= MOST_CALLS && Date.now() < deadline; at += step) {
    const { hit, findings } = await slot.inFolder((folder) =>
      failOnce(failing, at, join(folder, 'store'), slot, tally),
    );
    const { operation, errno, persistent } = failing;
    const where = `${operation.name}, ${errno} ${persistent ? 'from' : 'at'} call ${at} on (${hit})`;
    found.push({ where, findings });
    if (hit === null) {
      break;
    }
  }
  return found;
}

async function failOnce(
  { operation, writer, errno, persistent }: Failing,
  at: number,
  root: string,
  slot: Slot,
  tally: Tally,
): Promise<{ readonly hit: string | null; readonly findings: readonly Finding[] }> {
  makeWorld(root, operation.world);
  const faulty = await slot.faulty();
  const args = runArgs(root, operation, writer, { do: 'fail', errno, persistent, at });
  const stopped = new AbortController();
  const run = await Promise.race([
    faulty.call<Timed>('run', args).catch(() => 'ended' as const),
    sleep(PATIENCE_MS, 'hangs' as const, stopped),
  ]);
  stopped.abort();
  if (run === 'ended' || run === 'hangs') {
    await faulty.kill();
    return { hit: run, findings: [{ kind: 'blocked', text: `the process under the fault ${run}` }] };
  }
  const { hit, failures } = await faulty.call<Settled>('settle');
  tally.count({ operations: 1, faults: failures });
  const acknowledged = isAcknowledged(operation, run.answer);
  const findings = [...misanswered(operation, run.answer, hit)];
  const judged = await judgeNext(root, operation.world, [{ operation, acknowledged }], slot, tally);
  findings.push(...judged.findings);
  if (writer === 'ours') {
    const same = await faulty.call<Timed>('goOn');
    tally.count({ operations: 1 });
    if (!same.answer.ok) {
      findings.push({ kind: 'blocked', text: `the same process cannot go on: ${same.answer.error.message}` });
    }
  }
  return { hit, findings };
}

/** A failure is told as one, with its cause; a success is one. */
function* misanswered(operation: Operation, answer: Envelope<unknown>, hit: string | null): Generator<Finding> {
  if (isAcknowledged(operation, answer)) {
    const wrong = answer.ok ? operation.misses?.(answer.data) : undefined;
    if (wrong) {
      yield { kind: 'violation', text: `answered as if nothing had failed, and ${wrong}` };
    }
  } else if (hit === null) {
    yield { kind: 'violation', text: `without a fault, answered ${JSON.stringify(answer)}` };
  } else if (
    answer.ok ||
    answer.error.code !== 'INTERNAL_ERROR' ||
    typeof answer.error.details?.['cause'] !== 'string'
  ) {
    yield { kind: 'violation', text: `the failure is told as ${JSON.stringify(answer)}` };
  }
}
