/** Noticing changes: every one, whoever makes it and however, and nothing where there is none. */

import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileStore } from '../../src/store/files/fileStore';
import type { StorePart, Watching } from '../../src/store/store';
import { useDrivers } from '../support/driver';
import { PATIENCE_MS } from '../support/patience';
import { agent, message, reservation } from '../support/samples';
import { FILES, seedStore, writeActive } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

class Watcher {
  private readonly watching: Watching;
  private parts = new Set<StorePart>();
  private wake: () => void = () => undefined;
  calls = 0;

  constructor(root: string) {
    this.watching = new FileStore(root).watch((parts) => {
      this.calls++;
      for (const part of parts) {
        this.parts.add(part);
      }
      this.wake();
    });
  }

  /** Makes the change and waits until all of its parts were called back; earlier callbacks do not count. */
  async notices(part: StorePart, change: () => unknown): Promise<void> {
    await this.quiet();
    await change();
    const seen = new Promise<void>((resolve) => {
      this.wake = () => {
        if (this.parts.has(part)) {
          resolve();
        }
      };
      this.wake();
    });
    const gaveUp = new AbortController();
    await Promise.race([
      seen,
      sleep(PATIENCE_MS, undefined, { signal: gaveUp.signal }).then(() =>
        assert.fail(`${part} was not noticed, only ${[...this.parts].join() || 'nothing'}`),
      ),
    ]);
    gaveUp.abort();
  }

  /** Lets the events of earlier changes come in: two turns of the event loop read all that the system has queued. */
  async quiet(): Promise<void> {
    await sleep(5);
    await sleep(5);
    this.parts.clear();
    this.wake = () => undefined;
  }

  dispose(): void {
    this.watching.dispose();
  }
}

