/** The history: appended to whatever state its end is in, and read from its end. */

import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCoordination } from '../../src/coordination/coordination';
import type { Reservation } from '../../src/core/reservation';
import { HOUR_MS } from '../../src/core/time';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { readClosedTail } from '../../src/store/files/history';
import { grantedData } from '../support/outcomes';
import { NOW, reservation } from '../support/samples';
import { FILES, seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const CHUNK = 64 * 1024;
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * HOUR_MS);

function released(scope: string, hours: number, fields: object = {}): Reservation {
  return reservation({ scope, state: 'released', released_at: hoursAgo(hours).toISOString(), ...fields });
}

describe('reading the tail of the history', () => {
  const temp = useTempFolder();
  const path = () => join(temp(), 'history.jsonl');
  const write = (entries: readonly object[]) =>
    writeFileSync(path(), entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  const scopes = async (hours: number) => (await readClosedTail(path(), hoursAgo(hours))).map((entry) => entry.scope);

  it('no file and an empty file are an empty history', async () => {
    assert.deepEqual(await scopes(24), []);
    writeFileSync(path(), '');
    assert.deepEqual(await scopes(24), []);
  });

  it('is newest first, and stops at the first line that was released before', async () => {
    write([released('d', 1), released('c', 30), released('b', 2), released('a', 1)]);
    assert.deepEqual(await scopes(24), ['a', 'b'], 'the line beyond the older one is not read');
    assert.deepEqual(await scopes(48), ['a', 'b', 'c', 'd']);
  });

  it('ends as soon as there is enough, and looks at nothing before that', async () => {
    write([released('d', 3), released('c', 2, { agent_id: 'other' }), released('b', 2), released('a', 1)]);
    const enough = { count: 2, matches: ({ agent_id }: Reservation) => agent_id !== 'other' };
    const read = async (count: number) =>
      (await readClosedTail(path(), hoursAgo(24), { ...enough, count })).map((entry) => entry.scope);
    assert.deepEqual(await read(1), ['a']);
    assert.deepEqual(await read(2), ['a', 'b']);
    assert.deepEqual(await read(3), ['a', 'b', 'c', 'd'], 'what does not match does not count');
    assert.deepEqual(await read(9), ['a', 'b', 'c', 'd']);
  });

  it('takes a release at the very edge, and one a millisecond older ends it', async () => {
    write([released('edge', 24)]);
    assert.deepEqual(await scopes(24), ['edge']);
    write([released('older', 24.000_001)]);
    assert.deepEqual(await scopes(24), []);
  });

  it('an expired line does not end it: a sweep may come late', async () => {
    write([released('a', 1), reservation({ scope: 'b', state: 'expired', expires_at: hoursAgo(500).toISOString() })]);
    assert.deepEqual(await scopes(24), ['b', 'a']);
  });

  it('passes over what is torn, empty, of another shape or not JSON, and reads on', async () => {
    const good = JSON.stringify(released('good', 1));
    const half = good.slice(0, 40);
    writeFileSync(
      path(),
      [good, '', half, `${half}${good}`, 'null', '[]', '{}', '\0\0\0', '   ', good, half].join('\n'),
    );
    assert.deepEqual(await scopes(24), ['good', 'good']);
  });

  it('reads lines that end in CRLF, and a last line without an end', async () => {
    writeFileSync(path(), `${JSON.stringify(released('a', 2))}\r\n${JSON.stringify(released('b', 1))}`);
    assert.deepEqual(await scopes(24), ['b', 'a']);
  });

  it('splits no character at a chunk boundary: every offset of a four-byte one', async () => {
    const scope = '🔒é漢'.repeat(30);
    const last = `${JSON.stringify(released(scope, 1))}\n`;
    const empty = `${JSON.stringify(released('pad', 1, { padding: '' }))}\n`;
    for (let shift = 0; shift < 16; shift++) {
      // The boundary is CHUNK bytes before the end, and so in the middle of the first line.
      const padding = 'x'.repeat(CHUNK - Math.floor(Buffer.byteLength(last) / 2) - empty.length + shift);
      const tail = `${JSON.stringify(released('pad', 1, { padding }))}\n`;
      writeFileSync(path(), last + tail);
      const boundary = Buffer.byteLength(last + tail) - CHUNK;
      assert.ok(boundary > 100 && boundary < Buffer.byteLength(last) - 100, `the boundary is at ${boundary}`);
      assert.deepEqual(await scopes(24), ['pad', scope]);
    }
  });

  it('finds the line break wherever it falls beside a boundary', async () => {
    const first = `${JSON.stringify(released('first', 1))}\n`;
    const empty = `${JSON.stringify(released('last', 1, { padding: '' }))}\n`;
    for (let delta = -2; delta <= 2; delta++) {
      const padding = 'x'.repeat(CHUNK - empty.length + delta);
      writeFileSync(path(), `${first}${JSON.stringify(released('last', 1, { padding }))}\n`);
      assert.deepEqual(await scopes(24), ['last', 'first'], `delta ${delta}`);
    }
  });

  it('reads lines longer than several chunks', async () => {
    write([released('a', 1), released('long', 1, { note: 'ü'.repeat(3 * CHUNK) }), released('b', 1)]);
    const closed = await readClosedTail(path(), hoursAgo(24));
    assert.deepEqual(
      closed.map((entry) => entry.scope),
      ['b', 'long', 'a'],
    );
    assert.equal(Reflect.get(closed[1] ?? {}, 'note'), 'ü'.repeat(3 * CHUNK));
  });

  it('of 50,000 lines it gives only the recent ones', async () => {
    write(Array.from({ length: 50_000 }, (_, index) => released(`s${index}`, (50_000 - index) / 100)));
    const found = await scopes(24);
    assert.equal(found.length, 2_400);
    assert.equal(found[0], 's49999');
    assert.equal(found.at(-1), 's47600');
  });

  it('agrees with reading it all, for any lengths of lines', async () => {
    const entries = Array.from({ length: 400 }, (_, index) =>
      released(`s${index}`, 1, { note: 'é'.repeat((index * 7_919) % 2_000) }),
    );
    write(entries);
    assert.deepEqual(await readClosedTail(path(), hoursAgo(24)), entries.toReversed());
  });
});

describe('appending to the history', () => {
  const temp = useTempFolder();
  const FAR = '2999-01-01T00:00:00.000Z';

  for (const [name, end] of [
    ['a line torn by a crash', '{"reservation_id":"res_1","sco'],
    ['a whole line without its end', JSON.stringify(reservation({ scope: 'whole', state: 'expired' }))],
    ['a torn character', Buffer.from('{"scope":"é').subarray(0, -1)],
    ['an empty line', '\n\n'],
  ] as const) {
    it(`behind ${name}: ours begins on a line of its own, and no byte of the other is changed`, async () => {
      const root = seedStore(join(temp(), 'store'), { active: [reservation({ scope: 'mine', expires_at: FAR })] });
      const history = join(root, FILES.history);
      const before = `${JSON.stringify(reservation({ scope: 'before', state: 'expired' }))}\n`;
      writeFileSync(history, before);
      appendFileSync(history, end);
      const prefix = readFileSync(history);
      const store = new FileStore(root);
      const coordination = createCoordination(store, { random: () => randomHex(4) });
      const answer = grantedData(await coordination.release({ agent: 'agent-a', scope: 'mine' }));
      const content = readFileSync(history);
      assert.deepEqual(content.subarray(0, prefix.length), prefix);
      const added = content.subarray(prefix.length).toString('utf8');
      assert.equal(added.replace(/^\n/, ''), `${JSON.stringify(answer)}\n`);
      const closed = (await store.readClosed(NOW)).map((entry) => entry.scope);
      assert.deepEqual(closed, ['mine', ...(name.startsWith('a whole') ? ['whole'] : []), 'before']);
    });
  }

  it('sweeps many at once in one piece, in the order of the list', async () => {
    const past = Array.from({ length: 200 }, (_, n) => reservation({ scope: `s${n}`, expires_at: NOW.toISOString() }));
    const root = seedStore(join(temp(), 'store'), { active: past });
    const coordination = createCoordination(new FileStore(root), { random: () => randomHex(4) });
    assert.equal(grantedData(await coordination.status()).summary.expired, 200);
    const lines = readFileSync(join(root, FILES.history), 'utf8').trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)),
      past.map((entry) => ({ ...entry, state: 'expired' })),
    );
  });
});
