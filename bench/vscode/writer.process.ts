/** Another process that works on the store which the window shows. */

import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCoordination } from '../../src/coordination/coordination';
import { granted } from '../../src/core/envelope';
import type { Reservation } from '../../src/core/reservation';
import { FileStore } from '../../src/store/files/fileStore';
import { AGENT, BEAD, entryFor } from '../contender';
import { fillMessages } from '../messages';

export type Order =
  | {
      readonly do: 'fill';
      readonly root: string;
      readonly active: number;
      readonly messages: number;
      readonly endsInMs?: number;
    }
  | { readonly do: 'reserve' | 'release'; readonly scope: string }
  | { readonly do: 'renew'; readonly scope: string; readonly ttl: number }
  | { readonly do: 'heartbeats'; readonly count: number; readonly everyMs: number };

/** When the active file of the order came into its place, in ms since the epoch. */
export interface Carried {
  readonly at: number;
}

const WAITING = 20;

let store = new FileStore('');
let renamedAt = 0;

// The bundles call the module's own object, so this is what the store calls too.
const rename = fs.renameSync;
fs.renameSync = (from, to) => {
  if (String(to).endsWith('active.json')) {
    renamedAt ||= Date.now();
  }
  rename(from, to);
};

async function carryOut(order: Order): Promise<void> {
  const operations = createCoordination(store, {
    random: () => Math.random().toString(16).slice(2, 10).padEnd(8, '0'),
  });
  const failed = (answer: { readonly ok: boolean; readonly error: { readonly message: string } | null }) => {
    if (!answer.ok) {
      throw new Error(answer.error?.message);
    }
  };
  switch (order.do) {
    case 'fill':
      return await fill(order);
    case 'reserve':
      return failed(await operations.reserve({ agent: AGENT, scope: order.scope, bead: BEAD }));
    case 'release':
      return failed(await operations.release({ agent: AGENT, scope: order.scope }));
    case 'renew':
      return failed(await operations.renew({ agent: AGENT, scope: order.scope, ttl: order.ttl }));
    case 'heartbeats':
      for (let beat = 0; beat < order.count; beat++) {
        failed(await operations.heartbeat({ agent: AGENT }));
        await sleep(order.everyMs);
      }
  }
}

async function fill({ root, active, messages, endsInMs }: Extract<Order, { do: 'fill' }>): Promise<void> {
  store = new FileStore(root);
  await createCoordination(store, { random: () => '0123abcd' }).register({ name: AGENT, role: 'bench' });
  const made = Array.from({ length: active }, (_, index) => entryFor(`src/pkg-${index % 100}/file-${index}.ts`));
  const entries = made.map((entry, index) =>
    index === 0 && endsInMs !== undefined
      ? { ...entry, expires_at: new Date(Date.now() + endsInMs).toISOString() }
      : entry,
  ) as readonly Reservation[];
  await store.transactReservations((held) => ({ active: [...held, ...entries], closed: [], answer: granted(null) }));
  await fillMessages(store.paths.messageIndex, messages, WAITING);
}

process.on('message', (order: Order) => {
  renamedAt = 0;
  carryOut(order).then(
    () => process.send?.({ at: renamedAt } satisfies Carried),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.('ready');
