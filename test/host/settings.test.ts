/** Settings that are nonsense, as they may stand in a file of settings, and those that a workspace has for itself. */

import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { defaultTtl, saveAgent, stopNotifyingOfMessages } from '../../src/extension/settings';
import { toJson } from '../../src/store/files/json';
import {
  ACTIVE,
  entry,
  eventually,
  extension,
  labels,
  STORE,
  setting,
  startAnew,
  type Tested,
  until,
  writeInStore,
} from './support';

const HOUR = 3_600_000;
const { Workspace } = vscode.ConfigurationTarget;

describe('settings', () => {
  let tested: Tested;

  before(async () => {
    tested = await extension();
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana', 'codex');
  });

  for (const [name, nonsense] of [
    ['agent', 5],
    ['agent', null],
    ['storePath', 7],
    ['storePath', null],
    ['storePath', 'a\0b'],
    ['postgres.url', {}],
    ['namespace', []],
    ['expiredHours', 1e300],
    ['expiredHours', 'many'],
    ['defaultTtlMinutes', -1],
  ] as const) {
    it(`${name} that is ${JSON.stringify(nonsense)} counts as not set, and what others do is seen`, async () => {
      const { internals } = tested;
      await setting(name, nonsense);
      try {
        await writeInStore(ACTIVE, toJson([entry('a.ts', 'codex', HOUR)]));
        await until(internals, 'the reservation is shown', () => labels(internals, 'active').includes('a.ts'));
        await until(
          internals,
          'who the person is is followed',
          () => internals.view.tree.description === (name === 'agent' ? '' : 'as dana'),
        );
        assert.equal(internals.live.location, STORE);
        assert.equal(internals.statusBar.item.text, '$(lock) 0 held');
        assert.equal(defaultTtl(), 120);
      } finally {
        await setting(name, undefined);
      }
    });
  }

  it('of the workspace are what is changed, since they count for more than the person’s', async () => {
    const { internals } = tested;
    const settings = () => vscode.workspace.getConfiguration('agentReservations');
    await settings().update('agent', 'codex', Workspace);
    await settings().update('messageNotifications', true, Workspace);
    try {
      await until(internals, 'it is followed', () => internals.view.tree.description === 'as codex');
      await saveAgent('dana');
      await until(internals, 'the choice is followed', () => internals.view.tree.description === 'as dana');
      await stopNotifyingOfMessages();
      await eventually('they are not wanted', () => settings().get('messageNotifications') === false);
    } finally {
      await settings().update('agent', undefined, Workspace);
      await settings().update('messageNotifications', undefined, Workspace);
    }
  });
});
