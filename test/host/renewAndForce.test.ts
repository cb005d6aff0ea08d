import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Envelope } from '../../src/core/envelope';
import type { Reservation } from '../../src/core/reservation';
import { useDrivers } from '../support/driver';
import {
  extension,
  labels,
  pressingEnter,
  run,
  STORE,
  shown,
  startAnew,
  succeeded,
  type Tested,
  until,
  withNotifications,
} from './support';

const MINUTE = 60_000;
type Answer = Envelope<Reservation>;

describe('Renew and Force Release', () => {
  const start = useDrivers();
  let tested: Tested;

  before(async () => {
    tested = await extension();
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana', 'codex');
  });

  async function anotherHolds(...scopes: readonly string[]): Promise<void> {
    const [codex] = await start('ours', STORE);
    for (const scope of scopes) {
      await codex?.call('reserve', { agent: 'codex', scope, bead: 'bd-1' });
      await until(tested.internals, `${scope} is seen`, () => labels(tested.internals, 'active').includes(scope));
    }
  }

  it('renew asks for how long, and lets it end later', async () => {
    const made = succeeded(await run<Answer>('reserve', { scope: 'a.ts', bead: 'bd-7', ttl: 5 }));
    const item = shown(tested.internals, 'active')[0]?.node;
    const renewed = succeeded(await pressingEnter(run<Answer>('renew', item)));
    assert.equal(renewed.reservation_id, made.reservation_id);
    assert.ok(Date.parse(renewed.expires_at) - Date.parse(made.expires_at) >= 115 * MINUTE);
    assert.match(shown(tested.internals, 'active')[0]?.description ?? '', /1 h 59 min$/);
  });

  it('renew takes what is one’s own of several that are selected', async () => {
    await anotherHolds('theirs.ts');
    for (const scope of ['a.ts', 'b.ts']) {
      succeeded(await run<Answer>('reserve', { scope, bead: 'bd-7', ttl: 5 }));
    }
    const nodes = shown(tested.internals, 'active').map(({ node }) => node);
    const envelopes = await pressingEnter(run<readonly Answer[]>('renew', nodes[0], nodes));
    assert.deepEqual(
      envelopes.map((envelope) => succeeded(envelope).scope),
      ['a.ts', 'b.ts'],
    );
  });

  it('renew never makes a lease shorter, and says so', async () => {
    succeeded(await run<Answer>('reserve', { scope: 'a.ts', bead: 'bd-7', ttl: 240 }));
    await withNotifications(async (seen) => {
      succeeded(await run<Answer>('renew', { scope: 'a.ts', ttl: 30 }));
      assert.match(seen[0]?.text ?? '', /^“a\.ts” is yours until .+ already; that is left as it is\.$/);
    });
  });

  it('renew of another’s is refused, and told', async () => {
    await anotherHolds('theirs.ts');
    await withNotifications(async (seen) => {
      const envelope = await run<Answer>('renew', { scope: 'theirs.ts', ttl: 30 });
      assert.equal(envelope.error?.code, 'RENEW_FORBIDDEN');
      assert.match(seen[0]?.text ?? '', /^“theirs\.ts” is held by codex/);
    });
  });

  it('force release asks whether, naming holder, scope and end, and history keeps it', async () => {
    await anotherHolds('theirs.ts');
    const item = shown(tested.internals, 'active')[0]?.node;
    await withNotifications(
      async (seen) => {
        const envelope = await run<Answer>('forceRelease', { ...item, reason: 'It was stopped' });
        assert.equal(succeeded(envelope).released_by, 'dana');
        assert.equal(seen.length, 1);
        assert.match(seen[0]?.text ?? '', /^Release “theirs\.ts”, which codex holds until .+\?$/);
        assert.equal(seen[0]?.modal, true);
        assert.match(seen[0]?.detail ?? '', /cannot be undone\.\n\nReason: It was stopped$/);
      },
      () => 'Force Release',
    );
    assert.deepEqual(labels(tested.internals, 'active'), []);
    const history = await readFile(join(STORE, 'reservations', 'history.jsonl'), 'utf8');
    assert.match(history, /"reason":"It was stopped"/);
  });

  it('force release does nothing without a yes', async () => {
    await anotherHolds('theirs.ts');
    const item = shown(tested.internals, 'active')[0]?.node;
    await withNotifications(async () => {
      assert.equal(await run('forceRelease', { ...item, reason: 'Why not' }), undefined);
    });
    assert.deepEqual(labels(tested.internals, 'active'), ['theirs.ts']);
  });

  it('force release takes what others hold of several that are selected, with one question', async () => {
    await anotherHolds('x.ts', 'y.ts');
    succeeded(await run<Answer>('reserve', { scope: 'mine.ts', bead: 'bd-7' }));
    const nodes = shown(tested.internals, 'active').map(({ node }) => node);
    await withNotifications(
      async (seen) => {
        await run('forceRelease', { ...nodes[1], reason: 'The agent is gone' }, nodes);
        assert.equal(seen.length, 1);
        assert.equal(seen[0]?.text, 'Release 2 scopes that others hold?');
        assert.match(seen[0]?.detail ?? '', /^x\.ts: codex, until .+\ny\.ts: codex, until /);
      },
      () => 'Force Release',
    );
    assert.deepEqual(labels(tested.internals, 'active'), ['mine.ts']);
  });

  it('force release of one’s own leads to Release', async () => {
    succeeded(await run<Answer>('reserve', { scope: 'mine.ts', bead: 'bd-7' }));
    await withNotifications(async (seen) => {
      await run('forceRelease', shown(tested.internals, 'active')[0]?.node);
      assert.equal(seen[0]?.text, 'That is held by no other any more. What is yours you can just release.');
    });
  });

  it('force release with arguments answers the envelope, and needs a reason', async () => {
    await anotherHolds('theirs.ts');
    const reservation = tested.internals.live.overview.active[0]?.reservation.reservation_id;
    const refused = await run<Answer>('forceRelease', { reservation, skipConfirmation: true });
    assert.equal(refused.error?.code, 'INVALID_ARGS');
    succeeded(await run<Answer>('forceRelease', { reservation, reason: 'Gone', skipConfirmation: true }));
  });
});
