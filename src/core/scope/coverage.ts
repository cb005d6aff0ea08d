/** Many paths against many scopes: each path is compared only with the scopes that begin as it does. */

import { covers } from './relation';
import { parsePath, parseScope, type Scope, type ScopeOptions, type ScopePath } from './scope';
import { type Segment, segmentMatches, segments } from './segment';
import { matchesSequence } from './sequence';

interface Candidate<K> {
  readonly pattern: readonly Segment[];
  /** Of the scope that it belongs to. */
  readonly key: K;
}

/** Scopes that come and go, each with a key of its own, to be asked which of them cover a path. */
export class Coverage<K> {
  private readonly byBeginning = new Map<string, Candidate<K>[]>();

  add({ root, patterns }: Scope, key: K): void {
    for (const pattern of patterns) {
      const beginning = literalNames(pattern).reduce(below, root);
      const candidates = this.byBeginning.get(beginning) ?? [];
      candidates.push({ pattern, key });
      this.byBeginning.set(beginning, candidates);
    }
  }

  remove({ root, patterns }: Scope, key: K): void {
    for (const pattern of patterns) {
      const beginning = literalNames(pattern).reduce(below, root);
      const left = (this.byBeginning.get(beginning) ?? []).filter((candidate) => candidate.key !== key);
      if (left.length > 0) {
        this.byBeginning.set(beginning, left);
      } else {
        this.byBeginning.delete(beginning);
      }
    }
  }

  /** The keys of those that cover the path, in no order. */
  over({ root, names }: ScopePath): ReadonlySet<K> {
    const covering = new Set<K>();
    let beginning = root;
    for (let depth = 0; ; depth++) {
      for (const { pattern, key } of this.byBeginning.get(beginning) ?? []) {
        if (!covering.has(key) && matchesSequence(pattern, names, segments.isRun, segmentMatches)) {
          covering.add(key);
        }
      }
      const name = names[depth];
      if (name === undefined) {
        return covering;
      }
      beginning = below(beginning, name);
    }
  }
}

/** Answers for a path which of the scopes cover it, as their indexes in ascending order. */
export function coverageOf(scopes: readonly Scope[]): (path: ScopePath) => readonly number[] {
  const coverage = new Coverage<number>();
  for (const [index, scope] of scopes.entries()) {
    coverage.add(scope, index);
  }
  return (path) => [...coverage.over(path)].sort((left, right) => left - right);
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
