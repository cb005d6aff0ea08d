/** The command on a real server: the built file, run as processes of their own, on what would be two machines. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Reservation } from '../../src/core/reservation';
import { type Called, Command, JsonLines } from '../support/cli';
import { makeClone, SHARED_ORIGIN } from '../support/clones';
import { put } from '../support/hookedRepository';
import { eventually } from '../support/patience';
import { useDatabase } from '../support/sharedPostgres';
import { useTempFolder } from '../support/tempFolder';

const BEAD = ['--bead', 'bd-1'];

describe('the command on a server', () => {
  const database = useDatabase();
  const folder = useTempFolder();
  let [here, there] = ['', ''];
  let one: Command;
  let other: Command;

  beforeEach(async () => {
    here = makeClone(join(folder(), 'work', 'shop'));
    there = makeClone(join(folder(), 'elsewhere', 'my-shop'), 'https://dana@example.org/acme/shop');
    one = new Command(database().url, here);
    other = new Command(database().url, there);
    await one.register('agent-a', 'agent-b');
  });

  afterEach(async () => {
    await one.end();
    await other.end();
  });

  it('shares the store with all clones of one origin, each with the paths of its own', async () => {
    const reserved = await one.done<Reservation>(['reserve', '--agent', 'agent-a', '--scope', 'src/**', ...BEAD]);
    assert.equal(reserved.project, here);
    const { code, error } = await other.json(['reserve', '--agent', 'agent-b', '--scope', 'src/login.ts', ...BEAD]);
    assert.deepEqual([code, error?.code], [3, 'RESERVATION_CONFLICT']);
    const { reservations } = await other.done<{ reservations: Reservation[] }>(['status', '--project', '.']);
    assert.deepEqual(
      reservations.map(({ project, agent_id }) => [project, agent_id]),
      [[there, 'agent-a']],
    );
    const [held] = (await database().open({ namespace: SHARED_ORIGIN }).readActive()).records;
    assert.equal(held?.project, `origin:${SHARED_ORIGIN}`);
    await one.done(['release', '--agent', 'agent-a', '--scope', 'src/**']);
    const [ended] = await other.done<Reservation[]>(['history']);
    assert.deepEqual([ended?.state, ended?.project], ['released', there]);
  });

  it('sends and acknowledges messages', async () => {
    const about = [...BEAD, '--category', 'HANDOFF', '--subject', 'Yours', '--body', 'See src.'];
    await one.done(['send', '--from', 'agent-a', '--to', 'agent-b', ...about]);
    const [message] = await other.done<{ message_id: string }[]>(['inbox', '--agent', 'agent-b']);
    await other.done(['ack', '--agent', 'agent-b', '--message', message?.message_id ?? '']);
    const inbox = await one.done<{ state: string }[]>(['inbox', '--agent', 'agent-b']);
    assert.deepEqual(
      inbox.map(({ state }) => state),
      ['acked'],
    );
  });

  it('follows it, and ends when it is interrupted', async () => {
    const child = other.start(['watch']);
    const lines = new JsonLines(child);
    await lines.find(({ event }) => event === 'watching');
    await one.done(['reserve', '--agent', 'agent-a', '--scope', 'src', ...BEAD]);
    const { reservation } = await lines.find(({ event }) => event === 'reserved');
    assert.equal((reservation as Reservation).project, there);
    const closed = once(child, 'close');
    child.kill('SIGINT');
    assert.deepEqual(await closed, [0, null]);
  });

  it('waits until another client releases', async () => {
    await one.done(['reserve', '--agent', 'agent-a', '--scope', 'src', ...BEAD]);
    const waiting = other.json(['reserve', '--agent', 'agent-b', '--scope', 'src', ...BEAD, '--wait', '30']);
    const store = database().open({ namespace: SHARED_ORIGIN });
    await eventually('it waits', async () => (await store.readActive()).records[0]?.waiting !== undefined);
    await one.done(['release', '--agent', 'agent-a', '--scope', 'src']);
    const { code } = await waiting;
    assert.equal(code, 0);
  });

  it('is interrupted at once while it waits', async () => {
    await one.done(['reserve', '--agent', 'agent-a', '--scope', 'src', ...BEAD]);
    const child = other.start(['reserve', '--agent', 'agent-b', '--scope', 'src', ...BEAD, '--wait', '30']);
    const store = database().open({ namespace: SHARED_ORIGIN });
    await eventually('it waits', async () => (await store.readActive()).records[0]?.waiting !== undefined);
    const closed = once(child, 'close');
    child.kill('SIGINT');
    assert.deepEqual(await closed, [null, 'SIGINT']);
  });

  it("tells times by the server's clock", async () => {
    await one.done(['reserve', '--agent', 'agent-a', '--scope', 'src', ...BEAD, '--ttl', '60']);
    const shift = join(folder(), 'tomorrow.cjs');
    put(
      shift,
      `const { now } = Date; const day = 86400000;
      globalThis.Date = class extends Date {
        constructor(...args) { args.length === 0 ? super(now() + day) : super(...args); }
        static now() { return now() + day; }
      };`,
    );
    const { out } = await one.call(['status'], { env: { NODE_OPTIONS: `--require=${JSON.stringify(shift)}` } });
    assert.match(out, /1 scope held/);
    assert.match(out, / 59 min /);
  });

  describe('names the namespace', () => {
    const scopes = async (command: Command, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
      (await command.done<{ reservations: Reservation[] }>(['status', ...args], { env })).reservations.map(
        ({ scope }) => scope,
      );

    it('by option, by the environment, else by the origin of the folder that is meant', async () => {
      const env = { AGENT_RESERVATIONS_NAMESPACE: 'team' };
      await one.done(['register', '--name', 'agent-c', '--role', 'test', '--namespace', 'team']);
      await one.done(['reserve', '--agent', 'agent-c', '--scope', 'docs', ...BEAD], { env });
      assert.deepEqual(await scopes(one, []), []);
      assert.deepEqual(await scopes(one, [], env), ['docs']);
      assert.deepEqual(await scopes(one, ['--namespace', 'team']), ['docs']);
      assert.deepEqual(await scopes(one, ['--namespace', SHARED_ORIGIN], env), []);
      const outside = join(folder(), 'outside');
      mkdirSync(outside);
      const { code } = await one.json(['check', '--worktree', here, 'src'], { cwd: outside });
      assert.equal(code, 0);
    });

    it('or says what to give where there is none', async () => {
      const outside = join(folder(), 'outside');
      mkdirSync(outside);
      const { code, error } = await one.json(['status'], { cwd: outside });
      assert.deepEqual([code, error?.code], [2, 'INVALID_ARGS']);
      assert.match(error?.message ?? '', /--namespace.*AGENT_RESERVATIONS_NAMESPACE/);
    });

    it('and takes it for nothing else than a server', async () => {
      const { code, error } = await one.json(['--store', folder(), '--namespace', 'team', 'status']);
      assert.deepEqual([code, error?.code], [2, 'INVALID_ARGS']);
    });
  });

  describe('of which the password is never shown', () => {
    const SECRET = 'only-for-tests';
    let asked: Called[] = [];
    const call = async (store: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
      const called = await new Command(store, here).call(args, { env: { HOME: folder(), ...env } });
      asked.push(called);
      return called;
    };
    const without = () => database().url.replace(`:${SECRET}`, '');

    beforeEach(() => {
      asked = [];
    });
    afterEach(() => {
      assert.ok(asked.length > 0);
      for (const { out, err } of asked) {
        assert.ok(!`${out}${err}`.includes(SECRET), `${out}${err}`);
      }
    });

    it('and it may be in the URL, in PGPASSWORD or in .pgpass', async () => {
      assert.equal((await call(database().url, ['list'])).code, 0);
      assert.equal((await call(without(), ['list'], { PGPASSWORD: SECRET })).code, 0);
      assert.equal((await call(without(), ['list'])).code, 1);
      put(join(folder(), '.pgpass'), `127.0.0.1:*:*:postgres:${SECRET}\n`, 0o600);
      assert.equal((await call(without(), ['list'])).code, 0);
    });

    it('where it is wrong, or the call is', async () => {
      const wrong = database().url.replace(SECRET, `${SECRET}-x'y`);
      const denied = await call(wrong, ['list', '--json']);
      assert.equal(JSON.parse(denied.out).error.details.cause, 'ACCESS_DENIED');
      for (const args of [['--help'], ['list', '--help'], ['list', wrong], [wrong], ['list', wrong, '--json']]) {
        await call(wrong, args);
      }
      assert.equal((await call(`${wrong}?password=${SECRET}`, ['list'])).code, 2);
      assert.equal((await call(wrong.replace('127.0.0.1', '127.0.0.1:x'), ['list'])).code, 2);
      assert.equal(
        (await call(wrong.replace('127.0.0.1', 'db.example.org'), ['list', '--store', `${wrong}?sslmode=prefer`])).code,
        1,
      );
      assert.equal(
        (await call('', ['list', '--store', `${wrong.replace('127.0.0.1', 'db.example.org')}?sslmode=prefer`])).code,
        2,
      );
    });

    it('where the server is out of reach, which is said at once', async () => {
      const away = database().url.replace(/:\d+\//, ':1/');
      const { code, out, err } = await call(away, [
        'reserve',
        '--agent',
        'agent-a',
        '--scope',
        'src',
        ...BEAD,
        '--json',
      ]);
      const { error } = JSON.parse(out);
      assert.deepEqual([code, error.code, error.details.cause, err], [1, 'INTERNAL_ERROR', 'STORE_UNREACHABLE', '']);
      assert.deepEqual([error.details.host, error.details.port], ['127.0.0.1', 1]);
      const told = await call(away, ['status']);
      assert.deepEqual([told.code, told.out], [1, '']);
      assert.match(told.err, /127\.0\.0\.1:1 cannot be reached/);
    });
  });
});
