/**
 * The text of a coding agent's settings with our hook in it, and without: nothing else of it changes, comments and
 * indentation included.
 */

import { getNodeValue, type JSONPath, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { granted, type Outcome, refused } from '../core/envelope';
import { appended, replaced, without } from './jsonText';

/** How a tool's settings name hooks. */
export interface HookFormat {
  /** What its list of hooks before a tool is called. */
  readonly event: string;
  /** The keys of a file of nothing but hooks, besides them. */
  readonly base: Readonly<Record<string, unknown>>;
  /** Whether entries of the list are groups with `hooks` of their own, or the hooks themselves. */
  readonly grouped: boolean;
  /** What holds the line of shell. */
  readonly commandKey: string;
  readonly allowsComments: boolean;
  entry(command: string): unknown;
  isOurs(command: string): boolean;
}

const BYTE_ORDER_MARK = '\uFEFF';

/** The text with the hook, once; `undefined` for a file that is not there. */
export function withHook(text: string | undefined, format: HookFormat, command: string, file: string): Outcome<string> {
  if (text === undefined || text.trim() === '') {
    return granted(fresh(format, command));
  }
  const outcome = changed(text, format, file, (plain, root) => {
    const [first, ...more] = ourHooks(root, format);
    if (!first) {
      return insert(plain, root, format, command);
    }
    const single = more.reduceRight((rest, hook) => removed(rest, hook, format), plain);
    const line = [...first, format.commandKey];
    const current = at(root, line) === command ? single : replaced(single, line, command);
    return upToDate(current, first, format, command);
  });
  // Of a key that is there twice, the last one counts, and another may have been changed.
  const isThere = outcome.ok && ourHooks(parse(outcome.data.replace(BYTE_ORDER_MARK, '')).value, format).length === 1;
  return isThere || !outcome.ok ? outcome : misunderstood(file, 'a key on the way to "hooks" is there twice');
}

/**
 * A hook of an earlier version gets what this one has more: tools that it is asked about, and keys. What is there stays as it
 * is, since a person may have changed it; so does all of a group that has hooks of others in it.
 */
function upToDate(text: string, hook: JSONPath, { grouped, entry }: HookFormat, command: string): string {
  const root = parse(text).value;
  const holder = grouped ? hook.slice(0, -2) : hook;
  const group = at(root, [...holder, 'hooks']);
  if (Array.isArray(group) && group.length > 1) {
    return text;
  }
  const wanted = entry(command);
  const [mine, theirs] = [at(wanted, ['matcher']), at(root, [...holder, 'matcher'])];
  const matcher = typeof mine === 'string' && typeof theirs === 'string' ? widened(theirs, mine) : theirs;
  const matching = matcher === theirs ? text : replaced(text, [...holder, 'matcher'], matcher);
  const keys = grouped ? at(wanted, ['hooks', 0]) : wanted;
  return Object.entries(isRecord(keys) ? keys : {})
    .filter(([key]) => key !== 'matcher' && at(root, [...hook, key]) === undefined)
    .reduce((rest, [key, value]) => appended(rest, hook, value, key), matching);
}

/** With the tools that it lacks, where it is a list of tools; a pattern of a person's own is left alone. */
function widened(matcher: string, wanted: string): string {
  const tools = matcher.split('|');
  return tools.every((tool) => /^\w+$/.test(tool)) ? [...new Set([...tools, ...wanted.split('|')])].join('|') : matcher;
}

function insert(text: string, root: unknown, { event, entry }: HookFormat, command: string): string {
  if (at(root, ['hooks', event]) !== undefined) {
    return appended(text, ['hooks', event], entry(command));
  }
  return at(root, ['hooks']) === undefined
    ? appended(text, [], { [event]: [entry(command)] }, 'hooks')
    : appended(text, ['hooks'], [entry(command)], event);
}

/** The text without the hook; `undefined` where nothing but it was in the file. */
export function withoutHook(text: string, format: HookFormat, file: string): Outcome<string | undefined> {
  const outcome = changed(text, format, file, (plain, root) => {
    const hooks = ourHooks(root, format);
    return hooks.reduceRight((rest, hook) => removed(rest, hook, format), plain);
  });
  if (!outcome.ok) {
    return outcome;
  }
  const [hook] = ourHooks(parse(text).value, format);
  const command = hook && at(parse(text).value, [...hook, format.commandKey]);
  return granted(typeof command === 'string' && text === fresh(format, command) ? undefined : outcome.data);
}

function fresh({ base, event, entry }: HookFormat, command: string): string {
  return `${JSON.stringify({ ...base, hooks: { [event]: [entry(command)] } }, null, 2)}\n`;
}

function changed(
  text: string,
  format: HookFormat,
  file: string,
  change: (plain: string, root: unknown) => string,
): Outcome<string> {
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  const plain = text.slice(mark.length);
  const { value, error } = parse(plain, format.allowsComments);
  const wrong = error ?? misshapen(value, format);
  return wrong === undefined ? granted(mark + change(plain, value)) : misunderstood(file, wrong);
}

function misunderstood(file: string, wrong: string): Outcome<never> {
  return refused(
    'INVALID_SETTINGS',
    `${JSON.stringify(file)} cannot be understood: ${wrong}. It was left as it is: mend it, then try again.`,
    { file },
  );
}

function parse(text: string, allowsComments = true): { readonly value: unknown; readonly error?: string } {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: !allowsComments, allowTrailingComma: false });
  const value: unknown = root && getNodeValue(root);
  const [first] = errors;
  if (!first) {
    return { value };
  }
  const line = text.slice(0, first.offset).split('\n').length;
  return { value, error: `line ${line}, ${printParseErrorCode(first.error)}` };
}

function misshapen(root: unknown, { event }: HookFormat): string | undefined {
  if (!isRecord(root)) {
    return 'it holds no object';
  }
  const hooks = root['hooks'];
  if (hooks !== undefined && !isRecord(hooks)) {
    return '"hooks" is no object';
  }
  const list = hooks?.[event];
  return list === undefined || Array.isArray(list) ? undefined : `"hooks.${event}" is no list`;
}

/** Where our hooks are, in the order of the file. */
function ourHooks(root: unknown, { event, grouped, commandKey, isOurs }: HookFormat): readonly JSONPath[] {
  const list = at(root, ['hooks', event]);
  const entries: readonly unknown[] = Array.isArray(list) ? list : [];
  const hooks = entries.flatMap((entry, index): readonly { path: JSONPath; hook: unknown }[] => {
    const path = ['hooks', event, index];
    const group = at(entry, ['hooks']);
    return grouped
      ? (Array.isArray(group) ? group : []).map((hook: unknown, inner) => ({ path: [...path, 'hooks', inner], hook }))
      : [{ path, hook: entry }];
  });
  return hooks
    .filter(({ hook }) => {
      const command = at(hook, [commandKey]);
      return typeof command === 'string' && isOurs(command);
    })
    .map(({ path }) => path);
}

/** Takes one hook out, and whatever has become empty by that. */
function removed(text: string, hook: JSONPath, { grouped }: HookFormat): string {
  let path = hook;
  // A group that is about to be empty goes as a whole, then the list, then "hooks".
  for (const levels of grouped ? [2, 1, 1] : [1, 1]) {
    const above = path.slice(0, path.length - (levels === 2 ? 1 : levels));
    const container = at(parse(text).value, above);
    const size = Array.isArray(container) ? container.length : Object.keys(container ?? {}).length;
    if (size > 1) {
      break;
    }
    path = path.slice(0, path.length - levels);
  }
  return without(text, path);
}

function at(value: unknown, path: JSONPath): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
