/** Beside beadboard since March 2026: its absolute scopes count as those of the project that they lie in, by every rule. */

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { isExpired, type Reservation } from '../../src/core/reservation';
import { findProject } from '../../src/project/findProject';
import { placeOfScope } from '../../src/project/placeOfScope';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { placedScopes, withPlacedScopes } from '../../src/store/placedScopes';
import { git, makeRepository } from '../support/gitRepository';
import { createHeadPeer } from '../support/headPeer';
import { put } from '../support/hookedRepository';
import { grantedData, refusal } from '../support/outcomes';
import { reservation } from '../support/samples';
import { activeIn, historyIn, seedStore, writeActive } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const OURS = { agent: 'agent-a', bead: 'b' };
const THEIRS = 'bd-agent';

describe('an absolute scope without a project', () => {
  const temp = useTempFolder();
  let root: string;
  let repo: string;
  let linked: string;
  let operations: Coordination;

  beforeEach(() => {
    root = seedStore(join(temp(), 'store'));
    repo = join(temp(), 'repo');
    linked = join(temp(), 'linked');
    put(join(repo, 'src/lib/a.ts'), 'a');
    makeRepository(repo);
    git(repo, 'worktree', 'add', '--quiet', linked);
    operations = createCoordination(withPlacedScopes(new FileStore(root), placeOfScope), {
      random: () => randomHex(4),
    });
  });

  const head = (cwd = repo) => createHeadPeer(root, cwd, new Map([[THEIRS, new Date()]]));
  const theirs = (scope: string, cwd = repo) => head(cwd).reserve({ agent: THEIRS, scope, bead: 'bd-9' });

  describe('is placed', () => {
    it('in the worktree around it, by what is before the first pattern', () => {
      const place = (scope: string) => ({ project: repo, worktree: repo, scope });
      assert.deepEqual(placeOfScope(`${repo}/src/lib`), place('src/lib'));
      assert.deepEqual(placeOfScope(`${repo}/src/*/x/**`), place('src/*/x/**'));
      assert.deepEqual(placeOfScope(`${repo}/not/there/yet.ts`), place('not/there/yet.ts'));
      assert.deepEqual(placeOfScope(repo), place('**'));
      assert.deepEqual(placeOfScope(`${repo}/*`), place('*'));
      assert.deepEqual(placeOfScope(`${linked}/src`), { project: repo, worktree: linked, scope: 'src' });
    });

    it('by where links on its way lead', () => {
      symlinkSync(repo, join(temp(), 'link'));
      assert.deepEqual(placeOfScope(`${temp()}/link/src`), { project: repo, worktree: repo, scope: 'src' });
    });

    it('without git, in a folder that somebody works in, and else nowhere', async () => {
      const plain = join(temp(), 'plain');
      mkdirSync(join(plain, 'src'), { recursive: true });
      assert.equal(placeOfScope(`${plain}/src/a.ts`), undefined);
      await findProject(plain);
      assert.deepEqual(placeOfScope(`${plain}/src/b.ts`), { project: plain, worktree: plain, scope: 'src/b.ts' });
      for (const scope of ['src/lib', '', '.', temp(), '/', '/etc/hosts', `/${'x'.repeat(5_000)}`]) {
        assert.equal(placeOfScope(scope), undefined, scope);
      }
    });
  });

  it('is a conflict for who wants the same, or what overlaps, and for nobody in another project', async () => {
    await theirs('src/lib');
    for (const scope of ['src/lib', 'src', 'src/**', 'src/lib/a.ts', '**']) {
      const { details } = refusal(await operations.reserve({ ...OURS, scope, project: repo }), 'RESERVATION_CONFLICT');
      const [conflict] = (details?.['conflicts'] ?? []) as readonly Reservation[];
      assert.deepEqual([conflict?.agent_id, conflict?.scope], [THEIRS, 'src/lib'], scope);
    }
    grantedData(await operations.reserve({ ...OURS, scope: 'docs', project: repo }));
    grantedData(await operations.reserve({ ...OURS, scope: 'src/lib', project: join(temp(), 'other') }));
  });

  it('is a conflict from another worktree of the repository too', async () => {
    await theirs('src/lib', linked);
    refusal(await operations.reserve({ ...OURS, scope: 'src/lib', project: repo }), 'RESERVATION_CONFLICT');
  });

  it('is told by check, listed and counted by status, though its agent is registered elsewhere', async () => {
    await theirs('src/lib');
    const check = grantedData(await operations.check({ paths: ['src/lib/a.ts'], agent: 'agent-a', project: repo }));
    assert.deepEqual([check.paths[0]?.held_by[0]?.agent_id, check.summary.held_by_others], [THEIRS, 1]);
    const { reservations, summary } = grantedData(await operations.status({ bead: 'bd-9' }));
    assert.deepEqual(
      reservations.map(({ agent_id, scope, project, worktree }) => ({ agent_id, scope, project, worktree })),
      [{ agent_id: THEIRS, scope: 'src/lib', project: repo, worktree: repo }],
    );
    assert.equal(summary.active, 1);
  });

  it('keeps its text in the files, with who waits for it, so that beadboard still finds it', async () => {
    await theirs('src/lib');
    const [before] = activeIn(root);
    refusal(await operations.reserve({ ...OURS, scope: 'src', project: repo }), 'RESERVATION_CONFLICT');
    const [after] = activeIn(root);
    const { waiting, ...rest } = after ?? reservation();
    assert.deepEqual(rest, before);
    assert.equal(waiting?.[0]?.agent_id, 'agent-a');
    const answer = (await head().release({ agent: THEIRS, scope: `${repo}/src/lib` })) as { ok: boolean };
    assert.ok(answer.ok);
    grantedData(await operations.reserve({ ...OURS, scope: 'src', project: repo }));
  });

  it('can be asked for, and released by a person in its holder’s place', async () => {
    await theirs('src/lib');
    const { requests } = grantedData(
      await operations.request({ from: 'agent-a', scope: 'src/lib', reason: 'Tests.', project: repo }),
    );
    assert.equal(requests.length, 1);
    const [entry] = grantedData(await operations.status()).reservations;
    assert.ok(entry);
    const forced = { reservation: entry.reservation_id, scope: entry.scope, by: 'agent-a', reason: 'It is gone.' };
    grantedData(await operations.forceRelease(forced));
    assert.deepEqual(activeIn(root), []);
    const [closed] = historyIn(root);
    assert.deepEqual(
      [closed?.scope, closed?.agent_id, closed?.state, 'project' in (closed ?? {})],
      [`${repo}/src/lib`, THEIRS, 'released', false],
    );
    grantedData(await operations.reserve({ ...OURS, scope: 'src/lib', project: repo }));
  });

  it('may take the place of one of ours, which history then tells: it is held once', async () => {
    grantedData(await operations.reserve({ ...OURS, scope: 'src/lib', project: repo }));
    assert.ok(((await theirs('src/lib')) as { ok: boolean }).ok);
    const { reservations } = grantedData(await operations.status());
    assert.deepEqual(
      reservations.map(({ agent_id, scope }) => [agent_id, scope]),
      [[THEIRS, 'src/lib']],
    );
    refusal(await operations.reserve({ ...OURS, scope: 'src/lib', project: repo }), 'RESERVATION_CONFLICT');
    assert.deepEqual(
      historyIn(root).map(({ agent_id, state, released_at }) => [agent_id, state, released_at]),
      [['agent-a', 'released', null]],
    );
  });

  it('shows messages of such an agent', async () => {
    grantedData(await operations.register({ name: THEIRS, role: 'qa' }));
    const note = { from: THEIRS, to: 'agent-a', bead: 'b', category: 'BLOCKED', subject: 's', body: 'b' };
    grantedData(await operations.send(note));
    unlinkSync(join(root, 'agents', `${THEIRS}.json`));
    assert.equal(grantedData(await operations.inbox({ agent: 'agent-a' })).length, 1);
    assert.equal(grantedData(await operations.status()).summary.unacked_required_messages, 1);
  });

  /** The model: the same entry, written with its project and the scope in it. */
  it('is in the way of just what the same scope of its project would be', async () => {
    const name = fc.constantFrom('src', 'lib', 'a.ts', '*', '**', '*.ts', '{a,b}');
    const scope = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
    const calls = fc.record({ held: scope, wanted: scope, mine: fc.boolean(), over: fc.boolean() });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(calls, async ({ held, wanted, mine, over }) => {
        const answers: unknown[] = [];
        for (const place of [{ scope: `${repo}/${held}` }, { scope: held, project: repo }]) {
          const store = seedStore(join(temp(), `run-${number++}`));
          const expires_at = new Date(Date.now() + (over ? -1 : 1) * 3_600_000).toISOString();
          const agent_id = mine ? 'agent-a' : 'agent-b';
          writeActive(store, { reservations: [reservation({ ...place, agent_id, expires_at })] });
          const ours = createCoordination(withPlacedScopes(new FileStore(store), placeOfScope), {
            random: () => '0123abcd',
          });
          const about = { agent: 'agent-a', scope: wanted, project: repo };
          const codes = [
            await ours.check({ paths: [wanted.replaceAll('*', 'x')], agent: 'agent-a', project: repo }),
            await ours.reserve({ ...about, bead: 'b' }),
            await ours.reserve({ ...about, bead: 'b', takeoverStale: true }),
            await ours.renew({ ...about, ttl: 30 }),
            await ours.release(about),
            await ours.status({ agent: 'agent-b' }),
          ].map(({ ok, error, data }) => [ok, error?.code, data]);
          const isOfMoment = (key: string) => /_at$|^since$|^worktree$|^fence$|_id$|^message$/.test(key);
          answers.push(JSON.parse(JSON.stringify(codes, (key, value) => (isOfMoment(key) ? undefined : value))));
        }
        assert.deepEqual(answers[0], answers[1]);
      }),
      { numRuns: 25 },
    );
  });

  it('comes back as the very object where nothing has changed, and as it was written where something has', () => {
    const stored = reservation({ scope: `${repo}/src`, extra: 1 });
    const { toLocal, toStored } = placedScopes(placeOfScope);
    const here = toLocal(stored);
    assert.equal(toLocal(stored), here);
    assert.equal(toStored(here), stored);
    assert.deepEqual(toStored({ ...here, bead_id: 'bd-2' }), { ...stored, bead_id: 'bd-2' });
    assert.ok(!isExpired(here, new Date(here.created_at)));
    const own = reservation({ scope: 'src', project: repo });
    assert.equal(toLocal(own), own);
  });
});
