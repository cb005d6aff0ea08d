/** What a timeline shows, and what it adds up: the rules alone. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HOUR_MS, MINUTE_MS } from '../../../../src/core/time';
import { type Bar, barOf, heldBetween, marksOf } from '../../../../src/core/timeline/bar';
import { Collecting, checkTimeline, MOST_BARS, type TimelineData } from '../../../../src/core/timeline/collect';
import { endAt, lanesOf, MOST_ROWS, packed, segmentsOf, shortened } from '../../../../src/core/timeline/lanes';
import { at, NOW, reservation } from '../../../support/samples';

const SINCE = new Date(NOW.getTime() - 24 * HOUR_MS);

/** Held from and to so many minutes around now, and released. */
function released(from: number, to: number, fields: object = {}) {
  return reservation({
    reservation_id: `res_${from}_${to}`,
    state: 'released',
    created_at: at(from),
    released_at: at(to),
    ...fields,
  });
}

/** Held from so many minutes on, and never released. */
function expired(from: number, to: number, fields: object = {}) {
  return reservation({
    reservation_id: `res_${from}_${to}`,
    state: 'expired',
    created_at: at(from),
    expires_at: at(to),
    ...fields,
  });
}

function look(closed: readonly object[], active: readonly object[] = [], filter: object = {}): TimelineData {
  const collecting = new Collecting({ since: SINCE, agent: '', bead: '', project: undefined, ...filter });
  collecting.add(closed as never, NOW);
  return collecting.data(active as never, NOW);
}

describe('a bar of the timeline', () => {
  it('ends where it was released, where it expired, or not at all', () => {
    assert.equal(barOf(released(-30, -20), NOW).end, NOW.getTime() - 20 * MINUTE_MS);
    assert.equal(barOf(expired(-60, -40), NOW).end, NOW.getTime() - 40 * MINUTE_MS);
    const held = barOf(reservation(), NOW);
    assert.deepEqual([held.state, held.end, held.expires], ['active', null, NOW.getTime() + 60 * MINUTE_MS]);
  });

  it('is expired from the very instant on, though nobody has swept it', () => {
    const entry = reservation({ expires_at: at(0) });
    assert.deepEqual([barOf(entry, NOW).state, barOf(entry, NOW).end], ['expired', NOW.getTime()]);
    assert.equal(barOf(entry, new Date(NOW.getTime() - 1)).state, 'active');
  });

  it('never ends before it begins, whatever clocks said', () => {
    const bar = barOf(released(-10, -20), NOW);
    assert.equal(bar.end, bar.start);
    assert.equal(heldBetween(bar, 0, NOW.getTime()), 0);
  });

  it('carries refusals, requests and who ended it, as far as they are what they must be', () => {
    const bar = barOf(
      released(-60, -10, {
        released_by: 'dana',
        reason: 'in the way',
        renewed_at: at(-30),
        waiting: [
          { agent_id: 'agent-c', scope: 'src', since: at(-20), message_id: 'msg_1' },
          { agent_id: 'agent-b', scope: 'src/app/a.ts', since: at(-40) },
          { agent_id: 'agent-d', scope: 'src', since: 'yesterday' },
          'nonsense',
        ],
      }),
      NOW,
      'agent-x',
    );
    assert.deepEqual(
      marksOf(bar).map(({ kind, agent }) => [kind, agent]),
      [
        ['takeover', 'agent-x'],
        ['refused', 'agent-b'],
        ['asked', 'agent-c'],
        ['forced', 'dana'],
      ],
    );
    assert.deepEqual([bar.state, bar.reason, bar.renewed], ['forced', 'in the way', NOW.getTime() - 30 * MINUTE_MS]);
  });

  it('is forced only where another has ended it', () => {
    assert.equal(barOf(released(-60, -10, { released_by: 'agent-a' }), NOW).state, 'released');
    assert.equal(barOf(released(-60, -10, { released_by: 7 }), NOW).state, 'released');
  });
});

