/** The history that is written anew: what goes, what stays, who goes on appending, and what it costs. */

import assert from 'node:assert/strict';
import { appendFileSync, closeSync, existsSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DoctorData } from '../../src/coordination/coordination';
import type { Envelope } from '../../src/core/envelope';
import { linesOf } from '../../src/store/files/doctor/lines';
import { fingerprint } from '../faults/hostile/fingerprint';
import { diagnosed, doctorOf, only, plant, soundStore, storeOf } from '../support/doctored';
import { Driver } from '../support/driver';
import { grantedData } from '../support/outcomes';
import { reservation } from '../support/samples';
import { FILES, historyIn } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const FAR = '2999-01-01T00:00:00.000Z';
/** Of the short run; the memory that is asked for does not grow with it, but for 20 bytes and a slot of each identity. */
const MANY_LINES = Number(process.env['AGENT_RESERVATIONS_HISTORY_LINES'] ?? 200_000);
const LINES_AT_ONCE = 10_000;

const line = (fields: object) => JSON.stringify(reservation({ state: 'released', ...fields }));

describe('the doctor and the history', () => {
  const temp = useTempFolder();
  let root: string;
  let history: string;

  beforeEach(() => {
    root = soundStore(join(temp(), 'store'), [reservation({ scope: 'seeded', expires_at: FAR })]);
    history = join(root, FILES.history);
  });

  const aside = () => readdirSync(join(root, 'reservations')).filter((name) => name.endsWith('.unreadable'));

  async function repairOf(kind: 'TORN_HISTORY' | 'DUPLICATE_HISTORY'): Promise<string> {
    const { id } = only(await diagnosed(root), kind);
    const { repaired } = grantedData(await doctorOf(root).doctor({ fix: [id] }));
    return `${repaired[0]?.outcome}: ${repaired[0]?.message}`;
  }

  it('torn lines are found with their numbers, and kept beside it when they are taken out', async () => {
    const good = [line({ scope: 'a' }), line({ scope: 'b', extra: 'ä' }), line({ scope: 'c' })];
    plant(root, FILES.history, `${good[0]}\n{"reservation_id":"res\n\n${good[1]}\n[]\n${good[2]}\n{"state":"rel`);
    const before = fingerprint(root);
    const found = only(await diagnosed(root), 'TORN_HISTORY');
    assert.deepEqual(found.facts, { lines: 3, first: [2, 5, 7] });
    assert.ok(found.risky);
    assert.equal(fingerprint(root), before);
    assert.deepEqual(grantedData(await doctorOf(root).doctor({ fix: true })).repaired, []);
    assert.equal(fingerprint(root), before);

    assert.match(await repairOf('TORN_HISTORY'), /^REPAIRED: .* without 3 lines/);
    assert.equal(readFileSync(history, 'utf8'), `${good.join('\n')}\n`);
    assert.equal(aside().length, 1);
    assert.equal(
      readFileSync(join(root, 'reservations', aside()[0] ?? ''), 'utf8'),
      '{"reservation_id":"res\n[]\n{"state":"rel\n',
    );
    assert.deepEqual(
      (await diagnosed(root)).map(({ kind }) => kind),
      ['PUT_ASIDE'],
    );
  });

  it('duplicates are told by id, scope and state: what only looks alike stays', async () => {
    const different = [
      line({ scope: 'a' }),
      line({ scope: 'b' }),
      line({ scope: 'a', state: 'expired' }),
      line({ scope: 'a', reservation_id: 'res_other' }),
    ];
    plant(
      root,
      FILES.history,
      `${[...different, different[1], different[0], '{'].join('\n')}\n${line({ scope: 'end' })}`,
    );
    assert.deepEqual(only(await diagnosed(root), 'DUPLICATE_HISTORY').facts, { lines: 2, first: [5, 6] });
    assert.match(await repairOf('DUPLICATE_HISTORY'), /^REPAIRED/);
    // What is torn is the other repair's affair.
    assert.equal(readFileSync(history, 'utf8'), `${[...different, '{', line({ scope: 'end' })].join('\n')}\n`);
    assert.deepEqual(aside(), []);
    assert.match(await repairOf('TORN_HISTORY'), /^REPAIRED/);
    assert.equal(historyIn(root).length, 5);
  });

  it('a line that is under way is not torn', async () => {
    const [start, rest] = [line({}).slice(0, 40), line({}).slice(40)];
    plant(root, FILES.history, start);
    const looking = diagnosed(root);
    setTimeout(() => appendFileSync(history, `${rest}\n`), 40);
    assert.deepEqual(await looking, []);
    assert.equal(historyIn(root).length, 1);
  });

  it('what was released stays released, and what is held stays held, when the history gets shorter', async () => {
    const lines = Array.from({ length: 100 }, (_, index) => line({ scope: `old/${index % 50}` }));
    plant(root, FILES.history, `${lines.join('\n')}\n`);
    const coordination = doctorOf(root);
    for (const scope of ['mine', 'more']) {
      grantedData(await coordination.reserve({ agent: 'agent-a', scope, bead: 'b' }));
    }
    const stale = readFileSync(join(root, FILES.active), 'utf8');
    grantedData(await coordination.release({ agent: 'agent-a', scope: 'mine' }));
    assert.match(await repairOf('DUPLICATE_HISTORY'), /^REPAIRED/);
    assert.equal(historyIn(root).length, 51);
    // Another program writes back what it had read before the release: the journal still knows better.
    plant(root, FILES.active, stale);
    grantedData(await coordination.release({ agent: 'agent-a', scope: 'more' }));
    const { reservations } = grantedData(await coordination.status());
    assert.deepEqual(
      reservations.map(({ scope }) => scope),
      ['seeded'],
    );
    // And a closing by another after it is seen too, at the right place of the shorter file.
    grantedData(await coordination.reserve({ agent: 'agent-a', scope: 'last', bead: 'b' }));
    const last = (await storeOf(root).readActive()).records.find(({ scope }) => scope === 'last');
    appendFileSync(history, `${JSON.stringify({ ...last, state: 'released', released_at: FAR })}\n`);
    const open = (await storeOf(root).readActive()).records.map(({ scope }) => scope);
    assert.deepEqual(open, ['seeded']);
  });

  it('loses no line of those who append without the lock while it is written anew', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => line({ scope: `old/${index % 10_000}` }));
    plant(root, FILES.history, `${lines.join('\n')}\n`);
    let appended = 0;
    let over = false;
    const appending = (async () => {
      while (!over) {
        await appendFile(history, `${line({ scope: `swept/${appended++}`, state: 'expired' })}\n`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const outcome = await repairOf('DUPLICATE_HISTORY');
    over = true;
    await appending;
    assert.match(outcome, /^REPAIRED/);
    const scopes = historyIn(root).map(({ scope }) => scope);
    assert.ok(appended > 0, String(appended));
    assert.deepEqual(
      scopes.filter((scope) => scope.startsWith('swept/')),
      Array.from({ length: appended }, (_, index) => `swept/${index}`),
    );
    assert.equal(scopes.length, 10_000 + appended);
  });

  it('gives up, and leaves everything as it is, where another has replaced the file', async () => {
    plant(root, FILES.history, `${line({})}\n${line({})}\n`);
    const { id } = only(await diagnosed(root), 'DUPLICATE_HISTORY');
    plant(root, FILES.history, `${line({})}\n`);
    const { repaired } = grantedData(await doctorOf(root).doctor({ fix: [id] }));
    assert.equal(repaired[0]?.outcome, 'GONE');
    assert.ok(existsSync(history));
  });

  it(`${MANY_LINES} lines: diagnosed and repaired in bounded memory`, async function () {
    this.timeout(240_000);
    const file = openSync(history, 'w', 0o600);
    for (let written = 0; written < MANY_LINES; written += LINES_AT_ONCE) {
      const lines = Array.from({ length: LINES_AT_ONCE }, (_, index) => {
        const number = written + index;
        return number % 1000 === 7
          ? '{"torn'
          : line({ reservation_id: `res_${number - (number % 1000 === 9 ? 1 : 0)}` });
      });
      writeSync(file, `${lines.join('\n')}\n`);
    }
    closeSync(file);
    const thousands = MANY_LINES / 1000;
    const heap = 40 + Math.ceil(MANY_LINES / 5000);
    const driver = await Driver.run('support/ours', [root], [`--max-old-space-size=${heap}`]);
    try {
      const fix = ['DUPLICATE_HISTORY:reservations/history.jsonl'];
      const { data } = await driver.call<Envelope<DoctorData>>('doctor', { fix });
      const { findings = [], repaired = [] } = data ?? {};
      assert.deepEqual(only(findings, 'TORN_HISTORY').facts, { lines: thousands, first: [8, 1008, 2008, 3008, 4008] });
      assert.equal(only(findings, 'DUPLICATE_HISTORY').facts['lines'], thousands);
      assert.deepEqual(
        repaired.map(({ outcome }) => outcome),
        ['REPAIRED'],
      );
      const peak = await driver.call<number>('peakMemory');
      assert.ok(peak < 400, `${peak} MiB`);
    } finally {
      await driver.kill();
    }
    const kept = readFileSync(history);
    assert.equal(
      kept.reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 0),
      MANY_LINES - thousands,
    );
  });
});

describe('reading lines', () => {
  const temp = useTempFolder();

  it('tells each line and where it stands, whatever the chunks of the disk cut through', async () => {
    const text = ['', 'é'.repeat(200_000), 'x', '', 'y'.repeat(20 * 1024 * 1024), 'z', 'unfinished'].join('\n');
    const path = plant(temp(), 'lines', text);
    const { open } = await import('node:fs/promises');
    const file = await open(path);
    const bytes = readFileSync(path);
    const seen: (string | undefined)[] = [];
    let position = 0;
    for await (const lines of linesOf(file, 0, bytes.length)) {
      for (const { bytes: content, start, end, isWhole } of lines) {
        assert.equal(start, position);
        position = end;
        assert.equal(isWhole, bytes[end - 1] === 0x0a);
        if (content) {
          assert.deepEqual(content, bytes.subarray(start, isWhole ? end - 1 : end));
        }
        seen.push(content?.toString('utf8').slice(0, 10));
      }
    }
    await file.close();
    assert.equal(position, bytes.length);
    // One that is longer than any of ours is told of, and not held.
    assert.deepEqual(seen, ['', 'é'.repeat(10), 'x', '', undefined, 'z', 'unfinished']);
  });
});
