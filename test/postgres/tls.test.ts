/** Encrypted connections: the certificate and the host are verified, and nothing gives way. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPostgresStore, type PostgresStore } from '../../src/store/postgres/postgresStore';
import { StoreProblem } from '../../src/store/problem';
import { CERTIFICATE, KEY } from '../support/certificate';
import { PostgresServer } from '../support/postgresServer';
import { useTempFolder } from '../support/tempFolder';

describe('a PostgreSQL server with TLS', () => {
  const temp = useTempFolder();
  let server: PostgresServer;
  let opened: PostgresStore | undefined;

  before(async () => {
    server = await PostgresServer.start({ tls: { certificate: CERTIFICATE, key: KEY } });
  });
  after(() => server.remove());
  afterEach(() => opened?.close());

  function open(host: string, parameters: Readonly<Record<string, string>>, port = server.port): PostgresStore {
    const url = new URL(server.url());
    url.hostname = host;
    url.port = String(port);
    url.search = String(new URLSearchParams(parameters));
    opened = openPostgresStore({ url: url.href });
    return opened;
  }

  function authority(): string {
    const path = join(temp(), 'ca.pem');
    writeFileSync(path, CERTIFICATE);
    return path;
  }

  const refusedWith = (reason: RegExp) => (error: unknown) =>
    error instanceof StoreProblem && error.kind === 'INSECURE_CONNECTION' && reason.test(error.message);

  it('is taken where the authority is known and the host is the one of the certificate', async () => {
    const store = open('localhost', { sslmode: 'verify-full', sslrootcert: authority() });
    await store.migrate();
    const [{ ssl } = { ssl: false }] = await server.query<{ ssl: boolean }>(
      `select bool_and(ssl) as ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name = 'agent-reservations'`,
    );
    assert.equal(ssl, true);
  });

  for (const sslmode of ['require', 'verify-ca', 'verify-full']) {
    it(`is refused with ${sslmode} where nobody vouches for the certificate`, async () => {
      await assert.rejects(open('localhost', { sslmode }).migrate(), refusedWith(/self-signed certificate/));
    });

    it(`is refused with ${sslmode} where the certificate is of another host`, async () => {
      const store = open('127.0.0.1', { sslmode, sslrootcert: authority() });
      await assert.rejects(store.migrate(), refusedWith(/does not match certificate/));
    });
  }

  it('is not spoken to openly where it has none, though TLS was asked for', async () => {
    const plain = await PostgresServer.start();
    try {
      const store = open('localhost', { sslmode: 'require' }, plain.port);
      await assert.rejects(store.migrate(), refusedWith(/does not support SSL/));
    } finally {
      await plain.remove();
    }
  });
});
