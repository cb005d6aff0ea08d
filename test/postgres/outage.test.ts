/** A server that goes away: what is told, what is kept, and how it goes on. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import {
  openPostgresStore,
  type PostgresStore,
  type PostgresStoreOptions,
} from '../../src/store/postgres/postgresStore';
import { StoreProblem } from '../../src/store/problem';
import type { StorePart } from '../../src/store/store';
import { CuttingProxy } from '../support/cuttingProxy';
import { codeOf, grantedData, refusal } from '../support/outcomes';
import { eventually } from '../support/patience';
import { PostgresServer } from '../support/postgresServer';

const A = { agent: 'agent-a', bead: 'bd-1', project: '/p' };
const ALL = ['agents', 'messages', 'reservations'];

describe('a PostgreSQL server that goes away', () => {
  let server: PostgresServer;
  const stores: PostgresStore[] = [];
  let store: PostgresStore;
  let one: Coordination;
  let count = 0;

  before(async () => {
    server = await PostgresServer.start();
  });
  after(() => server.remove());

  beforeEach(async () => {
    store = open({});
    await store.migrate();
    one = operations(store);
    grantedData(await one.register({ name: 'agent-a', role: 'backend' }));
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((opened) => opened.close()));
    if (server.pid === 0) {
      await server.restart();
    }
  });

  function open({ namespace = `n${++count}`, ...rest }: Partial<PostgresStoreOptions>): PostgresStore {
    const opened = openPostgresStore({ url: server.url(), namespace, ...rest });
    stores.push(opened);
    return opened;
  }

  const operations = (over: PostgresStore) => createCoordination(over, { random: () => randomHex(4) });
  const reserve = (scope: string, over = one) => over.reserve({ ...A, scope });
  const scopes = async (over = store) => (await over.readActive()).records.map(({ scope }) => scope).sort();
  const causeOf = (answer: Awaited<ReturnType<typeof reserve>>) => refusal(answer, 'INTERNAL_ERROR').details?.['cause'];

  it('fails each call with what to do, and works again once it is back', async () => {
    grantedData(await reserve('before'));
    await server.stop();
    const { message, details } = refusal(await reserve('meanwhile'), 'INTERNAL_ERROR');
    assert.deepEqual(
      [details?.['cause'], details?.['host'], details?.['port']],
      ['STORE_UNREACHABLE', '127.0.0.1', server.port],
    );
    assert.match(message, /Nothing was changed\. Check that it runs/);
    await server.restart();
    await until(async () => codeOf(await reserve('after')) !== 'INTERNAL_ERROR');
    assert.deepEqual(await scopes(), ['after', 'before']);
  });

  describe('and something else answers at its port', () => {
    let impostor: Server;
    let seen: Socket[];
    beforeEach(async () => {
      await server.stop();
      seen = [];
    });
    afterEach(async () => {
      for (const socket of seen) {
        socket.destroy();
      }
      impostor.close();
      await once(impostor, 'close');
    });

    async function listen(onConnection: (socket: Socket) => void): Promise<void> {
      impostor = createServer((socket) => {
        socket.on('error', () => undefined);
        seen.push(socket);
        onConnection(socket);
      }).listen(server.port, '127.0.0.1');
      await once(impostor, 'listening');
    }

    it('a hundred calls after a failure do not each try', async () => {
      await listen((socket) => socket.destroy());
      assert.equal(causeOf(await reserve('first')), 'STORE_UNREACHABLE');
      const tried = seen.length;
      for (let call = 0; call < 100; call++) {
        assert.equal(causeOf(await reserve(`s${call}`)), 'STORE_UNREACHABLE');
      }
      assert.ok(seen.length - tried < 10, `${seen.length - tried} attempts`);
    });

    it('a hundred calls at once do not wait one after the other where nothing is ever answered', async () => {
      await listen(() => undefined);
      const silent = operations(open({ limits: { connectMs: 200 } }));
      const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => reserve(`s${index}`, silent)));
      assert.deepEqual([...new Set(answers.map(causeOf))], ['STORE_UNREACHABLE']);
      assert.ok(seen.length <= 6, `${seen.length} connections`);
    });
  });

  it('is shown as it was last read, with its age; what was never read is an error', async () => {
    grantedData(await reserve('s'));
    assert.deepEqual(await scopes(), ['s']);
    const since = new Date(Date.now() - 60_000);
    const closed = await store.readClosed(since);
    await server.stop();
    const { records, problems } = await store.readActive();
    assert.deepEqual(
      [records.map(({ scope }) => scope), problems.map(({ kind }) => kind)],
      [['s'], ['STORE_UNREACHABLE']],
    );
    const age = Date.now() - Date.parse(String(problems[0]?.facts['since']));
    assert.ok(age >= 0 && age < 60_000, `${age} ms old`);
    assert.deepEqual(await store.readClosed(since), closed);
    await assert.rejects(store.readUnacked(), isUnreachable);
    await assert.rejects(open({}).readActive(), isUnreachable);
    // What is decided by it must not be guessed.
    assert.equal(codeOf(await one.check({ paths: ['s'], project: '/p' })), 'INTERNAL_ERROR');
    await server.restart();
  });

  it('that ends all connections loses nobody a call', async () => {
    grantedData(await reserve('a'));
    await terminate();
    grantedData(await reserve('b'));
    await terminate();
    assert.deepEqual(await scopes(), ['a', 'b']);
  });

  it('is watched again when it is back, and whoever watches is told that anything may have changed', async () => {
    const told: string[][] = [];
    const watching = store.watch((parts: ReadonlySet<StorePart>) => told.push([...parts].sort()));
    await until(() => told.length > 0);
    told.length = 0;
    const other = operations(open({ namespace: `n${count}` }));
    grantedData(await reserve('a', other));
    await until(() => told.length > 0);
    assert.deepEqual(told, [['reservations']]);
    for (const goAway of [terminate, () => server.kill().then(() => server.restart())]) {
      told.length = 0;
      await goAway();
      // Once that it is gone, and once that it is back.
      await until(() => told.length >= 2);
      assert.deepEqual(told.slice(0, 2), [ALL, ALL]);
      told.length = 0;
      await until(async () => codeOf(await reserve(`b${told.length}${randomHex(2)}`, other)) === 'ok');
      await until(() => told.length > 0);
    }
    watching.dispose();
  });

  it('by kill -9 in the middle of work loses nothing that was acknowledged, and makes nothing that was denied', async () => {
    const acknowledged: string[] = [];
    const denied: string[] = [];
    const clients = Array.from({ length: 4 }, () => operations(open({ namespace: `n${count}` })));
    let kills = 0;
    /** What it is about has happened often enough. */
    const isEnough = () => kills >= 3 && acknowledged.length > 40 && denied.length > 0;
    let isOver = false;
    const work = clients.map(async (client, index) => {
      for (let number = 0; !isOver; number++) {
        const scope = `load/${index}/${number}`;
        const answer = await reserve(scope, client);
        if (answer.ok) {
          acknowledged.push(scope);
        } else if (answer.error.details?.['cause'] === 'STORE_UNREACHABLE') {
          denied.push(scope);
          await sleep(5);
        } else {
          assert.equal(answer.error.details?.['cause'], 'OUTCOME_UNKNOWN', answer.error.message);
        }
      }
    });
    const killing = (async () => {
      while (!isEnough()) {
        // Whoever is at work when it dies, somebody is.
        const before = acknowledged.length;
        await until(() => acknowledged.length > before);
        await server.kill();
        kills++;
        await server.restart();
      }
    })().finally(() => {
      isOver = true;
    });
    await Promise.all([...work, killing]);
    const stored = new Set(await scopes(open({ namespace: `n${count}` })));
    assert.deepEqual(
      acknowledged.filter((scope) => !stored.has(scope)),
      [],
    );
    assert.deepEqual(
      denied.filter((scope) => stored.has(scope)),
      [],
    );
  });

  describe('just as a change is committed', () => {
    let proxy: CuttingProxy;
    let cut: Coordination;
    beforeEach(async () => {
      proxy = await CuttingProxy.start(server.port);
      const url = server.url().replace(`:${server.port}`, `:${proxy.port}`);
      const through = open({ url, namespace: `n${count}`, limits: { outcomeMs: 1_500 } });
      cut = operations(through);
      grantedData(await reserve('first', cut));
    });
    afterEach(() => proxy.close());

    it('answers that it was made, where it was', async () => {
      proxy.cutNext('after');
      grantedData(await reserve('s', cut));
      assert.equal(proxy.cuts, 1);
      assert.deepEqual(await scopes(), ['first', 's']);
    });

    it('answers that it was not made, where it was not', async () => {
      proxy.cutNext('before');
      assert.equal(causeOf(await reserve('s', cut)), 'STORE_UNREACHABLE');
      assert.equal(proxy.cuts, 1);
      assert.deepEqual(await scopes(), ['first']);
      grantedData(await reserve('s', cut));
    });

    for (const [how, expected] of [
      ['after', ['first', 's']],
      ['before', ['first']],
    ] as const) {
      it(`says that it does not know, where it cannot look (cut ${how})`, async () => {
        proxy.cutNext(how, { andShut: true });
        const { message, details } = refusal(await reserve('s', cut), 'INTERNAL_ERROR');
        assert.equal(details?.['cause'], 'OUTCOME_UNKNOWN', message);
        assert.match(message, /agent-reservations status/);
        assert.equal(proxy.cuts, 1);
        proxy.reopen();
        await until(async () => codeOf(await reserve('next', cut)) !== 'INTERNAL_ERROR');
        assert.deepEqual(await scopes(), [...expected, 'next'].sort());
      });
    }
  });

  /** Ends every connection but the one that does it. */
  async function terminate(): Promise<void> {
    await server.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'agent-reservations'",
    );
    await sleep(50);
  }
});

function isUnreachable(error: unknown): boolean {
  return error instanceof StoreProblem && error.kind === 'STORE_UNREACHABLE';
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await eventually('it comes', isSo);
}
