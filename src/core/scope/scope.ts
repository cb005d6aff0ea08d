/**
 * Scopes: what a reservation holds, as slash-separated segments with `*`, `?`, `[...]`, `{a,b}` and `**`. One without any
 * of these is a plain path; whatever ends in a plain name also covers what is below it. docs/rules.md has examples.
 */

import { granted, type Outcome, refused } from '../envelope';
import { quoted } from '../input';
import { MAX_ALTERNATIVES, MAX_WRITTEN_OUT, type ScopeFault, ScopeSyntaxError, splitOutside, writeOut } from './braces';
import { DEEP, folded, parseSegment, type Reading, type Segment } from './segment';

export interface Scope {
  /** As it is stored: normalised, in the case it was written in. */
  readonly text: string;
  /** Equal for two scopes that are the same: `text`, folded where the case is. */
  readonly key: string;
  /** '' for a relative scope, `/` or `C:/` for an absolute one: each root is a space of its own. */
  readonly root: string;
  /** What it stands for: all that any of these does. */
  readonly patterns: readonly (readonly Segment[])[];
}

/** A path as scopes are asked about it. */
export interface ScopePath {
  readonly root: string;
  readonly names: readonly string[];
}

export interface ScopeOptions {
  /** Whether the file system makes no difference between upper and lower case. Default: it does. */
  readonly foldCase?: boolean;
}

export const MAX_SCOPE_LENGTH = 1_000;
/** Texts whose meaning is remembered, twice as many as a large store has, and the characters that these amount to. */
const MAX_REMEMBERED = 20_000;
const MAX_REMEMBERED_CHARACTERS = 4_000_000;
/** Apart by case, since to put the case into the key would cost more than the look-up. */
const remembered = { folded: new Map<string, Outcome<Scope>>(), asWritten: new Map<string, Outcome<Scope>>() };
let rememberedCharacters = 0;

/** What a text means as a scope, or INVALID_ARGS with what is wrong with it. */
export function parseScope(text: string, { foldCase = false }: ScopeOptions = {}): Outcome<Scope> {
  const known = foldCase ? remembered.folded : remembered.asWritten;
  let outcome = known.get(text);
  if (!outcome) {
    outcome = compiled(text, foldCase);
    if (known.size >= MAX_REMEMBERED || rememberedCharacters > MAX_REMEMBERED_CHARACTERS) {
      remembered.folded.clear();
      remembered.asWritten.clear();
      rememberedCharacters = 0;
    }
    known.set(text, outcome);
    rememberedCharacters += text.length * (outcome.ok ? outcome.data.patterns.length : 1);
  }
  return outcome;
}

/** A path of a file or folder: nothing in it is a pattern. INVALID_ARGS where it is empty or leads out of its root. */
export function parsePath(text: string, { foldCase = false }: ScopeOptions = {}): Outcome<ScopePath> {
  if (text.trim() === '') {
    return refused('INVALID_ARGS', 'An empty path: name a file or folder, relative to the project.', { path: text });
  }
  const { root, rest } = splitRoot(text.replaceAll('\\', '/'));
  const names = resolved(rest.split('/'));
  return names
    ? granted({ root: folded(root, foldCase), names: names.map((name) => folded(name, foldCase)) })
    : refused('INVALID_ARGS', `Path ${quoted(text)} leads out of its root. Name what is inside of it.`, { path: text });
}

function compiled(text: string, foldCase: boolean): Outcome<Scope> {
  try {
    return granted(compile(text, foldCase));
  } catch (error) {
    if (error instanceof ScopeSyntaxError) {
      const { fault, part } = error;
      return refused('INVALID_ARGS', `Scope ${quoted(text)} ${WHAT_IS_WRONG[fault](quoted(part))}`, {
        scope: text,
        fault,
      });
    }
    throw error;
  }
}

const WHAT_IS_WRONG: Record<ScopeFault, (part: string) => string> = {
  TOO_LONG: () => `is longer than ${MAX_SCOPE_LENGTH} characters. Name a folder above instead.`,
  UNCLOSED_BRACKET: (part) => `has a "[" that is not closed: ${part}. Close it, or write [[] for the character itself.`,
  UNCLOSED_BRACE: (part) => `has a "{" that is not closed: ${part}. Close it, or write [{] for the character itself.`,
  BACKWARD_RANGE: (part) => `has a range that goes backwards: ${part}. Write the lower character first.`,
  OUTSIDE_ROOT: (part) => `leads out of its root with "..", at ${part}. Name what is inside of it.`,
  TOO_MANY_ALTERNATIVES: () =>
    `stands for more than ${MAX_ALTERNATIVES} patterns, or ${MAX_WRITTEN_OUT} characters, once its braces are written ` +
    'out. Reserve a folder above, or its parts one by one.',
};

function compile(text: string, foldCase: boolean): Scope {
  if (text.length > MAX_SCOPE_LENGTH) {
    throw new ScopeSyntaxError('TOO_LONG', text);
  }
  const { root, rest } = splitRoot(text.trim().replaceAll('\\', '/'));
  const parts = resolved(splitOutside(rest, '/'));
  if (!parts) {
    throw new ScopeSyntaxError('OUTSIDE_ROOT', text);
  }
  const path = parts.filter((part, index) => part !== '**' || parts[index - 1] !== '**').join('/');
  const normalised = root + path || '**';
  const hasBrackets = /[[{]/.test(path);
  const written = hasBrackets ? writeOut(path) : [path];
  const patterns = written.map((pattern) => patternOf(pattern, { foldCase, plainBrackets: false }));
  if (hasBrackets) {
    // A path with such characters, as routes of web frameworks have, is covered by a scope that is spelled like it.
    patterns.push(patternOf(path, { foldCase, plainBrackets: true }));
  }
  return { text: normalised, key: folded(normalised, foldCase), root: folded(root, foldCase), patterns };
}

function patternOf(path: string, reading: Reading): readonly Segment[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) {
    throw new ScopeSyntaxError('OUTSIDE_ROOT', path);
  }
  const pattern = parts.map((part) => parseSegment(part, reading));
  const last = pattern.at(-1);
  return last === undefined || last.kind === 'literal' ? [...pattern, DEEP] : pattern;
}

/** `C:\x` is absolute, and so is `/x`. A drive's letter has no case. */
function splitRoot(path: string): { readonly root: string; readonly rest: string } {
  const drive = /^[A-Za-z]:/.exec(path)?.[0];
  if (drive) {
    return { root: `${drive.toUpperCase()}/`, rest: path.slice(drive.length) };
  }
  return path.startsWith('/') ? { root: '/', rest: path } : { root: '', rest: path };
}

/**
 * Without empty and `.` segments, and without what `..` takes back; undefined where that leads out of the root. It may
 * after `**`, which can stand for no segment at all, and after braces that hold several.
 */
function resolved(parts: readonly string[]): readonly string[] | undefined {
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '..') {
      const last = kept.pop();
      if (last === undefined || last.includes('**') || last.includes('/')) {
        return undefined;
      }
    } else if (part !== '' && part !== '.') {
      kept.push(part);
    }
  }
  return kept;
}
