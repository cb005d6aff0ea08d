/** Many paths against many scopes: each path is compared only with the scopes that begin as it does. */

import { covers } from './relation';
import { parsePath, parseScope, type Scope, type ScopeOptions, type ScopePath } from './scope';
import { type Segment, segmentMatches, segments } from './segment';
import { matchesSequence } from './sequence';

interface Candidate {
  readonly pattern: readonly Segment[];
  /** Of the scope that it belongs to. */
  readonly index: number;
}

/** Answers for a path which of the scopes cover it, as their indexes in ascending order. */
export function coverageOf(scopes: readonly Scope[]): (path: ScopePath) => readonly number[] {
  const byBeginning = new Map<string, Candidate[]>();
  for (const [index, { root, patterns }] of scopes.entries()) {
    for (const pattern of patterns) {
      const beginning = literalNames(pattern).reduce(below, root);
      const candidates = byBeginning.get(beginning) ?? [];
      candidates.push({ pattern, index });
      byBeginning.set(beginning, candidates);
    }
  }
  return ({ root, names }) => {
    const covering = new Set<number>();
    let beginning = root;
    for (let depth = 0; ; depth++) {
      for (const { pattern, index } of byBeginning.get(beginning) ?? []) {
        if (!covering.has(index) && matchesSequence(pattern, names, segments.isRun, segmentMatches)) {
          covering.add(index);
        }
      }
      const name = names[depth];
      if (name === undefined) {
        return [...covering].sort((left, right) => left - right);
      }
      beginning = below(beginning, name);
    }
  };
}

/** The names with which a pattern begins, up to the first that is none. */
export function literalNames(pattern: readonly Segment[]): readonly string[] {
  const names: string[] = [];
  for (const segment of pattern) {
    if (segment.kind !== 'literal') {
      break;
    }
    names.push(segment.text);
  }
  return names;
}

/** Names hold no slash, so that no two places have the same key. */
function below(beginning: string, name: string): string {
  return `${beginning}/${name}`;
}

/** Whether a path is covered, both as text; what cannot be understood covers nothing, and is covered by nothing. */
export function isCovered(scope: string, path: string, options: ScopeOptions = {}): boolean {
  const [pattern, name] = [parseScope(scope, options), parsePath(path, options)];
  return pattern.ok && name.ok && covers(pattern.data, name.data);
}
