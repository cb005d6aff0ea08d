/** What the steps are run on: the operations over a store in memory, and over files that others may edit. */

import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Coordination, createCoordination } from '../../../src/coordination/coordination';
import type { Reservation } from '../../../src/core/reservation';
import { FileStore } from '../../../src/store/files/fileStore';
import type { Store } from '../../../src/store/store';
import { createMemoryStore } from '../../support/memoryStore';
import { FILES } from '../../support/storeFiles';

export interface System {
  now: number;
  readonly operations: Coordination;
  readonly store: Store;
  /** Everything that a process knows is forgotten; what is stored stays. */
  restart(): void;
  /** Another program, which keeps to the rules, reserves a free scope or releases a reservation. */
  foreignReserve(entry: Reservation): void;
  foreignRelease(id: string, at: string): void;
  /** Another program writes the same anew: another order, another form, keys that we do not know. */
  foreignRewrite(form: Rewrite): void;
  /** Another program drops or revives what our store remembers: it should be as if nothing had been. */
  foreignDrop(id: string): void;
  foreignRevive(id: string): void;
  /** Another program writes one back as it was when it was made, with the end that it had then. */
  foreignOutdate(id: string, end: string): void;
}

export interface Rewrite {
  readonly bare: boolean;
  readonly reversed: boolean;
  readonly indent: number;
}

export function memorySystem(now: number): System {
  let ids = 0;
  const clock = () => new Date(system.now);
  const store = createMemoryStore(clock);
  const random = () => nextId(++ids);
  const system: System = {
    now,
    store,
    operations: createCoordination(store, { clock, random }),
    restart: () => undefined,
    foreignReserve: (entry) => {
      store.active = [...store.active, entry];
    },
    foreignRelease: (id, at) => {
      const entry = store.active.find(({ reservation_id }) => reservation_id === id);
      store.active = store.active.filter((one) => one !== entry);
      store.closed = [...store.closed, ...(entry ? [released(entry, at)] : [])];
    },
    foreignRewrite: () => undefined,
    foreignDrop: () => undefined,
    foreignRevive: () => undefined,
    foreignOutdate: () => undefined,
  };
  return system;
}

export function fileSystem(root: string, now: number): System {
  let ids = 0;
  const clock = () => new Date(system.now);
  const random = () => nextId(++ids);
  const active = join(root, FILES.active);
  const history = join(root, FILES.history);
  const begin = () => {
    const store = new FileStore(root, { clock });
    return { store, operations: createCoordination(store, { clock, random }) };
  };
  let process = begin();

  const read = (): Reservation[] => {
    const value = existsSync(active) ? JSON.parse(readFileSync(active, 'utf8')) : [];
    return Array.isArray(value) ? value : value.reservations;
  };
  const write = (value: unknown, indent = 2) => {
    mkdirSync(dirname(active), { recursive: true });
    writeFileSync(active, `${JSON.stringify(value, null, indent)}\n`);
  };
  const closed = () => (existsSync(history) ? readFileSync(history, 'utf8').trimEnd().split('\n') : []);

  const system: System = {
    now,
    get store() {
      return process.store;
    },
    get operations() {
      return process.operations;
    },
    restart: () => {
      process = begin();
    },
    foreignReserve: (entry) => write({ reservations: [...read(), entry] }),
    foreignRelease: (id, at) => {
      const entries = read();
      const entry = entries.find(({ reservation_id }) => reservation_id === id);
      if (entry) {
        write({ reservations: entries.filter((one) => one !== entry) });
        appendFileSync(history, `${JSON.stringify(released(entry, at))}\n`);
      }
    },
    foreignRewrite: ({ bare, reversed, indent }) => {
      const entries = reversed ? read().toReversed() : read();
      write(bare ? entries : { tool: 'other', reservations: entries }, indent);
    },
    foreignDrop: (id) => write({ reservations: read().filter(({ reservation_id }) => reservation_id !== id) }),
    foreignRevive: (id) => {
      const line = closed().find((text) => JSON.parse(text).reservation_id === id);
      if (line) {
        write({ reservations: [...read(), { ...JSON.parse(line), state: 'active', released_at: null }] });
      }
    },
    foreignOutdate: (id, end) => write({ reservations: read().map((entry) => asAtFirst(entry, id, end)) }),
  };
  return system;
}

function asAtFirst(entry: Reservation, id: string, end: string): Reservation {
  const { waiting: _, renewed_at: __, ...rest } = entry;
  return entry.reservation_id === id ? { ...rest, expires_at: end } : entry;
}

function nextId(number: number): string {
  return number.toString(16).padStart(8, '0');
}

function released(entry: Reservation, at: string): Reservation {
  return { ...entry, state: 'released', released_at: at };
}
