/** A server with a database that is ready to work on, for one scenario. */

import { createCoordination } from '../../../src/coordination/coordination';
import { openPostgresStore } from '../../../src/store/postgres/postgresStore';
import { PostgresServer, type ServerOptions } from '../../support/postgresServer';

/** Ready for these agents. Each namespace has them. */
export async function prepared(
  url: string,
  agents: readonly string[],
  namespaces: readonly string[] = ['default'],
): Promise<void> {
  for (const namespace of namespaces) {
    const store = openPostgresStore({ url, namespace });
    try {
      await store.migrate();
      const operations = createCoordination(store, { random: () => '01234567' });
      for (const name of agents) {
        const answer = await operations.register({ name, role: 'backend' });
        if (!answer.ok) {
          throw new Error(answer.error.message);
        }
      }
    } finally {
      await store.close();
    }
  }
}

export async function withServer<T>(options: ServerOptions, work: (server: PostgresServer) => Promise<T>): Promise<T> {
  const server = await PostgresServer.start(options);
  try {
    return await work(server);
  } finally {
    await server.remove();
  }
}
