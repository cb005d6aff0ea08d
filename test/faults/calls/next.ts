/** What every scenario does with a store once the fault is over: let the next caller at it, and judge. */

import { judge, type Tried } from './judge';
import type { Operation } from './operations';
import type { Plan } from './plan';
import type { Slot } from './pool';
import type { Probed, RunArgs, Timed, Writer } from './protocol';
import { readState } from './storeState';
import type { Tally } from './tally';
import { sentOf, type World } from './world';

/** Lets the next caller at the store, and judges what is there before and after. */
export async function judgeNext(
  root: string,
  world: World,
  tried: readonly Tried[],
  slot: Slot,
  tally: Tally,
): Promise<ReturnType<typeof judge>> {
  const raw = readState(root);
  const last = tried.at(-1);
  const again = last && { command: last.operation.command, args: last.operation.retry ?? last.operation.args };
  const known = sentOf(world).map((message) => message.message_id);
  const probed = await slot.next.call<Probed>('probe', { root, again: again ?? null, known });
  const final = readState(root);
  const judged = judge({ world, tried, raw, probed, final });
  tally.count({ operations: (last?.acknowledged ? 1 : 0) + 5 + probed.inboxes.length + probed.reads.length });
  tally.note('leftovers right after', raw.leftovers.length);
  tally.note('leftovers after the next caller', final.leftovers.length);
  tally.note('torn lines passed over', raw.tornLines);
  tally.note(`not acknowledged, effect ${judged.effect}`, last && !last.acknowledged ? 1 : 0);
  return judged;
}

export function runArgs(root: string, operation: Operation, writer: Writer, plan: Plan): Record<string, unknown> {
  const args: RunArgs = { root, command: operation.command, args: operation.args, plan, writer };
  return { ...args };
}

export function isAcknowledged(operation: Operation, answer: Timed['answer']): boolean {
  return (answer.ok ? 'ok' : answer.error.code) === operation.expected;
}
