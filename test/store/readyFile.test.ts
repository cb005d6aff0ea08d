/** What a store keeps for its next lock: one file at most, and not for long. */

import assert from 'node:assert/strict';
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { FileStore } from '../../src/store/files/fileStore';
import { useDrivers } from '../support/driver';
import { type Watched, watchFs } from '../support/fsCalls';
import { grantedData } from '../support/outcomes';
import { untilHolds } from '../support/patience';
import { FILES, seedStore } from '../support/storeFiles';
import { untilIdle, useTempFolder } from '../support/tempFolder';

describe('the ready file of a store', () => {
  const temp = useTempFolder();
  const start = useDrivers();
  let root: string;
  let coordination: Coordination;
  let watched: Watched | undefined;
  const readyFiles = () => readdirSync(join(root, 'reservations')).filter((name) => name.endsWith('.ready'));
  let scopes = 0;
  const reserve = async () =>
    grantedData(await coordination.reserve({ agent: 'agent-a', scope: `scope-${scopes++}`, bead: 'b' }));

  beforeEach(() => {
    root = seedStore(join(temp(), 'store'));
    coordination = createCoordination(new FileStore(root), { random: () => '0123abcd' });
  });
  afterEach(() => {
    watched?.restore();
    watched = undefined;
  });

  it('serves one lock after another, each with its own time, and goes when no more is asked for', async () => {
    let kept: readonly string[] = [];
    // On a busy machine, so much time may pass between the two locks that it is gone.
    await untilHolds(async () => {
      await reserve();
      kept = readyFiles();
      assert.equal(kept.length, 1);
      const { mtimeMs } = lstatSync(join(root, 'reservations', kept[0] ?? ''));
      await sleep(20);
      await reserve();
      assert.deepEqual(readyFiles(), kept);
      assert.ok(lstatSync(join(root, 'reservations', kept[0] ?? '')).mtimeMs > mtimeMs);
    });
    await untilIdle(root);
    assert.deepEqual(readyFiles(), []);
    await reserve();
    assert.notDeepEqual(readyFiles(), kept);
  });

  it('is made anew where somebody has removed it', async () => {
    await reserve();
    for (const name of readyFiles()) {
      rmSync(join(root, 'reservations', name));
    }
    await reserve();
    assert.equal(readyFiles().length, 1);
  });

  it('goes with its process, and is not kept by who waits in vain', async () => {
    const [driver] = await start('ours', root);
    assert.ok((await driver?.call('reserve', { agent: 'agent-a', scope: 'theirs', bead: 'b' }))?.ok);
    await driver?.end();
    assert.deepEqual(readyFiles(), []);
  });

  it('is not used again after a lock that could not be removed', async () => {
    await reserve();
    const [kept] = readyFiles();
    const lock = join(root, FILES.lock);
    let failed = 0;
    watched = watchFs(({ name, path }) => {
      if (name === 'unlink' && path === lock && failed++ === 0) {
        throw Object.assign(new Error('EIO: injected'), { code: 'EIO' });
      }
    });
    await reserve();
    watched.restore();
    assert.equal(failed, 1);
    assert.ok(!readyFiles().includes(kept ?? ''));
    await reserve();
  });
});
