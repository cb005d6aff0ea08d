/** Several scopes at once, several released at once, and waiting for what is in the way. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reservation } from '../../src/core/reservation';
import type { Reserved } from '../../src/core/reserve';
import { Command } from '../support/cli';
import { eventually } from '../support/patience';
import { activeIn, historyIn, scopesOf, writeActive } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const reserve = (agent: string, ...scopes: readonly string[]) => [
  ...['reserve', '--agent', agent, '--bead', 'bd-1'],
  ...scopes.flatMap((scope) => ['--scope', scope]),
];

describe('reserving and releasing by the command', () => {
  const temp = useTempFolder();
  let command: Command;
  const active = () => activeIn(command.store);

  beforeEach(async () => {
    command = new Command(join(temp(), 'store'), temp());
    await command.register('agent-a', 'agent-b', 'agent-c');
  });
  afterEach(() => command.end());

  it('grants several scopes together, or none', async () => {
    const { reservations } = await command.done<{ reservations: Reserved[] }>(reserve('agent-a', 'src', 'docs/*.md'));
    assert.deepEqual(scopesOf(reservations), ['docs/*.md', 'src']);
    const fences = reservations.map(({ fence = 0 }) => fence);
    assert.ok((fences[1] ?? 0) > (fences[0] ?? 0));
    const { code, error } = await command.json(reserve('agent-b', 'test', 'src/app', 'docs'));
    assert.equal(code, 3);
    assert.deepEqual(error?.details?.['refused'], [
      { scope: 'src/app', code: 'RESERVATION_CONFLICT' },
      { scope: 'docs', code: 'RESERVATION_CONFLICT' },
    ]);
    assert.deepEqual(scopesOf(active()), ['docs/*.md', 'src']);
  });

  it('lets one of many processes have all that they want at once', async () => {
    const scopes = ['a', 'b', 'c', 'd'];
    const turns = scopes.map((_, turn) => [...scopes.slice(turn), ...scopes.slice(0, turn)]);
    const agents = ['agent-b', 'agent-c', 'agent-b', 'agent-c'];
    const codes = await Promise.all(
      turns.map(async (turn, index) => (await command.json(reserve(agents[index] ?? '', ...turn))).code),
    );
    assert.deepEqual(codes.toSorted(), [0, 3, 3, 3]);
    assert.deepEqual(scopesOf(active()), scopes);
    assert.equal(new Set(active().map(({ agent_id }) => agent_id)).size, 1);
    assert.equal(new Set(active().map(({ fence }) => fence)).size, scopes.length);
  });

  it('releases by scope, by id, and all, each answered for', async () => {
    const { reservations } = await command.done<{ reservations: Reserved[] }>(
      reserve('agent-a', 'a', 'b', 'c', 'd', 'e'),
    );
    await command.done(reserve('agent-b', 'theirs'));
    const idOf = (scope: string) => reservations.find((one) => one.scope === scope)?.reservation_id ?? '';
    const one = await command.done<Reservation>(['release', '--agent', 'agent-a', '--scope', 'a']);
    assert.equal(one.state, 'released');
    const two = ['release', '--agent', 'agent-a', '--scope', 'b', '--id', idOf('c')];
    assert.deepEqual(scopesOf((await command.done<{ released: Reservation[] }>(two)).released), ['b', 'c']);
    const theirs = active().find(({ scope }) => scope === 'theirs')?.reservation_id ?? '';
    const { code, error } = await command.json(['release', '--agent', 'agent-a', '--id', theirs, '--id', idOf('d')]);
    assert.deepEqual([code, error?.code], [3, 'RELEASE_FORBIDDEN']);
    assert.deepEqual(scopesOf(error?.details?.['released'] as Reservation[]), ['d']);
    const all = ['release', '--agent', 'agent-a', '--all'];
    assert.deepEqual(scopesOf((await command.done<{ released: Reservation[] }>(all)).released), ['e']);
    assert.deepEqual((await command.done<{ released: Reservation[] }>(all)).released, []);
    assert.deepEqual(scopesOf(active()), ['theirs']);
    assert.deepEqual(scopesOf(historyIn(command.store)), ['a', 'b', 'c', 'd', 'e']);
  });

  it("takes one's own expired one over at once, and another's where it is told to", async () => {
    const { reservations } = await command.done<{ reservations: Reserved[] }>(reserve('agent-a', 'src', 'docs'));
    const over = reservations.map((one) => ({ ...one, expires_at: '2026-01-01T00:00:00.000Z' }));
    const renamed = over.map((one, index) => ({ ...one, reservation_id: `res_${index}` }));
    await command.done(['release', '--agent', 'agent-a', '--all']);
    writeActive(command.store, { reservations: renamed });
    const theirs = await command.json(reserve('agent-b', 'docs', 'src'));
    assert.deepEqual([theirs.code, theirs.error?.code], [3, 'RESERVATION_STALE_FOUND']);
    assert.equal((await command.done<Reserved>(reserve('agent-a', 'src'))).contested, undefined);
    const taken = await command.done<Reserved>([...reserve('agent-b', 'docs'), '--takeover-stale']);
    assert.equal(taken.contested?.previous_agent, 'agent-a');
    assert.deepEqual(
      activeIn(command.store).map(({ scope, agent_id }) => [scope, agent_id]),
      [
        ['src', 'agent-a'],
        ['docs', 'agent-b'],
      ],
    );
  });

  it('waits until what is in the way is released, and is told who worked there', async () => {
    await command.done(reserve('agent-a', 'src', 'docs'));
    const waiting = command.json([...reserve('agent-b', 'src/app', 'docs/a.md'), '--wait', '20']);
    await refusedOnce();
    await command.done(['release', '--agent', 'agent-a', '--scope', 'src']);
    await sleep(300);
    assert.deepEqual(scopesOf(active()), ['docs'], 'one of two is not enough');
    await command.done(['release', '--agent', 'agent-a', '--scope', 'docs']);
    const { code, data } = await waiting;
    assert.equal(code, 0);
    const { reservations } = data as { reservations: Reserved[] };
    assert.deepEqual(scopesOf(reservations), ['docs/a.md', 'src/app']);
    assert.ok(reservations.every(({ contested }) => contested?.because === 'after_conflict'));
  });

  it('waits no longer than it was told, and then answers the conflict', async () => {
    await command.done(reserve('agent-a', 'src'));
    const started = Date.now();
    const { code, error } = await command.json([...reserve('agent-b', 'src/app'), '--wait', '1']);
    assert.ok(Date.now() - started >= 1_000);
    assert.deepEqual([code, error?.code], [3, 'RESERVATION_CONFLICT']);
    assert.deepEqual(scopesOf(active()), ['src']);
  });

  it("does not wait for one's own, nor where the call is wrong", async () => {
    await command.done(reserve('agent-a', 'src'));
    for (const args of [reserve('agent-a', 'src'), reserve('agent-b', '../x')]) {
      // Longer than Mocha waits.
      const { ok } = await command.json([...args, '--wait', '3600']);
      assert.ok(!ok);
    }
  });

  it('takes what ends by its time while it waits', async () => {
    const made = await command.done<Reservation>(reserve('agent-a', 'src'));
    await command.done(['release', '--agent', 'agent-a', '--all']);
    const soon = new Date(Date.now() + 2_000).toISOString();
    writeActive(command.store, { reservations: [{ ...made, reservation_id: 'res_soon', expires_at: soon }] });
    const taken = await command.done<Reserved>([...reserve('agent-b', 'src'), '--wait', '20', '--takeover-stale']);
    assert.ok(taken.created_at >= soon);
    assert.equal(taken.contested?.because, 'takeover');
  });

  it('keeps nobody from working while it waits, and leaves nothing behind when it is stopped', async () => {
    await command.done(reserve('agent-a', 'src'));
    const child = command.start([...reserve('agent-b', 'src/app'), '--wait', '600']);
    await refusedOnce();
    for (let index = 0; index < 5; index++) {
      await command.done(reserve('agent-c', `test/${index}`));
    }
    const cpu = cpuTicksOf(child.pid ?? 0);
    await sleep(1_000);
    assert.ok(cpuTicksOf(child.pid ?? 0) - cpu <= 5, 'it is busy while it waits');
    child.kill('SIGTERM');
    await once(child, 'close');
    await command.done(reserve('agent-c', 'more'));
    assert.equal(active().filter(({ agent_id }) => agent_id === 'agent-b').length, 0);
  });

  function refusedOnce(): Promise<void> {
    return eventually('somebody waits', () => active().some(({ waiting = [] }) => waiting.length > 0));
  }
});

/** What the process has used of a processor, in hundredths of a second; 0 where the system does not tell. */
function cpuTicksOf(pid: number): number {
  if (process.platform !== 'linux') {
    return 0;
  }
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
