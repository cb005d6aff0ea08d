/** What axe-core finds wrong for people who do not see, or not well, or who use no mouse. */

import axe from 'axe-core';
import type { Page } from 'playwright-core';

interface Finding {
  readonly id: string;
  readonly impact?: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Of the page, where the functions that are passed to it run. */
declare const window: {
  readonly axe: { run(context: unknown, options: unknown): Promise<{ readonly violations: Finding[] }> };
};

/**
 * That what is spoken has all that is drawn, word by word, is for buttons. An item of a tree has its label in what is spoken,
 * and what is drawn beside it in full words: “held by you until 5 PM” for “you · 2 h”.
 */
const rules = { 'label-content-name-mismatch': { enabled: false } };

/** The serious and critical findings within what the selector finds, in short; rejects where that is nothing. */
export async function seriousFindings(page: Page, selector: string): Promise<readonly string[]> {
  await page.locator(selector).first().waitFor();
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(([include, options]) => window.axe.run({ include: [include] }, options), [
    selector,
    { rules },
  ] as const);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 300)}`));
}
