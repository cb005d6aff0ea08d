/** Reserving where scopes overlap, in projects and without, and what a refusal leaves behind. */

import assert from 'node:assert/strict';
import type { Conflict, Reservation } from '../../../src/core/reservation';
import { checkReserve, decideReserve, type ReserveInput, type ReserveRequest } from '../../../src/core/reserve';
import { MAX_WAITING } from '../../../src/core/waiting';
import { codeOf, grantedData, refusal } from '../../support/outcomes';
import { at, moment, NOW, reservation } from '../../support/samples';

const P = '/projects/p';
const request: ReserveRequest = {
  agent: 'agent-a',
  scope: 'src/app',
  bead: 'bd-1',
  ttl: 120,
  takeoverStale: false,
  project: P,
};
const held = (fields: Partial<Reservation> = {}) => reservation({ agent_id: 'agent-b', project: P, ...fields });
const decide = (active: readonly Reservation[], fields: Partial<ReserveRequest> = {}) =>
  decideReserve(active, { ...request, ...fields }, moment(), 'ffffffff');
const conflictsOf = (active: readonly Reservation[], fields: Partial<ReserveRequest> = {}) =>
  refusal(decide(active, fields).answer, 'RESERVATION_CONFLICT').details?.['conflicts'] as readonly Conflict[];

describe('checkReserve beyond the seed', () => {
  it('takes a bead of 1,000 characters, and none that would fill the list of all', () => {
    const given = (bead: string) => checkReserve({ agent: 'agent-a', scope: 'src', bead }, true);
    assert.equal(grantedData(given('x'.repeat(1_000))).bead.length, 1_000);
    const error = refusal(given('x'.repeat(1_001)), 'INVALID_ARGS');
    assert.match(error.message, /^Bead "x+…" is longer than 1000 characters/);
    assert.deepEqual(error.details, { maximum: 1_000 });
  });

  const good: ReserveInput = { agent: 'agent-a', scope: 'src/app', bead: 'bd-1' };

  it('normalises the scope, and keeps the place that was given', () => {
    const input = {
      ...good,
      scope: './src\\app/',
      project: ' /projects/p ',
      worktree: ' /projects/w ',
      foldCase: true,
    };
    const { scope, project, worktree, foldCase } = grantedData(checkReserve(input, true));
    assert.deepEqual(
      { scope, project, worktree, foldCase },
      { scope: 'src/app', project: P, worktree: '/projects/w', foldCase: true },
    );
  });

  it('a scope that does not compile, and a wrong onOverlap: INVALID_ARGS, after all that the seed checks', () => {
    const wrong = { ...good, scope: 'src/[', onOverlap: 'ask' as 'warn' };
    assert.deepEqual(refusal(checkReserve({ ...wrong, ttl: 4 }, true), 'INVALID_ARGS').details?.['ttl'], 4);
    assert.deepEqual(refusal(checkReserve(wrong, true), 'INVALID_ARGS').details, {
      scope: 'src/[',
      fault: 'UNCLOSED_BRACKET',
    });
    const error = refusal(checkReserve({ ...wrong, scope: 'src' }, true), 'INVALID_ARGS');
    assert.deepEqual(error.details, { onOverlap: 'ask', allowed: ['deny', 'warn'] });
  });
});

