import { strict as assert } from 'node:assert';
import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import type { Envelope } from '../../src/core/envelope';
import type { Reserved } from '../../src/core/reserve';
import { placeIn } from '../../src/extension/projects';
import { targetOf } from '../../src/extension/scopes';
import { useDrivers } from '../support/driver';
import { git } from '../support/gitRepository';
import {
  extension,
  inWorkspace,
  labels,
  pressingEnter,
  run,
  STORE,
  startAnew,
  succeeded,
  type Tested,
  theFolder,
  until,
  withNotifications,
} from './support';

type Answer = Envelope<Reserved>;

describe('reservations of this project', () => {
  const start = useDrivers();
  let tested: Tested;
  let project: string;

  before(async () => {
    tested = await extension();
    project = await realpath(theFolder().uri.fsPath);
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana', 'codex');
  });

  it('name it, and the worktree', async () => {
    const { project: named, worktree } = succeeded(await run<Answer>('reserve', { scope: 'src/*.ts', bead: 'bd-1' }));
    assert.equal(named, project);
    assert.equal(worktree, project);
  });

  it('are refused where they overlap another’s, in words, with the ways on', async () => {
    const { internals } = tested;
    const [codex] = await start('ours', STORE);
    await codex?.call('reserve', { agent: 'codex', scope: 'src/auth/**', bead: 'bd-9', project });
    await codex?.call('reserve', { agent: 'codex', scope: 'src/api/**', bead: 'bd-9', project });
    await until(internals, 'both are seen', () => labels(internals, 'active').length === 2);
    await withNotifications(async (seen) => {
      const inside = await run<Answer>('reserve', { scope: 'src/auth/login.ts', bead: 'bd-1' });
      assert.equal(inside.error?.code, 'RESERVATION_CONFLICT');
      assert.match(
        seen[0]?.text ?? '',
        /^“src\/auth\/\*\*” is held by codex for bd-9 until .+\. It contains the scope you ask for\.$/,
      );
      assert.ok(seen[0]?.actions.includes('Open Reservation'));
      await run<Answer>('reserve', { scope: 'src', bead: 'bd-1' });
      assert.match(seen[1]?.text ?? '', /It is part of the scope you ask for\. And 1 more is in the way\.$/);
    });
  });

  it('meet none of another project', async () => {
    const { api } = tested;
    succeeded(await api.reserve({ agent: 'codex', scope: 'src/a.ts', bead: 'bd-9', project: '/nowhere' }));
    succeeded(await run<Answer>('reserve', { scope: 'src/a.ts', bead: 'bd-1' }));
    const released = succeeded(await run<Answer>('release', { reservation: { scope: 'src/a.ts', project } }));
    assert.equal(released.project, project);
    assert.deepEqual(labels(tested.internals, 'active'), ['src/a.ts']);
  });

  it('of one’s own that is there already lead to Renew', async () => {
    succeeded(await run<Answer>('reserve', { scope: 'src/a.ts', bead: 'bd-1' }));
    await withNotifications(async (seen) => {
      await run('reserve', { scope: './src/a.ts', bead: 'bd-1' });
      assert.deepEqual(seen[0]?.actions, ['Renew…', 'Open Reservation']);
    });
  });

  it('belong to a repository inside of the folder, where the file is in one', async () => {
    const inner = inWorkspace('vendor/lib');
    await mkdir(inner.fsPath, { recursive: true });
    await writeFile(inWorkspace('vendor/lib/a.ts').fsPath, '');
    try {
      git(inner.fsPath, 'init', '--quiet');
      const target = await targetOf(inWorkspace('vendor/lib/a.ts'));
      assert.equal(target?.scope, 'a.ts');
      assert.equal(target.place?.project, await realpath(inner.fsPath));
      assert.equal((await placeIn(theFolder(), inWorkspace('src'))).project, project);
      assert.equal((await targetOf(inWorkspace('src/auth')))?.scope, 'src/auth/**');
    } finally {
      await rm(inWorkspace('vendor').fsPath, { recursive: true });
    }
  });

  it('are taken over in their own project', async () => {
    const { internals } = tested;
    const [codex] = await start('ours', STORE);
    await codex?.call('reserve', { agent: 'codex', scope: 'old.ts', bead: 'bd-9', project, ttl: 5 });
    await until(internals, 'it is seen', () => labels(internals, 'active').includes('old.ts'));
    const [item] = internals.live.overview.active;
    const taken = await pressingEnter(run<Answer>('takeOver', item));
    assert.equal(taken.error?.code, 'RESERVATION_CONFLICT');
  });
});
