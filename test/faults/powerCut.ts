/** A power cut at every moment: what was not synced is lost, torn or out of order, and what was acknowledged is there. */

import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Fate, ForgetfulDisk, materialise, type Survivors } from './calls/disk';
import type { Finding, Tried } from './calls/judge';
import { judgeNext } from './calls/next';
import { OPERATIONS, type Operation } from './calls/operations';
import { inPool, type Slot, startWorker } from './calls/pool';
import type { Recorded, Writer } from './calls/protocol';
import type { Event } from './calls/recorder';
import { Tally } from './calls/tally';
import { makeDeadLock, makeWorld, type World } from './calls/world';
import { type Random, seeded } from './random';
import { goesOn, type Scenario } from './scenario';

/** Operations of one process, one after the other, on one store. */
interface Sequence {
  readonly world: World;
  /** Whether a lock of a dead process is in the way of the first one. */
  readonly deadLock: boolean;
  readonly writer: Writer;
  readonly operations: readonly Operation[];
}

interface Cut {
  readonly sequence: Sequence;
  readonly tried: readonly Tried[];
  readonly survivors: Survivors;
  readonly where: string;
}

/** Below the scenario's folder, with folders above it that have to be made too. */
const STORE = join('home', '.beadboard', 'agent');
/** Random fates at each moment, besides the regular ones. */
const RANDOM_FATES = 2;

export const powerCut: Scenario = {
  name: 'power cut',
  run: async ({ seed, deadline, rounds }) => {
    const tally = new Tally();
    const random = seeded(seed);
    // First, so that no run is too short for them: without them the rest would prove nothing.
    await runControls(tally, random);
    for (let round = 1; goesOn({ rounds, deadline }, round - 1); round++) {
      for (const { where, findings } of await cutAll(sequences(random), random, deadline, tally)) {
        tally.find(where, findings);
      }
    }
    return tally.outcome();
  },
};

/**
 * All operations on a full store in some order, a dead lock before them; and each of those that begin a store. A sweep
 * by itself: it would leave nothing to the others, or they to it.
 */
function sequences(random: Random): readonly Sequence[] {
  const of = (world: World, isSweep: boolean): Sequence => {
    const operations = OPERATIONS.filter((each) => each.world === world && (each.command === 'status') === isSweep);
    return { world, deadLock: world === 'full', writer: 'ours', operations: shuffled(operations, random) };
  };
  return [of('full', false), of('full', true), of('none', false), of('agents', false), of('held', false)];
}

async function runControls(tally: Tally, random: Random): Promise<void> {
  const operations = OPERATIONS.filter((operation) => operation.name === 'release');
  const findingsOf = async (writer: Writer) => {
    const control: Sequence = { world: 'full', deadLock: false, writer, operations };
    return (await cutAll([control], random, Infinity, new Tally())).flatMap(({ findings }) => findings);
  };
  tally.control('a file renamed into place without a sync', await findingsOf('unsynced'), ({ text }) =>
    text.includes('a file is torn: reservations/active.json'),
  );
  tally.control(
    'a rename without a sync of its folder',
    await findingsOf('activeFirst'),
    ({ kind, text }) => kind === 'lost' && text.includes('release was acknowledged'),
  );
}

async function cutAll(
  all: readonly Sequence[],
  random: Random,
  deadline: number,
  tally: Tally,
): Promise<readonly { readonly where: string; readonly findings: readonly Finding[] }[]> {
  const found: { where: string; findings: readonly Finding[] }[] = [];
  const cuts: Cut[] = [];
  await inPool(all, async (sequence, slot) => {
    cuts.push(...(await slot.inFolder((folder) => cutsOf(sequence, folder, random, tally))));
  });
  tally.count({ faults: cuts.length });
  await inPool(cuts, async (cut, slot) => {
    if (Date.now() < deadline) {
      found.push({ where: cut.where, findings: await judgeCut(cut, slot, tally) });
    }
  });
  return found;
}

async function judgeCut({ sequence, tried, survivors }: Cut, slot: Slot, tally: Tally): Promise<readonly Finding[]> {
  return await slot.inFolder(async (folder) => {
    materialise(survivors, folder);
    return (await judgeNext(join(folder, STORE), sequence.world, tried, slot, tally)).findings;
  });
}