describe('decideReserve where scopes overlap', () => {
  const lies: readonly (readonly [string, string, Conflict['overlap'] | 'granted'])[] = [
    ['src/app', 'src/app', 'exact'],
    ['src', 'src/app', 'contains'],
    ['src/**', 'src', 'contains'],
    ['src/*', 'src/app', 'partial'],
    ['src/*', 'src/*.ts', 'contains'],
    ['src/app/a.ts', 'src/app', 'within'],
    ['src/*.ts', '**/a.*', 'partial'],
    ['src/*.ts', 'src/*.js', 'granted'],
    ['docs', 'src/app', 'granted'],
    ['/projects/p/src', 'src', 'granted'],
    ['SRC', 'src', 'granted'],
  ];
  for (const [holds, wants, overlap] of lies) {
    it(`${holds} is held, ${wants} is wanted: ${overlap}`, () => {
      const active = [held({ scope: holds })];
      if (overlap === 'granted') {
        assert.equal(codeOf(decide(active, { scope: wants }).answer), 'ok');
        return;
      }
      const [conflict] = conflictsOf(active, { scope: wants });
      const { reservation_id, scope, agent_id, bead_id, expires_at } = held({ scope: holds });
      assert.deepEqual(conflict, { reservation_id, scope, agent_id, bead_id, expires_at, overlap });
    });
  }

  it('names the holder, until when, and the next step', () => {
    const { message } = refusal(decide([held({ scope: 'src' })]).answer, 'RESERVATION_CONFLICT');
    assert.match(message, /"src\/app" overlaps "src", which is reserved by "agent-b" until 2026-02-13T23:09:00.000Z/);
    assert.match(message, /ask the holder to release it/);
  });

  it('folds case where the project does', () => {
    assert.equal(conflictsOf([held({ scope: 'SRC' })], { foldCase: true })[0]?.overlap, 'contains');
    assert.equal(conflictsOf([held({ scope: 'SRC/App' })], { foldCase: true })[0]?.overlap, 'exact');
  });

  it('tells all that stand in the way, the same scope first and then what ends soonest, at most twenty of them', () => {
    const many = Array.from({ length: 30 }, (_, n) =>
      held({ reservation_id: `res_${n}`, scope: `src/app/${n}`, expires_at: at(90 - n) }),
    );
    const active = [...many, held({ reservation_id: 'res_same' })];
    const decision = decide(active);
    const { details, message } = refusal(decision.answer, 'RESERVATION_CONFLICT');
    const conflicts = details?.['conflicts'] as readonly Conflict[];
    assert.deepEqual(
      conflicts.map(({ reservation_id }) => reservation_id),
      ['res_same', ...Array.from({ length: 19 }, (_, n) => `res_${29 - n}`)],
    );
    assert.equal(details?.['total'], 31);
    assert.match(message, /30 more/);
    assert.equal(decision.active.filter(({ waiting }) => waiting).length, 20);
  });

  it("one's own that overlaps is in nobody's way; one's own same scope is", () => {
    const own = held({ agent_id: 'agent-a', scope: 'src' });
    assert.equal(codeOf(decide([own]).answer), 'ok');
    assert.equal(conflictsOf([own], { scope: 'src' })[0]?.overlap, 'exact');
  });

  it('an expired one that overlaps is in nobody’s way and stays; the same scope waits for a takeover', () => {
    const stale = held({ scope: 'src', expires_at: at(0) });
    const granted = decide([stale]);
    assert.equal(codeOf(granted.answer), 'ok');
    assert.deepEqual(granted.closed, []);
    assert.equal(granted.active[0], stale);
    refusal(decide([stale], { scope: './src/' }).answer, 'RESERVATION_STALE_FOUND');
    assert.deepEqual(decide([stale], { scope: 'src', takeoverStale: true }).closed, [{ ...stale, state: 'expired' }]);
  });

  it('what is live and overlaps goes before what is stale', () => {
    const active = [held({ scope: 'src/app', expires_at: at(0) }), held({ scope: 'src', reservation_id: 'res_2' })];
    assert.deepEqual(
      conflictsOf(active, { takeoverStale: true }).map(({ reservation_id }) => reservation_id),
      ['res_2'],
    );
  });

  it('told to warn, grants what merely overlaps and tells it; the entry does not hold what is told', () => {
    const active = [held({ scope: 'src' }), held({ scope: 'docs' })];
    const decision = decide(active, { onOverlap: 'warn' });
    const data = grantedData(decision.answer);
    assert.deepEqual(
      data.conflicts?.map(({ scope, overlap }) => [scope, overlap]),
      [['src', 'contains']],
    );
    const stored = decision.active.at(-1);
    assert.deepEqual({ ...stored, conflicts: data.conflicts }, data);
    assert.ok(stored && !('conflicts' in stored) && !('waiting' in (decision.active[0] ?? {})));
    assert.deepEqual(
      conflictsOf([held(), held({ scope: 'src' })], { onOverlap: 'warn' }).map(({ overlap }) => overlap),
      ['exact'],
    );
  });
});

