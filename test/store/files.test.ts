/** What others may have left in a store, and what becomes of it. */

import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { granted } from '../../src/core/envelope';
import type { Reservation } from '../../src/core/reservation';
import { decideReserve } from '../../src/core/reserve';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { StoreProblem } from '../../src/store/problem';
import { codeOf, grantedData, refusal } from '../support/outcomes';
import { NOW, reservation } from '../support/samples';
import { activeIn, FILES, historyIn, scopesOf, seedStore, writeActive } from '../support/storeFiles';
import { listBelow, useTempFolder } from '../support/tempFolder';

const FAR = '2999-01-01T00:00:00.000Z';
const mine = { agent: 'agent-a', scope: 'mine' };

const coordinationOf = (root: string): Coordination =>
  createCoordination(new FileStore(root), { random: () => randomHex(4) });

describe('a list of reservations that cannot be understood', () => {
  const temp = useTempFolder();

  const contents: readonly (readonly [string, string | Buffer, string])[] = [
    ['empty', '', 'EMPTY_FILE'],
    ['only white space', '\n\n', 'EMPTY_FILE'],
    ['with a byte order mark', `\uFEFF${JSON.stringify({ reservations: [] })}`, 'BYTE_ORDER_MARK'],
    ['cut short', '{"reservations":[{"reservation_id":"res_1","sco', 'NOT_JSON'],
    ['null', 'null', 'WRONG_SHAPE'],
    ['of another shape', '{"reservations":{}}', 'WRONG_SHAPE'],
    ['not UTF-8', Buffer.from(JSON.stringify([reservation({ scope: 'caf\u00e9' })]), 'latin1'), 'NOT_JSON'],
    ['UTF-16', Buffer.from(`\uFEFF${JSON.stringify({ reservations: [] })}`, 'utf16le'), 'NOT_JSON'],
  ];
  for (const [name, content, cause] of contents) {
    it(`${name}: every operation on it fails with ${cause} and the path, and it stays byte for byte`, async () => {
      const root = seedStore(join(temp(), 'store'));
      const path = join(root, FILES.active);
      writeFileSync(path, content);
      const { ino } = statSync(path);
      const coordination = coordinationOf(root);
      const answers = await Promise.all([
        ...Array.from({ length: 50 }, (_, n) => coordination.reserve({ ...mine, scope: `s${n}`, bead: 'b' })),
        coordination.release(mine),
        coordination.status(),
      ]);
      for (const answer of answers) {
        const error = refusal(answer, 'INTERNAL_ERROR');
        assert.equal(error.details?.['cause'], cause);
        assert.equal(error.details?.['path'], path);
        assert.ok(error.message.includes(path));
      }
      assert.deepEqual(readFileSync(path), Buffer.from(content));
      assert.equal(statSync(path).ino, ino);
      // What has nothing to do with it goes on.
      grantedData(await coordination.list());
      grantedData(await coordination.register({ name: 'agent-c', role: 'qa' }));
      assert.deepEqual(
        listBelow(join(root, 'reservations')).filter((file) => !file.startsWith('.lock')),
        ['active.json'],
      );
    });
  }

  it('a wrong entry hides no other one, and is carried along untouched', async () => {
    const root = seedStore(join(temp(), 'store'));
    const path = join(root, FILES.active);
    const strange = { reservation_id: 7, note: ['of somebody else'] };
    writeFileSync(
      path,
      JSON.stringify({
        reservations: [strange, reservation({ scope: 'good', expires_at: '2999-01-01T00:00:00.000Z' })],
      }),
    );
    const coordination = coordinationOf(root);
    grantedData(await coordination.reserve({ ...mine, scope: 'new', bead: 'b' }));
    refusal(await coordination.reserve({ ...mine, scope: 'good', bead: 'b' }), 'RESERVATION_CONFLICT');
    const { reservations } = JSON.parse(readFileSync(path, 'utf8'));
    assert.deepEqual(reservations[2], strange);
    assert.deepEqual(scopesOf(reservations.slice(0, 2)), ['good', 'new']);
    const { problems } = await new FileStore(root).readActive();
    assert.deepEqual(
      problems.map(({ kind, facts }) => [kind, facts['entry']]),
      [['BAD_ENTRY', 3]],
    );
  });

  it('a folder in its place is an error that says so', async () => {
    const root = seedStore(join(temp(), 'store'));
    mkdirSync(join(root, FILES.active));
    const error = refusal(await coordinationOf(root).reserve({ ...mine, bead: 'b' }), 'INTERNAL_ERROR');
    assert.equal(error.details?.['cause'], 'NOT_A_FOLDER');
  });

  it('a file in the place of the store, or of its folder: an error that says so, and the file stays', async () => {
    for (const place of ['store', 'store/reservations', 'store/agents', 'store/messages']) {
      const base = join(temp(), place.replace('/', '-'));
      const root = join(base, 'store');
      mkdirSync(place === 'store' ? base : root, { recursive: true });
      writeFileSync(join(base, place), 'a file');
      const coordination = coordinationOf(root);
      const answers = [
        await coordination.register({ name: 'agent-c', role: 'qa' }),
        place.endsWith('agents') ? await coordination.list() : await coordination.status(),
      ];
      assert.ok(answers.map(codeOf).includes('INTERNAL_ERROR'), place);
      for (const { error } of answers) {
        assert.ok(error === null || error.details?.['cause'] === 'NOT_A_FOLDER', `${place}: ${JSON.stringify(error)}`);
      }
      assert.equal(readFileSync(join(base, place), 'utf8'), 'a file');
    }
  });
});

