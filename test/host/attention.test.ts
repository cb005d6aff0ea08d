import { strict as assert } from 'node:assert';
import { realpath, rm, writeFile } from 'node:fs/promises';
import type { Envelope } from '../../src/core/envelope';
import type { RequestData } from '../../src/core/request';
import type { Reserved } from '../../src/core/reserve';
import { FinishedNotice } from '../../src/extension/attention/finished';
import { findGit } from '../../src/extension/git';
import { toJson } from '../../src/store/files/json';
import { type Driver, useDrivers } from '../support/driver';
import { commitAll, makeRepository } from '../support/gitRepository';
import {
  ACTIVE,
  entry,
  eventually,
  extension,
  inWorkspace,
  labels,
  pressingEnter,
  removeRepository,
  run,
  STORE,
  setting,
  shown,
  startAnew,
  succeeded,
  type Tested,
  theFolder,
  until,
  withNotifications,
  writeInStore,
} from './support';

const MINUTE = 60_000;
type Answer = Envelope<Reserved>;

describe('what a person is told of by itself', () => {
  const start = useDrivers();
  let tested: Tested;
  let codex: Driver;
  let project: string;

  before(async () => {
    tested = await extension();
    project = await realpath(theFolder().uri.fsPath);
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana', 'codex', 'claude');
    const [driver] = await start('ours', STORE);
    assert.ok(driver);
    codex = driver;
  });

  async function another(command: string, args: Record<string, unknown>): Promise<unknown> {
    const { ok, data, error } = await codex.call(command, args);
    assert.ok(ok, error?.message);
    return data;
  }

  async function codexHolds(scope: string): Promise<void> {
    await another('reserve', { agent: 'codex', scope, bead: 'bd-9', project });
    await until(tested.internals, `${scope} is seen`, () => labels(tested.internals, 'active').includes(scope));
  }

  it('ask to release asks the holder once; the view says so, and tells when it is free', async () => {
    const { internals } = tested;
    await codexHolds('src/auth/**');
    await withNotifications(
      async (seen) => {
        const item = shown(internals, 'active')[0]?.node;
        const asked = succeeded(
          await run<Envelope<RequestData>>('askToRelease', { ...item, reason: 'I need the login form' }),
        );
        assert.equal(asked.requests[0]?.agent_id, 'codex');
        assert.equal(seen[0]?.text, 'codex was asked. You are told when it is free.');
        const [after] = shown(internals, 'active');
        assert.match(after?.description ?? '', /^codex · bd-9 · .+ · asked$/);
        assert.match(after?.item.accessibilityInformation?.label ?? '', /, you asked for it$/);

        await run('askToRelease', after?.node);
        assert.match(seen[1]?.text ?? '', /^You asked codex for “src\/auth\/\*\*” already, .+\. You are told/);

        await another('release', { agent: 'codex', scope: 'src/auth/**', project });
        await eventually('it is told', () => seen.length > 2);
        assert.equal(seen[2]?.text, '“src/auth/**” is free now.');
        assert.deepEqual(seen[2]?.actions, ['Reserve', 'Dismiss']);
        const mine = () => labels(internals, 'active').includes('src/auth/**');
        await pressingEnter(until(internals, 'it is reserved', mine));
        // The person is told what was done meanwhile, and no second time that it is free.
        await eventually('the advice is told', () => seen.length > 3);
        assert.match(
          seen[3]?.text ?? '',
          /^“src\/auth\/\*\*” is yours\. codex worked there before you: read its files/,
        );
        assert.equal(seen.length, 4);
        await eventually('the message is read', async () => {
          const inbox = succeeded(await tested.api.inbox({ agent: 'dana' }));
          return inbox.some(({ freed, state }) => freed !== undefined && state === 'read');
        });
      },
      ({ text }) => (text.endsWith('is free now.') ? 'Reserve' : undefined),
    );
  });

  it('ask to release from a refusal asks for what was wanted', async () => {
    await codexHolds('src/**');
    await withNotifications(
      async (seen) => {
        await run('reserve', { scope: 'src/auth/login.ts', bead: 'bd-1' });
        assert.deepEqual(seen[0]?.actions, ['Ask to Release…', 'Open Reservation']);
        const wanted = { scope: 'src/auth/login.ts', project, bead: 'bd-1' };
        const data = succeeded(await run<Envelope<RequestData>>('askToRelease', { wanted, reason: 'For the form' }));
        assert.equal(data.requests[0]?.scope, 'src/**');
        assert.equal(data.requests[0]?.overlap, 'contains');
      },
      () => undefined,
    );
  });

  it('who waits for one’s own is shown, and asks by a notification that releases', async () => {
    const { internals } = tested;
    succeeded(await run<Answer>('reserve', { scope: 'src/a.ts', bead: 'bd-1' }));
    await withNotifications(
      async (seen) => {
        await another('request', { from: 'codex', scope: 'src/a.ts', reason: 'I am blocked', project });
        await eventually('it is told', () => seen.length > 0);
        assert.equal(seen[0]?.text, 'codex asks you to release “src/a.ts”.');
        assert.deepEqual(seen[0]?.actions, ['Release', 'Open Message', 'Later']);
        await until(internals, 'it is released and acknowledged', () => {
          const { active, messages } = internals.live.overview;
          return active.length + messages.length === 0;
        });
        assert.equal(seen.length, 1);
      },
      () => 'Release',
    );
  });

  it('who was refused, or asked, is named on the item that stands in the way', async () => {
    const { internals } = tested;
    succeeded(await run<Answer>('reserve', { scope: 'src/**', bead: 'bd-1' }));
    await codex.call('reserve', { agent: 'codex', scope: 'src/a.ts', bead: 'bd-2', project });
    await withNotifications(async (seen) => {
      await another('request', { from: 'claude', scope: 'src/b.ts', reason: 'I am blocked', project });
      await until(internals, 'both are seen', () =>
        / · 2 waiting$/.test(shown(internals, 'active')[0]?.description ?? ''),
      );
      const [item] = shown(internals, 'active');
      assert.match(String(item?.item.tooltip), /Wanted by: codex \(src\/a\.ts, since .+\), claude \(src\/b\.ts, since/);
      assert.match(item?.item.accessibilityInformation?.label ?? '', /, wanted by codex, claude$/);
      await eventually('the request is told', () => seen.length > 0);
    });
  });

  it('keeps alive what is held in this project, as long as the setting says so', async () => {
    const { internals } = tested;
    const due = { ...entry('kept.ts', 'dana', 30 * MINUTE), project };
    const elsewhere = { ...entry('elsewhere.ts', 'dana', 30 * MINUTE), project: '/nowhere' };
    const theirs = { ...entry('theirs.ts', 'codex', 30 * MINUTE), project };
    const endOf = (scope: string) =>
      Date.parse(
        internals.live.overview.active.find(({ reservation }) => reservation.scope === scope)?.reservation.expires_at ??
          '',
      );
    await setting('autoRenew', false);
    try {
      await writeInStore(ACTIVE, toJson([due, elsewhere, theirs]));
      await until(internals, 'all are seen', () => internals.live.overview.active.length === 3);
      const before = ['elsewhere.ts', 'theirs.ts'].map(endOf);
      const { expires_at } = due as unknown as { expires_at: string };
      await setting('autoRenew', undefined);
      // It was made for an hour and a half.
      await until(internals, 'it is renewed', () => endOf('kept.ts') > Date.parse(expires_at) + 50 * MINUTE);
      assert.deepEqual(['elsewhere.ts', 'theirs.ts'].map(endOf), before);
    } finally {
      await setting('autoRenew', undefined);
    }
  });

  it('tells once of all that end soon, where they are not kept alive', async () => {
    const { internals } = tested;
    await setting('autoRenew', false);
    try {
      await withNotifications(
        async (seen) => {
          const soon = (scope: string, minutes: number) => ({ ...entry(scope, 'dana', minutes * MINUTE), project });
          await writeInStore(ACTIVE, toJson([soon('a.ts', 9), soon('b.ts', 11), soon('c.ts', 60)]));
          await until(internals, 'both are extended', () =>
            ['a.ts', 'b.ts'].every((scope) =>
              internals.live.overview.active.some(
                ({ reservation }) =>
                  reservation.scope === scope && Date.parse(reservation.expires_at) > Date.now() + 110 * MINUTE,
              ),
            ),
          );
          assert.deepEqual(
            seen.map(({ text, actions }) => [text, actions]),
            [['2 of your scopes end within minutes: a.ts, b.ts.', ['Renew All', 'Release All']]],
          );
        },
        () => 'Renew All',
      );
    } finally {
      await setting('autoRenew', undefined);
    }
  });

  it('offers for release what is committed', async () => {
    const { internals } = tested;
    makeRepository(theFolder().uri.fsPath);
    try {
      const git = await findGit();
      assert.ok(git);
      await eventually('the repository is open', () => git.getRepository(theFolder().uri) !== null);
      succeeded(await run<Answer>('reserve', { scope: 'src/auth/**', bead: 'bd-1' }));
      succeeded(await run<Answer>('reserve', { scope: 'docs/**', bead: 'bd-1' }));
      await withNotifications(
        async (seen) => {
          await writeFile(inWorkspace('src/auth/new.ts').fsPath, '');
          const changes = () => git.getRepository(theFolder().uri)?.state;
          const isSeen = () =>
            (changes()?.workingTreeChanges.length ?? 0) + (changes()?.untrackedChanges?.length ?? 0) > 0;
          await eventually('the change is seen', isSeen);
          commitAll(theFolder().uri.fsPath);
          await eventually('it is offered', () => seen.length > 0);
          assert.equal(seen[0]?.text, 'The changes in “src/auth/**” are committed. Release it?');
          await until(internals, 'it is released', () => labels(internals, 'active').join() === 'docs/**');
        },
        () => 'Release',
      );
    } finally {
      await removeRepository();
      await rm(inWorkspace('src/auth/new.ts').fsPath, { force: true });
    }
  }).timeout(60_000);

  it('offers for release what an earlier window of this workspace has left', async () => {
    const { internals } = tested;
    succeeded(await run<Answer>('reserve', { scope: 'src/a.ts', bead: 'bd-1' }));
    await codexHolds('docs/**');
    await withNotifications(
      async (seen) => {
        // As a window that starts now.
        const notice = new FinishedNotice(internals.commands, internals.commands.own);
        try {
          await codexHolds('more.md');
          await eventually('it is offered', () => seen.length > 0);
          assert.equal(seen[0]?.text, 'You still hold “src/a.ts” from the last time. Release it?');
          await until(internals, 'it is released', () => !labels(internals, 'active').includes('src/a.ts'));
        } finally {
          notice.dispose();
        }
      },
      () => 'Release',
    );
  });
});
