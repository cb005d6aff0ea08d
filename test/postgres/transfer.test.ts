/** Files into a namespace and a namespace into files, by the command. */

import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createCoordination } from '../../src/coordination/coordination';
import type { Reservation } from '../../src/core/reservation';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import type { Imported } from '../../src/store/postgres/transferImport';
import { Command } from '../support/cli';
import { makeClone, SHARED_ORIGIN } from '../support/clones';
import { createHeadPeer } from '../support/headPeer';
import { grantedData } from '../support/outcomes';
import { createPeer } from '../support/peer';
import { useDatabase } from '../support/sharedPostgres';
import { listBelow, useTempFolder } from '../support/tempFolder';

type Json = Readonly<Record<string, unknown>>;

describe('files on a server', () => {
  const database = useDatabase();
  const folder = useTempFolder();
  let command: Command;
  let files: Command;
  let here = '';

  beforeEach(async () => {
    here = makeClone(join(folder(), 'shop'));
    command = new Command(database().url, here);
    files = new Command(join(folder(), 'store'), here);
    await files.register('agent-a', 'agent-b');
  });
  afterEach(async () => {
    await command.end();
    await files.end();
  });

  const reserve = (who: Command, agent: string, scope: string) =>
    who.done<Reservation>(['reserve', '--agent', agent, '--scope', scope, '--bead', 'bd-1']);
  const release = (who: Command, agent: string, scope: string) =>
    who.done(['release', '--agent', agent, '--scope', scope]);
  const send = (who: Command, body: string) =>
    who.done<{ message_id: string }>([
      ...['send', '--from', 'agent-a', '--to', 'agent-b', '--bead', 'bd-1'],
      ...['--category', 'HANDOFF', '--subject', 'Ünïcode ✓ 🦦', '--body', body],
    ]);
  const bring = () => command.done<Imported>(['postgres', 'import', files.store]);
  const rows = async () =>
    JSON.stringify(
      await Promise.all(
        ['reservation', 'agent', 'message', 'namespace'].map((table) =>
          database().server.query(`select * from agent_reservations.${table} order by 1, 2`, [], database().name),
        ),
      ),
    );
  const jsonOf = (path: string): Json => JSON.parse(readFileSync(path, 'utf8'));
  const historyOf = (store: string): readonly Json[] =>
    readFileSync(join(store, 'reservations', 'history.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));

  it('messages that beadboard sent are brought there, acknowledged there, and taken back', async () => {
    const peer = createPeer(files.store, { clock: () => new Date('2026-11-30T21:38:06.482Z') });
    const note = { from: 'agent-a', to: 'agent-b', bead: 'bd-1', category: 'HANDOFF', subject: 's', body: 'b' };
    const { message_id: id } = ((await peer.send(note)) as { data: { message_id: string } }).data;
    assert.match(id, /^msg_20261130_213806\.482Z_/);
    const { messages, left_out: leftOut } = await bring();
    assert.deepEqual([messages.added, leftOut], [1, []]);
    const acked = await command.done(['ack', '--agent', 'agent-b', '--message', id]);
    const back = join(folder(), 'back');
    await command.done(['postgres', 'export', back]);
    assert.deepEqual(jsonOf(join(back, 'messages', 'index', `${id}.json`)), acked);
  });

  it('absolute scopes without a project become those of the project that they lie in', async () => {
    const head = createHeadPeer(files.store, here, new Map([['bd-agent', new Date()]]));
    await head.reserve({ agent: 'bd-agent', scope: 'src/lib', bead: 'bd-9' });
    const { active } = await bring();
    assert.equal(active.added, 1);
    const [entry] = (await database().open({ namespace: SHARED_ORIGIN }).readActive()).records;
    assert.deepEqual([entry?.scope, entry?.project], ['src/lib', `origin:${SHARED_ORIGIN}`]);
    const { error } = await command.json(['reserve', '--agent', 'agent-a', '--scope', 'src', '--bead', 'bd-1']);
    assert.equal(error?.code, 'RESERVATION_CONFLICT');
  });

  it('come back as they were: unknown fields, every alphabet, long texts; what is torn is told', async () => {
    await reserve(files, 'agent-a', 'src/**');
    await reserve(files, 'agent-b', 'docs');
    await reserve(files, 'agent-b', 'was/ÄÖ 日本');
    await release(files, 'agent-b', 'was/ÄÖ 日本');
    const { message_id: read } = await send(files, 'x'.repeat(50_000));
    const { message_id: acked } = await send(files, '{"json": "\\u0041"}\n\t"');
    await send(files, 'Nobody has looked at this one.');
    await files.done(['read', '--agent', 'agent-b', '--message', read]);
    await files.done(['ack', '--agent', 'agent-b', '--message', acked]);
    const active = join(files.store, 'reservations', 'active.json');
    const { reservations } = jsonOf(active) as { reservations: Json[] };
    const strange = { zebra: { deep: [1, null, 'é'] }, 'a key': true, '10': 'first', __proto_: 1 };
    const changed = reservations.map((entry, index) => ({
      ...entry,
      ...(index === 0 ? strange : { project: undefined }),
    }));
    writeFileSync(active, JSON.stringify({ reservations: changed }));
    const history = join(files.store, 'reservations', 'history.jsonl');
    const [closed = {}] = historyOf(files.store);
    const older = { ...closed, ...strange, reservation_id: 'res_1', released_at: '2020-01-01T00:00:00.000Z' };
    const text = readFileSync(history, 'utf8');
    writeFileSync(history, `${JSON.stringify(older)}\n{"reservation_id":"res_torn","sco\n${text}`);

    const { code, data } = await command.json(['postgres', 'import', files.store]);
    const imported = data as Imported;
    assert.equal(code, 1);
    assert.deepEqual(
      imported.left_out.map(({ what, id }) => [what, id]),
      [['line', '2']],
    );
    assert.deepEqual(
      [imported.agents.added, imported.messages.added, imported.active.added, imported.history.added],
      [2, 3, 2, 2],
    );
    const shared = await database().open({ namespace: SHARED_ORIGIN }).readActive();
    assert.deepEqual(
      shared.records.map(({ project }) => project),
      [`origin:${SHARED_ORIGIN}`, undefined],
    );
    const out = join(folder(), 'out');
    // Nobody is in the project: its folder is known by the worktree of what is reserved.
    await command.done(['postgres', 'export', out, '--namespace', SHARED_ORIGIN], { cwd: folder() });
    assert.deepEqual(
      jsonOf(join(out, 'reservations', 'active.json')),
      JSON.parse(JSON.stringify({ reservations: changed })),
    );
    assert.deepEqual(historyOf(out), [older, closed]);
    for (const part of ['agents', 'messages/index']) {
      const names = readdirSync(join(files.store, part));
      assert.deepEqual(readdirSync(join(out, part)).toSorted(), names.toSorted());
      for (const name of names) {
        assert.deepEqual(jsonOf(join(out, part, name)), jsonOf(join(files.store, part, name)), name);
      }
    }
    for (const name of ['messages/agent-b.jsonl']) {
      assert.equal(readFileSync(join(out, name), 'utf8'), readFileSync(join(files.store, name), 'utf8'));
    }
    const written = new Command(out, here);
    assert.deepEqual((await written.done<{ findings: unknown[] }>(['doctor'])).findings, []);
    assert.equal((await written.json(['reserve', '--agent', 'agent-b', '--scope', 'src/a.ts', '--bead', 'b'])).code, 3);
  });

  it('are the same rows when they are brought twice', async () => {
    await reserve(files, 'agent-a', 'src');
    await reserve(files, 'agent-a', 'docs');
    await release(files, 'agent-a', 'docs');
    await send(files, 'Once.');
    await bring();
    const before = await rows();
    const again = await bring();
    assert.equal(await rows(), before);
    for (const tally of [again.agents, again.messages, again.active, again.history]) {
      assert.deepEqual([tally.added, tally.updated], [0, 0]);
    }
    assert.deepEqual([again.agents.kept, again.messages.kept, again.active.kept, again.history.kept], [2, 1, 1, 1]);
  });

  it('make nothing older: what was acknowledged or released there stays so', async () => {
    await reserve(files, 'agent-a', 'src');
    await reserve(files, 'agent-a', 'docs');
    const { message_id } = await send(files, 'Once.');
    await bring();
    await command.done(['ack', '--agent', 'agent-b', '--message', message_id]);
    await release(command, 'agent-a', 'src');
    await command.done(['renew', '--agent', 'agent-a', '--scope', 'docs', '--ttl', '600']);
    await command.done(['heartbeat', '--agent', 'agent-a']);
    const before = await rows();
    // In the files it ended later, in its own way.
    await release(files, 'agent-a', 'src');
    await bring();
    assert.equal(await rows(), before);
  });

  it('tell what has become newer in them: released, renewed, acknowledged', async () => {
    await reserve(files, 'agent-a', 'src');
    await reserve(files, 'agent-a', 'docs');
    const { message_id } = await send(files, 'Once.');
    await bring();
    await release(files, 'agent-a', 'src');
    const renewed = await files.done<Reservation>(['renew', '--agent', 'agent-a', '--scope', 'docs', '--ttl', '600']);
    await files.done(['ack', '--agent', 'agent-b', '--message', message_id]);
    await files.done(['heartbeat', '--agent', 'agent-a']);
    const { agents, messages, active, history } = await bring();
    assert.deepEqual([agents.updated, messages.updated, active.updated, history.updated], [1, 1, 1, 1]);
    const { reservations } = await command.done<{ reservations: Reservation[] }>(['status']);
    assert.deepEqual(
      reservations.map(({ scope, expires_at }) => [scope, expires_at]),
      [['docs', renewed.expires_at]],
    );
    assert.equal((await command.done<unknown[]>(['history'])).length, 1);
    assert.equal((await command.done<Json[]>(['inbox', '--agent', 'agent-b']))[0]?.['state'], 'acked');
  });

  it('are seen at once by whoever works there already', async () => {
    const store = database().open({ namespace: SHARED_ORIGIN });
    await command.register('agent-c');
    const one = createCoordination(store, { random: () => randomHex(4) });
    grantedData(
      await one.reserve({ agent: 'agent-c', scope: 'own', bead: 'bd-1', project: `origin:${SHARED_ORIGIN}` }),
    );
    await reserve(files, 'agent-a', 'src');
    await bring();
    assert.deepEqual(
      (await store.readActive()).records.map(({ scope }) => scope),
      ['own', 'src'],
    );
    const next = grantedData(await one.reserve({ agent: 'agent-c', scope: 'next', bead: 'bd-1' }));
    assert.ok((next.fence ?? 0) > ((await store.readActive()).records[1]?.fence ?? 0));
  });

  it('force nothing in beside what is held there', async () => {
    await command.register('agent-c');
    const theirs = await reserve(command, 'agent-c', 'src');
    const ours = await reserve(files, 'agent-a', 'src');
    await reserve(files, 'agent-a', 'docs');
    const { code, data } = await command.json(['postgres', 'import', files.store]);
    const { left_out, active } = data as Imported;
    assert.equal(code, 1);
    assert.equal(active.added, 1);
    assert.equal(left_out[0]?.id, ours.reservation_id);
    assert.match(left_out[0]?.why ?? '', new RegExp(`agent-c.*${theirs.reservation_id}`));
    const { out } = await command.call(['postgres', 'import', files.store]);
    assert.match(out, /Left out: 1/);
  });

  it('take the place of what is over there, and are over where they are in the place of others', async () => {
    await reserve(files, 'agent-a', 'src');
    await bring();
    await database().server.query(
      `update agent_reservations.reservation set expires_at = one.at,
         record = jsonb_set(record::jsonb, '{expires_at}', to_jsonb('2020-01-01T00:00:00.000Z'::text))::json
       from (select '2020-01-01T00:00:00.000Z'::timestamptz as at) as one`,
      [],
      database().name,
    );
    await release(files, 'agent-a', 'src');
    const history = join(files.store, 'reservations', 'history.jsonl');
    writeFileSync(history, '');
    await reserve(files, 'agent-b', 'src');
    const { active } = await bring();
    assert.equal(active.added, 1);
    const { reservations } = await command.done<{ reservations: Reservation[] }>(['status']);
    assert.deepEqual(
      reservations.map(({ agent_id }) => agent_id),
      ['agent-b'],
    );
    assert.equal((await command.done<Reservation[]>(['history', '--since', '2019-01-01']))[0]?.state, 'expired');
  });

  it('leave out what a server cannot keep, and say so', async () => {
    await reserve(files, 'agent-a', 'src');
    const active = join(files.store, 'reservations', 'active.json');
    const { reservations } = jsonOf(active) as { reservations: Json[] };
    const [entry] = reservations;
    const wrong = [
      { ...entry, reservation_id: 'res_nul', scope: 'nul', note: 'a\u0000b' },
      { ...entry, reservation_id: 'res_day', scope: 'day', created_at: '2026-02-30T00:00:00.000Z' },
      { reservation_id: 'res_none' },
    ];
    writeFileSync(active, JSON.stringify([entry, ...wrong]));
    const { code, data } = await command.json(['postgres', 'import', files.store]);
    const { left_out, active: told } = data as Imported;
    assert.deepEqual([code, told.added, left_out.length], [1, 1, 3]);
    assert.deepEqual(
      left_out.map(({ id }) => id),
      ['entry 4', 'res_nul', 'res_day'],
    );
  });

  it('are named by their folder where the project is not on this machine any more', async () => {
    const gone = makeClone(join(folder(), 'gone', 'site'));
    await new Command(files.store, gone).done(['reserve', '--agent', 'agent-a', '--scope', 'src', '--bead', 'bd-1']);
    rmSync(gone, { recursive: true });
    await bring();
    const [held] = (await database().open({ namespace: SHARED_ORIGIN }).readActive()).records;
    assert.equal(held?.project, 'folder:site');
  });

  it('are many: a long history comes in pieces, and goes out again', async () => {
    const entry = await reserve(files, 'agent-a', 'src');
    await release(files, 'agent-a', 'src');
    const lines = Array.from({ length: 20_000 }, (_, index) => {
      const released_at = new Date(Date.UTC(2025, 0, 1) + index * 1000).toISOString();
      return `${JSON.stringify({ ...entry, reservation_id: `res_${index}`, state: 'released', released_at })}\n`;
    });
    const history = join(files.store, 'reservations', 'history.jsonl');
    const last = readFileSync(history, 'utf8');
    writeFileSync(history, lines.join('') + last);
    assert.equal((await bring()).history.added, 20_001);
    const out = join(folder(), 'out');
    await command.done(['postgres', 'export', out]);
    assert.deepEqual(historyOf(out), historyOf(files.store));
  });

  it('bring messages that are on their way still, and none in the place of another', async () => {
    const { message_id: sent } = await send(files, 'Its own file is gone.');
    const index = join(files.store, 'messages', 'index');
    const record = jsonOf(join(index, `${sent}.json`));
    rmSync(join(index, `${sent}.json`));
    const underWay = { ...record, message_id: 'msg_under_way' };
    writeFileSync(join(files.store, 'messages', '.outbox'), JSON.stringify([underWay]));
    const { message_id: taken } = await send(files, 'There is another of this id.');
    await bring();
    const path = join(index, `${taken}.json`);
    writeFileSync(path, JSON.stringify({ ...jsonOf(path), from_agent: 'agent-b', state: 'acked' }));
    const { code, data } = await command.json(['postgres', 'import', files.store]);
    const { left_out, messages } = data as Imported;
    assert.deepEqual([code, messages, left_out.map(({ id }) => id)], [1, { added: 0, updated: 0, kept: 2 }, [taken]]);
    const inbox = await command.done<Json[]>(['inbox', '--agent', 'agent-b']);
    assert.deepEqual(
      inbox.map(({ message_id, from_agent }) => [message_id, from_agent]).toSorted(),
      [sent, taken, 'msg_under_way'].map((id) => [id, 'agent-a']).toSorted(),
    );
  });

  it('change nothing where the last of it fails', async () => {
    await reserve(files, 'agent-a', 'src');
    await send(files, 'Once.');
    const before = await rows();
    const path = join(files.store, 'messages', 'index');
    rmSync(path, { recursive: true });
    writeFileSync(path, 'no folder');
    const { code, error } = await command.json(['postgres', 'import', files.store]);
    assert.deepEqual([code, error?.details?.['cause']], [1, 'NOT_A_FOLDER']);
    assert.equal(await rows(), before);
  });

  it('are not taken from a folder that holds none', async () => {
    const { code, error } = await command.json(['postgres', 'import', folder()]);
    assert.deepEqual([code, error?.code], [2, 'INVALID_ARGS']);
    assert.equal((await command.json(['postgres', 'import'])).code, 2);
  });

  describe('written from there', () => {
    let out = '';
    const write = (args: readonly string[] = []) => command.json(['postgres', 'export', out, ...args]);
    const all = () => listBelow(out).map((name) => [name, statText(join(out, name))]);

    beforeEach(async () => {
      out = join(folder(), 'out');
      await reserve(files, 'agent-a', 'src');
      await send(files, 'Once.');
      await bring();
      assert.equal((await write()).code, 0);
    });

    it('are the same bytes again where nothing has changed, and follow what has', async () => {
      const before = all();
      assert.equal((await write()).code, 0);
      assert.deepEqual(all(), before);
      await release(command, 'agent-a', 'src');
      assert.equal((await write()).code, 0);
      assert.equal(historyOf(out).length, 1);
      assert.deepEqual(jsonOf(join(out, 'reservations', 'active.json')), { reservations: [] });
    });

    it('go into an empty folder too', async () => {
      out = join(folder(), 'empty');
      mkdirSync(out);
      assert.equal((await write()).code, 0);
      assert.ok(existsSync(join(out, 'reservations', 'active.json')));
    });

    const refusals: readonly (readonly [string, () => unknown])[] = [
      ['with files of somebody', () => writeFileSync(join(out, 'notes.txt'), 'mine')],
      [
        'that is a store',
        () => {
          out = join(folder(), 'copy');
          cpSync(files.store, out, { recursive: true });
        },
      ],
      ['in which somebody has worked since', () => reserve(new Command(out, here), 'agent-b', 'x')],
      ['of which a record was changed', () => appendFileSync(join(out, 'agents', 'agent-a.json'), '\n')],
      [
        'that is a file',
        () => {
          out = join(folder(), 'file');
          writeFileSync(out, '');
        },
      ],
    ];
    for (const [what, make] of refusals) {
      it(`are not written over a folder ${what}`, async () => {
        await make();
        const before = existsSync(join(out, 'agents')) ? all() : [];
        const { code, error } = await write();
        assert.deepEqual([code, error?.code], [2, 'INVALID_ARGS']);
        assert.deepEqual(existsSync(join(out, 'agents')) ? all() : [], before);
      });
    }

    it('are not written over those of another namespace, nor from one that is not there', async () => {
      const missing = await write(['--namespace', 'nobody']);
      assert.deepEqual([missing.code, missing.error?.code], [2, 'INVALID_ARGS']);
      await command.done(['register', '--name', 'agent-x', '--role', 'test', '--namespace', 'other']);
      const { code, error } = await write(['--namespace', 'other']);
      assert.deepEqual([code, error?.code], [2, 'INVALID_ARGS']);
      assert.match(error?.message ?? '', /example\.org/);
    });
  });

  it('are read by our own store', async () => {
    await reserve(files, 'agent-a', 'src');
    await bring();
    const out = join(folder(), 'out');
    await command.done(['postgres', 'export', out]);
    const { records, problems } = await new FileStore(out).readActive();
    assert.deepEqual([records.length, records[0]?.project, problems], [1, here, []]);
  });
});

function statText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
