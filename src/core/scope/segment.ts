/** One segment of a scope, which is what stands between two slashes, and the characters that it is made of. */

import { classEnd, ScopeSyntaxError } from './braces';
import { type Elements, matchesSequence, sequenceCovers, sequencesMeet } from './sequence';

/** `?`: any one character. */
const ANY = Symbol('?');
/** `*`: any number of characters, none included. */
const STAR = Symbol('*');

/** `[...]`. It is decided exactly for a character; of two classes only the same text is known to be the same. */
interface CharacterClass {
  readonly text: string;
  has(character: string): boolean;
}

/** A character is itself: one code point, folded where the case is. */
type Token = string | typeof ANY | typeof STAR | CharacterClass;

export type Segment =
  /** `**`: any number of segments, none included. */
  | { readonly kind: 'deep' }
  | { readonly kind: 'literal'; readonly text: string; readonly tokens: readonly string[] }
  | {
      readonly kind: 'glob';
      readonly tokens: readonly Token[];
      /** What a name begins and ends with for certain. */
      readonly head: string;
      readonly tail: string;
    };

export interface Reading {
  /** Whether upper and lower case are the same. */
  readonly foldCase: boolean;
  /** Whether `[`, `]`, `{` and `}` are characters like any other. */
  readonly plainBrackets: boolean;
}

export const DEEP: Segment = { kind: 'deep' };

/** As text is compared on a file system that folds case: those also see one letter in its two spellings of Unicode. */
export function folded(text: string, foldCase: boolean): string {
  return foldCase ? text.normalize('NFC').toLowerCase().replaceAll('ς', 'σ') : text;
}

/** @throws ScopeSyntaxError */
export function parseSegment(text: string, reading: Reading): Segment {
  if (text === '**') {
    return DEEP;
  }
  const tokens = tokensOf(text, reading);
  if (tokens.every((token) => typeof token === 'string')) {
    return { kind: 'literal', text: tokens.join(''), tokens };
  }
  const isOpen = (token: Token) => typeof token !== 'string';
  const head = tokens.slice(0, tokens.findIndex(isOpen)).join('');
  return { kind: 'glob', tokens, head, tail: tokens.slice(tokens.findLastIndex(isOpen) + 1).join('') };
}

/** Whether a name, folded where the case is, is one that the segment stands for. Not to be asked of `**`. */
export function segmentMatches(segment: Segment, name: string): boolean {
  switch (segment.kind) {
    case 'literal':
      return segment.text === name;
    case 'glob':
      return spells(segment.tokens, [...name]);
    case 'deep':
      return true;
  }
}

export const segments: Elements<Segment> = {
  isRun: ({ kind }) => kind === 'deep',
  meets: (left, right) => {
    if (left.kind === 'literal') {
      return right.kind === 'literal' ? left.text === right.text : spells(tokensIn(right), left.tokens);
    }
    if (right.kind === 'literal') {
      return spells(tokensIn(left), right.tokens);
    }
    return !partAtAnEnd(left, right) && sequencesMeet(tokensIn(left), tokensIn(right), characters);
  },
  covers: (outer, inner) => {
    if (inner.kind === 'literal') {
      return outer.kind === 'literal' ? outer.text === inner.text : spells(tokensIn(outer), inner.tokens);
    }
    return sequenceCovers(tokensIn(outer), tokensIn(inner), characters);
  },
};

const characters: Elements<Token> = {
  isRun: (token) => token === STAR,
  meets: (left, right) => {
    if (typeof left === 'string' && typeof right === 'string') {
      return left === right;
    }
    if (typeof left === 'string') {
      return typeof right !== 'object' || right.has(left);
    }
    // Two classes may have nothing in common; to say that they may is the safe side.
    return typeof right !== 'string' || typeof left !== 'object' || left.has(right);
  },
  covers: (outer, inner) => {
    if (outer === ANY) {
      return true;
    }
    if (typeof outer === 'object') {
      return typeof inner === 'string' ? outer.has(inner) : typeof inner === 'object' && inner.text === outer.text;
    }
    return outer === inner;
  },
};

/** Of thousands, nearly all are told apart by their extension. */
function partAtAnEnd(left: Segment, right: Segment): boolean {
  return (
    left.kind === 'glob' &&
    right.kind === 'glob' &&
    !(
      (left.tail.endsWith(right.tail) || right.tail.endsWith(left.tail)) &&
      (left.head.startsWith(right.head) || right.head.startsWith(left.head))
    )
  );
}

/** Whether a name, as its characters, is what the tokens stand for. */
function spells(tokens: readonly Token[], name: readonly string[]): boolean {
  return matchesSequence(tokens, name, characters.isRun, characters.meets);
}

function tokensIn(segment: Segment): readonly Token[] {
  return segment.kind === 'deep' ? [STAR] : segment.tokens;
}

function tokensOf(written: string, { foldCase, plainBrackets }: Reading): Token[] {
  const tokens: Token[] = [];
  // Before it is taken apart: a letter and its accent may be two characters, which become one.
  const text = foldCase ? written.normalize('NFC') : written;
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (character === '[' && !plainBrackets) {
      const end = classEnd(text, at);
      tokens.push(characterClass(text.slice(at, end + 1), foldCase));
      at = end + 1;
      continue;
    }
    if (character === '*') {
      if (tokens.at(-1) !== STAR) {
        tokens.push(STAR);
      }
    } else if (character === '?') {
      tokens.push(ANY);
    } else {
      tokens.push(...folded(character, foldCase));
    }
    at += character.length;
  }
  return tokens;
}

/** @throws ScopeSyntaxError where a range goes backwards */
function characterClass(text: string, foldCase: boolean): CharacterClass {
  const isNegated = /^\[[!^]/.test(text);
  const inside = [...text.slice(isNegated ? 2 : 1, -1)];
  const ranges: (readonly [number, number])[] = [];
  for (let at = 0; at < inside.length; at++) {
    const from = inside[at]?.codePointAt(0) ?? 0;
    const isRange = inside[at + 1] === '-' && at + 2 < inside.length;
    const to = isRange ? (inside[at + 2]?.codePointAt(0) ?? 0) : from;
    if (to < from) {
      throw new ScopeSyntaxError('BACKWARD_RANGE', text);
    }
    ranges.push([from, to]);
    at += isRange ? 2 : 0;
  }
  const lists = (character: string) => {
    const code = character.codePointAt(0) ?? 0;
    return ranges.some(([from, to]) => from <= code && code <= to);
  };
  return {
    text,
    has: (character) =>
      isNegated !==
      (lists(character) || (foldCase && (lists(character.toUpperCase()) || lists(character.toLowerCase())))),
  };
}
