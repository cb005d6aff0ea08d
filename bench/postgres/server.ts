/** One server for all rows that want one: as initdb makes it, with fsync on, on a loopback port. */

import { PostgresServer } from '../../test/support/postgresServer';

let started: Promise<PostgresServer> | undefined;
let databases = 0;

export function server(): Promise<PostgresServer> {
  started ??= PostgresServer.start();
  return started;
}

/** The address of a new, empty database. */
export async function database(): Promise<string> {
  return await (await server()).database(`bench_${++databases}`);
}

/** For whoever ends the run. */
export async function endServer(): Promise<void> {
  await (await started)?.remove();
  started = undefined;
}
