/** The verb `postgres`: what is done with a store as a whole. */

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEMA_VERSION } from '../../src/store/postgres/migrations';
import { Command } from '../support/cli';
import { makeClone } from '../support/clones';
import { useDatabase } from '../support/sharedPostgres';
import { useTempFolder } from '../support/tempFolder';

describe('the verb postgres', () => {
  const database = useDatabase({ tables: false });
  const folder = useTempFolder();
  let command: Command;

  beforeEach(() => {
    command = new Command(database().url, makeClone(join(folder(), 'shop')));
  });
  afterEach(() => command.end());

  it('makes the tables, and says from which version to which', async () => {
    const { code, error } = await command.json(['list']);
    assert.deepEqual([code, error?.details?.['cause']], [1, 'SCHEMA_TOO_OLD']);
    assert.match(error?.message ?? '', /agent-reservations postgres migrate/);
    // Whoever prepares a server needs no clone.
    const outside = join(folder(), 'outside');
    mkdirSync(outside);
    const { out } = await command.call(['postgres', 'migrate'], { cwd: outside });
    assert.equal(out, `The tables are of version ${SCHEMA_VERSION} now; there were none.\n`);
    assert.deepEqual(await command.done(['postgres', 'migrate']), { from: SCHEMA_VERSION, to: SCHEMA_VERSION });
    assert.deepEqual(await command.done(['list']), []);
  });

  it('deletes what is over, and nothing without being told of when', async () => {
    await command.done(['postgres', 'migrate']);
    await command.register('agent-a');
    for (const scope of ['a', 'b']) {
      await command.done(['reserve', '--agent', 'agent-a', '--scope', scope, '--bead', 'bd-1']);
    }
    await command.done(['release', '--agent', 'agent-a', '--scope', 'a']);
    const refused = await command.json(['postgres', 'prune']);
    assert.deepEqual([refused.code, refused.error?.code], [2, 'INVALID_ARGS']);
    assert.match(refused.error?.message ?? '', /--before/);
    const strange = await command.json(['postgres', 'prune', '--before', 'yesterday']);
    assert.equal(strange.code, 2);
    const nothing = await command.done<{ reservations: number }>(['postgres', 'prune', '--before', '1']);
    assert.equal(nothing.reservations, 0);
    const { out } = await command.call(['postgres', 'prune', '--before', '2999-01-01']);
    assert.match(out, /^Deleted 1 reservation and 0 messages that were over before 2999-01-01T00:00:00.000Z\./);
    assert.deepEqual(await command.done(['history']), []);
    const { reservations } = await command.done<{ reservations: unknown[] }>(['status']);
    assert.equal(reservations.length, 1);
  });

  it('is of a server, and says so', async () => {
    for (const args of [['migrate'], ['prune', '--before', '1']]) {
      const { code, error } = await command.json(['postgres', ...args, '--store', folder()]);
      assert.deepEqual([code, error?.code], [2, 'INVALID_ARGS']);
      assert.match(error?.message ?? '', /postgres:\/\//);
    }
    const { code } = await command.json(['postgres', 'drop']);
    assert.equal(code, 2);
  });
});
