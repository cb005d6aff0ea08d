/** `status` beside many messages of which few wait for an acknowledgement. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCoordination } from '../../src/coordination/coordination';
import { FileStore } from '../../src/store/files/fileStore';
import { prepare } from '../contenders/all';
import { fillMessages } from '../messages';
import type { Context, Result, Row, Target } from '../row';
import { median, timed } from '../stats';

const WAITING = 20;
const ROUNDS = 2;
const WARM_LOOKS = 10;
/** So many of all are read in beadboard's way, and the time is taken for all: it is the same for each. */
const READ = 2_000;

export const statuses: readonly Row[] = [
  statusRow('status, 10,000 messages', 10_000, {
    'warm ms': { most: 15 },
    'bb beside warm': { least: 100 },
    'first beside bb': { most: 1 / 3 },
  }),
  statusRow('status, 100,000 messages', 100_000, {
    'warm ms': { most: 150 },
    'bb beside warm': { least: 100 },
    'first beside bb': { most: 1 / 3 },
  }),
];

function statusRow(name: string, messages: number, target: Target): Row {
  return { name, unit: 'ms, warm', target, run: (context) => run(context, messages) };
}

async function run(context: Context, messages: number): Promise<Result> {
  const root = await context.folder('messages');
  await prepare('ours', root, 36);
  const index = join(root, 'messages', 'index');
  await fillMessages(index, messages, WAITING);
  const first: number[] = [];
  const warm: number[] = [];
  const bb: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const store = createCoordination(new FileStore(root), { random: () => '0123abcd' });
    const look = async () => {
      const { ok, data } = await store.status({});
      if (!ok || data.unacked_required_messages.length !== WAITING) {
        throw new Error('The status is not what was written.');
      }
    };
    first.push(await timed(look));
    for (let again = 0; again < WARM_LOOKS; again++) {
      warm.push(await timed(look));
    }
    bb.push(await readAllMs(index));
  }
  const ours = median(warm);
  return {
    ours,
    peers: { 'ours, first': median(first), bb: median(bb) },
    ratio: { 'warm ms': ours, 'bb beside warm': median(bb) / ours, 'first beside bb': median(first) / median(bb) },
  };
}

/** beadboard reads every message, one after another, at each call. In ms. */
async function readAllMs(index: string): Promise<number> {
  let names: readonly string[] = [];
  const listed = await timed(async () => {
    names = await readdir(index);
  });
  const some = names.slice(0, READ);
  const read = await timed(async () => {
    for (const name of some) {
      JSON.parse(await readFile(join(index, name), 'utf8'));
    }
  });
  return listed + (read * names.length) / some.length;
}