describe('what a timeline collects', () => {
  it('is what reaches into the time, in order of closing, with what is held beside it', () => {
    const { added, active } = look(
      [released(-3000, -2000), released(-2000, -1440), released(-50, -40)],
      [reservation(), reservation({ reservation_id: 'res_old', expires_at: at(-5) })],
    );
    assert.deepEqual(
      added.map(({ id }) => id),
      ['res_-2000_-1440', 'res_-50_-40'],
      'what ended at the very beginning is there still',
    );
    assert.deepEqual(
      active.map(({ state }) => state),
      ['active', 'expired'],
    );
  });

  it('tells a takeover: another had let the same scope of the project expire', () => {
    const mine = { agent_id: 'agent-b', project: '/p' };
    const theirs = { agent_id: 'agent-a', project: '/p' };
    const takenFrom = (...closed: readonly object[]) => look(closed).added.at(-1)?.takenFrom;
    assert.equal(takenFrom(expired(-90, -60, theirs), released(-50, -40, mine)), 'agent-a');
    assert.equal(takenFrom(expired(-3000, -2000, theirs), released(-50, -40, mine)), 'agent-a', 'and long ago');
    assert.equal(takenFrom(released(-90, -60, theirs), released(-50, -40, mine)), null, 'it was released');
    assert.equal(takenFrom(expired(-90, -60, mine), released(-50, -40, mine)), null, 'one’s own');
    assert.equal(
      takenFrom(expired(-90, -60, theirs), released(-50, -40, { ...mine, project: '/q' })),
      null,
      'another project',
    );
    assert.equal(
      takenFrom(expired(-90, -60, theirs), released(-55, -52, theirs), released(-50, -40, mine)),
      null,
      'somebody had it in between',
    );
    assert.equal(look([expired(-90, -60, theirs)], [reservation(mine)]).active[0]?.takenFrom, 'agent-a');
  });

  it('filters, and tells what there is to filter by whatever the filter is', () => {
    const closed = [
      released(-50, -40, { agent_id: 'agent-b', bead_id: 'bd-2', project: '/p' }),
      released(-30, -20, { bead_id: 'bd-9' }),
      released(-9000, -8000, { agent_id: 'agent-z' }),
    ];
    const ids = (filter: object) => look(closed, [], filter).added.map(({ id }) => id);
    assert.deepEqual(ids({ agent: 'agent-b' }), ['res_-50_-40']);
    assert.deepEqual(ids({ bead: 'bd-9' }), ['res_-30_-20']);
    assert.deepEqual(ids({ project: '/p' }), ['res_-50_-40']);
    assert.deepEqual(ids({ project: null }), ['res_-30_-20'], 'only of none');
    assert.deepEqual(look(closed, [], { agent: 'nobody' }).choices, {
      agents: ['agent-a', 'agent-b'],
      beads: ['bd-2', 'bd-9'],
      projects: ['/p', null],
    });
  });

  it('tells each bar once, keeps the latest, and counts what is not drawn but adds it up', () => {
    const collecting = new Collecting({ since: SINCE, agent: '', bead: '', project: undefined });
    const many = (count: number, from: number) =>
      Array.from({ length: count }, (_, index) => released(-20, -10, { reservation_id: `res_${from + index}` }));
    collecting.add(many(10, 0), NOW);
    assert.equal(collecting.data([], NOW).added.length, 10);
    assert.equal(collecting.data([], NOW).added.length, 0);
    collecting.add(many(5, 10), NOW);
    assert.deepEqual(
      collecting.data([], NOW).added.map(({ id }) => id),
      ['res_10', 'res_11', 'res_12', 'res_13', 'res_14'],
    );
    for (let index = 0; index < 25; index++) {
      collecting.add(many(1_000, 15 + index * 1_000), NOW);
    }
    const { added, more, summary } = collecting.data([], NOW);
    assert.deepEqual([added.length, more, summary.times], [MOST_BARS, 25_015 - MOST_BARS, 25_015]);
    assert.equal(added.at(-1)?.id, 'res_25014');
    assert.equal(summary.holders[0]?.held, 25_015 * 10 * MINUTE_MS);
  });

  it('takes a time or how long ago, and no other words', () => {
    const checked = checkTimeline({ since: '24h', agent: ' agent-b ', project: null }, NOW);
    assert.deepEqual(checked, {
      ok: true,
      data: { since: SINCE, agent: 'agent-b', bead: '', project: null },
    });
    const refused = checkTimeline({ since: 'yesterday' }, NOW);
    assert.equal(refused.ok ? '' : refused.error.code, 'INVALID_ARGS');
  });
});

describe('the summary', () => {
  it('adds up who held what, the longest first, cut to the time that is looked at', () => {
    const { summary } = look(
      [released(-2000, -1430), released(-50, -40), released(-30, -25, { agent_id: 'agent-b' })],
      [reservation({ scope: 'docs', created_at: at(-12) })],
    );
    assert.deepEqual(
      summary.holders.map(({ agent, scope, held, times }) => [agent, scope, held / MINUTE_MS, times]),
      [
        ['agent-a', 'src/app', 20, 2],
        ['agent-a', 'docs', 12, 1],
        ['agent-b', 'src/app', 5, 1],
      ],
    );
  });

  it('does not keep what is held now: the next look adds it up anew', () => {
    const collecting = new Collecting({ since: SINCE, agent: '', bead: '', project: undefined });
    const held = [reservation({ created_at: at(-12) })];
    for (const minutes of [0, 5]) {
      const now = new Date(NOW.getTime() + minutes * MINUTE_MS);
      assert.equal(collecting.data(held, now).summary.holders[0]?.held, (12 + minutes) * MINUTE_MS);
    }
  });

  it('has the scopes at which agents met, the hottest first, and no others', () => {
    const wait = (agent: string, since: number, more: object = {}) => ({
      agent_id: agent,
      scope: 'x',
      since: at(since),
      ...more,
    });
    const { summary } = look([
      released(-50, -40, { scope: 'calm' }),
      released(-50, -40, { scope: 'warm', waiting: [wait('agent-b', -45)] }),
      released(-50, -40, {
        scope: 'hot',
        waiting: [wait('agent-b', -45), wait('agent-c', -42, { message_id: 'msg_1' })],
      }),
      released(-50, -40, { scope: 'forced', released_by: 'dana' }),
    ]);
    assert.deepEqual(
      summary.hotSpots.map(({ scope, refused, asked, forced, waited }) => [
        scope,
        refused,
        asked,
        forced,
        waited / MINUTE_MS,
      ]),
      [
        ['hot', 1, 1, 0, 7],
        ['warm', 1, 0, 0, 5],
        ['forced', 0, 0, 1, 0],
      ],
    );
  });
});

