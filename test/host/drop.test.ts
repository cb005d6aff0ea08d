import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import {
  eventually,
  extension,
  inWorkspace,
  labels,
  pressingEnter,
  shown,
  startAnew,
  succeeded,
  type Tested,
  until,
  withNotifications,
} from './support';

describe('what is dropped on the view', () => {
  let tested: Tested;

  before(async () => {
    tested = await extension();
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana', 'codex');
    succeeded(await tested.api.reserve({ agent: 'codex', scope: 'theirs.ts', bead: 'bd-9' }));
  });

  it('is reserved, files and folders at once, once the bead is told', async () => {
    const { internals } = tested;
    await drop(tested, inWorkspace('src/auth'), inWorkspace('README.md'), inWorkspace('README.md'));
    await pressingEnter(until(internals, 'both are held', () => labels(internals, 'active').length === 3));
    assert.deepEqual(labels(internals, 'active'), ['README.md', 'src/auth/**', 'theirs.ts']);
    assert.match(shown(internals, 'active')[0]?.description ?? '', /^you · bd-\d+ · 1 h 59 min$/);
  });

  it('is told of where it is outside of the workspace, and the rest is reserved', async () => {
    const { internals } = tested;
    const outside = vscode.Uri.file('/nowhere/[x](command:y)/a.ts');
    await withNotifications(async (seen) => {
      await drop(tested, outside, inWorkspace('docs/guide.md'));
      await pressingEnter(until(internals, 'it is held', () => labels(internals, 'active').includes('docs/guide.md')));
      assert.deepEqual(
        seen.map(({ text }) => text),
        ['/nowhere/[x]\u200B(command:y)/a.ts is outside of this workspace; only what is in it can be reserved.'],
      );
    });
    assert.deepEqual(labels(internals, 'active'), ['docs/guide.md', 'theirs.ts']);
  });

  it('asks nothing where all of it is outside', async () => {
    await withNotifications(async (seen) => {
      await drop(tested, vscode.Uri.file('/nowhere/a.ts'), vscode.Uri.file('/nowhere/b.ts'));
      await eventually('it is told', () => seen.length > 0);
      assert.equal(seen[0]?.text, '2 of them are outside of this workspace; only what is in it can be reserved.');
    });
  });
});

/** As VS Code hands it to the view. */
async function drop({ internals }: Tested, ...uris: readonly vscode.Uri[]): Promise<void> {
  const transfer = new vscode.DataTransfer();
  transfer.set('text/uri-list', new vscode.DataTransferItem(uris.join('\r\n')));
  await internals.view.drop.handleDrop(undefined, transfer);
}
