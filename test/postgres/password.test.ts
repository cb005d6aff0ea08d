/** Where a password comes from that stands in no address. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreProblem } from '../../src/store/problem';
import { useDatabase } from '../support/sharedPostgres';
import { useTempFolder } from '../support/tempFolder';

describe('a password that stands in no address', () => {
  const database = useDatabase();
  const temp = useTempFolder();
  const before = { ...process.env };
  const warnings: string[] = [];
  const warned = ({ message }: Error) => warnings.push(message);

  beforeEach(() => {
    delete process.env['PGPASSWORD'];
    process.env['PGPASSFILE'] = join(temp(), 'none');
    warnings.length = 0;
    process.on('warning', warned);
  });

  afterEach(() => {
    process.env = { ...before };
    process.off('warning', warned);
  });

  function address(): { url: string; password: string } {
    const url = new URL(database().url);
    const { password } = url;
    url.password = '';
    return { url: url.href, password };
  }

  it('is that of PGPASSWORD', async () => {
    const { url, password } = address();
    process.env['PGPASSWORD'] = password;
    await database().open({ url }).migrate();
  });

  it('or of the line for the server, database and user in .pgpass, without a word', async () => {
    const { url, password } = address();
    const { port } = new URL(url);
    const file = join(temp(), 'pgpass');
    const lines = [
      `127.0.0.1:${port}:other:postgres:wrong`,
      `127.0.0.1:${port}:${database().name}:postgres:${password}`,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    process.env['PGPASSFILE'] = file;
    const store = database().open({ url });
    await store.migrate();
    assert.equal(await store.exists(), false);
    await new Promise(setImmediate);
    assert.deepEqual(warnings, []);
  });

  it('else there is none, and it is said where one can stand', async () => {
    const refused: unknown = await database()
      .open({ url: address().url })
      .migrate()
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    assert.ok(refused instanceof StoreProblem && refused.kind === 'ACCESS_DENIED', String(refused));
    assert.match(refused.message, /PGPASSWORD.*\.pgpass/);
  });

  it('that is wrong is said to be', async () => {
    process.env['PGPASSWORD'] = 'wrong';
    await assert.rejects(database().open({ url: address().url }).migrate(), /let this user in.*password/);
  });
});
