/** What a store does about rewrites by others, broken files and its own memory of them. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import type { StoreProblem } from '../../src/store/problem';
import { grantedData, refusal } from '../support/outcomes';
import { activeIn, FILES, historyIn, scopesOf, seedStore, writeActive } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const A = { agent: 'agent-a', bead: 'b' };
const B = { agent: 'agent-b', bead: 'b' };

describe('a rewrite by another program', () => {
  const temp = useTempFolder();
  let root: string;
  let notices: StoreProblem[];

  beforeEach(() => {
    root = seedStore(join(temp(), 'store'));
    notices = [];
  });

  /** A process that starts now. */
  function operations() {
    const store = new FileStore(root, { onNotice: (notice) => notices.push(notice) });
    return createCoordination(store, { random: () => randomHex(4) });
  }

  const happened = () => notices.map(({ kind, facts }) => [kind, facts['what'], facts['scope']]);

  it('that drops a live reservation: readers still see it, the next commit stores it, and it is told', async () => {
    grantedData(await operations().reserve({ ...A, scope: 'kept' }));
    grantedData(await operations().reserve({ ...A, scope: 'dropped' }));
    writeActive(
      root,
      activeIn(root).filter((entry) => entry.scope !== 'dropped'),
    );
    assert.deepEqual(scopesOf(grantedData(await operations().status()).reservations), ['dropped', 'kept']);
    assert.deepEqual(notices, []);
    refusal(await operations().reserve({ ...B, scope: 'dropped' }), 'RESERVATION_CONFLICT');
    assert.deepEqual(scopesOf(activeIn(root)), ['dropped', 'kept']);
    assert.deepEqual(happened(), [['FOREIGN_REWRITE', 'DROPPED', 'dropped']]);
  });

  it('that revives a released one: it is closed for readers and writers, and gone with the next commit', async () => {
    grantedData(await operations().reserve({ ...A, scope: 'old' }));
    const before = activeIn(root);
    grantedData(await operations().release({ ...A, scope: 'old' }));
    writeActive(root, before);
    assert.deepEqual(grantedData(await operations().status()).reservations, []);
    refusal(await operations().release({ ...A, scope: 'old' }), 'RESERVATION_NOT_FOUND');
    assert.equal(historyIn(root).length, 1);
    assert.deepEqual(activeIn(root), []);
    assert.deepEqual(happened(), [['FOREIGN_REWRITE', 'REVIVED', 'old']]);
  });

  it('that drops one and grants its scope again: that stands, and is told', async () => {
    grantedData(await operations().reserve({ ...A, scope: 'contested' }));
    const [entry] = activeIn(root);
    writeActive(root, [{ ...entry, reservation_id: 'res_1', agent_id: 'agent-b' }]);
    refusal(await operations().reserve({ ...A, scope: 'contested' }), 'RESERVATION_CONFLICT');
    grantedData(await operations().reserve({ ...A, scope: 'other' }));
    assert.deepEqual(
      activeIn(root).map(({ scope, agent_id }) => [scope, agent_id]),
      [
        ['contested', 'agent-b'],
        ['other', 'agent-a'],
      ],
    );
    assert.deepEqual(happened().at(-1), ['FOREIGN_REWRITE', 'REGRANTED', 'contested']);
  });

  it('a release by beadboard is no such thing: history has it', async () => {
    grantedData(await operations().reserve({ ...A, scope: 'theirs' }));
    const [entry] = activeIn(root);
    writeActive(root, []);
    const line = { ...entry, state: 'released', released_at: new Date().toISOString() };
    writeFileSync(join(root, FILES.history), `${JSON.stringify(line)}\n`);
    grantedData(await operations().reserve({ ...B, scope: 'theirs' }));
    assert.deepEqual(notices, []);
  });

  it('the deletion of the whole list loses nothing', async () => {
    grantedData(await operations().reserve({ ...A, scope: 'a' }));
    rmSync(join(root, FILES.active));
    assert.deepEqual(scopesOf(grantedData(await operations().status()).reservations), ['a']);
    refusal(await operations().reserve({ ...B, scope: 'a' }), 'RESERVATION_CONFLICT');
    assert.deepEqual(scopesOf(activeIn(root)), ['a']);
  });

  it('two of one id are told apart by their scope: the ids that beadboard draws collide', async () => {
    grantedData(await operations().reserve({ ...A, scope: 'one' }));
    const [entry] = activeIn(root);
    writeActive(root, [entry, { ...entry, scope: 'two' }]);
    grantedData(await operations().release({ ...A, scope: 'one' }));
    assert.deepEqual(scopesOf(activeIn(root)), ['two']);
    assert.deepEqual(scopesOf(grantedData(await operations().status()).reservations), ['two']);
  });

  it('one that has the id of a closed one of its scope, but was made later, is not taken for it', async () => {
    const closed = grantedData(await operations().reserve({ ...A, scope: 'one' }));
    grantedData(await operations().release({ ...A, scope: 'one' }));
    const createdAt = new Date(Date.parse(closed.created_at) + 1).toISOString();
    writeActive(root, [{ ...closed, agent_id: 'agent-b', created_at: createdAt }]);
    refusal(await operations().reserve({ ...A, scope: 'one' }), 'RESERVATION_CONFLICT');
    grantedData(await operations().reserve({ ...A, scope: 'two' }));
    assert.deepEqual(scopesOf(activeIn(root)), ['one', 'two']);
    assert.deepEqual(notices, []);
  });

  it('an expired one that a sweep took out and never wrote down goes to history', async () => {
    const past = () => new Date(Date.now() - 200 * 60_000);
    const earlier = createCoordination(new FileStore(root, { clock: past }), { random: () => 'aaaaaaaa', clock: past });
    grantedData(await earlier.reserve({ ...A, scope: 'old' }));
    writeActive(root, []);
    grantedData(await operations().reserve({ ...B, scope: 'new' }));
    assert.deepEqual(
      historyIn(root).map(({ scope, state }) => [scope, state]),
      [['old', 'expired']],
    );
  });

  it('a history that was put aside: nothing is brought back on the strength of what it may have closed', async () => {
    grantedData(await operations().reserve({ ...A, scope: 'a' }));
    grantedData(await operations().reserve({ ...A, scope: 'b' }));
    grantedData(await operations().release({ ...A, scope: 'b' }));
    grantedData(await operations().reserve({ ...A, scope: 'c' }));
    rmSync(join(root, FILES.history));
    writeActive(root, []);
    grantedData(await operations().reserve({ ...B, scope: 'a' }));
    assert.deepEqual(scopesOf(activeIn(root)), ['a']);
  });
});

