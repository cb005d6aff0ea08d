/** VS Code for the tests of a `describe`, and what is to be known of it where one of them fails. */

import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Page } from 'playwright-core';
import { repoRoot } from './paths';
import { PATIENCE_MS } from './patience';
import { openWorkbench, type Workbench, type WorkbenchOptions } from './workbench';

/** Mocha's limits. Every wait has a shorter one, and says what it waited for. */
const START_MS = 5 * PATIENCE_MS;
const TEST_MS = 5 * PATIENCE_MS;

/** What a person would look at first, by what it is called in a message. */
const PARTS: Readonly<Record<string, string>> = {
  'a dialog': '.monaco-dialog-box',
  notifications: '.notification-toast',
  'a question': '.quick-input-widget',
  'the editor that is open': '.tab.active',
  'the side bar': '.part.sidebar',
  'the status bar': '.statusbar-item[id^="agent-reservations"]',
};
/** Of each part, in the message; a file has the whole screen. */
const LONGEST_TEXT = 400;

export interface Steps {
  /** The tests need nothing of each other, so that one that fails stops none of the others. */
  readonly independent?: boolean;
}

/**
 * Opens VS Code before the tests of the enclosing `describe`, and closes it after them. Each test goes on where the one
 * before it ended: after one that failed, the others fail at once and name it.
 *
 * @param arrange what comes before the first test, once VS Code is there
 */
export function useWorkbench(
  options: WorkbenchOptions | (() => WorkbenchOptions | Promise<WorkbenchOptions>),
  arrange?: (workbench: Workbench) => unknown,
  steps: Steps = {},
): () => Workbench {
  let workbench: Workbench | undefined;
  before(async function () {
    this.timeout(START_MS);
    workbench = await openWorkbench(typeof options === 'function' ? await options() : options);
    try {
      await arrange?.(workbench);
    } catch (error) {
      throw await explained(error, this.test?.parent?.fullTitle() ?? '', [workbench]);
    }
  });
  tellOfFailures(() => (workbench ? [workbench] : []), steps);
  after(async function () {
    this.timeout(START_MS);
    await workbench?.close();
  });
  return () => {
    if (!workbench) {
      throw new Error('VS Code is opened before the first test, not while the tests are defined');
    }
    return workbench;
  };
}

/** For the tests of the enclosing `describe`: adds to the error of one that fails what each VS Code shows instead. */
export function tellOfFailures(open: () => readonly Workbench[], { independent = false }: Steps = {}): void {
  let failed: string | undefined;
  beforeEach(function () {
    this.currentTest?.timeout(TEST_MS);
    if (failed !== undefined && !independent) {
      throw new Error(`It goes on where “${failed}” should have ended, which failed.`);
    }
  });
  afterEach(async function () {
    this.timeout(START_MS);
    const test = this.currentTest;
    if (test?.state === 'failed') {
      failed ??= test.title;
      await explained(test.err, test.fullTitle(), open());
    }
  });
}

/** The same error, whose message now also says what is on the screen and where the picture and VS Code's log are. */
export async function explained(
  error: unknown,
  title: string,
  open: readonly Pick<Workbench, 'page' | 'dataDir'>[],
): Promise<unknown> {
  if (!(error instanceof Error)) {
    return error;
  }
  const notes: string[] = [];
  for (const [index, one] of open.entries()) {
    const name = open.length > 1 ? `${title} ${index + 1}` : title;
    const folder = join(repoRoot, 'out', 'failed', name.replaceAll(/[^\p{L}\p{N}]+/gu, '-').slice(0, 100));
    notes.push(
      await evidenceOf(one, folder).catch((lost: unknown) => `What VS Code shows could not be saved: ${lost}`),
    );
  }
  const before = error.message;
  error.message = [before, ...notes].join('\n\n');
  error.stack = (error.stack ?? before).replace(before, () => error.message);
  return error;
}

async function evidenceOf({ page, dataDir }: Pick<Workbench, 'page' | 'dataDir'>, folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const shown = await shownIn(page);
  const [picture, text, log] = ['screen.png', 'screen.yml', 'log'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await cp(join(dataDir, 'data', 'logs'), log, { recursive: true }).catch(() => undefined);
  await cp(join(dataDir, 'server.log'), join(log, 'server.log')).catch(() => undefined);
  await page.screenshot({ path: picture });
  await writeFile(text, await page.locator('body').ariaSnapshot());
  return [
    'Instead, VS Code shows:',
    ...shown.map((line) => `  ${line}`),
    ...[
      ['Screenshot', picture],
      ['All of its text', text],
      ["VS Code's log", log],
    ].map(([what, path]) => `${what}: ${relative(repoRoot, path ?? '')}`),
  ].join('\n');
}

async function shownIn(page: Page): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const [name, selector] of Object.entries(PARTS)) {
    const texts = await page.locator(`${selector}:visible`).allInnerTexts();
    const text = texts.map(inOneLine).filter(Boolean).join(' | ');
    if (text !== '') {
      lines.push(`${name}: ${text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text}`);
    }
  }
  return lines.length > 0 ? lines : ['nothing that these tests look at'];
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
