/** The SQL of docs/teams.md, run as it stands there, by whom it says; then what it promises of these roles. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { openPostgresStore, type PostgresStore } from '../../src/store/postgres/postgresStore';
import { grantedData, refusal } from '../support/outcomes';
import { repoRoot } from '../support/paths';
import { useDatabase } from '../support/sharedPostgres';

const NAMESPACE = 'github.com/acme/shop';
const BLOCK = /<!-- as: (?<who>\w+) -->\n```sql\n(?<sql>.*?)```/gs;

describe('docs/teams.md', () => {
  const database = useDatabase({ tables: false });
  const opened: PostgresStore[] = [];

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    const { server } = database();
    await server.query('drop database if exists reservations with (force)');
    await server.query('drop role if exists reservations_owner, alice, bob, dashboard');
  });

  function urlOf(role: string, password: string): string {
    const url = new URL(database().server.url('reservations'));
    url.username = role;
    url.password = password;
    return url.href;
  }

  function as(role: string, password: string): PostgresStore {
    const store = openPostgresStore({ url: urlOf(role, password), namespace: NAMESPACE });
    opened.push(store);
    return store;
  }

  const operations = (store: PostgresStore) => createCoordination(store, { random: () => randomHex(4) });

  it('makes a store in which everybody may do what its table says', async () => {
    const text = readFileSync(`${repoRoot}/docs/teams.md`, 'utf8');
    const blocks = [...text.matchAll(BLOCK)].map(({ groups }) => ({
      who: groups?.['who'],
      sql: groups?.['sql'] ?? '',
    }));
    assert.deepEqual(
      blocks.map(({ who }) => who),
      ['superuser', 'superuser', 'owner'],
    );
    const owner = urlOf('reservations_owner', 'choose-one');
    for (const { who, sql } of blocks) {
      if (who === 'owner') {
        await as('reservations_owner', 'choose-one').migrate();
      }
      const client = new Client({ connectionString: who === 'owner' ? owner : database().server.url() });
      await client.connect();
      // A database cannot be made together with something else.
      for (const statement of sql.split(/;\n/).filter((one) => one.trim() !== '')) {
        await client.query(statement);
      }
      await client.end();
    }

    const alice = operations(as('alice', 'choose-another'));
    const bob = operations(as('bob', 'and-another'));
    const dashboard = operations(as('dashboard', 'and-one-more'));
    grantedData(await alice.register({ name: 'alice-claude', role: 'backend' }));
    refusal(await alice.register({ name: 'bob-claude', role: 'backend' }), 'INTERNAL_ERROR');
    grantedData(await bob.register({ name: 'bob', role: 'person' }));
    const held = grantedData(await alice.reserve({ agent: 'alice-claude', scope: 'src/auth/*', bead: 'shop-12' }));
    assert.equal(grantedData(await dashboard.status()).reservations[0]?.agent_id, 'alice-claude');
    refusal(await dashboard.reserve({ agent: 'bob', scope: 'x', bead: 'b' }), 'INTERNAL_ERROR');
    const reason = { reservation: held.reservation_id, scope: held.scope, reason: 'on holiday' };
    grantedData(await bob.forceRelease({ ...reason, by: 'bob' }));
  });
});
