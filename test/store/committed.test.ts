/** What readers are told by the first line of the journal, and that nothing depends on it. */

import assert from 'node:assert/strict';
import { appendFileSync, lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCoordination } from '../../src/coordination/coordination';
import { fingerprint, readCommitted } from '../../src/store/files/committed';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { grantedData } from '../support/outcomes';
import { activeIn, FILES, scopesOf, seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const A = { agent: 'agent-a', bead: 'b' };

describe('what is noted of our last commit', () => {
  const temp = useTempFolder();
  let root: string;
  let noted: string;

  beforeEach(async () => {
    root = seedStore(join(temp(), 'store'));
    noted = join(root, 'reservations', '.journal');
    await reserve('a');
    await reserve('b');
  });

  async function reserve(scope: string): Promise<void> {
    const store = new FileStore(root);
    grantedData(await createCoordination(store, { random: () => randomHex(4) }).reserve({ ...A, scope }));
  }

  const read = async (store = new FileStore(root)) => scopesOf((await store.readActive()).records);

  it('is the very file that is active, until another program rewrites it', () => {
    const active = join(root, FILES.active);
    assert.equal(readCommitted(noted)?.fingerprint, fingerprint(active));
    const text = readFileSync(active);
    rmSync(active);
    writeFileSync(active, text);
    assert.notEqual(readCommitted(noted)?.fingerprint, fingerprint(active));
  });

  it('does not hide what history has closed since', async () => {
    const [first] = activeIn(root);
    const store = new FileStore(root);
    assert.deepEqual(await read(store), ['a', 'b']);
    appendFileSync(join(root, FILES.history), `${JSON.stringify({ ...first, state: 'released' })}\n`);
    assert.deepEqual(await read(store), ['b']);
  });

  it('may be missing, torn, or of another file', async () => {
    for (const text of ['', '12 34', 'a b c d\n', '1 2 3 4\n', `${'9'.repeat(400)}\n`]) {
      writeFileSync(noted, text);
      assert.deepEqual(await read(), ['a', 'b'], text);
    }
    rmSync(noted);
    assert.deepEqual(await read(), ['a', 'b']);
  });

  it('is not written through a link, and a commit does without', async () => {
    const elsewhere = join(temp(), 'elsewhere');
    writeFileSync(elsewhere, 'mine');
    rmSync(noted);
    symlinkSync(elsewhere, noted);
    await reserve('c');
    assert.equal(readFileSync(elsewhere, 'utf8'), 'mine');
    assert.ok(lstatSync(noted).isSymbolicLink());
    assert.deepEqual(await read(), ['a', 'b', 'c']);
  });

  it('lets a reader keep the objects of what has not changed', async () => {
    const store = new FileStore(root);
    const [first] = (await store.readActive()).records;
    await reserve('c');
    const { records } = await store.readActive();
    assert.deepEqual([records.length, records[0] === first], [3, true]);
  });
});
