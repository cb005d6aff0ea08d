import { createRequire } from 'node:module';
import { join } from 'node:path';
import { AGENT, type Contender, type Entry, entryFor } from '../contender';

interface Statement {
  run(...values: unknown[]): unknown;
  get(...values: unknown[]): unknown;
}

interface Database {
  pragma(text: string): unknown;
  exec(text: string): void;
  prepare(text: string): Statement;
  transaction<A extends unknown[]>(work: (...args: A) => void): { immediate(...args: A): void };
  close(): void;
}

/** Waits for another's transaction in milliseconds, rather than fail. */
const BUSY_TIMEOUT_MS = 60_000;

/** The same work in tables, in WAL mode. `FULL` syncs each transaction, as we do; `NORMAL` does not. */
export function sqlite(
  root: string,
  synchronous: 'FULL' | 'NORMAL',
): Omit<Contender, 'close'> & { fill(entries: readonly Entry[]): void; close(): void } {
  const database = open(root);
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${synchronous}`);
  database.exec(`
    CREATE TABLE IF NOT EXISTS agents (id TEXT PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS active (scope TEXT PRIMARY KEY, id TEXT, agent TEXT, bead TEXT, created TEXT, expires TEXT);
    CREATE TABLE IF NOT EXISTS history (id TEXT, entry TEXT);
  `);
  const isRegistered = database.prepare('SELECT 1 FROM agents WHERE id = ?');
  const find = database.prepare('SELECT * FROM active WHERE scope = ?');
  const insert = database.prepare('INSERT INTO active VALUES (?, ?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM active WHERE scope = ?');
  const append = database.prepare('INSERT INTO history VALUES (?, ?)');

  const grant = database.transaction((entry: Entry) => {
    if (!isRegistered.get(AGENT) || find.get(entry.scope)) {
      throw new Error(`${entry.scope} cannot be granted`);
    }
    insert.run(entry.scope, entry.reservation_id, entry.agent_id, entry.bead_id, entry.created_at, entry.expires_at);
  });
  const end = database.transaction((scope: string) => {
    const found = find.get(scope) as { id: string };
    remove.run(scope);
    append.run(found.id, JSON.stringify({ ...found, state: 'released', released_at: new Date().toISOString() }));
  });

  const reserve = (scope: string) => {
    grant.immediate(entryFor(scope));
    return Promise.resolve();
  };
  return {
    reserve,
    async cycle(scope) {
      await reserve(scope);
      end.immediate(scope);
    },
    /** Registers the agent, and grants all at once. */
    fill(entries) {
      database.exec(`INSERT OR IGNORE INTO agents VALUES ('${AGENT}')`);
      database
        .transaction(() => {
          for (const one of entries) {
            insert.run(one.scope, one.reservation_id, one.agent_id, one.bead_id, one.created_at, one.expires_at);
          }
        })
        .immediate();
    },
    close: () => database.close(),
  };
}

/** The driver is compiled for the machine, and only for this: `npm run bench` puts it beside, not among, the others. */
function open(root: string): Database {
  const load = createRequire(join(process.env['BENCH_MODULES'] ?? '', 'package.json'));
  const Driver = load('better-sqlite3') as new (path: string, options: { timeout: number }) => Database;
  return new Driver(join(root, 'store.sqlite'), { timeout: BUSY_TIMEOUT_MS });
}
