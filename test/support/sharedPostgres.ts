/** One server for all test files of a run; each test has a database of its own. */

import {
  openPostgresStore,
  type PostgresStore,
  type PostgresStoreOptions,
} from '../../src/store/postgres/postgresStore';
import { PostgresServer } from './postgresServer';

/** Each test file is a bundle with its own copy of this module; the server is everybody's. */
const shared = globalThis as { postgres?: Promise<PostgresServer>; databases?: number };
/** What a test writes has to survive a crash of the server, at most, and never one of the machine. */
const SETTINGS = ['fsync=off', 'full_page_writes=off'];
const TEMPLATE = 'agent_reservations_template';

export interface Databases {
  readonly server: PostgresServer;
  /** The database of this test. */
  readonly url: string;
  readonly name: string;
  /** A store with connections of its own, closed after the test. */
  open(options?: Partial<PostgresStoreOptions>): PostgresStore;
}

/**
 * A database for each test of the enclosing `describe`, with the tables of the newest version, or empty.
 * @param tables copying a database that has them takes less than half the time of creating them
 */
export function useDatabase({ tables = true } = {}): () => Databases {
  let databases: Databases | undefined;
  let opened: PostgresStore[] = [];
  before(async () => {
    shared.postgres ??= startWithTemplate();
    await shared.postgres;
  });
  beforeEach(async () => {
    const server = await (shared.postgres as Promise<PostgresServer>);
    shared.databases = (shared.databases ?? 0) + 1;
    const name = `test_${process.pid}_${shared.databases}`;
    const url = await server.database(name, tables ? TEMPLATE : undefined);
    const open = (options: Partial<PostgresStoreOptions> = {}) => {
      const store = openPostgresStore({ url, ...options });
      opened.push(store);
      return store;
    };
    databases = { server, url, name, open };
  });
  afterEach(async () => {
    await Promise.all(opened.map((store) => store.close()));
    opened = [];
  });
  return () => databases as Databases;
}

async function startWithTemplate(): Promise<PostgresServer> {
  const server = await PostgresServer.start({ settings: SETTINGS });
  const store = openPostgresStore({ url: await server.database(TEMPLATE) });
  await store.migrate();
  // A database that somebody is connected to cannot be copied.
  await store.close();
  return server;
}

// At the end of everything, whichever file comes last.
after(async () => {
  const server = await shared.postgres;
  delete shared.postgres;
  await server?.remove();
});
