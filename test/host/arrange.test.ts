import { strict as assert } from 'node:assert';
import { realpath } from 'node:fs/promises';
import * as vscode from 'vscode';
import { toJson } from '../../src/store/files/json';
import { ACTIVE, entry, extension, labels, run, startAnew, type Tested, until, writeInStore } from './support';

const HOUR = 3_600_000;

describe('the filter and the grouping', () => {
  let tested: Tested;

  before(async () => {
    tested = await extension();
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana', 'codex');
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const here = await realpath(folder?.uri.fsPath ?? '');
    await writeInStore(
      ACTIVE,
      toJson([
        { ...entry('here.ts', 'codex', HOUR), project: here },
        { ...entry('elsewhere.ts', 'codex', HOUR), project: '/nowhere/else', bead_id: 'bd-2' },
        entry('mine.ts', 'dana', HOUR),
        entry('old.ts', 'codex', -HOUR),
      ]),
    );
    await until(tested.internals, 'all is shown', () => labels(tested.internals, 'active').length === 3);
  });

  after(() => startAnew(tested));

  it('shows mine only, this project only, or all, and says so in the description', async () => {
    const { internals } = tested;
    await run('filterMine');
    assert.deepEqual(labels(internals, 'active'), ['mine.ts']);
    assert.deepEqual(labels(internals, 'expired'), []);
    assert.equal(internals.view.tree.description, 'as dana · mine only');
    assert.equal(internals.view.tree.message, 'What is not yours is left out.');
    await run('filterProject');
    // What names no project may be of this one.
    assert.deepEqual(labels(internals, 'active'), ['mine.ts', 'here.ts']);
    assert.equal(internals.view.tree.description, 'as dana · this project only');
    await run('filterAllTicked');
    assert.deepEqual(labels(internals, 'active'), ['mine.ts', 'elsewhere.ts', 'here.ts']);
    assert.equal(internals.view.tree.description, 'as dana');
    assert.equal(internals.view.tree.message, '');
  });

  it('groups by state, holder or bead, each item under the same id', async () => {
    const { internals } = tested;
    const byState = ids(tested);
    await run('groupByHolder');
    assert.deepEqual(sections(tested), ['dana (you) 1', 'codex 3']);
    assert.deepEqual(spoken(tested)[1], 'Holder codex: 3');
    assert.deepEqual(ids(tested), byState);
    await run('groupByBead');
    assert.deepEqual(sections(tested), ['bd-1 3', 'bd-2 1']);
    assert.deepEqual(ids(tested), byState);
    const [first] = internals.view.getChildren();
    const [child] = internals.view.getChildren(first);
    assert.ok(child);
    assert.deepEqual(internals.view.getParent(child), first);
    await internals.view.tree.reveal(child);
    await run('groupByState');
    assert.deepEqual(sections(tested), ['Active 3', 'Expired 1']);
  });

  it('keeps the choice for this workspace', async () => {
    await run('filterMine');
    await run('groupByBead');
    assert.equal(tested.internals.memory.get('view.filter'), 'mine');
    assert.equal(tested.internals.memory.get('view.grouping'), 'bead');
  });

  it('a filter that leaves nothing is not an empty store, and gives way to what is to be shown', async () => {
    const { internals } = tested;
    await writeInStore(ACTIVE, toJson([entry('theirs.ts', 'codex', HOUR)]));
    await until(internals, 'theirs is shown', () => labels(internals, 'active').join() === 'theirs.ts');
    await run('filterMine');
    assert.deepEqual(internals.view.getChildren(), []);
    const [item] = internals.live.overview.active;
    await internals.view.reveal(item?.reservation.reservation_id ?? '');
    assert.deepEqual(labels(internals, 'active'), ['theirs.ts']);
    assert.equal(internals.view.tree.selection.length, 1);
  });
});

function items({ internals }: Tested): readonly vscode.TreeItem[] {
  return internals.view.getChildren().map((node) => internals.view.getTreeItem(node));
}

function sections(tested: Tested): readonly string[] {
  return items(tested).map(({ label, description }) => `${label} ${description}`);
}

function spoken(tested: Tested): readonly (string | undefined)[] {
  return items(tested).map(({ accessibilityInformation }) => accessibilityInformation?.label);
}

function ids({ internals: { view } }: Tested): readonly (string | undefined)[] {
  return view
    .getChildren()
    .flatMap((section) => view.getChildren(section))
    .map((node) => view.getTreeItem(node).id)
    .sort();
}