describe('good and bad jobs of one batch', () => {
  const temp = useTempFolder();

  it('a job that throws fails alone; the others are granted and stored', async () => {
    const root = seedStore(join(temp(), 'store'), { active: [reservation({ expires_at: FAR })] });
    const store = new FileStore(root);
    const reserve = (scope: string) =>
      store.transactReservations((active, context) =>
        decideReserve(active, { ...mine, scope, bead: 'b', ttl: 5, takeoverStale: false }, context, randomHex(4)),
      );
    const results = await Promise.allSettled([
      reserve('a'),
      store.transactReservations(() => {
        throw new Error('a fault in a rule');
      }),
      reserve('src/app'),
      reserve('b'),
    ]);
    assert.deepEqual(
      results.map((result) => (result.status === 'fulfilled' ? codeOf(result.value) : String(result.reason))),
      ['ok', 'Error: a fault in a rule', 'RESERVATION_CONFLICT', 'ok'],
    );
    assert.deepEqual(scopesOf(activeIn(root)), ['a', 'b', 'src/app']);
  });

  it('each job sees what those before it decided', async () => {
    const root = seedStore(join(temp(), 'store'));
    const coordination = coordinationOf(root);
    const answers = await Promise.all([
      coordination.reserve({ ...mine, bead: 'b' }),
      coordination.reserve({ ...mine, agent: 'agent-b', bead: 'b' }),
      coordination.release(mine),
      coordination.reserve({ ...mine, agent: 'agent-b', bead: 'b' }),
      coordination.release(mine),
    ]);
    assert.deepEqual(answers.map(codeOf), ['ok', 'RESERVATION_CONFLICT', 'ok', 'ok', 'RELEASE_FORBIDDEN']);
    assert.deepEqual(
      historyIn(root).map((entry) => [entry.agent_id, entry.state]),
      [['agent-a', 'released']],
    );
  });

  it('two stores of one folder in one process exclude each other like two processes', async () => {
    const root = seedStore(join(temp(), 'store'));
    const stores = [coordinationOf(root), coordinationOf(`${root}/`), coordinationOf(join(root, '..', 'store'))];
    const scopes = Array.from({ length: 60 }, (_, index) => `scope-${index}`);
    for (let from = 0; from < scopes.length; from += 6) {
      const some = scopes.slice(from, from + 6);
      const answers = await Promise.all(
        some.map((scope, index) => stores[index % 3]?.reserve({ ...mine, scope, bead: 'b' })),
      );
      for (const answer of answers) {
        assert.ok(answer?.ok, JSON.stringify(answer));
      }
    }
    assert.deepEqual(scopesOf(activeIn(root)), scopes.toSorted());
  });
});

describe('what we do not know', () => {
  const temp = useTempFolder();
  const extra = { project: '/p', fence: 7, nested: { list: [1, { deep: null }] }, constructor: 'x' };
  let root: string;

  beforeEach(() => {
    root = seedStore(join(temp(), 'store'));
    const known = { expires_at: FAR, ...extra };
    const entries = [reservation({ scope: 'mine', ...known }), reservation({ scope: 'other', ...known })];
    writeActive(root, { schema: { version: 9 }, reservations: entries, tail: ['x'] });
  });

  const wholeFile = (): Record<string, unknown> => JSON.parse(readFileSync(join(root, FILES.active), 'utf8'));

  it('at the top and in each entry survives a reserve and a release, and goes along to history', async () => {
    const [, other] = activeIn(root);
    const coordination = coordinationOf(root);
    grantedData(await coordination.reserve({ ...mine, scope: 'new', bead: 'b' }));
    const released = grantedData(await coordination.release(mine));
    const { reservations, ...top } = wholeFile();
    assert.deepEqual(top, { schema: { version: 9 }, tail: ['x'] });
    assert.deepEqual((reservations as Reservation[])[0], other);
    assert.deepEqual({ ...released, ...extra }, released);
    assert.deepEqual(historyIn(root), [released]);
  });

  it('a bare list is read, and written back as the object that beadboard also reads', async () => {
    const entries = activeIn(root);
    writeActive(root, entries);
    const coordination = coordinationOf(root);
    assert.deepEqual(grantedData(await coordination.status()).reservations, entries);
    grantedData(await coordination.release(mine));
    assert.deepEqual(wholeFile(), { reservations: entries.slice(1) });
  });

  it('of an agent survives as well', async () => {
    const path = join(root, 'agents', 'agent-a.json');
    const before = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...before, ...extra }));
    const coordination = coordinationOf(root);
    grantedData(await coordination.register({ name: 'agent-a', role: 'qa', forceUpdate: true }));
    const after = JSON.parse(readFileSync(path, 'utf8'));
    assert.deepEqual(after, { ...before, ...extra, role: 'qa', version: 2, last_seen_at: after.last_seen_at });
  });
});

