/** MCP server, guard and hooks on a real server: by the environment alone, on what would be two machines. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reservation } from '../../src/core/reservation';
import { Command } from '../support/cli';
import { makeClone, SHARED_ORIGIN } from '../support/clones';
import { put, Surroundings } from '../support/hookedRepository';
import { RECORDED } from '../support/hookInputs';
import { useConnections } from '../support/mcp';
import { useDatabase } from '../support/sharedPostgres';
import { useTempFolder } from '../support/tempFolder';

const SECRET = 'only-for-tests';
const BEAD = ['--bead', 'bd-1'];

describe('over a server', () => {
  const database = useDatabase();
  const folder = useTempFolder();
  const connect = useConnections();
  let [here, there, where] = ['', '', ''];
  let one: Command;
  let around: Surroundings;

  beforeEach(async () => {
    here = makeClone(join(folder(), 'work', 'shop'));
    there = makeClone(join(folder(), 'elsewhere', 'my-shop'));
    one = new Command(database().url, here);
    // Without the password, which is where every client of PostgreSQL looks for it.
    where = database().url.replace(`:${SECRET}`, '');
    around = new Surroundings(join(folder(), 'home'), where);
    put(join(around.home, '.pgpass'), `127.0.0.1:*:*:*:${SECRET}\n`, 0o600);
    await one.register('agent-a', 'agent-b');
  });
  afterEach(() => one.end());

  const hold = (scope: string) => one.done<Reservation>(['reserve', '--agent', 'agent-a', '--scope', scope, ...BEAD]);

  it('the command sees what an MCP client has reserved, and the other way round', async () => {
    const client = await connect(where, { cwd: there, env: { HOME: around.home, BB_AGENT: 'agent-b' } });
    const { reservations } = await client.done<{ reservations: Reservation[] }>('reserve_scope', {
      scopes: ['src/**'],
      bead: 'bd-2',
    });
    assert.equal(reservations[0]?.project, there);
    const { code, error } = await one.json(['reserve', '--agent', 'agent-a', '--scope', 'src/login.ts', ...BEAD]);
    assert.deepEqual([code, error?.code], [3, 'RESERVATION_CONFLICT']);
    await hold('docs');
    assert.equal(
      (await client.refused('reserve_scope', { scopes: ['docs/a.md'], bead: 'bd-2' })).code,
      'RESERVATION_CONFLICT',
    );
    await client.done('release_scope', { scopes: ['src/**'] });
    await hold('src/login.ts');
    assert.equal(client.stderr, '');
  });

  it('an MCP client is told when a server cannot be reached, and ends when its input is closed', async () => {
    const away = where.replace(/:\d+\//, ':1/');
    const client = await connect(away, { cwd: there, env: { HOME: around.home, BB_AGENT: 'agent-b' } });
    const { error } = await client.call('reserve_scope', { scopes: ['src'], bead: 'bd-2' });
    assert.equal(error?.details?.['cause'], 'STORE_UNREACHABLE');
  });

  it('the guard refuses to commit what another holds in its clone, and only that', async () => {
    await hold('src/**');
    assert.equal((await around.run('agent-reservations', ['guard', 'install'], { cwd: there })).code, 0);
    for (const name of readdirSync(join(there, '.git', 'hooks')).filter((hook) => !hook.endsWith('.sample'))) {
      assert.ok(!readFileSync(join(there, '.git', 'hooks', name), 'utf8').includes('postgres:'));
    }
    const commit = async (agent: string) => {
      await around.git(there, ['add', '--all']);
      return await around.git(there, ['commit', '--quiet', '--message', 'x'], { BB_AGENT: agent });
    };
    const refused = await commit('agent-b');
    assert.notEqual(refused.code, 0);
    assert.match(refused.err, /src\/login\.ts.*agent-a|agent-a.*src\/login\.ts/s);
    assert.equal((await commit('agent-a')).code, 0);
  });

  it('the hook refuses an edit, and lets pass what is free', async () => {
    await hold('src/**');
    const tool = RECORDED.find((each) => each.name === 'Edit');
    assert.ok(tool);
    const ask = (path: string, env: NodeJS.ProcessEnv = {}) =>
      around.run('agent-reservations', ['hooks', 'run', '--for', 'claude-code'], {
        cwd: there,
        env: { BB_AGENT: 'agent-b', ...env },
        input: JSON.stringify(tool.input(there, [join(there, path)])),
      });
    const { out, code } = await ask('src/login.ts');
    assert.equal(code, 0);
    assert.equal(JSON.parse(out).hookSpecificOutput.permissionDecision, 'deny');
    assert.match(out, /agent-a/);
    assert.equal((await ask('README.md')).out, '');
  });

  it('what cannot be looked up goes on, with a warning and without the password', async () => {
    put(join(there, 'x.ts'), '');
    const wrong: readonly (readonly [string, NodeJS.ProcessEnv, RegExp])[] = [
      ['out of reach', { AGENT_RESERVATIONS_STORE: database().url.replace(/:\d+\//, ':1/') }, /cannot be reached/],
      ['not a URL that can be read', { AGENT_RESERVATIONS_STORE: `postgres://u:${SECRET}%zz@h/x` }, /names no server/],
      [
        'half encrypted',
        { AGENT_RESERVATIONS_STORE: `postgres://u:${SECRET}@db.example.org/x?sslmode=prefer` },
        /sslmode/,
      ],
    ];
    const tool = RECORDED.find((each) => each.name === 'Edit');
    for (const [name, env, why] of wrong) {
      const input = JSON.stringify(tool?.input(there, [join(there, 'x.ts')]));
      const hook = await around.run('agent-reservations', ['hooks', 'run', '--for', 'claude-code'], {
        cwd: there,
        env,
        input,
      });
      assert.deepEqual([hook.code, hook.err], [0, ''], name);
      assert.match(JSON.parse(hook.out).systemMessage, why, name);
      await around.git(there, ['add', '--all']);
      const guard = await around.run('agent-reservations', ['guard', 'run'], { cwd: there, env });
      assert.equal(guard.code, 0, name);
      assert.match(guard.err, why, name);
      assert.ok(!`${hook.out}${guard.err}`.includes(SECRET), name);
    }
  });

  it('a folder that came from nowhere says what to give, and needs it for nothing else', async () => {
    const alone = join(folder(), 'alone');
    put(join(alone, 'x.ts'), '');
    await around.git(alone, ['init', '--quiet']);
    assert.equal((await around.run('agent-reservations', ['guard', 'install'], { cwd: alone })).code, 0);
    const { code, err } = await around.run('agent-reservations', ['mcp'], { cwd: alone });
    assert.equal(code, 2);
    assert.match(err, /AGENT_RESERVATIONS_NAMESPACE/);
    const env = { AGENT_RESERVATIONS_NAMESPACE: SHARED_ORIGIN };
    assert.equal((await around.run('agent-reservations', ['status'], { cwd: alone, env })).code, 0);
  });
});