/** Runs the sequence once, and then cuts the power at each moment of it in some ways, all different. */
async function cutsOf(sequence: Sequence, folder: string, random: Random, tally: Tally): Promise<readonly Cut[]> {
  const root = join(folder, STORE);
  mkdirSync(folder);
  makeWorld(root, sequence.world);
  if (sequence.deadLock) {
    makeDeadLock(root);
  }
  const disk = new ForgetfulDisk(folder);
  const { events, refused } = await record(sequence, folder, root);
  for (const text of refused) {
    tally.find('recording', [{ kind: 'violation', text }]);
  }
  const cuts: Cut[] = [];
  const seen = new Set<string>();
  const tried: Tried[] = [];
  for (const [index, event] of events.entries()) {
    note(event, sequence, tried);
    disk.apply(event);
    for (const [name, fate] of fates(random)) {
      const survivors = disk.survivors(fate);
      const print = fingerprint(survivors, tried);
      if (!seen.has(print)) {
        seen.add(print);
        const last = tried.at(-1)?.operation.name ?? 'nothing';
        const where = `${sequence.world}, ${last}, power cut after step ${index + 1} (${event.do}), kept: ${name}`;
        cuts.push({ sequence, tried: [...tried], survivors, where });
      }
    }
  }
  checkRecord(disk, folder);
  return cuts;
}

async function record({ operations, writer }: Sequence, top: string, root: string): Promise<Recorded> {
  const worker = await startWorker();
  try {
    const calls = operations.map(({ command, args, expected }) => ({ command, args, expected }));
    return await worker.call<Recorded>('record', { top, root, writer, calls });
  } finally {
    // Before any state of it is looked at: the owner of its locks has to be dead by then.
    await worker.end();
  }
}

function note(event: Event, { operations }: Sequence, tried: Tried[]): void {
  const operation = event.do === 'begin' || event.do === 'acknowledge' ? operations[event.operation] : undefined;
  if (!operation) {
    return;
  }
  if (event.do === 'acknowledge') {
    tried.pop();
  }
  tried.push({ operation, acknowledged: event.do === 'acknowledge' });
}

/** If all of it is kept, the disk of the record must be the disk there is; else the recorder missed something. */
function checkRecord(disk: ForgetfulDisk, folder: string): void {
  const recorded = disk.survivors({ keepsName: () => true, keepsWrite: () => 'all' });
  const real = new ForgetfulDisk(folder).survivors({ keepsName: () => true, keepsWrite: () => 'all' });
  if (fingerprint(recorded, []) !== fingerprint(real, [])) {
    throw new Error(`the record is wrong: [${[...recorded.keys()].sort()}] is not [${[...real.keys()].sort()}]`);
  }
}

function fates(random: Random): readonly (readonly [string, Fate])[] {
  const regular = (['all', 'none', 'half', 'zeros'] as const).flatMap((writes) =>
    [true, false].map((names): readonly [string, Fate] => [
      `${names ? 'all names' : 'no names'}, writes ${writes}`,
      { keepsName: () => names, keepsWrite: () => writes },
    ]),
  );
  const mixed: Fate = {
    keepsName: () => random.chance(0.5),
    keepsWrite: () => random.pick(['all', 'none', 'half', 'zeros'] as const),
  };
  return [
    ...regular,
    ...Array.from({ length: RANDOM_FATES }, (_, index): readonly [string, Fate] => [`some (${index + 1})`, mixed]),
  ];
}

function fingerprint(survivors: Survivors, tried: readonly Tried[]): string {
  const hash = createHash('sha256');
  for (const name of [...survivors.keys()].sort()) {
    const content = survivors.get(name);
    hash.update(JSON.stringify([name, content?.toString('base64') ?? null]));
  }
  return hash.update(JSON.stringify(tried.map(({ acknowledged }) => acknowledged))).digest('hex');
}

function shuffled<T>(values: readonly T[], random: Random): readonly T[] {
  return values
    .map((value) => ({ value, rank: random.next() }))
    .sort((left, right) => left.rank - right.rank)
    .map(({ value }) => value);
}
