/**
 * A process that runs one operation under a fault, or plays the next caller after one. Commands as in service.ts.
 * A killed one has answered before it died or never; what it said is what it acknowledged.
 */

import { type Coordination, createCoordination } from '../../../src/coordination/coordination';
import type { Envelope } from '../../../src/core/envelope';
import type { Message } from '../../../src/core/message';
import { randomHex } from '../../../src/store/files/durable';
import { FileStore } from '../../../src/store/files/fileStore';
import { type Handlers, serve } from '../../support/service';
import { untilIdle } from '../../support/tempFolder';
import { hookCalls, quiet, unhookCalls } from './fsHooks';
import { naiveCoordination } from './naive';
import { hookFor, type Plan, type Progress } from './plan';
import type { Probe, Probed, RecordArgs, Recorded, RunArgs, Settled, Timed } from './protocol';
import { recorder } from './recorder';

const PROBER = 'prober';

let progress: Progress | undefined;
let under: Coordination | undefined;

function open(root: string): Coordination {
  return createCoordination(new FileStore(root), { random: () => randomHex(4) });
}

function call(coordination: Coordination, command: keyof Coordination, args: object): Promise<Envelope<unknown>> {
  return coordination[command](args as never);
}

async function timed(work: Promise<Envelope<unknown>>): Promise<Timed> {
  const started = performance.now();
  const answer = await work;
  return { answer, ms: performance.now() - started };
}

function arm(root: string, plan: Plan): void {
  const armed = hookFor(plan);
  progress = armed.progress;
  hookCalls(root, armed.hook);
}

/** What the next caller does, and is shown: it goes on by itself, looks at all there is, and tries the same again. */
async function probe({ root, again, known }: Probe): Promise<Probed> {
  const next = open(root);
  const registered = await timed(next.register({ name: PROBER, role: 'next' }));
  const reserved = await timed(next.reserve({ agent: PROBER, scope: 'probe', bead: 'bd-9' }));
  const status = await next.status();
  const agents = await next.list();
  const inboxes: [string, readonly Message[]][] = [];
  const reads: Probed['reads'][number][] = [];
  for (const { agent_id: agent } of agents.data ?? []) {
    const inbox = (await next.inbox({ agent })).data ?? [];
    inboxes.push([agent, inbox]);
    for (const { message_id: message } of inbox.filter((each) => !known.includes(each.message_id))) {
      reads.push({ agent, message, answer: await next.read({ agent, message }) });
    }
  }
  const retried = again ? await timed(call(next, again.command, again.args)) : undefined;
  return { registered, reserved, status, agents, inboxes, reads, retried };
}

/** One call after the other, each until it is quiet. */
async function record({ top, root, writer, calls }: RecordArgs): Promise<Recorded> {
  const { events, hook } = recorder();
  const coordination = writer === 'ours' ? open(root) : naiveCoordination(root, writer);
  const refused: string[] = [];
  hookCalls(top, hook);
  for (const [operation, { command, args, expected }] of calls.entries()) {
    events.push({ do: 'begin', operation });
    const answer = await call(coordination, command, args);
    if ((answer.ok ? 'ok' : answer.error.code) === expected) {
      events.push({ do: 'acknowledge', operation });
    } else {
      refused.push(`${command} was answered ${JSON.stringify(answer)}`);
    }
    await quiet();
  }
  // What is kept for the next lock goes, which is a change as well.
  await untilIdle(root);
  unhookCalls();
  return { events, refused };
}

const handlers: Handlers = {
  run: (args) => {
    const { root, command, args: input, plan, writer } = args as unknown as RunArgs;
    under = writer === 'ours' ? open(root) : naiveCoordination(root, writer);
    arm(root, plan);
    return timed(call(under, command, input));
  },

  /** After the answer, the lock is still to be dropped: the fault stays until that is over. */
  settle: async (): Promise<Settled> => {
    await quiet();
    unhookCalls();
    return {
      calls: (progress?.calls ?? []).map(({ name, path, kind }) => ({ name, path, kind })),
      hit: progress?.hit?.name ?? null,
      failures: progress?.failures ?? 0,
    };
  },

  /** The same store object goes on once the fault is over. */
  goOn: () => under && timed(under.register({ name: 'goes-on', role: 'same' })),

  record: (args) => record(args as unknown as RecordArgs),

  probe: (args) => probe(args as unknown as Probe),
};

serve(handlers);