describe('watching a store', () => {
  const temp = useTempFolder();
  const start = useDrivers();
  const watchers: Watcher[] = [];
  let root: string;

  beforeEach(() => {
    root = join(temp(), 'home', '.beadboard', 'agent');
  });

  afterEach(() => {
    for (const watcher of watchers.splice(0)) {
      watcher.dispose();
    }
  });

  function watch(): Watcher {
    const watcher = new Watcher(root);
    watchers.push(watcher);
    return watcher;
  }

  function replaceByRename(path: string, content: string): void {
    writeFileSync(`${path}.tmp-1-2`, content);
    renameSync(`${path}.tmp-1-2`, path);
  }

  const active = () => join(root, FILES.active);
  const text = () => JSON.stringify({ reservations: [reservation()] });

  it('notices active.json replaced by rename, written in place, removed, and history appended to', async () => {
    seedStore(root, { active: [] });
    const watcher = watch();
    await watcher.notices('reservations', () => replaceByRename(active(), text()));
    await watcher.notices('reservations', () => writeFileSync(active(), text()));
    await watcher.notices('reservations', () => appendFileSync(join(root, FILES.history), '{}\n'));
    await watcher.notices('reservations', () => unlinkSync(active()));
    await watcher.notices('reservations', () => writeFileSync(active(), ''));
  });

  it('notices a message file, the outbox and an agent file, new, replaced and changed', async () => {
    seedStore(root);
    const watcher = watch();
    for (const [part, path, record] of [
      ['messages', join(root, 'messages', '.outbox'), [message()]],
      ['messages', join(root, 'messages', 'index', 'msg_1.json'), message()],
      ['agents', join(root, 'agents', 'agent-z.json'), agent()],
    ] as const) {
      await watcher.notices(part, () => writeFileSync(path, JSON.stringify(record)));
      await watcher.notices(part, () => replaceByRename(path, JSON.stringify(record)));
      await watcher.notices(part, () => appendFileSync(path, '\n'));
      await watcher.notices(part, () => unlinkSync(path));
    }
  });

  it('notices what other processes do: ours and a peer', async () => {
    seedStore(root);
    const watcher = watch();
    for (const kind of ['ours', 'peer'] as const) {
      const [driver] = await start(kind, root);
      const args = { agent: 'agent-a', scope: kind, bead: 'b' };
      const note = { from: 'agent-a', to: 'agent-b', bead: 'b', category: 'INFO', subject: 's', body: 'b' };
      await watcher.notices('reservations', () => driver?.call('reserve', args));
      await watcher.notices('reservations', () => driver?.call('release', args));
      await watcher.notices('messages', () => driver?.call('send', note));
    }
  });

  it('notices a store that is created much later, from a missing grandparent on', async () => {
    const watcher = watch();
    mkdirSync(join(temp(), 'home'));
    await watcher.quiet();
    mkdirSync(dirname(root));
    await watcher.quiet();
    await watcher.notices('agents', () => mkdirSync(root));
    for (const folder of ['agents', 'reservations', 'messages', 'messages/index']) {
      mkdirSync(join(root, folder));
      await watcher.quiet();
    }
    await watcher.notices('reservations', () => writeActive(root, { reservations: [] }));
    await watcher.notices('messages', () => writeFileSync(join(root, 'messages', 'index', 'msg_1.json'), '{}'));
    await watcher.notices('agents', () => writeFileSync(join(root, 'agents', 'agent-z.json'), '{}'));
  });

  it('notices a store that is created all at once, and everything in it afterwards', async () => {
    for (let round = 0; round < 10; round++) {
      const watcher = watch();
      await watcher.notices('reservations', () => seedStore(root, { active: [reservation()] }));
      await watcher.notices('reservations', () => replaceByRename(active(), text()));
      await watcher.notices('messages', () => writeFileSync(join(root, 'messages', 'index', 'msg_1.json'), '{}'));
      rmSync(join(temp(), 'home'), { recursive: true });
      await watcher.notices('reservations', () => seedStore(root, { active: [] }));
      await watcher.notices('agents', () => writeFileSync(join(root, 'agents', 'agent-z.json'), '{}'));
      watcher.dispose();
      rmSync(join(temp(), 'home'), { recursive: true });
    }
  });

  const folders = ['reservations', 'messages/index', 'messages', 'agents', ''];
  for (const folder of folders) {
    it(`notices ${folder || 'the store'} deleted and made again at once, and what then happens in it`, async () => {
      seedStore(root, { active: [] });
      const watcher = watch();
      for (let round = 0; round < 10; round++) {
        // In one go, so that the new folder is there before any event of the old one is read.
        rmSync(join(root, folder), { recursive: true });
        seedStore(root, { active: [] });
        await watcher.quiet();
        await watcher.notices('reservations', () => replaceByRename(active(), text()));
        await watcher.notices('messages', () => writeFileSync(join(root, 'messages', 'index', 'msg_1.json'), '{}'));
        await watcher.notices('agents', () => writeFileSync(join(root, 'agents', 'agent-z.json'), '{}'));
      }
    });
  }

  for (const levels of [0, 1]) {
    it(`notices ${levels === 0 ? 'the store' : 'the folder above it'} moved away and back`, async () => {
      seedStore(root, { active: [] });
      const watcher = watch();
      const moved = levels === 0 ? root : dirname(root);
      await watcher.notices('reservations', () => renameSync(moved, `${moved}-away`));
      assert.ok(!existsSync(root));
      await watcher.notices('reservations', () => renameSync(`${moved}-away`, moved));
      await watcher.notices('reservations', () => replaceByRename(active(), text()));
      await watcher.notices('agents', () => writeFileSync(join(root, 'agents', 'agent-z.json'), '{}'));
    });
  }

  it('calls nobody for a lock that comes and goes, nor for temporary files', async () => {
    seedStore(root, { active: [] });
    const [ours] = await start('ours', root);
    const [peer] = await start('peer', root);
    const watcher = watch();
    await ours?.call('churn', { times: 50 });
    await peer?.call('hold');
    await peer?.call('drop');
    writeFileSync(join(root, 'agents', 'agent-z.json.1.2.tmp'), '');
    writeFileSync(join(root, 'messages', 'index', 'msg_1.json.1.2.tmp'), '');
    // A change of which the event comes behind all those: what was called by then was called for nothing.
    const before = watcher.calls;
    await watcher.notices('agents', () => writeFileSync(join(root, 'agents', 'agent-z.json'), '{}'));
    assert.equal(before, 0);
  });

  it('is over at once when it is disposed', async () => {
    seedStore(root, { active: [] });
    const watcher = watch();
    const other = watch();
    writeFileSync(active(), text());
    watcher.dispose();
    watcher.dispose();
    await other.notices('reservations', () => writeFileSync(active(), text()));
    assert.equal(watcher.calls, 0);
    rmSync(root, { recursive: true });
    await other.notices('reservations', () => seedStore(root));
    assert.equal(watcher.calls, 0);
  });

  it('keeps no process from ending', async () => {
    seedStore(root);
    const [ours] = await start('ours', root);
    await ours?.call('watch');
    await ours?.end();
  });
});
