/** The rules beyond beadboard's, over real files: fences, renewing beside rewrites by others, refusals, looking up paths. */

import assert from 'node:assert/strict';
import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buf as crc32 } from 'crc-32';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { fenceOf } from '../../src/core/fence';
import { HOUR_MS, MINUTE_MS } from '../../src/core/time';
import { FileStore } from '../../src/store/files/fileStore';
import type { StoreProblem } from '../../src/store/problem';
import { useDrivers } from '../support/driver';
import { codeOf, grantedData, refusal } from '../support/outcomes';
import { eventually } from '../support/patience';
import { NOW, reservation } from '../support/samples';
import { activeIn, FILES, historyIn, scopesOf, seedStore, writeActive } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const A = { agent: 'agent-a', bead: 'b', project: '/p' };
const B = { agent: 'agent-b', bead: 'b', project: '/p' };
const FAR = '2999-01-01T00:00:00.000Z';

describe('the rules over files', () => {
  const temp = useTempFolder();
  const start = useDrivers();
  let root: string;
  let now: number;
  let ids: number;
  let notices: StoreProblem[];

  beforeEach(() => {
    root = seedStore(join(temp(), 'store'));
    now = NOW.getTime();
    ids = 0;
    notices = [];
  });

  /** A process that starts now, with a clock that stands still until it is moved. */
  function operations(): Coordination {
    const clock = () => new Date(now);
    const store = new FileStore(root, { clock, onNotice: (notice) => notices.push(notice) });
    return createCoordination(store, { clock, random: () => (++ids).toString(16).padStart(8, '0') });
  }

  const journal = () => join(root, 'reservations', '.journal');
  const happened = () => notices.map(({ facts }) => [facts['what'], facts['scope']]);

  describe('fences', () => {
    const reserve = async (scope: string, one = operations()) =>
      fenceOf(grantedData(await one.reserve({ ...A, scope, ttl: 5 })));

    it('grow with each grant, of one batch and of several processes', async () => {
      const one = operations();
      const batch = await Promise.all(Array.from({ length: 20 }, (_, n) => reserve(`one/${n}`, one)));
      const later = [await reserve('two'), await reserve('three')];
      const all = [...batch, ...later];
      assert.equal(all[0], NOW.getTime());
      assert.deepEqual(
        all,
        [...new Set(all)].sort((left, right) => left - right),
      );
      assert.deepEqual(activeIn(root).map(fenceOf), all);
    });

    it('grow with each scope of several that are granted together, and with what comes in the same batch', async () => {
      const one = operations();
      const together = one.reserveAll({ ...A, scopes: ['a', 'b', 'c'], ttl: 5 });
      const [{ reservations }, next] = await Promise.all([together.then(grantedData), reserve('d', one)]);
      const all = [...reservations.map(fenceOf), next, await reserve('e')];
      assert.deepEqual(
        all,
        all.map((_, index) => NOW.getTime() + index),
      );
    });

    it('grow though everything was released and the clock was set back', async () => {
      const first = await reserve('s');
      grantedData(await operations().release({ ...A, scope: 's' }));
      now -= 10 * HOUR_MS;
      assert.ok((await reserve('s')) > first);
    });

    it('grow though the journal is lost: the clock goes on', async () => {
      const first = await reserve('s');
      grantedData(await operations().release({ ...A, scope: 's' }));
      rmSync(journal());
      now += 1_000;
      assert.ok((await reserve('s')) > first);
    });

    it('grow though the journal is lost and the clock set back, where anything is still held', async () => {
      const first = await reserve('s');
      rmSync(journal());
      now -= HOUR_MS;
      assert.ok((await reserve('t')) > first);
    });

    it('a journal of an earlier version, without one, is read', async () => {
      await reserve('kept');
      const { fence, ...older } = JSON.parse(readFileSync(journal(), 'utf8').split('\n')[2] ?? '');
      assert.ok(fence >= NOW.getTime());
      const body = JSON.stringify(older);
      writeFileSync(
        journal(),
        `${' '.repeat(95)}\n${(crc32(Buffer.from(body)) >>> 0).toString(16).padStart(8, '0')}\n${body}\n`,
      );
      writeActive(root, { reservations: [] });
      await reserve('next');
      assert.deepEqual(scopesOf(activeIn(root)), ['kept', 'next']);
    });
  });

  describe('a renewed reservation', () => {
    beforeEach(async () => {
      grantedData(await operations().reserve({ ...A, scope: 's', ttl: 30 }));
    });

    it('is stored with its new end, and lives on', async () => {
      const [made] = activeIn(root);
      now += 20 * MINUTE_MS;
      const renewed = grantedData(await operations().renew({ ...A, scope: 's', ttl: 30 }));
      assert.deepEqual(activeIn(root), [renewed]);
      assert.deepEqual(
        [renewed.reservation_id, renewed.created_at, renewed.fence],
        [made?.reservation_id, made?.created_at, made?.fence],
      );
      now += 29 * MINUTE_MS;
      refusal(await operations().reserve({ ...B, scope: 's' }), 'RESERVATION_CONFLICT');
      now += MINUTE_MS;
      refusal(await operations().renew({ ...A, scope: 's' }), 'RESERVATION_NOT_FOUND');
    });

    it('that another program writes back as it was is renewed still, and that is told', async () => {
      const before = activeIn(root);
      grantedData(await operations().renew({ ...A, scope: 's', ttl: 120 }));
      writeActive(root, { reservations: before });
      now += 40 * MINUTE_MS;
      assert.equal(grantedData(await operations().status()).summary.active, 1);
      refusal(await operations().reserve({ ...B, scope: 's', takeoverStale: true }), 'RESERVATION_CONFLICT');
      assert.equal(activeIn(root)[0]?.expires_at, new Date(NOW.getTime() + 120 * MINUTE_MS).toISOString());
      assert.deepEqual(happened(), [['OUTDATED', 's']]);
    });

    it('that another program drops comes back as it was renewed', async () => {
      const renewed = grantedData(await operations().renew({ ...A, scope: 's', ttl: 120 }));
      writeActive(root, { reservations: [] });
      refusal(await operations().reserve({ ...B, scope: 's' }), 'RESERVATION_CONFLICT');
      const [{ waiting: _, ...entry } = renewed] = activeIn(root);
      assert.deepEqual(entry, renewed);
      assert.deepEqual(happened(), [['DROPPED', 's']]);
    });

    it('that a sweep by an old reading wrote to history as expired is held still', async () => {
      const [old] = activeIn(root);
      now += 29 * MINUTE_MS;
      grantedData(await operations().renew({ ...A, scope: 's', ttl: 120 }));
      now += 2 * MINUTE_MS;
      writeFileSync(join(root, FILES.history), `${JSON.stringify({ ...old, state: 'expired' })}\n`);
      writeActive(root, { reservations: [] });
      refusal(await operations().reserve({ ...B, scope: 's' }), 'RESERVATION_CONFLICT');
      assert.deepEqual(scopesOf(activeIn(root)), ['s']);
      grantedData(await operations().release({ ...A, scope: 's' }));
      assert.deepEqual(activeIn(root), []);
    });

    it('and then released stays released, though another program writes it back unrenewed', async () => {
      const before = activeIn(root);
      grantedData(await operations().renew({ ...A, scope: 's', ttl: 120 }));
      grantedData(await operations().release({ ...A, scope: 's' }));
      writeActive(root, { reservations: before });
      grantedData(await operations().reserve({ ...B, scope: 's' }));
      assert.deepEqual(happened(), [['REVIVED', 's']]);
    });

    it('an end that a person wrote into the file stays as it is', async () => {
      const [entry] = activeIn(root);
      const sooner = { ...entry, expires_at: new Date(now + MINUTE_MS).toISOString() };
      writeActive(root, { reservations: [sooner] });
      grantedData(await operations().reserve({ ...A, scope: 'other' }));
      assert.equal(activeIn(root)[0]?.expires_at, sooner.expires_at);
      assert.deepEqual(notices, []);
    });

    it('control: without a renewal nothing is set right', async () => {
      const before = activeIn(root);
      writeActive(root, { reservations: before });
      grantedData(await operations().reserve({ ...A, scope: 'other' }));
      assert.deepEqual(notices, []);
    });
  });

  describe('a refusal', () => {
    it('is remembered on the entry once, and then writes nothing', async () => {
      grantedData(await operations().reserve({ ...A, scope: 'src/*' }));
      refusal(await operations().reserve({ ...B, scope: 'src/a.ts' }), 'RESERVATION_CONFLICT');
      const waiting = [{ agent_id: 'agent-b', scope: 'src/a.ts', since: NOW.toISOString() }];
      assert.deepEqual(activeIn(root)[0]?.waiting, waiting);
      const before = lstatSync(join(root, FILES.active), { bigint: true });
      now += 1_000;
      refusal(await operations().reserve({ ...B, scope: 'src/b.ts' }), 'RESERVATION_CONFLICT');
      const after = lstatSync(join(root, FILES.active), { bigint: true });
      assert.deepEqual([after.ino, after.mtimeNs], [before.ino, before.mtimeNs]);
      grantedData(await operations().release({ ...A, scope: 'src/*' }));
      assert.deepEqual(historyIn(root)[0]?.waiting, waiting);
    });

    it('that another program forgot is remembered again', async () => {
      grantedData(await operations().reserve({ ...A, scope: 's' }));
      const before = activeIn(root);
      refusal(await operations().reserve({ ...B, scope: 's' }), 'RESERVATION_CONFLICT');
      writeActive(root, { reservations: before });
      grantedData(await operations().reserve({ ...A, scope: 'other' }));
      assert.equal(activeIn(root).find(({ scope }) => scope === 's')?.waiting?.[0]?.agent_id, 'agent-b');
    });
  });

  describe('projects', () => {
    it('the same scope in two of them, each renewed and released for itself', async () => {
      const [p, q] = [A, { ...A, project: '/q' }];
      grantedData(await operations().reserve({ ...p, scope: 's' }));
      grantedData(await operations().reserve({ ...q, scope: 's' }));
      const listed = async (project?: string) =>
        grantedData(await operations().status({ project })).reservations.map((entry) => entry.project);
      assert.deepEqual([await listed(), await listed('/q'), await listed('/r')], [['/p', '/q'], ['/q'], []]);
      assert.equal(grantedData(await operations().release({ ...q, scope: 's' })).project, '/q');
      refusal(await operations().release({ ...q, scope: 's' }), 'RESERVATION_NOT_FOUND');
      assert.equal(grantedData(await operations().release({ agent: 'agent-a', scope: 's' })).project, '/p');
    });

    it('one that another program dropped comes back beside the same scope of another project', async () => {
      grantedData(await operations().reserve({ ...A, scope: 's' }));
      grantedData(await operations().reserve({ ...B, project: '/q', scope: 's' }));
      writeActive(root, { reservations: activeIn(root).slice(1) });
      grantedData(await operations().reserve({ ...A, scope: 'other' }));
      assert.deepEqual(happened(), [['DROPPED', 's']]);
      assert.deepEqual(
        activeIn(root).map(({ scope, project }) => [scope, project]),
        [
          ['s', '/q'],
          ['s', '/p'],
          ['other', '/p'],
        ],
      );
    });
  });

  it('check answers while a peer holds the lock, and leaves every file as it is', async () => {
    writeActive(root, {
      reservations: [reservation({ scope: 'src/*', expires_at: FAR }), reservation({ scope: 'old' })],
    });
    now = Date.parse(FAR) - 1;
    const [peer] = await start('peer', root);
    await peer?.call('hold');
    const before = readFileSync(join(root, FILES.active), 'utf8');
    const { paths, summary } = grantedData(await operations().check({ paths: ['src/a', 'old'], agent: 'agent-b' }));
    assert.deepEqual([paths[0]?.held_by[0]?.agent_id, summary.held_by_others, summary.held], ['agent-a', 1, 1]);
    assert.equal(readFileSync(join(root, FILES.active), 'utf8'), before);
    assert.deepEqual(historyIn(root), []);
    await peer?.call('drop');
  });

  it('of several processes that want what overlaps, one is granted', async () => {
    const drivers = await start('ours', root, 4);
    const scopes = ['src', 'src/*', 'src/a.ts', '**/a.ts'];
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        drivers.map((driver, n) =>
          driver.call('reserve', { agent: n % 2 ? 'agent-a' : 'agent-b', scope: scopes[n], bead: 'b', project: '/p' }),
        ),
      );
      // One agent's own scopes may overlap; two agents never hold what does.
      const holders = new Set(activeIn(root).map(({ agent_id }) => agent_id));
      assert.equal(holders.size, 1, JSON.stringify(answers));
      assert.ok(answers.some(({ ok }) => ok) && answers.some(({ error }) => error?.code === 'RESERVATION_CONFLICT'));
      for (const { scope, agent_id } of activeIn(root)) {
        assert.equal(codeOf(await operations().release({ agent: agent_id, scope })), 'ok');
      }
    }
  });

  describe('waiting', () => {
    it('is over for each in turn, when what was in the way is released', async () => {
      const [holder, others] = [operations(), [operations(), operations(), operations()]];
      grantedData(await holder.reserve({ ...A, scope: 'src' }));
      const waiting = others.map(async (one, index) => {
        const made = grantedData(await one.reserve({ ...B, scope: `src/${index}`, wait: 20 }));
        assert.equal(made.contested?.previous_agent, 'agent-a');
        return made.scope;
      });
      // Whoever comes after the release was in nobody's way, and is told of nobody.
      await eventually('somebody waits', () => activeIn(root).some(({ waiting: waiters }) => waiters !== undefined));
      grantedData(await holder.release({ ...A, scope: 'src' }));
      assert.deepEqual(await Promise.all(waiting), ['src/0', 'src/1', 'src/2']);
    });

    it('ends at its time with what is in the way then', async () => {
      grantedData(await operations().reserve({ ...A, scope: 'src' }));
      grantedData(await operations().reserve({ ...A, scope: 'docs' }));
      const waiting = operations().reserveAll({ ...B, scopes: ['src/a', 'docs/a'], wait: 1 });
      grantedData(await operations().release({ ...A, scope: 'src' }));
      assert.deepEqual(refusal(await waiting, 'RESERVATION_CONFLICT').details?.['refused'], [
        { scope: 'docs/a', code: 'RESERVATION_CONFLICT' },
      ]);
      assert.deepEqual(scopesOf(activeIn(root)), ['docs']);
    });
  });
});
