/** The timeline, used by hand: what it draws, says and saves, and that what agents write stays text. */

import { strict as assert } from 'node:assert';
import { appendFile, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { repoRoot } from '../support/paths';
import { eventually } from '../support/patience';
import { reservation } from '../support/samples';
import { seedStore } from '../support/storeFiles';
import { useWorkbench } from '../support/useWorkbench';
import { clearNotifications, runCommand, type Workbench } from '../support/workbench';
import { chooseTheme, openView } from './parts';

const HOSTILE = '<img src=x onerror="document.title=1">';
const HOSTILE_END = '</script><script>document.title=1</script>';
const FORMULA = '=HYPERLINK("http://x")';

/**
 * When the tests began. Every time that they write is so long before it: were each counted from another now, how long
 * something lasted would depend on when the file was loaded, and on how fast the machine is.
 */
let began = 0;
const ago = (minutes: number) => new Date(began - minutes * 60_000).toISOString();

interface Seeded {
  readonly scope: string;
  readonly from: number;
  /** Undefined while it is held. */
  readonly to?: number;
  readonly agent?: string;
  readonly more?: object;
}

const whatIsHeld = (): readonly Seeded[] => [
  { scope: 'src/app/**', from: 50, agent: 'codex-ui' },
  {
    scope: 'src/auth/login/**',
    from: 40,
    agent: 'claude-auth',
    more: { waiting: [{ agent_id: 'codex-ui', scope: 'src/auth/login/form.ts', since: ago(20), message_id: 'msg_1' }] },
  },
  { scope: HOSTILE, from: 30, agent: 'codex-ui' },
];

const whatIsOver = (): readonly Seeded[] => [
  {
    scope: 'docs/guide.md',
    from: 1300,
    to: 1200,
    agent: 'claude-docs',
    more: { state: 'expired', expires_at: ago(1200) },
  },
  { scope: 'docs/guide.md', from: 1190, to: 1000, agent: 'codex-ui' },
  {
    scope: 'src/api/v2/**',
    from: 900,
    to: 700,
    agent: 'codex-api',
    more: {
      waiting: [
        { agent_id: 'codex-ui', scope: 'src/api/v2/a.ts', since: ago(850) },
        { agent_id: 'claude-docs', scope: 'src/api/**', since: ago(800) },
      ],
    },
  },
  {
    scope: 'src/billing/**',
    from: 600,
    to: 300,
    agent: 'codex-api',
    more: { released_by: 'dana', reason: 'It was forgotten.' },
  },
  ...Array.from({ length: 40 }, (_, index) => ({
    scope: 'src/app/**',
    from: 520 - index,
    to: 519.5 - index,
    agent: 'codex-ui',
  })),
  { scope: HOSTILE_END, from: 200, to: 100, agent: 'codex-ui' },
  { scope: FORMULA, from: 90, to: 70, agent: 'codex-ui' },
];

function entryOf({ scope, from, to, agent = 'codex-ui', more = {} }: Seeded, index: number): object {
  return reservation({
    reservation_id: `res_20260101_000000_${String(index).padStart(8, '0')}`,
    scope,
    agent_id: agent,
    bead_id: `bd-${index % 3}`,
    state: to === undefined ? 'active' : 'released',
    created_at: ago(from),
    expires_at: ago(to === undefined ? -90 : to),
    released_at: to === undefined || 'expires_at' in more ? null : ago(to),
    ...more,
  });
}

describe('the timeline, used by hand', () => {
  let workbench: Workbench;
  let page: Page;
  let frame: Frame;

  useWorkbench(
    {
      extension: 'packaged',
      prepare: async ({ storeDir }) => {
        began = Date.now();
        seedStore(storeDir, { agents: ['codex-ui'], active: whatIsHeld().map(entryOf) });
        const lines = whatIsOver().map((one, index) => `${JSON.stringify(entryOf(one, 100 + index))}\n`);
        await appendFile(join(storeDir, 'reservations', 'history.jsonl'), lines.join(''));
      },
    },
    async (opened) => {
      workbench = opened;
      page = opened.page;
      await openView(page);
      await runCommand(page, 'Reservations: Show Timeline');
      frame = await timelineFrame(page);
      await frame.locator('svg.drawn g.bar').first().waitFor({ state: 'attached' });
    },
  );

  const drawn = (selector: string): Locator => frame.locator(`svg.drawn ${selector}`);
  const bar = (text: string): Locator => drawn(`g.bar[aria-label*="${text}"]`);
  const details = (): Locator => frame.locator('.details');
  const tab = (name: string): Locator => frame.getByRole('tab', { name });
  const choose = (name: string, option: string) => frame.getByLabel(name, { exact: true }).selectOption(option);
  const lanes = () => drawn('g.lane').evaluateAll((all) => all.map((lane) => lane.getAttribute('aria-label')));
  const rows = () => frame.locator('tbody:visible tr').count();
  const status = (text: string) => frame.getByRole('status').getByText(text).waitFor();

  it('draws a lane for each scope, with what was held, how it ended and what happened', async () => {
    await status('49 reservations since');
    assert.deepEqual(await lanes(), [
      HOSTILE_END,
      HOSTILE,
      FORMULA,
      'docs/guide.md',
      'src/api/v2/**',
      'src/app/**',
      'src/auth/login/**',
      'src/billing/**',
    ]);
    const counts = { active: 3, forced: 1, expired: 1, cluster: 1 };
    for (const [state, count] of Object.entries(counts)) {
      assert.equal(await drawn(`g.bar.${state}`).count(), count, state);
    }
    for (const [mark, count] of Object.entries({ refused: 2, asked: 1, takeover: 1, forced: 1 })) {
      assert.equal(await drawn(`path.mark.${mark}`).count(), count, mark);
    }
    assert.equal(await drawn('line.now').count(), 1);
    await workbench.screenshot('timeline-dark');
  });

  it('says by the pointer what a bar was, and by the keyboard the same', async () => {
    await bar('src/billing').hover();
    await details().getByText('It was forgotten.').waitFor();
    const told = await details().locator('dl').innerText();
    for (const fact of ['src/billing/**', 'codex-api', 'Released by force', 'dana', '5 h']) {
      assert.ok(told.includes(fact), `${fact} in ${told}`);
    }
    await page.mouse.move(700, 700);
    await bar('docs/guide.md').first().focus();
    await details().getByText('Expired', { exact: true }).waitFor();
    await page.keyboard.press('ArrowRight');
    await details().getByText('after claude-docs had let it expire').waitFor();
    for (const lane of ['src/api/v2/**', 'src/app/**', 'src/auth/login/**', 'src/billing/**']) {
      await page.keyboard.press('ArrowDown');
      assert.equal(await focused(), lane);
    }
    assert.equal(await details().locator('dl').innerText(), told);
    await page.keyboard.press('ArrowUp');
    await details().getByText('codex-ui wanted “src/auth/login/form.ts” since').waitFor();
  });

  const focused = () => frame.evaluate('document.activeElement.closest("g.lane")?.getAttribute("aria-label")');

  it('keeps the details on Enter, leads to the view, and lets them go on Escape', async () => {
    await bar('src/auth/login').focus();
    await page.keyboard.press('Enter');
    await details().getByText('Pinned; Escape unpins').waitFor();
    await bar('src/billing').hover();
    await details().getByText('claude-auth').first().waitFor();
    await details().getByRole('button', { name: 'Show in Reservations View' }).click();
    await page.locator('.monaco-list-row.selected', { hasText: 'src/auth/login/**' }).waitFor();
    await bar('src/auth/login').focus();
    await page.keyboard.press('Escape');
    await details().getByText('Point at a bar').waitFor();
  });

  it('zooms into several that lie too close together, and back', async () => {
    await drawn('g.bar.cluster').focus();
    await page.keyboard.press('Enter');
    await drawn('g.bar.cluster').waitFor({ state: 'detached' });
    assert.ok((await bar('src/app').count()) >= 40);
    await workbench.screenshot('timeline-zoomed');
    await page.keyboard.press('0');
    await drawn('g.bar.cluster').waitFor({ state: 'attached' });
    const times = () => frame.locator('svg.times').textContent();
    const whole = await times();
    await frame.getByRole('button', { name: 'Zoom In' }).click();
    await changed(times, whole);
    const zoomed = await times();
    await frame.locator('.lanes').focus();
    await page.keyboard.press('ArrowRight');
    await changed(times, zoomed);
    await frame.getByRole('button', { name: 'Whole Range' }).click();
  });

  it('has lanes by agent, and filters by agent, bead and project', async () => {
    await choose('Lanes', 'agent');
    await drawn('g.lane[aria-label="codex-api"]').waitFor({ state: 'attached' });
    assert.deepEqual(await lanes(), ['claude-auth', 'claude-docs', 'codex-api', 'codex-ui']);
    await choose('Agent', 'codex-api');
    await status('2 reservations since');
    await drawn('g.lane[aria-label="codex-ui"]').waitFor({ state: 'detached' });
    assert.deepEqual(await lanes(), ['codex-api']);
    await choose('Bead', 'bd-0');
    await status('1 reservation since');
    await choose('Project', 'none');
    await status('1 reservation since');
    await frame.getByRole('button', { name: 'Last Hour' }).click();
    await status('Nothing that was reserved in this time passes the filter.');
    for (const name of ['Agent', 'Bead', 'Project']) {
      await choose(name, '');
    }
    await status('3 reservations since');
    await frame.getByRole('button', { name: 'Last Day' }).click();
    await status('49 reservations since');
    await choose('Lanes', 'scope');
  });

  it('has the same in a table, the latest first, and sums it up', async () => {
    await tab('Table').click();
    assert.equal(await rows(), 49);
    const first = await frame.locator('tbody:visible tr').first().innerText();
    assert.ok(first.includes(HOSTILE) && first.includes('still held'), first);
    await frame.getByText('dana (It was forgotten.)').waitFor();
    await workbench.screenshot('timeline-table');
    await tab('Summary').click();
    const [hottest] = await frame.locator('table', { hasText: 'Hot Spots' }).locator('tbody tr').allInnerTexts();
    assert.match(hottest ?? '', /src\/api\/v2\/\*\*\s+Not named\s+2\s+0\s+0\s+0\s+4 h 10 min\s+3 h 20 min\s+1/);
    const [longest] = await frame.locator('table', { hasText: 'Who Held What' }).locator('tbody tr').allInnerTexts();
    assert.match(longest ?? '', /codex-api\s+src\/billing\/\*\*\s+Not named\s+5 h\s+1/);
    await workbench.screenshot('timeline-summary');
    await page.keyboard.press('Shift+Tab');
    await tab('Timeline').click();
  });

  it('shows what agents write as text, and runs nothing of it', async () => {
    assert.equal(await frame.title(), 'Reservations Timeline');
    assert.equal(await frame.locator('img, main script').count(), 0);
    const policy = await frame.locator('meta[http-equiv]').getAttribute('content');
    assert.match(policy ?? '', /^default-src 'none'; script-src 'nonce-[\w-]{22}'; style-src 'nonce-[\w-]{22}'$/);
  });

  it('follows what changes, and is as it was after it has been hidden', async () => {
    await choose('Lanes', 'agent');
    await bar('src/auth/login').focus();
    await page.keyboard.press('Enter');
    const line = `${JSON.stringify(entryOf({ scope: 'late', from: 5, to: 1, agent: 'late-comer' }, 900))}\n`;
    await appendFile(join(workbench.storeDir, 'reservations', 'history.jsonl'), line);
    await drawn('g.lane[aria-label="late-comer"]').waitFor({ state: 'attached' });
    await status('50 reservations since');
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input:visible').fill('README.md');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'README.md' }).first().click();
    await page.locator('.tab.active', { hasText: 'README.md' }).waitFor();
    await page.locator('.tab', { hasText: 'Reservations Timeline' }).click();
    frame = await timelineFrame(page);
    await details().getByText('Pinned; Escape unpins').waitFor();
    assert.ok((await lanes()).includes('late-comer'));
    await choose('Lanes', 'scope');
  });

  it('saves what it shows as CSV and as SVG that stand alone', async () => {
    const csv = await saved('Save as CSV…', 'reservations.csv');
    const lines = csv.trimEnd().split('\n');
    assert.equal(lines.length, 51);
    assert.ok(lines[0]?.startsWith('scope,agent,bead,project,state,created_at,'));
    assert.ok(csv.includes(`"'${FORMULA.replaceAll('"', '""')}"`), 'a formula is none any more');
    assert.match(
      csv,
      /src\/billing\/\*\*,codex-api,bd-\d,,forced,\d{4}-\d\d-\d\dT[\d:.]+Z,.*,dana,It was forgotten\.,/,
    );
    const svg = await saved('Save as SVG…', 'reservations.svg');
    assert.ok(
      svg.startsWith('<svg ') && svg.includes('&lt;img src=x') && !svg.includes('<img') && !svg.includes('var('),
    );
    const tags = svg.replaceAll(/>[^<]*</g, '><');
    assert.doesNotMatch(tags, /<script|\son\w+=|style=|class=|href=/);
    assert.ok(
      (await rgbOf('g.bar.forced rect.base')).every((color) => tags.includes(color)),
      'in its colours',
    );
    const alone = (await page.context().browser()?.newPage()) as Page;
    await alone.setContent(`<body style="margin:0">${svg}</body>`);
    assert.equal(await alone.locator('svg > g').count(), 1 + (await lanes()).length);
    assert.equal(await alone.title(), '');
    await alone.screenshot({ path: join(repoRoot, 'out', 'screenshots', 'timeline-saved.png') });
    await alone.close();
  });

  const rgbOf = (selector: string): Promise<readonly string[]> =>
    frame.evaluate(
      `(({ fill, stroke }) => [fill, stroke])(getComputedStyle(document.querySelector('svg.drawn ${selector}')))`,
    );

  async function saved(action: string, name: string): Promise<string> {
    await frame.getByRole('button', { name: action }).click();
    const path = join(workbench.workspaceDir, name);
    const input = page.locator('.quick-input-widget input:visible');
    await input.waitFor();
    await page.waitForFunction(`document.querySelector('.quick-input-widget input').value.endsWith('/${name}')`);
    await page.keyboard.press('Enter');
    await page.locator('.notification-toast', { hasText: `Saved: ${name}` }).waitFor();
    await clearNotifications(page);
    return await readFile(path, 'utf8');
  }

  it('has nothing that axe-core finds serious, in any part and theme', async () => {
    const axe = await readFile(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
    for (const theme of ['Dark Modern', 'Light Modern', 'Dark High Contrast', 'Light High Contrast']) {
      await chooseTheme(page, theme);
      frame = await timelineFrame(page);
      await drawn('g.bar').first().waitFor({ state: 'attached' });
      for (const name of ['Table', 'Summary', 'Timeline']) {
        await tab(name).click();
        await frame.evaluate(axe);
        const found = await frame.evaluate<readonly Violation[]>(
          'axe.run(document.body).then(({ violations }) => violations)',
        );
        assert.deepEqual(
          found.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(told),
          [],
          `${name} in ${theme}`,
        );
      }
      await frame.locator('.legend summary').click();
      await workbench.screenshot(`timeline-${theme.toLowerCase().replaceAll(' ', '-')}`);
      await frame.locator('.legend summary').click();
    }
  });

  it('comes back after a reload where it was left open', async () => {
    await page.reload();
    await page.locator('.monaco-workbench .part.statusbar').waitFor();
    frame = await timelineFrame(page);
    await drawn('g.bar').first().waitFor({ state: 'attached' });
    assert.equal(await page.locator('.tab', { hasText: 'Reservations Timeline' }).count(), 1);
  });
});

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

function told({ id, nodes }: Violation): string {
  return `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`;
}

/** Waits until it is another than before. */
async function changed(read: () => Promise<string | null>, before: string | null): Promise<void> {
  await eventually(`it is another than ${before}`, async () => (await read()) !== before);
}

async function timelineFrame(page: Page): Promise<Frame> {
  let found: Frame | undefined;
  await eventually('the timeline has a frame', async () => {
    for (const one of page.frames()) {
      const count = await one
        .locator('#page')
        .count()
        .catch(() => 0);
      if (count > 0) {
        found = one;
      }
    }
    return found !== undefined;
  });
  return found as Frame;
}
