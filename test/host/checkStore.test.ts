import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DoctorData } from '../../src/coordination/coordination';
import type { Envelope } from '../../src/core/envelope';
import type { Reservation } from '../../src/core/reservation';
import { toJson } from '../../src/store/files/json';
import { thisOwner } from '../../src/store/files/owner';
import type { Finding, FindingKind } from '../../src/store/finding';
import {
  ACTIVE,
  entry,
  extension,
  labels,
  run,
  STORE,
  startAnew,
  succeeded,
  type Tested,
  until,
  writeInStore,
} from './support';

type Checked = Envelope<DoctorData>;

/** What depends on the disk and the user that the tests run with. */
const OF_THE_MACHINE: readonly FindingKind[] = ['NETWORK_FILE_SYSTEM', 'WRONG_MODE'];

const LOCK = join(STORE, 'reservations', '.lock');

describe('Check the Store…, with arguments', () => {
  let tested: Tested;

  before(async () => {
    tested = await extension();
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana', 'codex');
  });

  async function check(fix: unknown = false): Promise<DoctorData> {
    return succeeded(await run<Checked>('checkStore', { fix }));
  }

  async function found(): Promise<readonly Finding[]> {
    return (await check()).findings.filter(({ kind }) => !OF_THE_MACHINE.includes(kind));
  }

  it('finds nothing in a store that is in order, and nothing where there is none', async () => {
    succeeded(await run<Envelope<Reservation>>('reserve', { scope: 'a.ts', bead: 'bd-1' }));
    assert.deepEqual(await found(), []);
    await startAnew(tested);
    assert.deepEqual(await check(true), { findings: [], repaired: [] });
    await assert.rejects(stat(STORE));
  });

  it('clears the lock of a process that has ended, and then reserves', async () => {
    await mkdir(dirname(LOCK), { recursive: true });
    // Inside a desktop VS Code, process.execPath is VS Code itself.
    const { pid } = spawnSync(process.env['AGENT_RESERVATIONS_TEST_NODE'] ?? process.execPath, ['-e', '']);
    await writeFile(LOCK, JSON.stringify({ ...thisOwner('0123456789abcdef'), pid }));
    const [dead] = await found();
    assert.equal(dead?.kind, 'DEAD_LOCK');
    const { repaired } = await check(true);
    assert.equal(repaired.find(({ id }) => id === dead?.id)?.outcome, 'REPAIRED', JSON.stringify(repaired));
    await assert.rejects(stat(LOCK));
    succeeded(await run<Envelope<Reservation>>('reserve', { scope: 'a.ts', bead: 'bd-1' }));
  });

  it('goes on from the last good copy of a broken file, and the view shows it at once', async () => {
    const { internals } = tested;
    succeeded(await run<Envelope<Reservation>>('reserve', { scope: 'mine.ts', bead: 'bd-7' }));
    await writeInStore(ACTIVE, '{ "reservations": [');
    await until(internals, 'the problem is shown', () => internals.view.getChildren()[0]?.kind === 'problem');
    const { findings, repaired } = await check(true);
    assert.ok(findings.some(({ kind, path }) => kind === 'UNREADABLE_FILE' && path === ACTIVE));
    assert.ok(
      repaired.every(({ outcome }) => outcome === 'REPAIRED'),
      JSON.stringify(repaired),
    );
    assert.deepEqual(
      internals.view.getChildren().map(({ kind }) => kind),
      ['section', 'section'],
    );
    assert.deepEqual(labels(internals, 'active'), ['mine.ts']);
    assert.deepEqual(
      (await found()).map(({ kind }) => kind),
      ['PUT_ASIDE'],
    );
  });

  it('gives up a broken file without a copy only where it is named', async () => {
    const { internals } = tested;
    await writeInStore(ACTIVE, 'no JSON');
    await until(internals, 'the problem is shown', () => internals.live.state.kind === 'unreadable');
    const { repaired } = await check(true);
    assert.ok(!repaired.some(({ id }) => id.startsWith('UNREADABLE_FILE')));
    assert.equal(await readFile(ACTIVE, 'utf8'), 'no JSON');
    const [broken] = await found();
    assert.deepEqual([broken?.kind, broken?.risky], ['UNREADABLE_FILE', true]);
    const named = await check([broken?.id]);
    assert.deepEqual(
      named.repaired.map(({ outcome }) => outcome),
      ['REPAIRED'],
    );
    assert.equal(internals.live.state.kind, 'readable');
    const [aside = ''] = (await readdir(dirname(ACTIVE))).filter((name) => name.endsWith('.unreadable'));
    assert.equal(await readFile(join(dirname(ACTIVE), aside), 'utf8'), 'no JSON');
  });

  it('moves a bad entry out, and the view has no warning any more', async () => {
    const { internals } = tested;
    await writeInStore(ACTIVE, toJson({ reservations: [{ scope: 7 }, entry('a.ts', 'codex', 3_600_000)] }));
    await until(internals, 'the problem is shown', () => internals.view.getChildren()[0]?.kind === 'problem');
    await check(true);
    assert.equal(internals.view.getChildren()[0]?.kind, 'section');
    assert.deepEqual(labels(internals, 'active'), ['a.ts']);
  });

  if (process.platform !== 'win32') {
    it('takes the rights of others away', async () => {
      await chmod(STORE, 0o755);
      assert.ok((await check()).findings.some(({ kind }) => kind === 'WRONG_MODE'));
      await check(true);
      assert.equal((await stat(STORE)).mode & 0o777, 0o700);
    });
  }

  it('is in the API too, and refuses what it cannot understand', async () => {
    const { api } = tested;
    assert.ok((await api.doctor()).ok);
    const envelope = await run<Checked>('checkStore', { fix: 'everything' });
    assert.equal(envelope.error?.code, 'INVALID_ARGS');
  });
});
