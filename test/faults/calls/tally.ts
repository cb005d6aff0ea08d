/** Adds up what the cases of a scenario find. */

import { add, type Figures, NO_FIGURES, type Outcome } from '../scenario';
import type { Finding } from './judge';

/** More of the same would only hide the first ones. */
const MOST_PROBLEMS = 40;

export class Tally {
  figures: Figures = NO_FIGURES;
  private readonly problems: string[] = [];
  private readonly counts = new Map<string, number>();

  count(figures: Partial<Figures>): void {
    this.figures = add(this.figures, figures);
  }

  /** Things that are allowed, and worth knowing how often they happen. */
  note(name: string, by = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }

  /** Counts each kind once for one case, however many sentences it takes to tell. */
  find(where: string, findings: readonly Finding[]): void {
    const kinds = new Set(findings.map(({ kind }) => kind));
    this.count({
      violations: kinds.has('violation') ? 1 : 0,
      lost: kinds.has('lost') ? 1 : 0,
      blocked: kinds.has('blocked') ? 1 : 0,
    });
    this.problems.push(...findings.map(({ kind, text }) => `${where}: ${kind}: ${text}`));
  }

  /** A control has to be found; one that is not makes the whole run worthless. */
  control(name: string, findings: readonly Finding[], asExpected: (finding: Finding) => boolean): void {
    const found = findings.find(asExpected);
    if (found) {
      this.count({ controlsFound: 1 });
      this.counts.set(`control ${name}: ${found.text.replaceAll('\0', '\\0')}`, findings.filter(asExpected).length);
    } else {
      this.find(`control ${name}`, [{ kind: 'violation', text: 'its known fault was not found' }]);
    }
  }

  outcome(): Outcome {
    const more = this.problems.length - MOST_PROBLEMS;
    return {
      figures: this.figures,
      problems: more > 0 ? [...this.problems.slice(0, MOST_PROBLEMS), `and ${more} more`] : this.problems,
      notes: [...this.counts].map(([name, count]) => `${name}: ${count}`),
    };
  }
}