describe('the journal', () => {
  const temp = useTempFolder();
  let root: string;
  const operations = () => createCoordination(new FileStore(root), { random: () => randomHex(4) });
  const journal = () => join(root, 'reservations', '.journal');

  beforeEach(async () => {
    root = seedStore(join(temp(), 'store'));
    grantedData(await operations().reserve({ ...A, scope: 'a' }));
  });

  const damages: readonly (readonly [string, (content: string) => string])[] = [
    ['empty', () => ''],
    ['torn', (content) => content.slice(0, -9)],
    ['with the end of an older one behind it', (content) => `${content}"]}`],
    ['of another content under the same digest', (content) => content.replace('agent-a', 'agent-b')],
    ['zero bytes', (content) => '\0'.repeat(content.length)],
    ['of another shape', () => '4f53cda18c2baa0c0354bb5f9a3ecbe5\n[]'],
  ];
  for (const [name, damage] of damages) {
    it(`${name}: does no harm, and is right again after the next commit`, async () => {
      const whole = readFileSync(journal(), 'utf8');
      const damaged = damage(whole);
      assert.notEqual(damaged, whole);
      writeFileSync(journal(), damaged);
      assert.deepEqual(scopesOf(grantedData(await operations().status()).reservations), ['a']);
      grantedData(await operations().reserve({ ...A, scope: 'b' }));
      grantedData(await operations().release({ ...A, scope: 'a' }));
      writeActive(root, []);
      assert.deepEqual(scopesOf(grantedData(await operations().status()).reservations), ['b']);
    });
  }

  it('that a crash kept from being cut to its length, with the end of a longer one behind it, is as good as whole', async () => {
    writeFileSync(journal(), `${readFileSync(journal(), 'utf8')}8:00.000Z"},"historySize":12}\n`);
    writeActive(root, []);
    assert.deepEqual(scopesOf(grantedData(await operations().status()).reservations), ['a']);
    refusal(await operations().reserve({ ...B, scope: 'a' }), 'RESERVATION_CONFLICT');
  });

  it('that is older than the last commits brings back nothing that they closed', async () => {
    const older = readFileSync(journal(), 'utf8');
    grantedData(await operations().reserve({ ...A, scope: 'b' }));
    grantedData(await operations().release({ ...A, scope: 'a' }));
    writeFileSync(journal(), older);
    assert.deepEqual(scopesOf(grantedData(await operations().status()).reservations), ['b']);
    grantedData(await operations().reserve({ ...B, scope: 'a' }));
    assert.deepEqual(scopesOf(activeIn(root)), ['a', 'b']);
  });
});

describe('a list of reservations that broke', () => {
  const temp = useTempFolder();

  it('after a commit of ours: the last good copy is used, and the broken file kept under another name', async () => {
    const root = seedStore(join(temp(), 'store'));
    const notices: StoreProblem[] = [];
    const store = new FileStore(root, { onNotice: (notice) => notices.push(notice) });
    const operations = createCoordination(store, { random: () => randomHex(4) });
    grantedData(await operations.reserve({ ...A, scope: 'a' }));
    grantedData(await operations.reserve({ ...A, scope: 'b' }));
    grantedData(await operations.release({ ...A, scope: 'b' }));
    writeFileSync(join(root, FILES.active), '{"reservations":[{');

    const read = await store.readActive();
    assert.deepEqual(scopesOf(read.records), ['a']);
    assert.deepEqual(
      read.problems.map(({ kind }) => kind),
      ['NOT_JSON'],
    );
    assert.deepEqual(grantedData(await operations.status()).summary.active, 1);
    assert.equal(readFileSync(join(root, FILES.active), 'utf8'), '{"reservations":[{', 'reading wrote');

    refusal(await operations.reserve({ ...B, scope: 'a' }), 'RESERVATION_CONFLICT');
    assert.deepEqual(scopesOf(activeIn(root)), ['a']);
    const aside = readdirSync(join(root, 'reservations')).filter((name) => name.endsWith('.unreadable'));
    assert.equal(aside.length, 1);
    assert.equal(readFileSync(join(root, 'reservations', aside[0] ?? ''), 'utf8'), '{"reservations":[{');
    assert.deepEqual(
      notices.map(({ kind }) => kind),
      ['PUT_ASIDE'],
    );
    assert.ok(notices[0]?.message.includes(aside[0] ?? '?'));
    assert.deepEqual((await store.readActive()).problems, []);
  });
});
