/** What the server itself sees to, and what is refused: the index, texts, clocks, the lock, pruning, the doctor. */

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { granted, type Outcome } from '../../src/core/envelope';
import type { Reservation } from '../../src/core/reservation';
import { addMinutes, HOUR_MS } from '../../src/core/time';
import { randomHex } from '../../src/store/files/durable';
import { addressOf } from '../../src/store/postgres/address';
import { Connections, DEFAULT_LIMITS } from '../../src/store/postgres/connections';
import { diagnose } from '../../src/store/postgres/doctor';
import { CommitLost, settle } from '../../src/store/postgres/outcome';
import type { PostgresStore } from '../../src/store/postgres/postgresStore';
import { StoreProblem } from '../../src/store/problem';
import { Driver } from '../support/driver';
import { codeOf, grantedData, refusal } from '../support/outcomes';
import { eventually } from '../support/patience';
import { reservation, message as sample } from '../support/samples';
import { useDatabase } from '../support/sharedPostgres';

const A = { agent: 'agent-a', bead: 'bd-1', project: '/p' };
const B = { agent: 'agent-b', bead: 'bd-2', project: '/p' };
const DAY_MS = 24 * HOUR_MS;

describe('a store on a PostgreSQL server', () => {
  const database = useDatabase();
  let store: PostgresStore;
  let one: Coordination;

  beforeEach(async () => {
    store = database().open();
    one = operations();
    for (const name of ['agent-a', 'agent-b']) {
      grantedData(await one.register({ name, role: 'backend' }));
    }
  });

  const operations = (over = store, aheadMs = 0) =>
    createCoordination(over, { random: () => randomHex(4), clock: () => new Date(Date.now() + aheadMs) });
  const query = <R extends object>(sql: string, values: readonly unknown[] = []) =>
    database().server.query<R>(sql, values, database().name);
  const scopes = async (over = store) => (await over.readActive()).records.map(({ scope }) => scope);
  const add = (entry: Reservation) =>
    store.transactReservations((active) => ({ active: [...active, entry], closed: [], answer: granted('added') }));
  const entry = (fields: Partial<Reservation> = {}) =>
    reservation({
      reservation_id: `res_${randomHex(8)}`,
      expires_at: addMinutes(new Date(), 60).toISOString(),
      project: '/p',
      ...fields,
    });

  describe('two active reservations of one scope', () => {
    it('are refused by the server itself, whoever asks', async () => {
      await add(entry({ scope: 's' }));
      const insert = `insert into agent_reservations.reservation (namespace_id, seq, changed, record, expires_at)
        select namespace_id, 1000, 1000, record, expires_at from agent_reservations.reservation`;
      await assert.rejects(query(insert), { code: '23P01' });
    });

    it('are a clear problem of the one caller that asks, and of no other in the batch', async () => {
      await add(entry({ scope: 's' }));
      const [twice, other] = await Promise.allSettled([add(entry({ scope: 's' })), add(entry({ scope: 't' }))]);
      assert.equal(other.status, 'fulfilled');
      assert.ok(twice.status === 'rejected' && isProblem(twice.reason, 'DUPLICATE_SCOPE'));
      assert.deepEqual(await scopes(), ['s', 't']);
    });

    it('are allowed as the rules allow them: of other projects, without one, in other letters, closed', async () => {
      const all = [
        entry({ scope: 's', project: '/p' }),
        entry({ scope: 's', project: '/q' }),
        entry({ scope: 'S', project: '/p' }),
        entry({ scope: 's/', project: '/p' }),
      ];
      for (const each of all) {
        await add(each);
      }
      const { project: _, ...without } = entry({ scope: 's' });
      await add(without);
      const elsewhere = database().open({ namespace: 'other' });
      await elsewhere.transactReservations(() => ({ active: [entry({ scope: 's' })], closed: [], answer: granted(1) }));
      assert.equal((await scopes()).length, 5);
      for (const scope of ['x', 'x']) {
        grantedData(await one.reserve({ ...A, project: '/r', scope }));
        grantedData(await one.release({ ...A, project: '/r', scope }));
      }
    });

    it('are told apart however long the scope is', async () => {
      const long = (end: string) => entry({ scope: `${'ä'.repeat(5_000)}${randomHex(4_000)}${end}` });
      const first = long('1');
      await add(first);
      await add(long('2'));
      await assert.rejects(add(entry({ scope: first.scope })), (error) => isProblem(error, 'DUPLICATE_SCOPE'));
    });
  });

  it('keeps an entry as it is: unknown fields, and the order of all', async () => {
    const odd = entry({ zebra: { b: 1, a: [null, 'ü€😀'] }, apple: true } as Partial<Reservation>);
    await add(odd);
    const [read] = (await database().open().readActive()).records;
    assert.equal(JSON.stringify(read), JSON.stringify(odd));
  });

  describe('a character that PostgreSQL cannot keep', () => {
    const message = { from: 'agent-a', to: 'agent-b', bead: 'bd-1', category: 'INFO', subject: 's' };
    for (const [name, text] of [
      ['a NUL', 'a\u0000b'],
      ['half of a surrogate pair', 'a\ud800b'],
    ] as const) {
      it(`${name} is refused with the field, and nothing else with it`, async () => {
        const [odd, other] = await Promise.all([
          one.send({ ...message, body: text }),
          one.send({ ...message, body: 'as it should be' }),
        ]);
        const { details } = refusal(odd, 'INTERNAL_ERROR');
        assert.deepEqual([details?.['cause'], details?.['field']], ['INVALID_TEXT', 'body']);
        grantedData(other);
        assert.equal(codeOf(await one.reserve({ ...A, scope: `src/${text}` })) === 'ok', false);
        assert.equal((await store.readInbox('agent-b')).records.length, 1);
      });
    }

    it('is not taken for what only looks like it', async () => {
      grantedData(await one.send({ ...message, body: 'write \\u0000 and \\ud800 and \\\\u0000' }));
      assert.equal((await store.readInbox('agent-b')).records[0]?.body, 'write \\u0000 and \\ud800 and \\\\u0000');
    });
  });

  it('refuses what is too large, and keeps what is large', async () => {
    const message = { from: 'agent-a', to: 'agent-b', bead: 'bd-1', category: 'INFO', subject: 's' };
    const deliver = (length: number) =>
      store.deliver(() => [
        { ...sample({ message_id: `msg_${length}`, to_agent: 'agent-b' }), body: 'x'.repeat(length) },
      ]);
    await deliver(1_000_000);
    await assert.rejects(deliver(9_000_000), (error) => isProblem(error, 'TOO_LARGE'));
    grantedData(await one.send({ ...message, body: 'after' }));
    assert.deepEqual((await store.readInbox('agent-b')).records.map(({ body }) => body.length).sort(), [1_000_000, 5]);
  });

  it('ends nobody’s lease for a client whose clock is a day ahead, and none later for one that is behind', async () => {
    grantedData(await one.reserve({ ...A, scope: 's', ttl: 60 }));
    const ahead = operations(database().open(), DAY_MS);
    assert.equal(codeOf(await ahead.reserve({ ...B, scope: 's', takeoverStale: true })), 'RESERVATION_CONFLICT');
    await ahead.status();
    assert.deepEqual(await scopes(), ['s']);
    const reserved = grantedData(await ahead.reserve({ ...B, scope: 't', ttl: 5 }));
    assert.ok(Math.abs(Date.parse(reserved.created_at) - Date.now()) < HOUR_MS, reserved.created_at);
    await query(
      `update agent_reservations.reservation set changed = 1000, expires_at = '2020-01-01T00:00:00.000Z',
        record = replace(record::text, record ->> 'expires_at', '2020-01-01T00:00:00.000Z')::json where scope = 't'`,
    );
    const behind = operations(database().open(), -10_000 * DAY_MS);
    grantedData(await behind.reserve({ ...A, scope: 't', takeoverStale: true }));
    const fresh = database().open();
    await fresh.readActive();
    assert.ok(Math.abs(fresh.now().getTime() - Date.now()) < 5_000);
  });

  it('whose lock another client does not give back is told as locked, with what to do', async () => {
    grantedData(await one.reserve({ ...A, scope: 's' }));
    const slow = new Client({ connectionString: database().url });
    await slow.connect();
    try {
      await slow.query('begin');
      await slow.query(
        `select pg_advisory_xact_lock((classid::bigint)::int, (objid::bigint)::int) from (
          select ${0x61_67_72_76} as classid, namespace_id as objid from agent_reservations.namespace) as all_of_them`,
      );
      const hasty = operations(database().open({ limits: { lockMs: 200 } }));
      const { message, details } = refusal(await hasty.reserve({ ...B, scope: 't' }), 'INTERNAL_ERROR');
      assert.equal(details?.['cause'], 'STORE_LOCKED', message);
      await slow.query('rollback');
      grantedData(await hasty.reserve({ ...B, scope: 't' }));
    } finally {
      await slow.end();
    }
  });

  it('does not wait for a client that is stopped with the lock, and gives it nothing that went to another', async () => {
    const limits = JSON.stringify({ idleInTransactionMs: 300 });
    const driver = await Driver.run('support/postgresClient', [database().url, limits]);
    try {
      const stopped = driver
        .call<Outcome<unknown>>('reserveStopped', { agent: 'agent-a', scope: 's' })
        .then(codeOf, () => 'failed');
      const isHeld = `select 1 from pg_locks where locktype = 'advisory' and granted and database =
        (select oid from pg_database where datname = current_database())`;
      await eventually('it holds the lock', async () => (await query(isHeld)).length > 0);
      const { bead } = B;
      grantedData(await one.reserve({ agent: 'agent-b', bead, scope: 's' }));
      driver.signal('SIGCONT');
      assert.notEqual(await stopped, 'ok');
      assert.deepEqual(
        (await store.readActive()).records.map(({ agent_id }) => agent_id),
        ['agent-b'],
      );
    } finally {
      await driver.kill();
    }
  });

  it('does not take a commit for another that has its number, as there can be after a crash', async () => {
    grantedData(await one.reserve({ ...A, scope: 's' }));
    const [made] = await query<{ version: string; token: string; id: number }>(
      'select version, token, namespace_id as id from agent_reservations.commit_made order by version desc limit 1',
    );
    const [number] = await query<{ last: string }>('select (txid_current())::text as last');
    const connections = new Connections(addressOf(database().url), DEFAULT_LIMITS, () => undefined);
    try {
      const { version = '', token = '', id = 0 } = made ?? {};
      const wrote = { namespace: id, version: Number(version), token, transaction: number?.last ?? '', process: 0 };
      const isMade = (fields: Partial<typeof wrote>) =>
        settle(connections, new CommitLost({ ...wrote, ...fields }, new Error('cut')), 500);
      assert.equal(await isMade({}), true);
      assert.equal(await isMade({ token: 'another' }), false);
      assert.equal(await isMade({ version: wrote.version + 1 }), false);
      assert.equal(await isMade({ version: wrote.version + 1, transaction: '999999999' }), false);
      await query('update agent_reservations.commit_made set version = version + 10000');
      await assert.rejects(isMade({}), (error) => isProblem(error, 'OUTCOME_UNKNOWN'));
    } finally {
      await connections.close();
    }
  });

  it('deletes what was over before a time, and nothing else', async () => {
    for (const scope of ['old', 'new', 'held']) {
      grantedData(await one.reserve({ ...A, scope }));
    }
    const message = { from: 'agent-a', to: 'agent-b', bead: 'bd-1', category: 'HANDOFF', subject: 's', body: 'b' };
    const sent = [grantedData(await one.send(message)), grantedData(await one.send(message))].flat();
    grantedData(await one.release({ ...A, scope: 'old' }));
    grantedData(await one.ack({ agent: 'agent-b', message: sent[0]?.message_id ?? '' }));
    await sleep(20);
    const [{ now } = { now: new Date() }] = await query<{ now: Date }>('select clock_timestamp() as now');
    await sleep(20);
    grantedData(await one.release({ ...A, scope: 'new' }));
    assert.deepEqual(await store.prune({ before: now }), { reservations: 1, messages: 1 });
    assert.deepEqual(await store.prune({ before: now }), { reservations: 0, messages: 0 });
    assert.deepEqual(
      (await store.readClosed(new Date(0))).map(({ scope }) => scope),
      ['new'],
    );
    assert.deepEqual(await scopes(), ['held']);
    assert.equal((await store.readInbox('agent-b')).records.length, 1);
  });

  it('answers the history newest first, page by page, and stops when there is enough', async () => {
    await Promise.all(
      Array.from({ length: 700 }, async (_, index) => {
        grantedData(await one.reserve({ ...A, scope: `h/${index}` }));
        grantedData(await one.release({ ...A, scope: `h/${index}` }));
      }),
    );
    const all = await store.readClosed(new Date(0));
    assert.equal(new Set(all.map(({ scope }) => scope)).size, 700);
    const times = all.map(({ released_at }) => released_at ?? '');
    assert.deepEqual(times, times.toSorted().toReversed());
    const some = await store.readClosed(new Date(0), { count: 3, matches: ({ scope }) => /00$/.test(scope) });
    assert.equal(some.filter(({ scope }) => /00$/.test(scope)).length, 3);
    assert.equal(grantedData(await one.history({ limit: 5 })).length, 5);
  });

  it('answers the history since a moment oldest first, and then what was closed since, each once', async () => {
    /** Expired rows, one a minute, as one commit. */
    const close = (name: string, from: number, to: number) =>
      query(
        `with commit as (
          update agent_reservations.namespace set version = version + 1, seq = seq + $5 returning namespace_id, version, seq
        )
        insert into agent_reservations.reservation (namespace_id, seq, changed, record, expires_at, closed_at)
        select namespace_id, seq - n, version, json_build_object('reservation_id', 'res_' || n, 'scope', $1::text || n,
          'agent_id', 'agent-a', 'bead_id', 'b', 'state', 'expired', 'created_at', at.iso, 'expires_at', at.iso), at.iso::timestamptz,
          at.iso::timestamptz
        from commit, generate_series($2::int, $3::int) as n, lateral (select to_char(
          $4::timestamptz at time zone 'UTC' + n * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as iso) as at`,
        [name, from, to, '2026-01-01T00:00:00.000Z', to + 1],
      );
    // Something is stored, so that there is a namespace.
    grantedData(await one.reserve({ ...A, scope: 'new' }));
    await close('old/', 0, 4_499);
    const reading = database().open().readHistory(new Date('2026-01-01T01:40:00.000Z'));
    const all: string[] = [];
    const pieces: number[] = [];
    const readOn = async () => {
      for (let isLast = false; !isLast; ) {
        const piece = await reading.next();
        all.push(...piece.closed.map(({ scope }) => scope));
        pieces.push(piece.closed.length);
        ({ isLast } = piece);
      }
    };
    await readOn();
    assert.deepEqual(
      all,
      Array.from({ length: 4_400 }, (_, index) => `old/${index + 100}`),
    );
    assert.deepEqual(pieces, [2_000, 2_000, 400]);
    all.length = 0;
    await readOn();
    assert.deepEqual(all, []);
    grantedData(await one.reserve({ ...A, scope: 'newer' }));
    await readOn();
    assert.deepEqual(all, [], 'what is held is no history');
    grantedData(await one.release({ ...A, scope: 'new' }));
    // Swept late: its end lies before what has been read.
    await close('late/', 200, 200);
    await close('long ago/', 1, 1);
    await readOn();
    assert.deepEqual(all.toSorted(), ['late/200', 'new']);
  });

  it('passes over a row that is wrong, and shows it', async () => {
    await add(entry({ scope: 'right' }));
    await query(`insert into agent_reservations.reservation (namespace_id, seq, changed, record, expires_at)
      select namespace_id, 1000, 1000, json_build_object('reservation_id', 'r', 'scope', 'wrong', 'agent_id', '../x',
        'state', 'active', 'expires_at', record ->> 'expires_at'), expires_at from agent_reservations.reservation`);
    const { records, problems } = await database().open().readActive();
    assert.deepEqual([records.map(({ scope }) => scope), problems.map(({ kind }) => kind)], [['right'], ['BAD_ENTRY']]);
  });

  it('keeps no process from ending, also while it watches', async () => {
    const driver = await Driver.run('support/postgresClient', [database().url]);
    await driver.call('watch');
    grantedData((await driver.call('reserve', { ...A, scope: 's' })) as never);
    const before = performance.now();
    await driver.end();
    assert.equal(await driver.ended, 0);
    // A connection that nobody uses is kept for a minute.
    assert.ok(performance.now() - before < 50_000, 'it waited for its connections');
  });

  describe('is diagnosed', () => {
    const findingsOf = async (clock?: () => number) => {
      const connections = new Connections(addressOf(database().url), DEFAULT_LIMITS, () => undefined);
      try {
        return await diagnose(connections, clock);
      } finally {
        await connections.close();
      }
    };
    const kinds = (findings: readonly { kind: string }[]) => findings.map(({ kind }) => kind).sort();

    it('with a superuser, clocks that differ, and other tables', async () => {
      assert.deepEqual(kinds(await findingsOf()), ['POWERFUL_ROLE']);
      const ahead = await findingsOf(() => Date.now() + 60_000);
      assert.deepEqual(kinds(ahead), ['CLOCK_DIFFERENCE', 'POWERFUL_ROLE']);
      assert.match(ahead.find(({ kind }) => kind === 'CLOCK_DIFFERENCE')?.message ?? '', /60 s ahead/);
      await query('insert into agent_reservations.migration (version) values (99)');
      assert.deepEqual(kinds(await findingsOf()), ['OTHER_SCHEMA', 'POWERFUL_ROLE']);
    });

    it('and repairs nothing of it', async () => {
      const [finding] = await store.diagnose();
      assert.deepEqual(
        (await store.repair([finding?.id ?? '', 'nothing'])).map(({ outcome }) => outcome),
        ['NO_REPAIR', 'GONE'],
      );
    });

    it('for a role that has only what it needs, finds nothing', async () => {
      await query(`do $$ begin create role plain login password 'plain'; exception when duplicate_object then end $$`);
      await query(`select agent_reservations.admit('plain', 'default')`);
      const url = database().url.replace(/\/\/.*@/, '//plain:plain@');
      const plain = database().open({ url });
      assert.deepEqual(await plain.diagnose(), []);
      grantedData(await operations(plain).reserve({ ...A, scope: 's' }));
      grantedData(await operations(plain).release({ ...A, scope: 's' }));
    });
  });

  it('that asks for a password says so where there is none', async () => {
    const before = process.env['PGPASSWORD'];
    delete process.env['PGPASSWORD'];
    try {
      const nobody = database().open({ url: database().url.replace(/\/\/.*@/, '//nobody-at-all@') });
      await assert.rejects(
        nobody.readActive(),
        (error) => isProblem(error, 'ACCESS_DENIED') && /PGPASSWORD/.test(String(error)),
      );
    } finally {
      if (before !== undefined) {
        process.env['PGPASSWORD'] = before;
      }
    }
  });

  it('never tells the password', async () => {
    const secret = 'a-secret';
    const url = database().url.replace(/:[^:@]*@/, `:${secret}@`);
    const wrong = database().open({ url });
    const error: unknown = await wrong.readActive().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(isProblem(error, 'ACCESS_DENIED'));
    const { inspect } = await import('node:util');
    const shown = [error, wrong, wrong.location, await wrong.diagnose()].map((what) =>
      inspect(what, { depth: 20, showHidden: false }),
    );
    assert.ok(!shown.join().includes(secret), shown.find((text) => text.includes(secret))?.slice(0, 2_000));
    assert.equal(
      wrong.location,
      `postgres://127.0.0.1:${database().server.port}/${database().name}, namespace default`,
    );
  });
});

function isProblem(error: unknown, kind: StoreProblem['kind']): boolean {
  return error instanceof StoreProblem && error.kind === kind;
}