describe('decideReserve in projects', () => {
  const projects: readonly (readonly [string, string | undefined, string | undefined, string, string])[] = [
    ['another project, the same scope', '/q', P, 'src', 'ok'],
    ['another project, what overlaps', '/q', P, 'src/app', 'ok'],
    ['no project held, the same scope', undefined, P, 'src', 'RESERVATION_CONFLICT'],
    ['no project held, the same scope spelled otherwise', undefined, P, './src', 'RESERVATION_CONFLICT'],
    ['no project held, what overlaps', undefined, P, 'src/app', 'ok'],
    ['no project wanted, the same scope', P, undefined, 'src', 'RESERVATION_CONFLICT'],
    ['no project wanted, what overlaps', P, undefined, 'src/app', 'ok'],
    ['none on either side, the same scope', undefined, undefined, 'src', 'RESERVATION_CONFLICT'],
    ['none on either side, what overlaps', undefined, undefined, 'src/app', 'ok'],
  ];
  for (const [name, holds, wants, scope, code] of projects) {
    it(`${name}: ${code}`, () => {
      const entry = reservation({ agent_id: 'agent-b', scope: 'src', ...(holds ? { project: holds } : {}) });
      const { project: _, ...rest } = request;
      const input = { ...rest, scope: grantedData(checkReserve({ ...rest, scope }, true)).scope };
      const one: ReserveRequest = wants ? { ...input, project: wants } : input;
      assert.equal(codeOf(decideReserve([entry], one, moment(), 'ffffffff').answer), code);
    });
  }

  it('a scope of beadboard that does not compile is compared as text', () => {
    const entry = reservation({ agent_id: 'agent-b', scope: 'src/[' });
    assert.equal(codeOf(decide([entry], { scope: 'src/a' }).answer), 'ok');
    assert.equal(codeOf(decide([entry], { scope: 'src/[' }).answer), 'RESERVATION_CONFLICT');
  });

  it('the entry carries project, worktree and fence, and no key that was not given', () => {
    const [entry] = decide([], { worktree: '/w' }).active;
    assert.deepEqual([entry?.project, entry?.worktree, entry?.fence], [P, '/w', NOW.getTime()]);
    const { project: _, ...rest } = request;
    const [bare] = decideReserve([], rest, moment(), 'ffffffff').active;
    assert.ok(bare && !('project' in bare) && !('worktree' in bare));
  });

  it('what is no text in the place of a project counts as none', () => {
    const odd = reservation({ agent_id: 'agent-b', scope: 'src/app', project: 7 as unknown as string });
    assert.equal(codeOf(decide([odd]).answer), 'RESERVATION_CONFLICT');
  });
});

describe('the waiting list', () => {
  const waiter = (agent_id: string) => ({ agent_id, scope: 'src/app', since: NOW.toISOString() });

  it('remembers the first refusal of an agent, and then nothing is changed any more', () => {
    const first = decide([held({ scope: 'src' }), held({ scope: 'docs' })]);
    assert.deepEqual(first.active[0]?.waiting, [waiter('agent-a')]);
    assert.ok(!('waiting' in (first.active[1] ?? {})));
    assert.equal(decide(first.active).active, first.active);
    assert.equal(decide(first.active, { scope: 'src' }).active, first.active);
    assert.deepEqual(decide(first.active, { agent: 'agent-c' }).active[0]?.waiting, [
      waiter('agent-a'),
      waiter('agent-c'),
    ]);
  });

  it("is not written for one's own", () => {
    const active = [held({ agent_id: 'agent-a' })];
    assert.equal(decide(active).active, active);
  });

  it('holds at most so many', () => {
    const full = held({ waiting: Array.from({ length: MAX_WAITING }, (_, n) => waiter(`agent-${n}x`)) });
    const active = [full];
    assert.equal(decide(active).active, active);
  });

  it('what others wrote in its place is passed over', () => {
    for (const waiting of ['all', 7, null, [null, 'x', { agent_id: 7 }, { ...waiter('agent-a'), message_id: 3 }]]) {
      const { active } = decide([{ ...held(), waiting } as unknown as Reservation]);
      assert.deepEqual(active[0]?.waiting, [waiter('agent-a')], JSON.stringify(waiting));
    }
  });
});
