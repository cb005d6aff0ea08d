/** The journal holds what has changed, line by line: who follows it reads only that, and what is not right is not followed. */

import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { fingerprint } from '../../src/store/files/committed';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { readJournal, readJournalFile } from '../../src/store/files/journalFile';
import { hookCalls, unhookCalls } from '../faults/calls/fsHooks';
import { grantedData, refusal } from '../support/outcomes';
import { activeIn, FILES, scopesOf, seedStore, writeActive } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const A = { agent: 'agent-a', bead: 'b' };
const B = { agent: 'agent-b', bead: 'b' };

describe('the journal, by what has changed', () => {
  const temp = useTempFolder();
  let root: string;
  let journal: string;
  let ours: Coordination;
  let theirs: Coordination;

  beforeEach(async () => {
    root = seedStore(join(temp(), 'store'));
    journal = join(root, 'reservations', '.journal');
    ours = operations();
    theirs = operations();
    for (const scope of ['a', 'b', 'c']) {
      grantedData(await ours.reserve({ ...A, scope }));
    }
  });

  afterEach(() => unhookCalls());

  function operations(): Coordination {
    return createCoordination(new FileStore(root), { random: () => randomHex(4) });
  }

  const live = () => scopesOf(readJournal(journal)?.live ?? []);
  const lines = () => readFileSync(journal, 'utf8').split('\n').slice(3, -1);

  it('is the list, and the file that it is of, after any changes by several', async () => {
    grantedData(await theirs.reserve({ ...B, scope: 'd' }));
    grantedData(await ours.release({ agent: 'agent-a', scope: 'b' }));
    grantedData(await theirs.renew({ ...B, scope: 'd', ttl: 600 }));
    await Promise.all(['e', 'f'].map((scope) => ours.reserve({ ...A, scope }).then(grantedData)));
    grantedData(await theirs.request({ from: 'agent-b', scope: 'a', reason: 'please' }));
    const read = readJournal(journal);
    assert.deepEqual(read?.live, activeIn(root));
    assert.equal(read?.active, fingerprint(join(root, FILES.active)));
    assert.equal(read?.historySize, statSync(join(root, FILES.history)).size);
    assert.deepEqual(
      read?.live.map((entry) => entry.scope),
      ['a', 'c', 'd', 'e', 'f'],
    );
    assert.ok(lines().length >= 5, 'each change is a line');
  });

  it('tells who comes next what others did, without the list itself', async () => {
    grantedData(await theirs.reserve({ ...B, scope: 'd' }));
    const opened: string[] = [];
    hookCalls(tmpdir(), {
      before: ({ kind, path }) => {
        if (kind === 'openRead') {
          opened.push(basename(path));
        }
        return undefined;
      },
      after: () => undefined,
    });
    const { error } = await ours.reserve({ ...A, scope: 'd' });
    unhookCalls();
    assert.equal(error?.code, 'RESERVATION_CONFLICT');
    assert.ok(opened.includes('.journal'), opened.join(', '));
    assert.ok(!opened.includes('active.json'), opened.join(', '));
  });

  it('is not followed past a torn line, and is whole again after the next commit', async () => {
    grantedData(await theirs.reserve({ ...B, scope: 'd' }));
    truncateSync(journal, statSync(journal).size - 5);
    assert.deepEqual(live(), ['a', 'b', 'c']);
    grantedData(await ours.reserve({ ...A, scope: 'e' }));
    assert.deepEqual(live(), ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(scopesOf(activeIn(root)), ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(scopesOf(grantedData(await theirs.status()).reservations), ['a', 'b', 'c', 'd', 'e']);
  });

  it('is not followed by a line that belongs behind another one', async () => {
    const last = lines().at(-1);
    grantedData(await theirs.release({ agent: 'agent-a', scope: 'c' }));
    appendFileSync(journal, `${last}\n`);
    assert.deepEqual(live(), ['a', 'b']);
    assert.equal(readJournalFile(journal)?.isClean, false);
    refusal(await ours.release({ agent: 'agent-a', scope: 'c' }), 'RESERVATION_NOT_FOUND');
    grantedData(await ours.reserve({ ...A, scope: 'd' }));
    assert.equal(readJournalFile(journal)?.isClean, true);
    assert.deepEqual(live(), ['a', 'b', 'd']);
  });

  it('put back as it was some changes ago: nobody takes the list for what it was', async () => {
    const older = readFileSync(journal);
    grantedData(await theirs.reserve({ ...B, scope: 'd' }));
    grantedData(await theirs.release({ agent: 'agent-a', scope: 'a' }));
    writeFileSync(journal, older);
    refusal(await ours.reserve({ ...A, scope: 'd' }), 'RESERVATION_CONFLICT');
    refusal(await ours.release({ ...A, scope: 'a' }), 'RESERVATION_NOT_FOUND');
    grantedData(await ours.reserve({ ...A, scope: 'e' }));
    assert.deepEqual(scopesOf(activeIn(root)), ['b', 'c', 'd', 'e']);
    assert.deepEqual(live(), ['b', 'c', 'd', 'e']);
  });

  it('is written as a whole where the list has more in it than reservations, and a rewrite is noticed all the same', async () => {
    writeActive(root, { reservations: activeIn(root), note: 'kept' });
    grantedData(await ours.reserve({ ...A, scope: 'd' }));
    assert.equal(readJournal(journal)?.active, undefined);
    assert.equal(JSON.parse(readFileSync(join(root, FILES.active), 'utf8')).note, 'kept');
    writeActive(root, { reservations: activeIn(root).slice(0, 1), note: 'other' });
    grantedData(await theirs.reserve({ ...B, scope: 'e' }));
    assert.deepEqual([...scopesOf(activeIn(root))].sort(), ['a', 'b', 'c', 'd', 'e']);
    assert.equal(JSON.parse(readFileSync(join(root, FILES.active), 'utf8')).note, 'other');
  });

  it('does not grow without end', async () => {
    let longest = 0;
    for (let round = 0; round < 120; round++) {
      const one = round % 2 === 0 ? ours : theirs;
      grantedData(await one.reserve({ ...A, scope: `round/${round}` }));
      grantedData(await one.release({ agent: 'agent-a', scope: `round/${round}` }));
      longest = Math.max(longest, statSync(journal).size);
    }
    assert.ok(longest < 24 * 1024, `${longest} bytes`);
    assert.ok(lines().length < 120);
    assert.deepEqual(live(), ['a', 'b', 'c']);
  });

  it('lost between two commits of one process: the next one writes it anew', async () => {
    rmSync(journal);
    grantedData(await ours.reserve({ ...A, scope: 'd' }));
    assert.deepEqual(live(), ['a', 'b', 'c', 'd']);
    assert.equal(lines().length, 0);
  });
});
