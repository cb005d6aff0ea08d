/** One repository in two folders, as on two machines: what one stores means the other's folder there. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { findProject } from '../../src/project/findProject';
import { originOf } from '../../src/project/origin';
import { localFolder, sharedName } from '../../src/project/sharedNames';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { type ProjectNames, withSharedProjects } from '../../src/store/sharedProjects';
import { grantedData, refusal } from '../support/outcomes';
import { activeIn, historyIn, seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

describe('projects that several machines share', () => {
  const temp = useTempFolder();
  const at = (...names: string[]) => join(temp(), ...names);

  function git(folder: string, ...args: string[]): string {
    mkdirSync(folder, { recursive: true });
    const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: at('none'), HOME: temp() };
    return execFileSync('git', args, { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' });
  }

  function clone(name: string, url = 'git@git.example:acme/shop.git'): string {
    const folder = at(name);
    git(folder, 'init', '-q');
    git(folder, 'remote', 'add', 'origin', url);
    return folder;
  }

  describe('are told by git', () => {
    it('by where they came from, however that is written', () => {
      const main = clone('one/shop', 'https://git.example/acme/shop');
      assert.equal(originOf(main), 'git.example/acme/shop');
      assert.equal(sharedName(main), 'origin:git.example/acme/shop');
    });

    it('by the only remote, whatever it is called; by none of several without an origin', () => {
      const folder = at('upstream');
      git(folder, 'init', '-q');
      assert.equal(originOf(folder), undefined);
      git(folder, 'remote', 'add', 'upstream', 'https://git.example/acme/one');
      assert.equal(originOf(folder), 'git.example/acme/one');
      git(folder, 'remote', 'add', 'mine', 'https://git.example/me/one');
      assert.equal(originOf(folder), undefined);
    });

    it('in a worktree of a bare repository, which has no folder of files of its own', async () => {
      const main = clone('main');
      git(main, '-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-q', '--allow-empty', '-m', 'one');
      git(at('bare'), 'clone', '-q', '--bare', main, '.');
      git(at('bare'), 'remote', 'set-url', 'origin', 'https://git.example/acme/bare.git');
      git(at('bare'), 'worktree', 'add', '-q', at('tree'), '-b', 'tree');
      assert.equal(originOf((await findProject(at('tree'))).project), 'git.example/acme/bare');
    });

    it('and without git by the name of the folder', () => {
      mkdirSync(at('plain'));
      assert.equal(sharedName(at('plain')), 'folder:plain');
    });

    it('and back, once the project has been come across', async () => {
      const folder = clone('found/shop', 'https://git.example/acme/found');
      assert.equal(localFolder('origin:git.example/acme/found'), undefined);
      await findProject(join(folder, 'src'));
      assert.equal(localFolder('origin:git.example/acme/found'), folder);
    });
  });

  describe('in one store', () => {
    const NAME = 'origin:git.example/acme/shop';
    let root: string;
    let here: Coordination;
    let there: Coordination;

    /** A machine on which the project lies in that folder. */
    function machine(folder: string): Coordination {
      const names: ProjectNames = {
        shared: (path) => (path === folder ? NAME : `folder:${path}`),
        local: (name) => (name === NAME ? folder : undefined),
      };
      const store = withSharedProjects(new FileStore(root), names);
      return createCoordination(store, { random: () => randomHex(4) });
    }

    beforeEach(() => {
      root = seedStore(at('store'));
      here = machine('/projects/shop');
      there = machine('/work/acme-shop');
    });

    const A = { agent: 'agent-a', bead: 'b', project: '/projects/shop' };
    const B = { agent: 'agent-b', bead: 'b', project: '/work/acme-shop' };

    it('scopes of the two folders meet, and each reads its own', async () => {
      assert.equal(grantedData(await here.reserve({ ...A, scope: 'src/*' })).project, '/projects/shop');
      assert.deepEqual(
        activeIn(root).map(({ project }) => project),
        [NAME],
      );
      refusal(await there.reserve({ ...B, scope: 'src/a.ts' }), 'RESERVATION_CONFLICT');
      const [held] = grantedData(await there.status()).reservations;
      assert.deepEqual([held?.project, held?.waiting?.[0]?.agent_id], ['/work/acme-shop', 'agent-b']);
      const checked = grantedData(await there.check({ paths: ['src/a.ts'], project: '/work/acme-shop' }));
      assert.equal(checked.paths[0]?.held_by.length, 1);
      grantedData(await there.reserve({ ...B, scope: 'docs' }));
      assert.equal(activeIn(root).length, 2);
    });

    it('what one renewed or released is so for the other', async () => {
      grantedData(await here.reserve({ ...A, scope: 'src/*' }));
      refusal(await there.reserve({ ...B, scope: 'src/*' }), 'RESERVATION_CONFLICT');
      const renewed = grantedData(await here.renew({ ...A, scope: 'src/*', ttl: 600 }));
      assert.equal(grantedData(await there.status()).reservations[0]?.expires_at, renewed.expires_at);
      grantedData(await here.release({ agent: 'agent-a', scope: 'src/*', project: '/projects/shop' }));
      assert.deepEqual(
        historyIn(root).map(({ project }) => project),
        [NAME],
      );
      const granted = grantedData(await there.reserve({ ...B, scope: 'src/*' }));
      assert.equal(granted.contested?.previous_agent, 'agent-a');
      assert.equal(grantedData(await there.history())[0]?.project, '/work/acme-shop');
    });

    it('what is of neither keeps its name, and is in nobody’s way', async () => {
      const third = machine('/elsewhere/tool');
      grantedData(await third.reserve({ agent: 'agent-b', bead: 'b', scope: 'src/*', project: '/other/tool' }));
      grantedData(await here.reserve({ ...A, scope: 'src/*' }));
      const read = grantedData(await here.status()).reservations.map(({ project }) => project);
      assert.deepEqual(read.sort(), ['/projects/shop', 'folder:/other/tool']);
      grantedData(await here.reserve({ ...A, scope: 'docs' }));
      assert.deepEqual(
        activeIn(root)
          .map(({ project }) => project)
          .sort(),
        ['folder:/other/tool', NAME, NAME],
      );
    });

    it('a decision that changes nothing writes nothing', async () => {
      grantedData(await here.reserve({ ...A, scope: 'src/*' }));
      const before = JSON.stringify(activeIn(root));
      refusal(
        await there.release({ agent: 'agent-b', scope: 'none', project: '/work/acme-shop' }),
        'RESERVATION_NOT_FOUND',
      );
      assert.equal(JSON.stringify(activeIn(root)), before);
    });

    it('all else is as it is in the store itself', async () => {
      const sent = { from: 'agent-a', to: 'agent-b', bead: 'b', category: 'INFO', subject: 's', body: 'b' };
      grantedData(await here.send(sent));
      assert.equal(grantedData(await there.inbox({ agent: 'agent-b' })).length, 1);
      assert.equal(grantedData(await there.list()).length, 2);
      const { findings } = grantedData(await there.doctor());
      assert.deepEqual(
        findings.map(({ kind }) => kind),
        ['WRONG_MODE'],
      );
    });
  });
});
