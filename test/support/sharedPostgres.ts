/** One server for all test files of a run; each test has a database of its own. */

import {
  openPostgresStore,
  type PostgresStore,
  type PostgresStoreOptions,
} from '../../src/store/postgres/postgresStore';
import { PostgresServer } from './postgresServer';

/** Each test file is a bundle with its own copy of this module; the server is everybody's. */
const shared = globalThis as { postgres?: Promise<PostgresServer>; databases?: number };

export interface Databases {
  readonly server: PostgresServer;
  /** The database of this test; it has no tables yet. */
  readonly url: string;
  readonly name: string;
  /** A store of its own connections, closed when the test is over. */
  open(options?: Partial<PostgresStoreOptions>): PostgresStore;
  /** The same with the tables there. */
  migrated(options?: Partial<PostgresStoreOptions>): Promise<PostgresStore>;
}

/** For each test of the enclosing `describe`. */
export function useDatabase(): () => Databases {
  let databases: Databases | undefined;
  let opened: PostgresStore[] = [];
  before(async () => {
    shared.postgres ??= PostgresServer.start();
    await shared.postgres;
  });
  beforeEach(async () => {
    const server = await (shared.postgres as Promise<PostgresServer>);
    shared.databases = (shared.databases ?? 0) + 1;
    const name = `test_${process.pid}_${shared.databases}`;
    const url = await server.database(name);
    const open = (options: Partial<PostgresStoreOptions> = {}) => {
      const store = openPostgresStore({ url, ...options });
      opened.push(store);
      return store;
    };
    databases = {
      server,
      url,
      name,
      open,
      migrated: async (options) => {
        const store = open(options);
        await store.migrate();
        return store;
      },
    };
  });
  afterEach(async () => {
    await Promise.all(opened.map((store) => store.close()));
    opened = [];
  });
  return () => databases as Databases;
}

// At the end of everything, whichever file comes last.
after(async () => {
  const server = await shared.postgres;
  delete shared.postgres;
  await server?.remove();
});
