/** The store on a server, against the same model of all rules as the files. */

import assert from 'node:assert/strict';
import { createCoordination } from '../../src/coordination/coordination';
import { granted } from '../../src/core/envelope';
import type { Reservation, ReservationDecision } from '../../src/core/reservation';
import { openPostgresStore, type PostgresStore } from '../../src/store/postgres/postgresStore';
import { runAgainstModel } from '../faults/modelBased/modelBased';
import type { System } from '../faults/modelBased/systems';
import { useDatabase } from '../support/sharedPostgres';

const RUNS = 40;
const seed = Date.now() % 2 ** 31;

describe('random steps over PostgreSQL answer as the model of all rules does', () => {
  const database = useDatabase();

  it('with restarts and another client', async () => {
    let number = 0;
    let before: PostgresStore[] = [];
    const { failure, steps, runs } = await runAgainstModel(
      (now) => {
        // A server takes a hundred connections.
        const closing = Promise.all(before.map((store) => store.close()));
        before = [];
        const namespace = `run ${++number}`;
        const open = (clock: () => Date) => {
          const store = openPostgresStore({ url: database().url, namespace, clock, limits: { poolSize: 1 } });
          before.push(store);
          return store;
        };
        return serverSystem(open, closing, now);
      },
      { seed, runs: RUNS },
    );
    await Promise.all(before.map((store) => store.close()));
    assert.equal(failure, undefined, `seed ${seed}: ${failure}`);
    assert.ok(steps > runs * 5, `only ${steps} steps in ${runs} runs: nothing was shown`);
  }).timeout(240_000);
});

/** Two clients of one namespace; `restart` replaces the first. What only files can suffer does not happen. */
function serverSystem(open: (clock: () => Date) => PostgresStore, closing: Promise<unknown>, now: number): System {
  let ids = 0;
  const clock = () => new Date(system.now);
  const other = open(clock);
  /** Steps of others are not waited for by who makes them, so whatever comes next waits. */
  let others: Promise<unknown> = closing;
  const foreign = (decide: (active: readonly Reservation[]) => ReservationDecision<unknown>) => {
    others = others.then(() => other.transactReservations(decide));
  };
  const begin = () => {
    const store = after(() => others, open(clock));
    const random = () => (++ids).toString(16).padStart(8, '0');
    return { store, operations: createCoordination(store, { clock, random }) };
  };
  let process = begin();
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
    foreignReserve: (entry) =>
      foreign((active) => ({ active: [...active, entry], closed: [], answer: granted(entry) })),
    foreignRelease: (id, at) =>
      foreign((active) => {
        const entry = active.find(({ reservation_id }) => reservation_id === id);
        const closed: Reservation[] = entry ? [{ ...entry, state: 'released', released_at: at }] : [];
        return { active: active.filter((one) => one !== entry), closed, answer: granted(id) };
      }),
    foreignRewrite: () => undefined,
    foreignDrop: () => undefined,
    foreignRevive: () => undefined,
    foreignOutdate: () => undefined,
  };
  return system;
}

/** The same store; each call waits until `before` is done. */
function after(before: () => Promise<unknown>, store: PostgresStore): PostgresStore {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function'
        ? (...args: unknown[]) => before().then(() => (value as (...rest: unknown[]) => unknown).apply(target, args))
        : value;
    },
  });
}