describe('lanes', () => {
  const bars = (...entries: readonly object[]) => entries.map((entry) => barOf(entry as never, NOW));
  const now = NOW.getTime();

  it('are by scope of a project, or by agent, in order of name', () => {
    const all = bars(
      released(-50, -40, { scope: 'b' }),
      released(-50, -40, { scope: 'a', project: '/q' }),
      released(-30, -20, { scope: 'a', project: '/p', agent_id: 'agent-b' }),
      released(-50, -40, { scope: 'b' }),
    );
    const names = (by: 'scope' | 'agent') =>
      lanesOf(all, by, now).map(({ label, project, rows }) => [label, project, rows.flat().length]);
    assert.deepEqual(names('scope'), [
      ['a', '/p', 1],
      ['a', '/q', 1],
      ['b', null, 2],
    ]);
    assert.deepEqual(names('agent'), [
      ['agent-a', null, 3],
      ['agent-b', null, 1],
    ]);
  });

  const anyBars = fc.array(
    fc.record({ start: fc.integer({ min: 0, max: 500 }), length: fc.integer({ min: 1, max: 60 }), held: fc.boolean() }),
    { maxLength: 60 },
  );
  const made = (drawn: readonly { start: number; length: number; held: boolean }[]): readonly Bar[] =>
    drawn.map(({ start, length, held }, index) => ({
      ...barOf(reservation({ reservation_id: `res_${index}` }), NOW),
      key: `k${index}`,
      start,
      end: held ? null : start + length,
    }));
  const END = 600;

  it('lose no bar, overlap in no row but a last one, and have no more rows than lie over each other', () => {
    fc.assert(
      fc.property(anyBars, (drawn) => {
        const all = made(drawn);
        const rows = packed(all, END);
        assert.deepEqual(new Set(rows.flat()), new Set(all));
        assert.equal(rows.flat().length, all.length);
        for (const row of rows.slice(0, MOST_ROWS - 1)) {
          for (const [index, bar] of row.entries()) {
            const before = row[index - 1];
            assert.ok(!before || endAt(before, END) <= bar.start);
          }
        }
        const deepest = Math.max(
          0,
          ...all.map(({ start }) => all.filter((bar) => bar.start <= start && endAt(bar, END) > start).length),
        );
        assert.equal(rows.length, Math.min(deepest, MOST_ROWS));
      }),
    );
  });

  it('draw in segments every bar that is in sight, once', () => {
    fc.assert(
      fc.property(anyBars, fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 50 }), (drawn, from, least) => {
        const to = from + 200;
        const rows = packed(made(drawn), END);
        for (const row of rows) {
          const inSight = row.filter((bar) => endAt(bar, END) >= from && bar.start <= to);
          const segments = segmentsOf(row, { from, to, least, now: END });
          assert.deepEqual(
            segments.flatMap(({ bars: some }) => some),
            inSight,
          );
          for (const { bars: some, start, end } of segments) {
            assert.ok(some.every((bar) => bar.start >= start && endAt(bar, END) <= end));
          }
          assert.ok(segments.length <= 200 / least + 2 + row.length / 2, 'what is dense is put together');
        }
      }),
    );
  });

  it('keep apart what can be told apart, and put together what cannot', () => {
    const row = bars(released(-50, -40), released(-39.99, -39.98), released(-39.97, -39.96), released(-20, -10));
    const segments = segmentsOf(row, { from: now - HOUR_MS, to: now, least: MINUTE_MS, now });
    assert.deepEqual(
      segments.map(({ bars: some }) => some.length),
      [3, 1],
    );
    const near = segmentsOf(row, { from: now - HOUR_MS, to: now, least: 100, now });
    assert.deepEqual(
      near.map(({ bars: some }) => some.length),
      [1, 1, 1, 1],
    );
  });

  it('shorten a name in its middle', () => {
    assert.equal(shortened('src/app', 7), 'src/app');
    assert.equal(shortened('src/app/main/index.ts', 11), 'src/a…ex.ts');
    for (const most of [1, 2, 3, 8]) {
      assert.equal(shortened('packages/a/b/c', most).length, most);
    }
  });
});
