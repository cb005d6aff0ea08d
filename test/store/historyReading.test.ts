/** The history from a moment on: as much of it as is asked for, whatever its length, and then what is added. */

import assert from 'node:assert/strict';
import fs, { appendFileSync, closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { createCoordination } from '../../src/coordination/coordination';
import { endOf } from '../../src/core/history';
import type { Reservation } from '../../src/core/reservation';
import { HOUR_MS, MINUTE_MS } from '../../src/core/time';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { HistoryFileReading } from '../../src/store/files/historyReading';
import type { HistoryReading } from '../../src/store/store';
import { grantedData } from '../support/outcomes';
import { NOW, reservation } from '../support/samples';
import { seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const ago = (ms: number) => new Date(NOW.getTime() - ms);

function released(scope: string, ms: number): Reservation {
  return reservation({
    scope,
    state: 'released',
    released_at: ago(ms).toISOString(),
    created_at: ago(ms + MINUTE_MS).toISOString(),
  });
}

const line = (entry: object) => `${JSON.stringify(entry)}\n`;

async function readAll(reading: HistoryReading): Promise<readonly Reservation[]> {
  const all: Reservation[] = [];
  for (let isLast = false; !isLast; ) {
    const piece = await reading.next();
    all.push(...piece.closed);
    ({ isLast } = piece);
  }
  return all;
}

describe('the history from a moment on', () => {
  const temp = useTempFolder();
  const path = () => join(temp(), 'history.jsonl');

  it('is nothing where there is no file, and what comes into one that is made later', async () => {
    const reading = new HistoryFileReading(path(), ago(HOUR_MS));
    assert.deepEqual(await reading.next(), { closed: [], isLast: true, isAnew: false });
    writeFileSync(path(), line(released('a', 5)));
    assert.deepEqual(
      (await readAll(reading)).map(({ scope }) => scope),
      ['a'],
    );
  });

  it('goes on where it ended: with whole lines, each once', async () => {
    writeFileSync(path(), line(released('a', 500)));
    const reading = new HistoryFileReading(path(), ago(HOUR_MS));
    const scopes = async () => (await readAll(reading)).map(({ scope }) => scope);
    assert.deepEqual(await scopes(), ['a']);
    assert.deepEqual(await scopes(), []);
    const text = line(released('b', 400));
    appendFileSync(path(), text.slice(0, 30));
    assert.deepEqual(await scopes(), [], 'a line that is being written');
    appendFileSync(path(), `${text.slice(30)}{"torn\n${line(released('c', 300))}`);
    assert.deepEqual(await scopes(), ['b', 'c']);
  });

  it('begins anew where the file is another one, or has been cut', async () => {
    writeFileSync(path(), line(released('a', 500)) + line(released('b', 400)));
    const reading = new HistoryFileReading(path(), ago(HOUR_MS));
    await readAll(reading);
    writeFileSync(path(), line(released('c', 300)));
    const piece = await reading.next();
    assert.deepEqual([piece.isAnew, piece.closed.map(({ scope }) => scope)], [true, ['c']]);
    assert.equal((await reading.next()).isAnew, false);
    rmSync(path());
    assert.equal((await reading.next()).isAnew, true);
    assert.equal((await reading.next()).isAnew, false);
  });

  it('passes over a line that is longer than a piece', async () => {
    const nonsense = `${'x'.repeat(1_400_000)}\n`;
    writeFileSync(path(), line(released('a', 500)) + nonsense + line(released('b', 400)));
    const found = await readAll(new HistoryFileReading(path(), ago(HOUR_MS)));
    assert.deepEqual(
      found.map(({ scope }) => scope),
      ['a', 'b'],
    );
  });

  it('leaves nothing out that ended since, however late it was swept', async () => {
    const anyLine = fc.record({
      gap: fc.integer({ min: 0, max: 3_000 }),
      expiredBefore: fc.option(fc.integer({ min: 0, max: 400_000 })),
      width: fc.integer({ min: 0, max: 3_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine, { minLength: 200, maxLength: 400 }), fc.nat(), async (lines, seed) => {
        let written = 0;
        const entries = lines.map(({ gap, expiredBefore, width }, index) => {
          written += gap;
          const end = new Date(NOW.getTime() + written - (expiredBefore ?? 0)).toISOString();
          const fields = { reservation_id: `res_${index}`, note: 'x'.repeat(width) };
          return expiredBefore === null
            ? reservation({ ...fields, state: 'released', released_at: end })
            : reservation({ ...fields, state: 'expired', expires_at: end });
        });
        writeFileSync(path(), entries.map(line).join(''));
        const since = new Date(NOW.getTime() + (seed % (written + 1)));
        const found = new Set(
          (await readAll(new HistoryFileReading(path(), since))).map(({ reservation_id }) => reservation_id),
        );
        for (const entry of entries) {
          assert.ok(endOf(entry) < since.getTime() || found.has(entry.reservation_id), entry.reservation_id);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('of a million lines reads only the part that is asked for', async function () {
    this.timeout(60_000);
    const lines = 1_000_000;
    const perHour = lines / (24 * 90);
    writeLines(path(), lines, (index) => (lines - index) * (HOUR_MS / perHour));
    const bytesOf = async (hours: number) => {
      const real = fs.readSync;
      let bytes = 0;
      const counting = (...args: Parameters<typeof real>) => {
        const read = real(...args);
        bytes += read;
        return read;
      };
      fs.readSync = counting as typeof real;
      const found = await readAll(new HistoryFileReading(path(), ago(hours * HOUR_MS))).finally(() => {
        fs.readSync = real;
      });
      return { found: found.length, bytes };
    };
    for (const hours of [1, 24, 24 * 7]) {
      const { found, bytes } = await bytesOf(hours);
      const asked = hours * perHour;
      assert.ok(found >= Math.floor(asked) && found <= asked + perHour, `${found} lines of ${hours} h`);
      // Some 240 bytes a line, twenty looks to find the beginning, and the last piece twice.
      assert.ok(bytes > 0 && bytes < asked * 300 + 4_000_000, `${bytes} bytes for ${hours} h`);
    }
  });

  it('is what the timeline adds up, and goes on with', async () => {
    const store = new FileStore(seedStore(join(temp(), 'store')));
    const one = createCoordination(store, { random: () => randomHex(4) });
    const a = { agent: 'agent-a', bead: 'b' };
    grantedData(await one.reserve({ ...a, scope: 'src/a' }));
    grantedData(await one.release({ agent: 'agent-a', scope: 'src/a' }));
    grantedData(await one.reserve({ ...a, scope: 'src/b' }));
    await one.reserve({ agent: 'agent-b', bead: 'b2', scope: 'src/b' });
    const timeline = grantedData(await one.timeline({ since: '1h' }));
    const first = grantedData(await timeline.look());
    assert.deepEqual([first.isAnew, first.added.map(({ scope }) => scope)], [true, ['src/a']]);
    assert.deepEqual(
      first.active.map(({ scope, waits }) => [scope, waits.map(({ agent, asked }) => [agent, asked])]),
      [['src/b', [['agent-b', false]]]],
    );
    assert.equal(first.summary.hotSpots[0]?.refused, 1);
    grantedData(await one.release({ agent: 'agent-a', scope: 'src/b' }));
    const second = grantedData(await timeline.look());
    assert.deepEqual([second.isAnew, second.added.map(({ scope }) => scope), second.active], [false, ['src/b'], []]);
    assert.equal(second.summary.times, 2);
    assert.equal((await one.timeline({ since: 'never' })).ok, false);
  });
});

/** So many, each released that many ms before now. */
function writeLines(path: string, count: number, ago: (index: number) => number): void {
  const [head, tail] = JSON.stringify(released('src/app', 0)).split(/(?<="released_at":")[^"]*/) as [string, string];
  const file = openSync(path, 'w');
  try {
    for (let index = 0; index < count; index += 10_000) {
      const some = Array.from({ length: Math.min(10_000, count - index) }, (_, offset) => {
        const at = new Date(NOW.getTime() - ago(index + offset)).toISOString();
        return `${head}${at}${tail}\n`;
      });
      writeSync(file, some.join(''));
    }
  } finally {
    closeSync(file);
  }
}
