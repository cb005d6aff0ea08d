/**
 * A PostgreSQL server for pictures, with a few reservations: its first line says where it is, as JSON. Then it does what lines on
 * stdin say, `kill` or `restart`, and answers each with a line.
 */

import { createInterface } from 'node:readline';
import { createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { openPostgresStore } from '../../src/store/postgres/postgresStore';
import { withSharedProjects } from '../../src/store/sharedProjects';
import { PostgresServer } from '../../test/support/postgresServer';
import { CAST, YOU } from './scene';

const NAMESPACE = 'github.com/acme/shop';

async function main(): Promise<void> {
  const server = await PostgresServer.start();
  const postgres = openPostgresStore({ url: server.url(), namespace: NAMESPACE });
  await postgres.migrate();
  const names = { shared: () => `origin:${NAMESPACE}`, local: () => undefined };
  const operations = createCoordination(withSharedProjects(postgres, names), { random: () => randomHex(4) });
  const project = '/projects/shop';
  for (const { id, role, bead, scopes } of [
    ...CAST,
    { id: YOU, role: 'person', bead: 'bd-52', scopes: ['src/app/**'] },
  ]) {
    await operations.register({ name: id, role });
    await operations.reserve({ agent: id, bead, scope: scopes[0] ?? '', project });
  }
  await postgres.close();
  const { username, password, host, pathname } = new URL(server.url());
  const say = (line: string) => process.stdout.write(`${line}\n`);
  say(JSON.stringify({ url: `postgres://${username}@${host}${pathname}`, password, namespace: NAMESPACE }));
  for await (const line of createInterface({ input: process.stdin })) {
    await (line === 'kill' ? server.kill() : server.restart());
    say(line);
  }
  await server.remove();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
