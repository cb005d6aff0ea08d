import { strict as assert } from 'node:assert';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Envelope } from '../../src/core/envelope';
import type { Reservation } from '../../src/core/reservation';
import { tell } from '../../src/extension/notify';
import { toJson } from '../../src/store/files/json';
import type { ProblemKind } from '../../src/store/problem';
import {
  ACTIVE,
  entry,
  eventually,
  extension,
  labels,
  run,
  STORE,
  startAnew,
  succeeded,
  type Tested,
  until,
  withNotifications,
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
];

describe('a store that cannot be understood', () => {
  let tested: Tested;

  before(async () => {
    tested = await extension();
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana', 'codex');
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

  it('an entry that is wrong: told of beside the others, which go on, and carried along', async () => {
    const { internals } = tested;
    const strange = { ...first, reservation_id: 'res_x', scope: 7 };
    await writeInStore(ACTIVE, toJson({ reservations: [strange, first] }));
    await until(internals, 'the good one is shown', () => labels(internals, 'active').includes('a.ts'));
    const [problem] = internals.view.getChildren();
    assert.ok(problem?.kind === 'problem');
    const item = internals.view.getTreeItem(problem);
    assert.equal(item.label, 'Entry 1 cannot be read');
    assert.match(String(item.tooltip), /Entry 1 of .*active\.json is wrong \(scope: /);
    succeeded(await run<Envelope<Reservation>>('reserve', { scope: 'b.ts', bead: 'bd-7' }));
    assert.deepEqual(JSON.parse(await readFile(ACTIVE, 'utf8')).reservations[2], strange);
    await writeInStore(ACTIVE, good);
    await until(internals, 'nothing is wrong', () => internals.view.getChildren()[0]?.kind === 'section');
  });

  it('a file that broke after a commit of ours: the last good copy is shown and used, the file put aside', async () => {
    const { internals } = tested;
    succeeded(await run<Envelope<Reservation>>('reserve', { scope: 'mine.ts', bead: 'bd-7' }));
    await writeInStore(ACTIVE, '{ "reservations": [');
    await until(internals, 'the problem is shown', () => internals.view.getChildren()[0]?.kind === 'problem');
    assert.deepEqual(labels(internals, 'active'), ['mine.ts']);
    succeeded(await run<Envelope<Reservation>>('reserve', { scope: 'more.ts', bead: 'bd-7' }));
    await until(internals, 'nothing is wrong', () => internals.view.getChildren()[0]?.kind === 'section');
    assert.deepEqual(labels(internals, 'active'), ['mine.ts', 'more.ts']);
    const aside = (await readdir(dirname(ACTIVE))).filter((name) => name.endsWith('.unreadable'));
    assert.equal(aside.length, 1);
    assert.equal(await readFile(join(dirname(ACTIVE), aside[0] ?? ''), 'utf8'), '{ "reservations": [');
  });

  it('a file in place of its folder: says so, and recovers', async () => {
    const { internals } = tested;
    await rm(STORE, { recursive: true });
    await writeFile(STORE, 'in the way');
    await until(internals, 'the problem is shown', () => internals.live.state.kind === 'unreadable');
    const { state } = internals.live;
    assert.equal(state.kind === 'unreadable' && state.problem.kind, 'NOT_A_FOLDER');
    const envelope = await run<Envelope<Reservation>>('reserve', { scope: 'b.ts', bead: 'bd-7', agent: 'dana' });
    assert.equal(envelope.error?.details?.['cause'], 'NOT_A_FOLDER');
    // What is held there nobody knows.
    await withNotifications(async (seen) => {
      for (const command of ['release', 'releaseAllMine', 'renew', 'forceRelease', 'takeOver', 'copyScope']) {
        await run(command, { agent: 'dana' });
        assert.match(seen.at(-1)?.text ?? '', /a file stands in place of a folder/, command);
      }
      assert.equal(seen.length, 6);
    });
    await rm(STORE);
    await until(internals, 'nothing is left', () => internals.live.state.kind === 'noStore');
  });

  it('what is chosen in a notification and fails is told of', async () => {
    const failing = { title: 'Go On', run: () => Promise.reject(new Error('No [way](command:foo)')) };
    await withNotifications(
      async (seen) => {
        tell('Shall it?', [failing]);
        await eventually('it is told', () => seen.length === 2);
        assert.equal(seen[1]?.text, 'No [way]\u200B(command:foo)');
      },
      ({ text }) => (text === 'Shall it?' ? failing.title : undefined),
    );
  });

  it('a lock that does not go away: the command gives up, the view goes on', async () => {
    const { internals } = tested;
    const lock = join(STORE, 'reservations', '.lock');
    await mkdir(dirname(lock), { recursive: true });
    // beadboard's form, naming a process that lives: this one.
    await writeFile(lock, String(process.pid));
    const envelope = await run<Envelope<Reservation>>('reserve', { scope: 'b.ts', bead: 'bd-7' });
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
