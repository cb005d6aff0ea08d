/**
 * A process that works at random on a few scopes and writes down every call and return, until its stdin is closed.
 * Usage: node worker.process.js WORKER_OPTIONS
 *
 * A line is written before the call it tells of is made, and after the return: pipes are written synchronously, so that
 * whatever a killed process did, its call is on record.
 */

import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCoordination } from '../../../src/coordination/coordination';
import { type Envelope, envelope } from '../../../src/core/envelope';
import { decideReserve } from '../../../src/core/reserve';
import { FileStore } from '../../../src/store/files/fileStore';
import { openPostgresStore } from '../../../src/store/postgres/postgresStore';
import { inBackground } from '../../../src/util/background';
import { createPeer } from '../../support/peer';
import { seeded } from '../random';
import { type Answer, type Call, instantNow, type Seen, type WorkerOptions } from './recording';

type Work = (call: Call) => Promise<Answer>;

/** What an envelope of ours and one of the peer have in common. */
interface AnyEnvelope {
  readonly ok: boolean;
  readonly data?: unknown;
  readonly error?: unknown;
}

const options = JSON.parse(process.argv[2] ?? '') as WorkerOptions;
const random = seeded(options.seed);
const store = /^postgres:/.test(options.root)
  ? openPostgresStore({ url: options.root, limits: { poolSize: 2 } })
  : new FileStore(options.root, { onNotice: () => say({ repaired: true, at: instantNow() }) });
const peer = createPeer(options.root, { anyTtl: true });
const STDOUT = 1;
let calls = 0;
let isStopping = false;

/** Each chain has a coordination of its own, so that the id that a call makes is known before it is made. */
function ours(): Work {
  let tail = '';
  const coordination = createCoordination(store, { random: () => tail });
  return async (call) => {
    switch (call.do) {
      case 'reserve': {
        tail = call.tail;
        const { scope, agent, takeover: takeoverStale, minutes: ttl } = call;
        const request = { agent, scope, bead: 'bd-1', ttl, takeoverStale };
        // No surface grants less than five minutes, so for those that are to end soon the check of the input is left
        // out; the decision and the store are the product's.
        const answer: Envelope<unknown> = Number.isInteger(ttl)
          ? await coordination.reserve(request)
          : await store
              .transactReservations((active, context) => decideReserve(active, request, context, call.tail))
              .then((outcome) => envelope('agent reserve', outcome))
              .catch((error: Error) => envelope('agent reserve', failure(error)));
        return inShort(answer);
      }
      case 'release':
        return inShort(await coordination.release(call));
      case 'status':
        return inShort(await coordination.status());
    }
  };
}

const failure = (error: Error) => ({ ok: false, error: { code: 'INTERNAL_ERROR', message: error.message } }) as const;

const peers: Work = async (call) => {
  switch (call.do) {
    case 'reserve':
      return inShort(await peer.reserve({ ...call, bead: 'bd-1', ttl: call.minutes, takeoverStale: call.takeover }));
    case 'release':
      return inShort(await peer.release(call));
    case 'status':
      return inShort({ ok: true, data: await peer.sweep() });
  }
};

function inShort(answer: object): Answer {
  const { ok, data, error } = answer as AnyEnvelope;
  if (ok) {
    const { reservations } = data as { reservations?: readonly Seen[] };
    return { code: 'ok', entries: reservations ?? [data as Seen] };
  }
  const { code, message, details } = error as Answer & { details?: Record<string, unknown> };
  const inTheWay = [details?.['conflicts'], details?.['stale'], details?.['holder']].flat().filter(Boolean);
  return { code, message, entries: inTheWay as Seen[] };
}

/** Mostly what can be granted: a scope that this chain holds is released, another one reserved. */
function nextCall(held: Map<string, string>): Call {
  const scope = random.pick(options.scopes);
  if (options.kind === 'poller' || random.chance(options.statusShare)) {
    return { do: 'status' };
  }
  const agent = held.get(scope);
  if (agent ? random.chance(0.7) : random.chance(0.2)) {
    return { do: 'release', scope, agent: agent && random.chance(0.9) ? agent : random.pick(options.agents) };
  }
  const isShort = random.chance(0.5);
  return {
    do: 'reserve',
    scope,
    agent: random.pick(options.agents),
    takeover: random.chance(0.5),
    minutes: isShort ? (3.5 + random.below(40)) / 60_000 : 10,
    tail: `${options.number.toString(16).padStart(4, '0')}${(calls + 1).toString(16).padStart(6, '0')}`,
  };
}

function say(line: object): void {
  writeSync(STDOUT, `${JSON.stringify(line)}\n`);
}

async function chain(work: Work): Promise<void> {
  const held = new Map<string, string>();
  while (!isStopping) {
    const call = nextCall(held);
    const number = ++calls;
    say({ number, call, at: instantNow() });
    const answer = await work(call);
    say({ number, answer, at: instantNow() });
    if (call.do === 'reserve' && answer.code === 'ok') {
      held.set(call.scope, call.agent);
    } else if (call.do === 'release' && answer.code !== 'RELEASE_FORBIDDEN') {
      held.delete(call.scope);
    }
    await sleep(random.below(options.pause + 1));
  }
}

process.stdin.on('end', () => {
  isStopping = true;
});
process.stdin.resume();
say({ hello: true, at: instantNow() });
for (let left = options.chains; left > 0; left--) {
  inBackground(chain(options.kind === 'ours' ? ours() : peers), (error) => {
    // A worker without its chain would look like one that had nothing to say.
    console.error(error);
    process.exit(1);
  });
}
