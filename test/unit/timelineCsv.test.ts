/** The table that a spreadsheet opens: nothing in it is calculated, and nothing of it is lost. */

import assert from 'node:assert/strict';
import { csvParse } from 'd3-dsv';
import fc from 'fast-check';
import { barOf } from '../../src/core/timeline/bar';
import { csvOf } from '../../src/extension/timeline/csv';
import { pageMessageOf } from '../../src/extension/timeline/pageMessage';
import { at, NOW, reservation } from '../support/samples';

const csv = (...entries: readonly Parameters<typeof reservation>[0][]) =>
  csvOf(entries.map((entry) => barOf(reservation(entry), NOW)));

describe('a timeline as CSV', () => {
  it('has a line for each bar, the latest first, with times in UTC', () => {
    const waiting = [
      { agent_id: 'agent-b', scope: 's', since: at(-5) },
      { agent_id: 'agent-c', scope: 's', since: at(-4), message_id: 'msg_1' },
    ];
    const [first, second] = csvParse(
      csv(
        { state: 'released', created_at: at(-90), released_at: at(-80), released_by: 'dana', reason: 'a, "b"\nc' },
        { project: '/p', waiting },
      ),
    );
    assert.deepEqual(
      [
        first?.['project'],
        first?.['state'],
        first?.['created_at'],
        first?.['ended_at'],
        first?.['refused'],
        first?.['asked'],
      ],
      [
        '/p',
        'active',
        '2026-02-13T21:59:00.000Z',
        '',
        'agent-b 2026-02-13T22:04:00.000Z',
        'agent-c 2026-02-13T22:05:00.000Z',
      ],
    );
    assert.deepEqual(
      [second?.['state'], second?.['ended_at'], second?.['released_by'], second?.['reason']],
      ['forced', '2026-02-13T20:49:00.000Z', 'dana', 'a, "b"\nc'],
    );
  });

  it('begins no cell as a formula, whatever a scope is', () => {
    for (const scope of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1']) {
      assert.equal(csvParse(csv({ scope }))[0]?.['scope'], `'${scope}`);
    }
    fc.assert(
      fc.property(fc.string(), fc.string(), (scope, reason) => {
        const [row] = csvParse(csv({ scope, reason }));
        assert.equal(row?.['scope']?.replace(/^'(?=[=+\-@\t\r])/, ''), scope);
        assert.doesNotMatch(row?.['reason'] ?? '', /^[=+\-@\t\r]/);
      }),
    );
  });
});

describe('what the page of the timeline sends', () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="1"><title>on = 1</title><text>&lt;b&gt; href= onclick=</text></svg>';
  const right: readonly object[] = [
    { type: 'ready' },
    { type: 'ask', ask: 1, range: 'week', filter: {} },
    { type: 'ask', ask: 2, range: 'hour', filter: { agent: 'a', bead: 'b', project: null } },
    { type: 'reveal', key: 'res_1 src' },
    { type: 'saveCsv' },
    { type: 'saveSvg', svg },
  ];
  for (const message of right) {
    it(`may be ${JSON.stringify(message).slice(0, 60)}`, () => {
      assert.deepEqual(pageMessageOf(message), { message });
    });
  }

  const wrong: readonly unknown[] = [
    undefined,
    'ready',
    { type: 'run', command: 'workbench.action.terminal.new' },
    { type: 'ready', more: 1 },
    { type: 'ask', ask: 1, range: 'year', filter: {} },
    { type: 'ask', ask: Number.NaN, range: 'day', filter: {} },
    { type: 'ask', ask: 1, range: 'day', filter: { agent: { $ne: 1 } } },
    { type: 'reveal', key: 7 },
    { type: 'open', key: 'x'.repeat(3_000) },
    { type: 'saveSvg', svg: 'text' },
    { type: 'saveSvg', svg: svg.replace('<text>', '<script>1</script><text>') },
    { type: 'saveSvg', svg: svg.replace('<text>', '<SCRIPT>1</SCRIPT><text>') },
    { type: 'saveSvg', svg: svg.replace('<text>', '<foreignObject/><text>') },
    { type: 'saveSvg', svg: svg.replace('<text>', '<text onload="1">') },
    { type: 'saveSvg', svg: svg.replace('<text>', '<text\nstyle="x">') },
    { type: 'saveSvg', svg: svg.replace('<text>', '<text href="http://x">') },
  ];
  for (const message of wrong) {
    it(`may not be ${(JSON.stringify(message) ?? 'nothing').slice(-90)}`, () => {
      assert.ok('wrong' in pageMessageOf(message));
    });
  }
});