describe('symbolic links', () => {
  const temp = useTempFolder();
  let root: string;
  let target: string;

  beforeEach(() => {
    root = seedStore(join(temp(), 'store'));
    target = join(temp(), 'elsewhere');
  });

  it('active.json as a link is replaced by a file, and what it led to is not written', async () => {
    const content = JSON.stringify({ reservations: [reservation({ scope: 'mine', expires_at: FAR })] });
    writeFileSync(target, content);
    symlinkSync(target, join(root, FILES.active));
    grantedData(await coordinationOf(root).release(mine));
    assert.equal(readFileSync(target, 'utf8'), content);
    assert.ok(lstatSync(join(root, FILES.active)).isFile());
    assert.deepEqual(activeIn(root), []);
  });

  for (const exists of [true, false]) {
    it(`history.jsonl as a ${exists ? '' : 'dangling '}link is an error, nothing is written, nothing is released`, async () => {
      writeActive(root, { reservations: [reservation({ scope: 'mine', expires_at: FAR })] });
      if (exists) {
        writeFileSync(target, 'kept\n');
      }
      symlinkSync(target, join(root, FILES.history));
      refusal(await coordinationOf(root).release(mine), 'INTERNAL_ERROR');
      assert.equal(existsSync(target), exists);
      assert.ok(!exists || readFileSync(target, 'utf8') === 'kept\n');
      assert.deepEqual(scopesOf(activeIn(root)), ['mine']);
      assert.deepEqual(
        listBelow(join(root, 'reservations')).filter((name) => name.endsWith('.tmp')),
        [],
      );
    });
  }

  it('an inbox as a link is an error, and what it leads to is not written', async () => {
    writeFileSync(target, 'kept\n');
    symlinkSync(target, join(root, 'messages', 'agent-b.jsonl'));
    const note = { from: 'agent-a', to: 'agent-b', bead: 'b', category: 'INFO', subject: 's', body: 'b' };
    refusal(await coordinationOf(root).send(note), 'INTERNAL_ERROR');
    assert.equal(readFileSync(target, 'utf8'), 'kept\n');
  });

  it('an agent file as a link is replaced by a file', async () => {
    const path = join(root, 'agents', 'agent-c.json');
    symlinkSync(target, path);
    grantedData(await coordinationOf(root).register({ name: 'agent-c', role: 'qa' }));
    assert.ok(!existsSync(target));
    assert.ok(lstatSync(path).isFile());
  });
});

describe('a store that is not there', () => {
  const temp = useTempFolder();

  it('reads as empty, and reading does not make it', async () => {
    const root = join(temp(), 'a', 'b', 'store');
    const store = new FileStore(root);
    const coordination = coordinationOf(root);
    assert.equal(await store.exists(), false);
    assert.deepEqual(grantedData(await coordination.list()), []);
    assert.deepEqual(grantedData(await coordination.status()).summary, {
      active: 0,
      released: 0,
      expired: 0,
      unacked_required_messages: 0,
    });
    refusal(await coordination.reserve({ ...mine, bead: 'b' }), 'AGENT_NOT_FOUND');
    refusal(await coordination.inbox({ agent: 'agent-a' }), 'AGENT_NOT_FOUND');
    assert.deepEqual(listBelow(temp()), []);
  });

  it('is made by the first registration, and then serves', async () => {
    const root = join(temp(), 'a', 'b', 'store');
    const coordination = coordinationOf(root);
    grantedData(await coordination.register({ name: 'agent-a', role: 'qa' }));
    assert.equal(await new FileStore(root).exists(), true);
    grantedData(await coordination.reserve({ ...mine, bead: 'b' }));
    assert.deepEqual(scopesOf(activeIn(root)), ['mine']);
  });
});

describe('transactReservations', () => {
  const temp = useTempFolder();

  it('gives decisions the clock of the store, read under the lock', async () => {
    const root = seedStore(join(temp(), 'store'));
    const store = new FileStore(root, { clock: () => NOW });
    const outcome = await store.transactReservations((active, { now }) => ({
      active,
      closed: [],
      answer: granted(now.toISOString()),
    }));
    assert.equal(grantedData(outcome), NOW.toISOString());
    assert.ok(!existsSync(join(root, FILES.active)), 'nothing decided, nothing written');
  });

  it('rejects with a StoreProblem', async () => {
    const root = seedStore(join(temp(), 'store'));
    writeFileSync(join(root, FILES.active), '{');
    await assert.rejects(
      new FileStore(root).transactReservations((active) => ({ active, closed: [], answer: granted(0) })),
      (error) => error instanceof StoreProblem && error.kind === 'NOT_JSON',
    );
  });
});
