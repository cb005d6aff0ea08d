/** What comes from the page is looked at before it is used: a page is the one place where a fault could let a text act. */

import * as v from 'valibot';
import { type PageMessage, RANGES } from '../../timelinePage/messages';

/** A drawing of ten thousand bars has some three million. */
const LONGEST_SVG = 20_000_000;

const name = v.pipe(v.string(), v.maxLength(2_000));

const pageMessage = v.variant('type', [
  v.strictObject({ type: v.literal('ready') }),
  v.strictObject({
    type: v.literal('ask'),
    ask: v.pipe(v.number(), v.safeInteger()),
    range: v.picklist(RANGES),
    filter: v.strictObject({ agent: v.optional(name), bead: v.optional(name), project: v.optional(v.nullable(name)) }),
  }),
  v.strictObject({ type: v.literal('reveal'), key: name }),
  v.strictObject({ type: v.literal('open'), key: name }),
  v.strictObject({ type: v.literal('saveCsv') }),
  v.strictObject({
    type: v.literal('saveSvg'),
    svg: v.pipe(v.string(), v.maxLength(LONGEST_SVG), v.check(isDrawing, 'no-drawing')),
  }),
]);

/** The message, or what is wrong with it. */
export function pageMessageOf(value: unknown): { readonly message: PageMessage } | { readonly wrong: string } {
  const result = v.safeParse(pageMessage, value, { abortEarly: true });
  if (result.success) {
    return { message: result.output };
  }
  const [issue] = result.issues;
  return { wrong: `${v.getDotPath(issue) ?? 'message'}: ${issue.message}` };
}

/** Shapes and texts alone: nothing that runs, and nothing that is fetched. */
function isDrawing(svg: string): boolean {
  const tags = new Set(Array.from(svg.matchAll(/<([^\s/>]*)/g), ([, tag]) => tag));
  const attributes = svg.replace(/>[^<]*</g, '><');
  return (
    /^<svg\s/.test(svg) &&
    [...tags].every((tag) => tag === '' || DRAWN.has(tag ?? '')) &&
    !/\s(?:on\w+|href|xlink:href|style)\s*=/i.test(attributes)
  );
}

const DRAWN = new Set(['svg', 'g', 'rect', 'path', 'line', 'circle', 'text', 'title', 'desc', 'defs', 'pattern']);
