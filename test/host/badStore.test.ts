import { strict as assert } from 'node:assert';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Envelope } from '../../src/core/envelope';
import type { Reservation } from '../../src/core/reservation';
import { toJson } from '../../src/store/files/json';
import type { ProblemKind } from '../../src/store/problem';
import {
  ACTIVE,
  actAs,
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

const good = toJson({ reservations: [entry('a.ts', 'codex', 3_600_000)] });
const [first] = JSON.parse(good).reservations;

const BAD: readonly (readonly [string, string, ProblemKind])[] = [
  ['truncated', good.slice(0, good.length / 2), 'NOT_JSON'],
  ['empty', '', 'EMPTY_FILE'],
  ['with a byte order mark', `\uFEFF${good}`, 'BYTE_ORDER_MARK'],
  ['not JSON', 'reservations: none\n', 'NOT_JSON'],
  ['of the wrong shape', '{"reservations": {}}\n', 'WRONG_SHAPE'],
  ['with an entry that lacks a field', toJson([{ ...first, expires_at: undefined }]), 'BAD_ENTRY'],
  ['with an entry of wrong fields', toJson([first, { ...first, scope: 7 }]), 'BAD_ENTRY'],
];

describe('a store that cannot be understood', () => {
  let tested: Tested;

  before(async () => {
    tested = await extension();
  });

  beforeEach(async () => {
    await startAnew(tested);
    await actAs(tested, 'dana', 'codex');
  });

  for (const [what, content, kind] of BAD) {
    it(`${what}: says so, refuses to write, leaves the file as it is, and recovers`, async () => {
      const { internals } = tested;
      await writeInStore(ACTIVE, content);
      await until(internals, 'the problem is shown', () => internals.live.state.kind === 'unreadable');
      const { state } = internals.live;
      assert.ok(state.kind === 'unreadable');
      assert.equal(state.problem.kind, kind);
      assert.equal(state.problem.path, ACTIVE);
      assert.deepEqual(internals.view.getChildren(), []);
      assert.equal(internals.view.tree.description, 'active.json');

      const envelope = await run<Envelope<Reservation>>('reserve', { scope: 'b.ts', bead: 'bd-7' });
      assert.equal(envelope.error?.code, 'INTERNAL_ERROR');
      assert.equal(envelope.error?.details?.['cause'], kind);
      assert.equal(envelope.error?.details?.['path'], ACTIVE);
      assert.equal(await readFile(ACTIVE, 'utf8'), content);

      await writeInStore(ACTIVE, good);
      await until(internals, 'the store is shown again', () => labels(internals, 'active').includes('a.ts'));
      succeeded(await run<Envelope<Reservation>>('reserve', { scope: 'b.ts', bead: 'bd-7' }));
    });
  }

  it('a file in place of its folder: says so, and recovers', async () => {
    const { internals } = tested;
    await rm(STORE, { recursive: true });
    await writeFile(STORE, 'in the way');
    await until(internals, 'the problem is shown', () => internals.live.state.kind === 'unreadable');
    const { state } = internals.live;
    assert.equal(state.kind === 'unreadable' && state.problem.kind, 'NOT_A_FOLDER');
    const envelope = await run<Envelope<Reservation>>('reserve', { scope: 'b.ts', bead: 'bd-7', agent: 'dana' });
    assert.equal(envelope.error?.details?.['cause'], 'NOT_A_FOLDER');
    await rm(STORE);
    await until(internals, 'nothing is left', () => internals.live.state.kind === 'noStore');
  });

  it('a lock that does not go away: the command gives up within its time, the view goes on', async () => {
    const { internals } = tested;
    const lock = join(STORE, 'reservations', '.lock');
    await mkdir(dirname(lock), { recursive: true });
    // beadboard's form, naming a process that lives: this one.
    await writeFile(lock, String(process.pid));
    const started = performance.now();
    const envelope = await run<Envelope<Reservation>>('reserve', { scope: 'b.ts', bead: 'bd-7' });
    assert.ok(performance.now() - started < 6_000);
    assert.equal(envelope.error?.code, 'INTERNAL_ERROR');
    assert.equal(envelope.error?.details?.['cause'], 'STORE_LOCKED');
    assert.equal(envelope.error?.details?.['pid'], process.pid);
    assert.equal(await readFile(lock, 'utf8'), String(process.pid));
    await writeInStore(ACTIVE, good);
    await until(internals, 'the view still follows', () => labels(internals, 'active').includes('a.ts'));
    await rm(lock);
    succeeded(await run<Envelope<Reservation>>('reserve', { scope: 'b.ts', bead: 'bd-7' }));
  });
});
